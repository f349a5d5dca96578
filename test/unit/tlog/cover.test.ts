import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Covered, cover, coveredRoot, type Node } from '../../../src/tlog/cover.ts';
import { Levels } from '../../../src/tlog/proofs.ts';
import { EMPTY_ROOT, leafHash } from '../../../src/tlog/tree.ts';

const MOST = 260;
const HASHES = Array.from({ length: MOST }, (_, i) => leafHash(`leaf ${i}`));
const LEVELS = new Levels(Buffer.concat(HASHES));

const trees = fc
  .integer({ min: 0, max: MOST })
  .chain((size) => fc.tuple(fc.constant(size), fc.subarray(Array.from({ length: size }, (_, i) => i))));

const shownOf = (indexes: readonly number[]) => indexes.map((index) => ({ index, hash: HASHES[index] ?? EMPTY_ROOT }));

test('what is shown and the cover of the rest have the root of the tree', () => {
  const property = fc.property(trees, ([size, shown]) => {
    const nodes = [...cover(HASHES.slice(0, size), shown)];
    assert.deepEqual(coveredRoot(size, shownOf(shown), nodes), LEVELS.root(size));
    for (const { level, index, hash } of nodes) assert.deepEqual(hash, LEVELS.node(level, index));
  });
  fc.assert(property, { numRuns: 500 });
});

test('no smaller cover does: of two neighbours none are halves of one subtree', () => {
  const property = fc.property(trees, ([size, shown]) => {
    const nodes = [...cover(HASHES.slice(0, size), shown)];
    for (const [i, right] of nodes.entries()) {
      const left = nodes[i - 1];
      if (left === undefined || left.level !== right.level) continue;
      assert.ok(left.index % 2 === 1 || left.index + 1 !== right.index, `${left.level}:${left.index}`);
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test('a node that is left out, doubled, moved or altered is found', () => {
  const property = fc.property(trees, fc.nat(), fc.integer({ min: 0, max: 4 }), ([size, shown], at, how) => {
    const nodes = [...cover(HASHES.slice(0, size), shown)];
    const place = at % Math.max(1, nodes.length);
    const node = nodes[place];
    if (node === undefined) return;
    const others: readonly Node[][] = [
      nodes.toSpliced(place, 1),
      nodes.toSpliced(place, 0, node),
      nodes.with(place, { ...node, index: node.index + 1 }),
      nodes.with(place, { ...node, level: node.level + 1 }),
      nodes.with(place, { ...node, hash: leafHash('x') }),
    ];
    let root: Buffer | undefined;
    try {
      root = coveredRoot(size, shownOf(shown), others[how] ?? []);
    } catch (error) {
      assert.ok(error instanceof Error && error.name === 'LogFault', String(error));
    }
    assert.notDeepEqual(root, LEVELS.root(size));
  });
  fc.assert(property, { numRuns: 2000 });
});

test('what is shown must ascend and be of the tree', () => {
  assert.throws(() => [...cover(HASHES.slice(0, 8), [3, 2])], RangeError);
  assert.throws(() => [...cover(HASHES.slice(0, 8), [8])], RangeError);
  assert.throws(() => coveredRoot(2, shownOf([1, 0]), []), { name: 'LogFault' });
  assert.throws(() => coveredRoot(1, shownOf([0, 0]), []), { name: 'LogFault' });
});

test('numbers that are none cover nothing', () => {
  for (const [level, index] of [
    [-1, 0],
    [0.5, 0],
    [0, -1],
    [60, 1],
    [Number.NaN, 0],
    [0, Number.NaN],
  ] as const)
    assert.throws(
      () => new Covered().add({ level, index, hash: EMPTY_ROOT }),
      { name: 'LogFault' },
      `${level} ${index}`,
    );
  assert.throws(() => new Covered().add({ level: 2_000, index: 0, hash: EMPTY_ROOT }), /./);
});
