import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { Levels, verifyConsistency, verifyInclusion } from '../../../src/tlog/proofs.ts';
import { EMPTY_ROOT, Frontier, leafHash, levelAt, nodeHash, subtreesOf } from '../../../src/tlog/tree.ts';
import { CONSISTENCY, INCLUSION, LEAVES, NODES, ROOTS } from './vectors.ts';

const bytes = (text: string) => Buffer.from(text, 'hex');
const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));
const published = LEAVES.map((leaf) => leafHash(bytes(leaf)));
const many = (size: number) => Array.from({ length: size }, (_, i) => leafHash(`leaf ${i}`));

/** RFC 9162 §2.1.1 as it is written there, and slow. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leaves[0] ?? EMPTY_ROOT;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const [left, right] = [rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half))];
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
}

test('the published tree of eight leaves has the published roots, however it is reckoned', () => {
  const frontier = new Frontier();
  const levels = new Levels(Buffer.concat(published));
  for (const [size, root] of ROOTS.entries()) {
    assert.equal(frontier.root().toString('hex'), root, `frontier of ${size}`);
    assert.equal(levels.root(size).toString('hex'), root, `levels of ${size}`);
    frontier.append(published[size] ?? leafHash('one more'));
  }
  for (const [level, nodes] of NODES.entries())
    for (const [index, node] of nodes.entries()) assert.equal(levels.node(level, index).toString('hex'), node);
});

test('the published proofs are made, and hold', () => {
  const levels = new Levels(Buffer.concat(published));
  for (const [index, size, proof] of INCLUSION) {
    assert.deepEqual(hex(levels.inclusion(index, size)), proof);
    const hash = published[index] ?? EMPTY_ROOT;
    assert.ok(verifyInclusion({ hash, index, size }, proof.map(bytes), bytes(ROOTS[size] ?? '')));
  }
  for (const [from, to, proof] of CONSISTENCY) {
    assert.deepEqual(hex(levels.consistency(from, to)), proof);
    const [older, newer] = [from, to].map((size) => ({ size, root: bytes(ROOTS[size] ?? '') }));
    assert.ok(older !== undefined && newer !== undefined && verifyConsistency(older, newer, proof.map(bytes)));
  }
});

test('text is hashed as its UTF-8', () => {
  for (const text of ['', 'a', 'è ☃ 😀', '\u0000']) assert.deepEqual(leafHash(text), leafHash(Buffer.from(text)));
});

test('a frontier has the root that the RFC says, and is the same when it was put away between', () => {
  const leaves = many(200);
  let frontier = new Frontier();
  for (const [i, leaf] of leaves.entries()) {
    frontier.append(leaf);
    assert.deepEqual(frontier.root(), rootOf(leaves.slice(0, i + 1)));
    const text = frontier.serialise();
    frontier = Frontier.parse(i + 1, text);
    assert.equal(frontier.serialise(), text);
  }
  assert.equal(Frontier.parse(0, '').root(), EMPTY_ROOT);
});

test('a frontier that is not of its size is refused', () => {
  const frontier = new Frontier();
  for (const leaf of many(6)) frontier.append(leaf);
  const text = frontier.serialise();
  const others = [
    '',
    ` ${text}`,
    `${text} `,
    text.slice(1),
    text.replace(' ', '  '),
    text.replace('=', 'A'),
    text.replaceAll('=', ''),
  ];
  for (const other of others) assert.throws(() => Frontier.parse(6, other), { name: 'LogFault' }, other);
  for (const size of [-1, 0, 4, 7, 10.5, Number.NaN, 2 ** 53])
    assert.throws(() => Frontier.parse(size, text), { name: 'LogFault' });
});

test('sizes beyond 32 bits are reckoned as others', () => {
  const size = 2 ** 45 + 2 ** 33 + 1;
  assert.deepEqual(subtreesOf(size), [45, 33, 0]);
  assert.equal(levelAt(2 ** 45), 45);
  const frontier = Frontier.parse(
    size,
    many(3)
      .map((hash) => hash.toString('base64'))
      .join(' '),
  );
  frontier.append(leafHash('next'));
  assert.equal(frontier.size, size + 1);
  assert.equal(frontier.serialise().split(' ').length, 3);
  const full = new Frontier();
  full.add(52, leafHash('half'));
  assert.throws(() => full.add(52, leafHash('other half')), RangeError);
});

test('a subtree is added only where one of its level begins', () => {
  const frontier = new Frontier();
  frontier.append(leafHash('0'));
  for (const level of [1, 2, 0.5, -1]) assert.throws(() => frontier.add(level, leafHash('x')), RangeError);
  assert.throws(() => frontier.append(Buffer.alloc(31)), RangeError);
  assert.throws(() => nodeHash(Buffer.alloc(32), Buffer.alloc(33)), RangeError);
});

const sizes = fc.integer({ min: 1, max: 300 });
const ALL = new Levels(Buffer.concat(many(300)));

test('every proof of inclusion holds where it was made, and nowhere else', () => {
  const property = fc.property(sizes, fc.nat(), fc.nat(), fc.nat(), (size, at, other, byte) => {
    const index = at % size;
    const [hash, root, proof] = [ALL.node(0, index), ALL.root(size), ALL.inclusion(index, size)];
    assert.ok(verifyInclusion({ hash, index, size }, proof, root));
    const elsewhere = other % size;
    assert.equal(verifyInclusion({ hash, index: elsewhere, size }, proof, root), elsewhere === index);
    assert.ok(!verifyInclusion({ hash: ALL.node(0, (index + 1) % 300), index, size }, proof, root));
    assert.ok(!verifyInclusion({ hash, index, size }, [...proof, hash], root));
    assert.ok(!verifyInclusion({ hash, index: size, size }, proof, root));
    if (proof.length === 0) return;
    assert.ok(!verifyInclusion({ hash, index, size }, proof.slice(1), root));
    const broken = Buffer.concat(proof);
    broken[byte % broken.length] = (broken[byte % broken.length] ?? 0) ^ 1;
    const parts = proof.map((_, i) => broken.subarray(32 * i, 32 * i + 32));
    assert.ok(!verifyInclusion({ hash, index, size }, parts, root));
  });
  fc.assert(property, { numRuns: 2000 });
});

test('every proof of consistency holds between its two trees, and no others', () => {
  const property = fc.property(sizes, fc.nat(), fc.nat(), (size, at, byte) => {
    const from = 1 + (at % size);
    const older = { size: from, root: ALL.root(from) };
    const newer = { size, root: ALL.root(size) };
    const proof = ALL.consistency(from, size);
    assert.ok(verifyConsistency(older, newer, proof));
    assert.ok(!verifyConsistency(older, newer, [...proof, older.root]));
    assert.ok(!verifyConsistency({ ...older, root: leafHash('x') }, newer, proof));
    assert.ok(!verifyConsistency(older, { ...newer, root: leafHash('x') }, proof));
    if (from < size) assert.ok(!verifyConsistency(newer, older, proof));
    if (proof.length === 0) return;
    assert.ok(!verifyConsistency(older, newer, proof.slice(1)));
    const broken = Buffer.concat(proof);
    broken[byte % broken.length] = (broken[byte % broken.length] ?? 0) ^ 1;
    const parts = proof.map((_, i) => broken.subarray(32 * i, 32 * i + 32));
    assert.ok(!verifyConsistency(older, newer, parts));
  });
  fc.assert(property, { numRuns: 2000 });
});

test('every tree begins with the empty one; proofs in no form are false and not thrown', () => {
  const [empty, newer] = [
    { size: 0, root: EMPTY_ROOT },
    { size: 8, root: ALL.root(8) },
  ];
  assert.ok(verifyConsistency(empty, newer, []));
  assert.ok(!verifyConsistency({ size: 0, root: ALL.root(8) }, newer, []));
  const short = [Buffer.alloc(31), Buffer.alloc(0)];
  assert.ok(!verifyConsistency({ size: 6, root: ALL.root(6) }, newer, short));
  assert.ok(!verifyInclusion({ hash: ALL.node(0, 1), index: 1, size: 8 }, short, newer.root));
  for (const size of [-1, 0.5, Number.NaN, 2 ** 60]) {
    assert.ok(!verifyConsistency({ size, root: EMPTY_ROOT }, newer, []));
    assert.ok(!verifyConsistency(newer, { size, root: EMPTY_ROOT }, []));
    assert.ok(!verifyInclusion({ hash: ALL.node(0, 0), index: size, size }, [], newer.root));
  }
  const endless = Array.from({ length: 100_000 }, () => Buffer.alloc(32));
  assert.ok(!verifyConsistency({ size: 3, root: ALL.root(3) }, { size: 2 ** 52 + 1, root: newer.root }, endless));
});
