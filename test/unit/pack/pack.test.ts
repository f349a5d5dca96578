import assert from 'node:assert/strict';
import test from 'node:test';
import { claimsOf } from '../../../src/pack/verify/claims.ts';
import { sentenceOf, verify } from '../../../src/pack/verify/verify.ts';
import type { Wish } from '../../../src/pack/write/shown.ts';
import { formatVerifierKey } from '../../../src/tlog/key.ts';
import { DAY, estate, NORTH, note, PEOPLE, packed, partsOf, SOUTH, START, WISH } from '../../support/evidence.ts';
import { lessShown } from '../../support/pack-cases.ts';
import { filesOf } from '../../support/remake.ts';
import { logKey, sealAll } from '../../support/seal.ts';
import { eachStore } from '../../support/stores.ts';

const { alice, bob, carol, dora, erin, frank } = PEOPLE;

/** What configurations say, and no slice of them. */
const NOBODYS = ['board-of-south', 'desk-of-south', 'southfield', '/admin', '/look-alive', 'no preset yet'];

/** All bytes of a pack that are not those of every pack. */
async function textOf(pack: Buffer): Promise<string> {
  const files = await filesOf(pack);
  for (const name of ['verifier.html', 'verify.py', 'sbom.json']) files.delete(name);
  return [...files].map(([name, content]) => `${name}\n${content.toString('latin1')}`).join('\n');
}

eachStore('a pack holds by the key of its log, and says how everybody stood', async ({ store }) => {
  const made = await estate(store);
  const pack = await packed(await partsOf(made));
  const key = formatVerifierKey(made.key);
  const verdict = await verify({ pack, key, checkpoint: made.heads[3] ?? '' });
  assert.deepEqual(
    verdict.checks.filter(({ ok }) => ok !== true),
    [],
  );
  assert.equal(verdict.verdict, 'verified');
  const shown = (await filesOf(pack)).get('entries.ndjson')?.toString().trim().split('\n').length ?? 0;
  const others = (verdict.manifest?.size ?? 0) - shown;
  assert.deepEqual(verdict.entries, { shown, others });
  const counts =
    others === 0 ? `shows all ${shown} entries` : `shows ${shown} entries of the record and only counts ${others}`;
  assert.ok(sentenceOf(verdict).includes(counts));
  assert.equal((await verify({ pack, key: null, checkpoint: null })).verdict, 'self-consistent');
  const days = new Map(verdict.answers?.days.map((day) => [day.day, day]));
  const countsOf = (day: string) => {
    const { accounts, enrolled, waiting, none, disabled, exemptions, unbound, open, past } =
      days.get(day) ?? assert.fail(day);
    return [accounts, enrolled, waiting, none, disabled, exemptions, unbound, open, past];
  };
  assert.equal(days.size, 18);
  assert.deepEqual(countsOf('2026-09-03'), [4, 0, 4, 0, 0, 1, 0, 0, 0]);
  assert.deepEqual(countsOf('2026-09-04'), [4, 2, 2, 0, 0, 1, 0, 0, 0]);
  assert.deepEqual(countsOf('2026-09-05'), [4, 2, 0, 2, 0, 1, 0, 0, 0]);
  assert.deepEqual(countsOf('2026-09-09'), [4, 2, 0, 2, 0, 1, 0, 1, 4]);
  assert.deepEqual(countsOf('2026-09-10'), [4, 2, 0, 2, 0, 0, 0, 1, 4]);
  assert.deepEqual(countsOf('2026-09-12'), [4, 1, 0, 3, 0, 0, 0, 0, 0]);
  assert.deepEqual(countsOf('2026-09-14'), [4, 1, 0, 2, 1, 1, 1, 0, 0]);
  assert.deepEqual(countsOf('2026-09-16'), [3, 0, 0, 2, 1, 1, 1, 0, 0]);
});

eachStore('the pack of an organisation has no byte of any other', async ({ store }) => {
  const made = await estate(store);
  for (const [mine, theirs] of [
    [NORTH, [SOUTH.name, SOUTH.id, carol.id, carol.name, 'Carol phone', frank.id, frank.name, 'f-f', ...NOBODYS]],
    [
      SOUTH,
      [NORTH.name, NORTH.id, alice.id, alice.name, bob.id, bob.name, 'Alice her key', erin.id, 'f-e', ...NOBODYS],
    ],
  ] as const) {
    const wish: Wish = { ...WISH, organisation: mine };
    const pack = await packed(await partsOf(made, wish), wish);
    assert.equal((await verify({ pack, key: formatVerifierKey(made.key), checkpoint: null })).verdict, 'verified');
    const text = await textOf(pack);
    for (const word of theirs) assert.ok(!text.includes(word), `${mine.name} is told ${word}`);
    assert.ok(text.includes(dora.id));
  }
});

eachStore('of who has gone to another organisation nothing is told from then on', async ({ store }) => {
  const made = await estate(store);
  await note(store, START + 19 * DAY, 'account.password', { account: dora.id, actor: dora.id });
  await sealAll(store);
  const wish: Wish = { ...WISH, organisation: SOUTH };
  const entries =
    (await filesOf(await packed(await partsOf(made, wish), wish))).get('entries.ndjson')?.toString() ?? '';
  const lines = entries.split('\n').filter((line) => line.includes(dora.id));
  assert.ok(lines.some((line) => line.includes('account.move')));
  assert.ok(!lines.some((line) => line.includes('account.password')));
});

