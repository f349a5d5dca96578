import assert from 'node:assert/strict';
import test from 'node:test';
import { verify } from '../../../src/pack/verify/verify.ts';
import { formatVerifierKey } from '../../../src/tlog/key.ts';
import { evidenceStore } from '../../support/evidence.ts';
import { altered, filesOf, numbers, remade, small } from '../../support/remake.ts';

const { key, pack } = await evidenceStore(async ({ pack, estate }) => ({
  key: estate.key,
  pack: await small(pack, estate.key),
}));
const asked = { key: formatVerifierKey(key), checkpoint: null };

test('a pack that was made small holds', async () => {
  assert.equal((await verify({ pack, ...asked })).verdict, 'verified');
});

test('each of 10,000 alterations of the bytes of a pack is found, and its place named', async () => {
  const next = numbers(1);
  for (let i = 0; i < 10_000; i += 1) {
    const { verdict, checks } = await verify({ pack: altered(pack, next), ...asked });
    assert.equal(verdict, 'failed', `alteration ${i}`);
    assert.ok(
      checks.some(({ ok, where }) => ok === false && where !== null),
      `alteration ${i} has no place`,
    );
  }
});

test('every byte is looked at: each of them turned is found', async () => {
  const bytes = Buffer.from(pack);
  for (let at = 0; at < bytes.length; at += 7) {
    bytes[at] = (bytes[at] ?? 0) ^ 0x20;
    assert.equal((await verify({ pack: bytes, ...asked })).verdict, 'failed', `byte ${at}`);
    bytes[at] = (bytes[at] ?? 0) ^ 0x20;
  }
});

test('who has the key and alters what was sealed, or what follows from it, is found', async () => {
  const files = await filesOf(pack);
  const next = numbers(2);
  const names = [...files.keys()].filter((name) => /ndjson$|^tables|^checkpoint|^documents|^rosters/.test(name));
  for (let i = 0; i < 600; i += 1) {
    const name = names[next(names.length)] ?? '';
    const content = files.get(name) ?? Buffer.alloc(0);
    const forged = await remade(new Map([...files, [name, altered(content, next)]]), key);
    const { verdict, checks } = await verify({ pack: forged, ...asked });
    assert.equal(verdict, 'failed', `alteration ${i} of ${name}`);
    assert.ok(
      checks.some(({ ok, where }) => ok === false && where !== null),
      `alteration ${i} of ${name} has no place`,
    );
  }
});
