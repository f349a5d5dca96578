import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { BLOCK, IdReader, RequestIds } from '../../../src/assertions/request-ids.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { createSeal } from '../../../src/store/seal.ts';

const seal = createSeal(Buffer.alloc(32, 7), systemRandom);

test('every id is of 32 characters, never the same twice, and known to whoever holds the key', () => {
  const [ids, reader] = [new RequestIds(seal, systemRandom), new IdReader(seal)];
  const seen = new Set<string>();
  for (let i = 0; i < 3 * BLOCK + 1; i += 1) {
    const id = ids.next();
    assert.match(id, /^[A-Za-z0-9_-]{32}$/);
    assert.deepEqual(reader.read(id), { block: id.slice(0, 12), place: i % BLOCK });
    seen.add(id);
  }
  assert.equal(seen.size, 3 * BLOCK + 1);
});

test('an id of another installation, with a character changed, or of any other text is none of ours', () => {
  const reader = new IdReader(seal);
  const other = new RequestIds(createSeal(Buffer.alloc(32, 8), systemRandom), systemRandom);
  for (let i = 0; i < 100; i += 1) assert.equal(reader.read(other.next()), null);
  const id = new RequestIds(seal, systemRandom).next();
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  fc.assert(
    fc.property(fc.nat(31), fc.nat(63), (at, which) => {
      const changed = id.slice(0, at) + letters[which] + id.slice(at + 1);
      assert.equal(reader.read(changed) === null, changed !== id);
    }),
    { seed: 1, numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => assert.equal(reader.read(text), null)),
    { seed: 2 },
  );
  for (const near of [`${id} `, ` ${id}`, `${id}\n`, id.slice(1), `${id}A`, '']) assert.equal(reader.read(near), null);
});

test('the keystream of a block costs no memory that stays, however many blocks are read', () => {
  const [reader, ids] = [new IdReader(seal), new RequestIds(seal, systemRandom)];
  const firsts: string[] = [];
  for (let i = 0; i < 600; i += 1) {
    firsts.push(ids.next());
    for (let k = 1; k < BLOCK; k += 1) ids.next();
  }
  // More blocks than are remembered, and the first ones again.
  for (const id of [...firsts, ...firsts]) assert.notEqual(reader.read(id), null);
});