eachStore('with names hidden nobody is named, and the pack holds all the same', async ({ store }) => {
  const made = await estate(store);
  const wish: Wish = { ...WISH, redact: true };
  const pack = await packed(await partsOf(made, wish), wish);
  const verdict = await verify({ pack, key: formatVerifierKey(made.key), checkpoint: null });
  assert.equal(verdict.verdict, 'verified');
  assert.equal(verdict.answers?.days.find(({ day }) => day === '2026-09-05')?.enrolled, 2);
  const text = await textOf(pack);
  for (const word of [
    alice.name,
    bob.name,
    carol.name,
    dora.name,
    '203.0.113.77',
    'cli:root',
    'Alice her key',
    'ops@example.org',
    'eve stranger',
    'asked by the person',
    frank.name,
    ...NOBODYS,
  ])
    assert.ok(!text.includes(word), `${word} is told`);
  assert.ok(text.includes('roster.erased'));
  for (const { id } of [alice, bob, carol, dora]) assert.ok(text.includes(id));
});

eachStore('sign-ins are not shown, and what is not shown is covered', async ({ store }) => {
  const files = await filesOf(await packed(await partsOf(await estate(store))));
  assert.ok(!files.get('entries.ndjson')?.includes('session.open'));
  assert.ok((files.get('nodes.ndjson')?.length ?? 0) > 0);
});

eachStore('a record that was altered after it was sealed is not packed', async ({ store }) => {
  const made = await estate(store);
  const lied = {
    ...store.log,
    leaves: async (query: { from: number; limit: number }) => {
      const rows = await store.log.leaves(query);
      return rows.map((row) =>
        row.idx === 5 && row.entry !== null ? { ...row, entry: { ...row.entry, actor: 'somebody else' } } : row,
      );
    },
  };
  const parts = { ...(await partsOf(made)), store: { log: lied, rosters: store.rosters } };
  await assert.rejects(packed(parts), { code: 'sealed-value-invalid' });
});

eachStore('before anything is sealed there is no pack', async ({ store }) => {
  const key = await logKey(store);
  const parts = {
    store,
    key,
    now: START,
    members: null,
    apps: new Set<string>(),
    uses: new Set<number>(),
    checkpoint: null,
  };
  await assert.rejects(packed(parts), { code: 'conflict' });
});

eachStore('a head of the reader is proven, and one of another past is found', async ({ store, another }) => {
  const made = await estate(store);
  const key = formatVerifierKey(made.key);
  // Of a day between two others: no pack has it unless it is asked for.
  await note(store, START + 19 * DAY + 5000, 'account.password', { account: bob.id });
  await sealAll(store);
  const { note: head } = await store.log.state();
  await note(store, START + 19 * DAY + 6000, 'account.password', { account: bob.id });
  await sealAll(await another());
  const parts = await partsOf(made);
  const checkpoint = head ?? '';
  const without = await verify({ pack: await packed(parts), key, checkpoint });
  const withIt = await verify({ pack: await packed({ ...parts, checkpoint }), key, checkpoint });
  assert.equal(withIt.verdict, 'verified');
  if (without.verdict === 'failed')
    assert.deepEqual(
      without.checks.filter(({ ok }) => ok === false).map(({ check }) => check),
      ['yours'],
    );
  // A head of after the pack is no sign of a past that was rewritten, and is said to be what it is.
  const before = await packed({ ...parts, checkpoint });
  await note(store, START + 19 * DAY + 7000, 'account.password', { account: bob.id });
  await sealAll(store);
  const { note: later } = await store.log.state();
  const young = await verify({ pack: before, key, checkpoint: later ?? '' });
  assert.match(young.checks.find(({ ok }) => ok === false)?.says ?? '', /^Your head is newer than the pack/);
  const forked = checkpoint.replace(/^(.*\n.*\n)./, '$1_');
  assert.equal((await verify({ pack: await packed(parts), key, checkpoint: forked })).verdict, 'failed');
});

test('an account whose link is over stands without from then on, though nothing happens', () => {
  const at = (seq: number, kind: string, moment: number, detail: Record<string, unknown>) => ({
    index: seq,
    values: new Map<string, unknown>([
      ...Object.entries({ seq, at: moment, kind, outcome: 'ok', account: 'a' }),
      ...Object.entries(detail).map(([name, value]) => [`detail.${name}`, value] as const),
    ]),
  });
  const entries = [
    at(1, 'account.add', 1000, { realm: 'r', name: 'a', organisation: 'o' }),
    at(2, 'ticket.issue', 2000, { ticket: 't', until: 5000 }),
  ];
  const { accounts } = claimsOf({ from: 0, to: 9000, organisation: null, sbom: '' }, entries, new Map());
  assert.deepEqual(
    accounts.map(({ from, until, standing }) => [from, until, standing]),
    [
      [1000, 2000, 'none'],
      [2000, 5000, 'waiting'],
      [5000, 9000, 'none'],
    ],
  );
});

eachStore('who shows less of an entry than the rules go by is found, though each leaf follows', async ({ store }) => {
  const made = await estate(store);
  const pack = await packed(await partsOf(made));
  const asked = { key: formatVerifierKey(made.key), checkpoint: null };
  for (const [name, less] of Object.entries(await lessShown(pack, made))) {
    const { verdict, checks } = await verify({ pack: less, ...asked });
    assert.equal(verdict, 'failed', name);
    const entries = checks.find(({ check }) => check === 'entries');
    assert.deepEqual([entries?.ok, typeof entries?.where?.index], [false, 'number'], name);
  }
});
