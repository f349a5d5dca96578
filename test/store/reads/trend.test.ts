import assert from 'node:assert/strict';
import test from 'node:test';
import { dayAfter, dayOf, endsOf, indexIn, MOST_DAYS, startOf } from '../../../src/coverage/trend/days.ts';
import type { SallyportError } from '../../../src/errors.ts';
import { sha256Hex } from '../../../src/lib/bytes.ts';
import { meaningOf } from '../../../src/manage/in-force.ts';
import { USUAL_DAYS } from '../../../src/manage/trend/form.ts';
import { showTrend, wholeTrend } from '../../../src/manage/trend/show.ts';
import type { WholeStore } from '../../../src/store/types.ts';
import { eachStore } from '../../support/stores.ts';
import { chance, happenedByChance, ORGANISATIONS } from './happened.ts';
import { holds } from './held.ts';
import { APP, askerOf, CONFIG, DAY, entry, NOW, organisation, personWith } from './office.ts';

const FROM = NOW - 14 * DAY;

for (const seed of [1, 2, 3, 4])
  eachStore(
    `every day of a trend is what coverage of its end says, however the record is ordered (${seed})`,
    async ({ store }) => {
      await happenedByChance(store, chance(seed), { from: FROM, count: 300 });
      const ctx = askerOf(store);
      const days = { from: dayOf(FROM - DAY), to: dayOf(NOW) };
      const answer = await showTrend.ask(ctx, { ...days, each: 'days' });
      assert.equal(new Set(answer.rows.map(({ day }) => day)).size, 16);
      await holds(ctx, answer, `seed ${seed}`);
      for (const of of ORGANISATIONS) await organisation(store, of, `Now ${of}`);
      for (const of of ORGANISATIONS) {
        const own = await personWith(store, `auditor-${of}`, [{ role: 'auditor', organisation: of }]);
        const confined = await showTrend.ask(own, { ...days, each: 'days' });
        await holds(own, confined, `seed ${seed} of ${of}`);
        // Whoever sees all sees of one organisation what whoever looks after it sees.
        const alone = confined.rows.filter((row) => row.organisation !== null);
        assert.deepEqual(
          alone,
          answer.rows.filter((row) => row.organisation?.id === of),
        );
        if (alone.length > 0)
          assert.deepEqual((await showTrend.ask(ctx, { ...days, organisation: `Now ${of}` })).rows, alone);
      }
    },
  );

test('days are those of the calendar by UTC; the last ends now', () => {
  assert.equal(startOf('2026-02-29'), undefined);
  assert.equal(startOf('2024-02-29'), Date.UTC(2024, 1, 29));
  for (const typed of ['2026-2-1', '1969-12-31', 'today', '', '2026-01-01T00:00Z'])
    assert.equal(startOf(typed), undefined);
  assert.equal(dayAfter('2026-03-01', -1), '2026-02-28');
  const first = Date.UTC(2026, 4, 18);
  const ends = endsOf(first, Date.UTC(2026, 4, 20), NOW);
  assert.deepEqual(ends, [first + DAY - 1, first + 2 * DAY - 1, NOW]);
  assert.deepEqual(endsOf(first, first, first + 5), [first + 5]);
  const places = [0, first + DAY - 1, first + DAY, first + 2 * DAY - 1, first + 2 * DAY, NOW, NOW + 1];
  assert.deepEqual(
    places.map((at) => indexIn(ends, at)),
    [0, 0, 1, 1, 2, 2, 3],
  );
});

/** The first and the last of a number of days that end today. */
const lasting = (days: number) => ({ from: dayOf(NOW - (days - 1) * DAY), to: dayOf(NOW) });

eachStore('days are bounded, and what cannot be meant is told with its remedy', async ({ store }) => {
  const ctx = askerOf(store);
  const { rows } = await showTrend.ask(ctx, lasting(MOST_DAYS));
  assert.equal(rows.length, MOST_DAYS);
  assert.equal((await showTrend.ask(ctx, {})).rows.length, USUAL_DAYS);
  assert.equal((await showTrend.ask(ctx, { to: '2026-03-01', from: '2026-02-28' })).rows.length, 2);
  const refused = (wish: object, message: RegExp) =>
    assert.rejects(
      showTrend.ask(ctx, wish),
      (error: SallyportError) => error.code === 'usage' && message.test(error.message),
    );
  await refused(lasting(MOST_DAYS + 1), /at most 400 days at once: begin later/);
  await refused({ to: dayOf(NOW + DAY) }, /still to come: end with today/);
  await refused({ from: dayOf(NOW), to: dayOf(NOW - DAY) }, /before the first/);
  await refused({ from: '2026-02-30' }, /from/);
  await assert.rejects(showTrend.ask(ctx, { organisation: 'nobody' }), { code: 'not-found' });
});

