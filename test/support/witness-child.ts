import { createServer } from 'node:http';
import type { Config } from '../../src/config/types.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Cosigner } from '../../src/receivers/witness/cosigner.ts';
import { openStore } from '../../src/store/open.ts';
import { formatVerifierKey } from '../../src/tlog/key.ts';
import { LOG_KEY } from './sealed.ts';
import { WITNESS_KEY } from './witness.ts';

/** A witness as a process of its own, which can be killed: `node witness-child.ts CONFIG`, which is JSON of `store`. Says its port. */
const config = JSON.parse(process.argv[2] ?? '') as Config['store'];
const store = await openStore(config, { clock: systemClock });
const cosigner = new Cosigner({
  ...{ store, clock: systemClock, key: async () => WITNESS_KEY, note: async () => {} },
  logs: () => [{ origin: LOG_KEY.name, key: formatVerifierKey(LOG_KEY) }],
});
const server = createServer(async (asked, response) => {
  let body = '';
  for await (const part of asked) body += String(part);
  const answer = await cosigner.addCheckpoint(body);
  response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
