import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { verifyRecord } from '../../../src/audit/verify.ts';
import type { SealedRow } from '../../../src/store/log-types.ts';
import { leafHashOf } from '../../../src/tlog/leaf.ts';
import { entryOf, KEY, type MemoryLog, sealedLog, storeOf } from '../../support/sealed-log.ts';

const SIZE = 47;
const ENTRIES = Array.from({ length: SIZE }, (_, i) => entryOf(i + 1));
const BASE = sealedLog(ENTRIES);
const fresh = (): MemoryLog => ({ ...BASE, rows: [...BASE.rows] });

const verified = (log: MemoryLog, kept: readonly string[] = [], ordered = true) =>
  verifyRecord({ store: storeOf(log), key: KEY, kept, ordered });

const COLUMNS = [
  'at',
  'kind',
  'outcome',
  'actor',
  'accountId',
  'sessionId',
  'appId',
  'source',
  'detail',
  'salt',
] as const;

/** Something else than was there. */
function other(value: unknown, n: number): unknown {
  if (typeof value === 'number') return value + 1 + n;
  if (value === null) return `put there ${n}`;
  const text = String(value);
  const at = n % (text.length + 1);
  // A character put in, taken away, or replaced.
  const ways = [
    `${text.slice(0, at)}x${text.slice(at)}`,
    text.slice(0, at) + text.slice(at + 1),
    `${text.slice(0, at)}~${text.slice(at + 1)}`,
  ];
  const changed = ways[n % 3] ?? '';
  return changed === text ? `${text}!` : changed;
}

const withEntry = (row: SealedRow, set: object): SealedRow => ({
  ...row,
  entry: row.entry && { ...row.entry, ...set },
});

test('a record that nobody touched has no finding', async () => {
  const { found, size, heads, unsealed } = await verified(fresh());
  assert.deepEqual([found, size, heads, unsealed.count], [0, SIZE, 5, 0]);
  const empty = await verified(sealedLog([]));
  assert.deepEqual([empty.found, empty.size], [0, 0]);
});

test('an entry of which any column is altered is named', async () => {
  const property = fc.asyncProperty(
    fc.nat(SIZE - 1),
    fc.constantFrom(...COLUMNS),
    fc.nat(1000),
    async (at, column, n) => {
      const log = fresh();
      const row = log.rows[at];
      assert.ok(row?.entry);
      log.rows[at] = withEntry(row, { [column]: other(row.entry[column], n) });
      const { findings } = await verified(log);
      assert.deepEqual([findings[0]?.what, findings[0]?.index, findings[0]?.seq], ['altered', at, row.seq]);
    },
  );
  await fc.assert(property, { numRuns: 1500 });
});

test('a leaf of which any column is altered is named', async () => {
  const property = fc.asyncProperty(fc.nat(SIZE - 1), fc.nat(43), fc.nat(1000), async (at, character, n) => {
    const log = fresh();
    const row = log.rows[at];
    assert.ok(row);
    const hash =
      row.hash.slice(0, character) + (row.hash[character] === 'A' ? 'B' : 'A') + row.hash.slice(character + 1);
    log.rows[at] = { ...row, hash: n % 2 === 0 ? hash : String(other(row.hash, n)) };
    const { findings } = await verified(log);
    assert.deepEqual([findings[0]?.what, findings[0]?.index], ['altered', at]);
  });
  await fc.assert(property, { numRuns: 800 });
});

test('an entry that is altered together with its leaf is found by the next head, which says between which two', async () => {
  const property = fc.asyncProperty(fc.nat(SIZE - 1), fc.nat(1000), async (at, n) => {
    const log = fresh();
    const row = log.rows[at];
    assert.ok(row?.entry);
    const entry = { ...row.entry, actor: `somebody else ${n}` };
    log.rows[at] = { ...row, entry, hash: leafHashOf(entry).toString('base64') };
    const [first] = (await verified(log)).findings;
    assert.ok(first !== undefined && first.index !== null && first.to !== null);
    assert.ok(first.index <= at && at <= first.to, JSON.stringify({ at, first }));
    const isLast = at >= (log.checkpoints.at(-1)?.size ?? 0);
    assert.equal(first.what, isLast ? 'unsigned' : 'rewritten');
  });
  await fc.assert(property, { numRuns: 200 });
});

/** Leaves are moved, left out or doubled, and indexes made to fit again, as whoever covers it up would. */
const renumbered = (rows: readonly SealedRow[]) => rows.map((row, idx) => ({ ...row, idx }));