/** Somebody who has a factor, in an organisation of their own; a line for each. */
async function crowd(store: WholeStore, organisations: number): Promise<void> {
  for (let n = 0; n < organisations; n += 1) {
    const detail = JSON.stringify({ realm: 'local', name: `p${n}`, organisation: `o${n}`, groups: '' });
    await entry(store, { at: NOW - 500 * DAY, kind: 'account.add', accountId: `p${n}`, detail });
  }
}

eachStore('rows of one answer are bounded, at the limit; the command has no limit', async ({ store }) => {
  await crowd(store, 50);
  const ctx = askerOf(store);
  // Of each day the row of all, and one for each organisation.
  const fits = { ...lasting(392), each: 'days' } as const;
  assert.equal((await showTrend.ask(ctx, fits)).rows.length, 392 * 51);
  const over = { ...lasting(393), each: 'days' } as const;
  await assert.rejects(showTrend.ask(ctx, over), {
    code: 'usage',
    message: /more than 20000 rows: ask for fewer days/,
  });
  assert.equal((await wholeTrend(ctx, over)).rows.length, 393 * 51);
  assert.equal((await showTrend.ask(ctx, { ...over, each: 'ends' })).rows.length, 393 + 2 * 50);
});

eachStore(
  'few are read at once, of one asker one; whoever is refused may ask again when another is done',
  async ({ store }) => {
    const gate = Promise.withResolvers<void>();
    const held = heldBack(store, gate.promise);
    await organisation(store, 'home');
    const people = await Promise.all(
      ['udo', 'eva', 'ida'].map((id) => personWith(store, id, [{ role: 'administrator', organisation: 'home' }])),
    );
    const [udo, eva, ida] = people.map((ctx) => () => showTrend.ask({ ...ctx, store: held.store }, {}));
    assert.ok(udo && eva && ida);
    const [first] = [udo(), await held.asked()];
    await assert.rejects(udo(), { code: 'busy', retryAfter: 5 });
    const [ctx] = people;
    assert.ok(ctx);
    const grants = [{ role: 'administrator', organisation: 'home' }] as const;
    const made = {
      hash: 'h',
      name: 'n',
      createdBy: 'udo',
      accountId: 'udo',
      grants,
      operations: ['coverage.trend'],
    };
    await store.tokens.insert({
      ...{ id: 'token', ...made, createdAt: NOW, expiresAt: NOW + DAY, lastUsedAt: null, revokedAt: null },
    });
    const byToken = { ...ctx, store: held.store, authority: { kind: 'token', tokenId: 'token' } } as const;
    await assert.rejects(showTrend.ask(byToken, {}), { code: 'busy' });
    const [second] = [eva(), await held.asked()];
    await assert.rejects(ida(), { code: 'busy', shown: /At most 2 trends/ });
    gate.resolve();
    assert.equal((await first).rows.length, USUAL_DAYS);
    await second;
    assert.equal((await ida()).rows.length, USUAL_DAYS);
  },
);

/** A store of which no entry is read before the gate is open; and when it was next asked for one. */
function heldBack(store: WholeStore, gate: Promise<void>) {
  let told = Promise.withResolvers<void>();
  const entryMoments: WholeStore['views']['entryMoments'] = async (ask) => {
    told.resolve();
    await gate;
    return store.views.entryMoments(ask);
  };
  const views = Object.assign(Object.create(store.views), { entryMoments });
  const asked = async () => {
    await told.promise;
    told = Promise.withResolvers();
  };
  return { store: { ...store, views }, asked };
}

