import type { Config } from '../../src/config/types.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { openCheckpoint } from '../../src/tlog/checkpoint.ts';
import { logKey, sealerOn } from './seal.ts';

/** A process that writes to the record and seals it, until it is killed: `node sealer-child.ts CONFIG`, which is JSON of `store`. */
const config = JSON.parse(process.argv[2] ?? '') as Config['store'];
const store = await openStore(config, { clock: systemClock });
const key = await logKey(store);
const sealer = sealerOn(store);
for (let n = 0; ; n += 1) {
  for (let more = n % 7; more >= 0; more -= 1)
    await store.audit.append({
      at: systemClock.now(),
      kind: 'sign-out',
      outcome: 'ok',
      actor: `process ${process.pid}`,
      accountId: null,
      sessionId: null,
      appId: null,
      source: null,
      detail: JSON.stringify({ n }),
    });
  await sealer.turn();
  const { note } = await store.log.state();
  const { size, root } = openCheckpoint(note ?? '', key);
  process.stdout.write(`${size} ${root.toString('hex')}\n`);
}