test('entries that are taken away, put there, doubled or moved are found, at their place or before it', async () => {
  const property = fc.asyncProperty(
    fc.nat(SIZE - 1),
    fc.nat(SIZE - 1),
    fc.integer({ min: 0, max: 5 }),
    fc.boolean(),
    async (a, b, how, ordered) => {
      const [left, right] = [Math.min(a, b), Math.max(a, b)];
      const log = fresh();
      const [one, two] = [log.rows[left], log.rows[right]];
      assert.ok(one !== undefined && two !== undefined);
      const forged = entryOf(one.seq, { actor: 'forged', seq: 900 });
      const inserted = { ...one, seq: 900, entry: forged, hash: leafHashOf(forged).toString('base64') };
      const ways: readonly (readonly SealedRow[])[] = [
        log.rows.toSpliced(left, 1),
        renumbered(log.rows.toSpliced(left, 1)),
        renumbered(log.rows.toSpliced(left, 0, inserted)),
        renumbered(log.rows.toSpliced(right, 0, one)),
        renumbered(log.rows.with(left, two).with(right, one)),
        log.rows.with(left, { ...one, entry: null }),
      ];
      if (how === 4 && left === right) return;
      log.rows = [...(ways[how] ?? [])];
      const { findings, found } = await verified(log, [], ordered);
      const [first] = findings;
      assert.ok(found > 0 && first !== undefined, `${how} ${left} ${right}`);
      if (how === 0 || how === 5) assert.deepEqual([first.what, first.index], ['removed', left]);
      // The last one, doubled, stands beyond the tree.
      const doubled = left === SIZE - 1 ? 'inserted' : 'doubled';
      if (how === 3) assert.ok(findings.some(({ what, seq }) => what === doubled && seq === one.seq));
      if (how === 4 && ordered) assert.ok(findings.some(({ what }) => what === 'out-of-order'));
      assert.ok(
        (first.index ?? 0) <= right + 1 && (first.to ?? SIZE) >= left,
        JSON.stringify({ how, left, right, first }),
      );
    },
  );
  await fc.assert(property, { numRuns: 2000 });
});

test('a tree, a head and a key that are altered are found', async () => {
  const log = fresh();
  const { note, frontier } = log.state;
  const states = [
    { ...log.state, size: SIZE - 1 },
    { ...log.state, size: SIZE + 1 },
    { ...log.state, frontier: frontier.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) },
    { ...log.state, frontier: '' },
    { ...log.state, note: null },
    { ...log.state, note: 'no note' },
    { ...log.state, note: (note ?? '').replace(`\n${SIZE}\n`, `\n${SIZE + 1}\n`) },
    { ...log.state, note: sealedLog(ENTRIES.slice(0, 9)).state.note },
  ];
  for (const [i, state] of states.entries()) assert.ok((await verified({ ...fresh(), state })).found > 0, `${i}`);
  const other = sealedLog(ENTRIES.toReversed());
  const checkpoints = [{ size: 5, at: 0, note: other.checkpoints[0]?.note ?? '' }, ...log.checkpoints.slice(1)];
  assert.equal((await verified({ ...fresh(), checkpoints })).findings[0]?.what, 'rewritten');
  const none = log.checkpoints.map((row, i) =>
    i === 1 ? { ...row, note: row.note.replace('record', 'recorD') } : row,
  );
  assert.equal((await verified({ ...fresh(), checkpoints: none })).findings[0]?.what, 'unsigned');
});

test('an older backup, and a copy that went on apart, are found by a head that somebody has kept', async () => {
  const now = fresh();
  const kept = [now.state.note ?? ''];
  assert.equal((await verified(now, kept)).found, 0);
  const older = sealedLog(ENTRIES.slice(0, 30));
  const [behind] = (await verified(older, kept)).findings;
  assert.deepEqual([behind?.what, behind?.index, behind?.to], ['shortened', 30, SIZE - 1]);
  const fork = sealedLog([
    ...ENTRIES.slice(0, 40),
    ...ENTRIES.slice(40).map((entry) => ({ ...entry, actor: 'apart' })),
  ]);
  assert.equal((await verified(fork)).found, 0);
  const [apart] = (await verified(fork, kept)).findings;
  assert.equal(apart?.what, 'fork');
  assert.ok((apart.index ?? 99) <= 40 && (apart.to ?? 0) >= 40);
  // Those of before that are the same on both.
  assert.equal(
    (
      await verified(
        fork,
        now.checkpoints.filter(({ size }) => size <= 40).map(({ note }) => note),
      )
    ).found,
    0,
  );
});

test('what is gone must be named by an entry that is sealed', async () => {
  const seqs = '3-5 9';
  const naming = entryOf(48, { kind: 'audit.dropped', detail: JSON.stringify({ seqs }) });
  const gone = new Set([3, 4, 5, 9]);
  const log = sealedLog([...ENTRIES, naming]);
  log.rows = log.rows.map((row) => (gone.has(row.seq) ? { ...row, entry: null } : row));
  const { found, dropped } = await verified(log);
  assert.deepEqual([found, dropped], [0, 4]);
  const more = { ...log, rows: log.rows.map((row) => (row.seq === 6 ? { ...row, entry: null } : row)) };
  assert.deepEqual((await verified(more)).findings[0]?.seq, 6);
  // The entry that names them was altered, so that it names another.
  const detail = JSON.stringify({ seqs: '3-6 9' });
  const forged = { ...more, rows: more.rows.map((row) => (row.seq === 48 ? withEntry(row, { detail }) : row)) };
  assert.ok((await verified(forged)).found > 0);
  // It is on record, and not sealed.
  const loose = fresh();
  loose.rows = loose.rows.map((row) => (gone.has(row.seq) ? { ...row, entry: null } : row));
  loose.unsealed = [naming];
  assert.equal((await verified(loose)).findings[0]?.seq, 48);
});
