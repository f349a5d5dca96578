import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CLASSES, type Lists, type Ours, reconcile } from '../../../src/coverage/reconcile.ts';

const NOW = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;

function ours(name: string, over: Partial<Ours> = {}): Ours {
  const plain = {
    id: `id-${name}`,
    name,
    disabled: false,
    enrolled: false,
    usedAt: null,
    invited: false,
    createdAt: NOW,
  };
  return { ...plain, role: false, ...over };
}

function lists(names: readonly string[], accounts: readonly Ours[], over: Partial<Lists> = {}): Lists {
  const known = new Map(accounts.map((each) => [each.name, each.id]));
  const whose = (name: string) => known.get(name.toLowerCase());
  return {
    names,
    ours: new Map(accounts.map((each) => [each.id, each])),
    whose,
    now: NOW,
    dormantAfterMs: null,
    ...over,
  };
}

test('each account is in the class that its list and ours make it', () => {
  const accounts = [
    ours('used', { enrolled: true, usedAt: NOW - DAY }),
    ours('unused', { enrolled: true }),
    ours('invited', { invited: true }),
    ours('never'),
    ours('off', { disabled: true, enrolled: true, usedAt: NOW }),
    ours('gone', { enrolled: true, usedAt: NOW }),
    ours('gone-off', { disabled: true }),
  ];
  const told = reconcile(
    lists(['used', 'unused', 'Invited', 'never', 'off', 'stranger', 'USED', 'stranger'], accounts),
  );
  assert.deepEqual(
    told.lines.map((line) => [line.name, line.class, line.account?.name ?? null]),
    [
      ['stranger', 'unknown', null],
      ['never', 'never-came', 'never'],
      ['Invited', 'invited', 'invited'],
      ['unused', 'unused', 'unused'],
      ['used', 'used', 'used'],
      ['gone-off', 'disabled', 'gone-off'],
      ['off', 'disabled', 'off'],
      ['gone', 'gone', 'gone'],
    ],
  );
  assert.equal(told.doubled, 1, 'USED and used are one account');
  assert.deepEqual(Object.values(told.counts), [1, 1, 1, 1, 1, 2, 1]);
});

test('an account is dormant once it was unused for the whole time, and from its beginning if it never was used', () => {
  const after = 90 * DAY;
  const at = (since: number) => ours('x', { enrolled: true, usedAt: NOW - since });
  const dormant = (account: Ours, names = ['x']) =>
    reconcile(lists(names, [account], { dormantAfterMs: after })).dormant;
  assert.equal(dormant(at(after - 1)), 0);
  assert.equal(dormant(at(after)), 1);
  assert.equal(dormant(ours('x', { createdAt: NOW - after })), 1);
  assert.equal(dormant({ ...at(after), disabled: true }), 0, 'it gets nobody in');
  assert.equal(dormant(at(after), ['y']), 0, 'the app does not have it');
  assert.equal(reconcile(lists(['x'], [at(after)])).dormant, 0, 'nothing is said of dormant accounts');
});

test('every account of either list is in exactly one line, whatever the lists are', () => {
  const account = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    disabled: fc.boolean(),
    enrolled: fc.boolean(),
    usedAt: fc.constantFrom(null, NOW),
    invited: fc.boolean(),
  });
  const names = fc.array(fc.constantFrom('a', 'A', 'b', 'B', 'c', 'x', 'y'));
  const accounts = fc.uniqueArray(account, { selector: ({ name }) => name });
  fc.assert(
    fc.property(names, accounts, (theirs, some) => {
      const rows = some.map((each) => ours(each.name, each));
      const { lines, counts, doubled } = reconcile(lists(theirs, rows));
      const here = lines.flatMap((line) => line.account?.id ?? []);
      assert.deepEqual(here.toSorted(), rows.map(({ id }) => id).toSorted(), 'each of ours once');
      const unknown = lines.filter((line) => line.class === 'unknown').map(({ name }) => name);
      const known = new Set(rows.map(({ name }) => name));
      assert.deepEqual(
        unknown.toSorted(),
        [...new Set(theirs)].filter((name) => !known.has(name.toLowerCase())).toSorted(),
      );
      assert.equal(
        lines.length,
        CLASSES.reduce((sum, each) => sum + counts[each], 0),
      );
      const matched = lines.filter(
        (line) => line.account !== null && theirs.some((n) => n.toLowerCase() === line.account?.name),
      );
      assert.equal(new Set(theirs).size, matched.length + doubled + unknown.length, 'each of theirs once, or doubled');
    }),
    { numRuns: 500, seed: 7 },
  );
});

test('100,000 names and accounts are compared in bounded time and memory', () => {
  const accounts = Array.from({ length: 100_000 }, (_, i) => ours(`user${i}`, { enrolled: i % 2 === 0 }));
  const names = Array.from({ length: 100_000 }, (_, i) => `USER${i + 500}`);
  const began = performance.now();
  const { counts } = reconcile(lists(names, accounts));
  assert.equal(counts.unknown, 500);
  assert.equal(counts.gone, 500);
  assert.ok(performance.now() - began < 10_000, 'a bound for a busy machine; it takes some tenths of a second');
});