eachStore(
  'what whoever sees one organisation is told is the same without the others, byte for byte',
  async ({ store }) => {
    const from = NOW - 9 * DAY;
    const texts = [meaningOf(CONFIG)];
    for (const text of texts)
      await store.log.putDocument({ digest: sha256Hex(text), kind: 'configuration', text, at: 1 });
    const tell = (at: number, kind: string, accountId: string | null, detail: object) =>
      entry(store, { at, kind, accountId, detail: JSON.stringify(detail) });
    const added = (name: string, of: string) => ({ realm: 'local', name, organisation: of, groups: '' });
    await tell(from, 'config.load', null, { meaning: sha256Hex(texts[0] ?? ''), digest: 'd' });
    await tell(from, 'organisation.add', null, { organisation: 'home', realm: 'local', name: 'HOME' });
    await tell(from + DAY, 'account.add', 'ada', added('ada', 'home'));
    await tell(from + 2 * DAY, 'enrol.password', 'ada', { set: true });
    await tell(from + 2 * DAY, 'enrol.authenticator', 'ada', { authenticator: 'f', kind: 'totp' });
    await tell(from + 4 * DAY, 'account.add', 'ann', added('ann', 'home'));
    await organisation(store, 'home');
    const ctx = await personWith(store, 'udo', [{ role: 'auditor', organisation: 'home' }]);
    const asked = async () => {
      const wishes = [
        {},
        { each: 'days' },
        { each: 'ends' },
        { organisation: 'home' },
        { organisation: 'HOME' },
      ] as const;
      const all = [];
      for (const wish of wishes) all.push(await showTrend.ask(ctx, { ...lasting(12), ...wish }));
      return JSON.stringify(all);
    };
    const without = await asked();
    assert.match(without, /"falls":\[\{/);
    await organisation(store, 'away');
    await tell(from + 1, 'organisation.add', null, { organisation: 'away', realm: 'local', name: 'AWAY' });
    await tell(from + 3 * DAY, 'account.add', 'bob', added('bob', 'away'));
    await tell(from + 2 * DAY, 'account.disable', 'bob', { name: 'bob' });
    await tell(from + 5 * DAY, 'account.stands', 'cat', { ...added('cat', 'away'), added: from, factors: '[]' });
    await entry(store, { at: from + 5 * DAY, kind: 'roster.read', appId: APP.id, detail: '{"names":9,"unknown":4}' });
    assert.equal(await asked(), without);
    // They are there for whoever may see everything.
    assert.match(JSON.stringify(await showTrend.ask(askerOf(store), { ...lasting(12), each: 'days' })), /AWAY/);
    for (const wish of ['away', 'AWAY', 'Practice away', 'no such'])
      await assert.rejects(showTrend.ask(ctx, { ...lasting(12), organisation: wish }), {
        code: 'not-found',
        message: 'nobody of such an organisation is on record in these days',
      });
  },
);

eachStore('a fall is told with what was and what is; a share is never rounded up', async ({ store }) => {
  const ctx = askerOf(store);
  const text = meaningOf(CONFIG);
  await store.log.putDocument({ digest: sha256Hex(text), kind: 'configuration', text, at: 1 });
  const start = NOW - 9 * DAY;
  await entry(store, { at: start, kind: 'config.load', detail: JSON.stringify({ meaning: sha256Hex(text) }) });
  const detail = JSON.stringify({ realm: 'local', name: 'p', organisation: 'realm.local', groups: '' });
  for (let n = 0; n < 3; n += 1) {
    await entry(store, { at: start, kind: 'account.add', accountId: `p${n}`, detail });
    await entry(store, { at: start + 1, kind: 'enrol.password', accountId: `p${n}` });
    const factor = JSON.stringify({ authenticator: `f${n}`, kind: 'totp' });
    await entry(store, { at: start + 1, kind: 'enrol.authenticator', accountId: `p${n}`, detail: factor });
  }
  const gone = JSON.stringify({ authenticator: 'f1', kind: 'totp' });
  await entry(store, { at: start + 3 * DAY, kind: 'authenticator.remove', accountId: 'p1', detail: gone });
  await entry(store, { at: start + 5 * DAY, kind: 'origin.checked', outcome: 'failed', appId: APP.id });
  const { rows, falls } = await showTrend.ask(ctx, lasting(12));
  assert.deepEqual(
    rows.map(({ percent }) => percent),
    [null, null, 100, 100, 100, ...Array(7).fill(66.66)],
  );
  const none = { organisation: null, exempt: null };
  assert.deepEqual(falls, [
    {
      ...{ ...none, day: dayOf(start + 3 * DAY), since: dayOf(start + 2 * DAY), passwordAlone: null },
      ...{ percent: { from: 100, to: 66.66 }, expected: { from: 3, to: 3 }, protected: { from: 3, to: 2 } },
    },
    {
      ...{ ...none, day: dayOf(start + 5 * DAY), since: dayOf(start + 4 * DAY), percent: null },
      ...{ passwordAlone: { from: 0, to: 3 }, expected: { from: 3, to: 3 }, protected: { from: 2, to: 2 } },
    },
  ]);
});
