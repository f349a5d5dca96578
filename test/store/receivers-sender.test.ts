import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/lib/clock.ts';
import { parseState } from '../../src/receivers/state.ts';
import { NotTaken, type Parcel, type Place } from '../../src/receivers/types.ts';
import { openStore } from '../../src/store/open.ts';
import { configOf, folderFor, Receiver, senderOn, until } from '../support/receivers.ts';
import { LOG_ID, sealAll, withLogKey, written } from '../support/sealed.ts';
import { eachStore, freshConfig } from '../support/stores.ts';

/** A place that is one of ours, takes as long as it is told to, and says what it was sent. */
function noting(parcels: Parcel[], ms = 0): Place {
  return {
    send: async (parcel) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      parcels.push(parcel);
    },
    close() {},
  };
}

const nowhere = configOf({ kind: 'file', path: '/dev/null' });
const indexesOf = (parcels: readonly Parcel[]) => parcels.flatMap(({ items }) => items.map(({ index }) => index));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

eachStore(
  'what is not sealed is not sent, and what is sealed is sent in parcels whose ids say what is inside',
  async ({ store }) => {
    await withLogKey(store);
    await written(store, 120);
    await sealAll(store);
    await written(store, 5, 120);
    const parcels: Parcel[] = [];
    const { sender } = senderOn(store, nowhere, { place: noting(parcels) });
    sender.start();
    await until(async () => (await store.log.receiver('siem'))?.position === 120);
    assert.deepEqual(indexesOf(parcels), upTo(120));
    assert.deepEqual(
      parcels.map(({ id }) => id),
      [`record_${LOG_ID}_0_100`, `record_${LOG_ID}_100_120`],
    );
    await sealAll(store);
    await until(async () => (await store.log.receiver('siem'))?.position === 125);
    await sender.stop();
    assert.deepEqual(indexesOf(parcels), upTo(125));
  },
);

eachStore('only the sorts that a receiver wants are sent, and the rest is passed over', async ({ store }) => {
  await withLogKey(store);
  await written(store, 30);
  await sealAll(store);
  const parcels: Parcel[] = [];
  const { sender } = senderOn(store, { ...nowhere, what: ['signIns'] }, { place: noting(parcels) });
  sender.start();
  await until(async () => (await store.log.receiver('siem'))?.position === 30);
  await sender.stop();
  assert.deepEqual(
    indexesOf(parcels),
    upTo(30).filter((n) => n % 3 === 0),
  );
});

eachStore('heads are sent after the entries that they cover', async ({ store }) => {
  await withLogKey(store);
  const parcels: Parcel[] = [];
  await written(store, 10);
  await sealAll(store, { keep: true });
  await written(store, 10, 10);
  await sealAll(store, { keep: true });
  const { sender } = senderOn(store, { ...nowhere, checkpoints: true }, { place: noting(parcels) });
  sender.start();
  await until(async () => parseState((await store.log.receiver('siem'))?.state ?? '').head === 20);
  await sender.stop();
  assert.deepEqual(
    parcels.map(({ id }) => id),
    [`record_${LOG_ID}_0_20`, `checkpoint_${LOG_ID}_10`, `checkpoint_${LOG_ID}_20`],
  );
});

eachStore('a parcel that was begun is sent again as it was, whatever came in the meantime', async ({ store }) => {
  await withLogKey(store);
  await written(store, 3);
  await sealAll(store);
  const tried: string[] = [];
  let takes = false;
  const place: Place = {
    send: async ({ id }) => {
      tried.push(id);
      if (!takes) throw new NotTaken('answered 500');
    },
    close() {},
  };
  const first = senderOn(store, nowhere, { place });
  first.sender.start();
  await until(() => tried.length >= 2);
  await first.sender.stop();
  await written(store, 50, 3);
  await sealAll(store);
  takes = true;
  const second = senderOn(store, nowhere, { place, node: 'two' });
  second.sender.start();
  await until(async () => (await store.log.receiver('siem'))?.position === 53);
  await second.sender.stop();
  assert.deepEqual([...new Set(tried)], [`record_${LOG_ID}_0_3`, `record_${LOG_ID}_3_53`]);
  assert.equal(first.heard.lines.length, 1, 'an outage is one line');
});

