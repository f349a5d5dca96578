import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { configOf, SECRET, senderOn } from './receivers.ts';

/** A sender as a process of its own, which can be killed: `node sender-child.ts SQLITE-FILE PORT`. */
const [path = '', port = ''] = process.argv.slice(2);
const store = await openStore({ kind: 'sqlite', path }, { clock: systemClock });
const url = `http://127.0.0.1:${port}/hook`;
const place = { kind: 'webhook', url, secret: SECRET, secretFile: null, ca: null, client: null } as const;
senderOn(store, configOf(place)).sender.start();
process.stdout.write('sends\n');
setInterval(() => {}, 60_000);
