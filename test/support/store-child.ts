import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { accountRow, sessionRow } from './rows.ts';

/** A second process on an SQLite file: `node store-child.ts PATH write|end`. */
const [path = '', task = ''] = process.argv.slice(2);
const store = await openStore({ kind: 'sqlite', path }, { clock: systemClock });
if (task === 'end') {
  await store.sessions.end({ by: 'id', id: 'ses-1' }, 'elsewhere', systemClock.now());
  await store.close();
} else {
  await store.accounts.insert(accountRow());
  // Says what was acknowledged, as fast as it can, until it is killed.
  for (let n = 0; ; n += 1) {
    await store.sessions.insert(sessionRow({ id: `s${n}`, hash: `h${n}` }));
    process.stdout.write(`${n}\n`);
  }
}