eachStore('an entry that was dropped before the receiver had it is told of, once', async ({ store }) => {
  await withLogKey(store);
  await written(store, 6);
  await sealAll(store);
  const failing: Place = { send: () => Promise.reject(new NotTaken('ECONNREFUSED')), close() {} };
  const away = senderOn(store, nowhere, { place: failing });
  away.sender.start();
  await until(async () => (await store.log.receiver('siem')) !== undefined);
  await written(store, 9, 6);
  await sealAll(store);
  await away.sender.stop();
  const what = [{ kind: 'session.open', outcome: 'ok' }] as const;
  await store.audit.drop({ name: 'signIns', what, at: 2_000_000_000_000, before: 1_900_000_000_000, limit: 100 });
  await sealAll(store);
  const parcels: Parcel[] = [];
  const back = senderOn(store, nowhere, { place: noting(parcels), node: 'two' });
  back.sender.start();
  await until(async () => (await store.log.receiver('siem'))?.position === 16);
  await back.sender.stop();
  // Five of them were there when the receiver was first known: 0 and 3, and the others came later.
  assert.deepEqual(
    back.heard.notes.map(({ kind, detail }) => [kind, detail]),
    [['receiver.missed', { receiver: 'siem', count: 3, first: 6, last: 12 }]],
  );
  assert.deepEqual(indexesOf(parcels), [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 15]);
});

eachStore('a record that is shorter than what was sent is trouble, and nothing is sent of it', async ({ store }) => {
  await withLogKey(store);
  await written(store, 3);
  await sealAll(store);
  await store.log.moveReceiver({ name: 'siem', position: 9, state: '{}' }, null);
  const parcels: Parcel[] = [];
  const { sender } = senderOn(store, nowhere, { place: noting(parcels) });
  sender.start();
  const trouble = async () => parseState((await store.log.receiver('siem'))?.state ?? '').trouble;
  await until(async () => (await trouble()) !== null);
  await sender.stop();
  assert.equal((await trouble())?.cause, 'the record is shorter than what was sent');
  assert.deepEqual(parcels, []);
});

test('postgres: of two nodes one sends, and the other goes on where it ended', async (t) => {
  const config = await freshConfig(t, 'postgres');
  const [one, two] = await Promise.all([1, 2].map(() => openStore(config, { clock: systemClock })));
  if (one === undefined || two === undefined) throw new Error('no store');
  t.after(() => Promise.all([one.close(), two.close()]));
  await withLogKey(one);
  await written(one, 400);
  await sealAll(one);
  const parcels: Parcel[] = [];
  const senders = [one, two].map((store, i) =>
    senderOn(store, nowhere, { place: noting(parcels, 40), node: `node-${i}`, shared: true }),
  );
  for (const { sender } of senders) sender.start();
  await until(() => parcels.length >= 2);
  const held = await one.log.receiver('siem');
  const holder = parseState(held?.state ?? '').holder === 'node-0' ? 0 : 1;
  await senders[holder]?.sender.stop();
  await until(async () => (await one.log.receiver('siem'))?.position === 400);
  await senders[1 - holder]?.sender.stop();
  assert.deepEqual([...new Set(indexesOf(parcels))], upTo(400));
  // What was on its way when the first stopped may have come twice, as the same parcel.
  assert.ok(new Set(parcels.map(({ id }) => id)).size === 4);
});

test('sqlite: a sender that is killed with -9 again and again loses and doubles nothing', async (t) => {
  const folder = await folderFor(t);
  const config = await freshConfig(t, 'sqlite');
  const path = config.kind === 'sqlite' ? config.path : '';
  const store = await openStore(config, { clock: systemClock });
  await withLogKey(store);
  await written(store, 3_000);
  await sealAll(store);
  await store.close();
  const receiver = new Receiver('webhook', folder);
  await receiver.start();
  t.after(() => receiver.kill());
  const child = fileURLToPath(new URL('../support/sender-child.ts', import.meta.url));
  for (let n = 0; receiver.indexes().length < 3_000; n += 1) {
    assert.ok(n < 60, 'it comes to an end');
    const sender = spawn(process.execPath, [child, path, String(receiver.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(sender.stdout, 'data');
    // Longer by and by: a busy machine sends nothing in the time in which an idle one sends all.
    await new Promise((resolve) => setTimeout(resolve, (15 + 17 * (n % 7)) * (1 + Math.floor(n / 15))));
    sender.kill('SIGKILL');
    await once(sender, 'exit');
  }
  assert.deepEqual(receiver.indexes(), upTo(3_000));
  // A parcel that came twice has the same id and the same body.
  const bodies = new Map<string, string>();
  for (const line of receiver.taken()) {
    const { id, body } = JSON.parse(line) as { id: string; body: string };
    assert.equal(bodies.get(id) ?? body, body);
    bodies.set(id, body);
  }
  assert.equal(bodies.size, 30);
});
