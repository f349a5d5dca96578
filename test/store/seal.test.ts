import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { systemRandom as random } from '../../src/lib/random.ts';
import { loadMasterKey } from '../../src/store/master-key.ts';
import { openSealedStore } from '../../src/store/open-sealed.ts';
import { createSeal, type Place } from '../../src/store/seal.ts';
import { freshConfig } from '../support/stores.ts';

const seal = createSeal(new Uint8Array(32).fill(7), random);
const place: Place = { table: 'authenticators', column: 'secret', row: 'auth-1' };
const invalid = { code: 'sealed-value-invalid' };

async function keyFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-key-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'keys', 'master.key');
}

test('a sealed text opens at its place and nowhere else', () => {
  for (const text of ['', 'JBSWY3DPEHPK3PXP', 'Ä\u0000'.repeat(1000)]) {
    const sealed = seal.seal(text, place);
    assert.match(sealed, /^v1\.[A-Za-z0-9_-]+$/);
    assert.equal(seal.open(sealed, place), text);
    assert.throws(() => seal.open(sealed, { ...place, row: 'auth-2' }), invalid);
    assert.throws(() => seal.open(sealed, { ...place, column: 'state' }), invalid);
    assert.throws(() => seal.open(sealed, { ...place, table: 'pendings' }), invalid);
  }
  assert.notEqual(seal.seal('x', place), seal.seal('x', place));
});

test('places are told apart whatever characters their parts hold', () => {
  const sealed = seal.seal('x', { table: 'a', column: 'b:c', row: 'd' });
  assert.throws(() => seal.open(sealed, { table: 'a:b', column: 'c', row: 'd' }), invalid);
  assert.throws(() => seal.open(sealed, { table: 'a', column: 'b', row: 'c:d' }), invalid);
  assert.throws(() => seal.open(sealed, { table: 'a', column: 'b', row: 'c,1:d' }), invalid);
});

test('a changed, cut, foreign or respelt value does not open', () => {
  const sealed = seal.seal('secret', place);
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  for (let i = 0; i < bytes.length; i += 1) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] ?? 0) ^ 1;
    assert.throws(() => seal.open(`v1.${changed.toString('base64url')}`, place), invalid);
  }
  const others = [
    '',
    'v1.',
    'secret',
    sealed.slice(0, -1),
    `${sealed}A`,
    `${sealed}=`,
    `${sealed} `,
    sealed.replace('v1', 'v2'),
  ];
  for (const other of others) assert.throws(() => seal.open(other, place), invalid);
  assert.throws(() => createSeal(new Uint8Array(32).fill(8), random).open(sealed, place), invalid);
});

test('a mac depends on key, purpose and text', () => {
  assert.equal(seal.mac('a', 'x'), seal.mac('a', 'x'));
  assert.match(seal.mac('a', 'x'), /^[A-Za-z0-9_-]{43}$/);
  const other = createSeal(new Uint8Array(32).fill(8), random);
  assert.equal(new Set([seal.mac('a', 'x'), seal.mac('b', 'x'), seal.mac('a', 'y'), other.mac('a', 'x')]).size, 4);
});

test('a key of another length makes no seal', () => {
  assert.throws(() => createSeal(new Uint8Array(16), random), { code: 'keys-unavailable' });
});

test('the master key file is made once, for this user alone', async (t) => {
  const file = await keyFile(t);
  assert.throws(() => loadMasterKey(file, { create: false, random }), { code: 'keys-unavailable', message: /missing/ });
  const key = loadMasterKey(file, { create: true, random });
  assert.equal(key.length, 32);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(file, '..'))).mode & 0o777, 0o700);
  assert.equal(await readFile(file, 'utf8'), `${Buffer.from(key).toString('base64url')}\n`);
  assert.deepEqual(loadMasterKey(file, { create: true, random }), key);
});

test('a master key file that others can read, or that holds no key, is refused with its remedy', async (t) => {
  const file = await keyFile(t);
  loadMasterKey(file, { create: true, random });
  for (const mode of [0o640, 0o604, 0o620, 0o601]) {
    await chmod(file, mode);
    assert.throws(() => loadMasterKey(file, { create: true, random }), {
      code: 'keys-unavailable',
      message: /chmod 600/,
    });
  }
  await chmod(file, 0o600);
  for (const text of [
    '',
    'short\n',
    `${Buffer.alloc(31).toString('base64url')}\n`,
    `${Buffer.alloc(33).toString('base64url')}\n`,
  ]) {
    await writeFile(file, text);
    assert.throws(() => loadMasterKey(file, { create: true, random }), {
      code: 'keys-unavailable',
      message: /32 bytes/,
    });
  }
  assert.throws(() => loadMasterKey(join(file, '..'), { create: true, random }), { code: 'keys-unavailable' });
});

test('a sealed database refuses another key, and a missing one, and makes none in its place', async (t) => {
  const masterKeyFile = await keyFile(t);
  const config = { store: await freshConfig(t, 'sqlite'), masterKeyFile };
  const first = await openSealedStore(config, { clock, random });
  await first.store.close();
  const again = await openSealedStore(config, { clock, random });
  const sealed = first.seal.seal('x', place);
  assert.equal(again.seal.open(sealed, place), 'x');
  await again.store.close();
  await unlink(masterKeyFile);
  await assert.rejects(openSealedStore(config, { clock, random }), { code: 'keys-unavailable', message: /missing/ });
  await assert.rejects(stat(masterKeyFile), { code: 'ENOENT' });
  loadMasterKey(masterKeyFile, { create: true, random });
  await assert.rejects(openSealedStore(config, { clock, random }), {
    code: 'keys-unavailable',
    message: /not the one/,
  });
});
