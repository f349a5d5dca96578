import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { verify } from '../../src/pack/verify/verify.ts';
import { packCases, said } from '../support/pack-cases.ts';

const SCRIPT = fileURLToPath(new URL('../../src/pack/verify.py', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'sallyport-python-'));
after(() => rm(folder, { recursive: true, force: true }));

/** Judges a list of packs in one process. */
const MANY = `
import json, sys, verify
for case in json.load(open(sys.argv[1])):
    print(json.dumps(verify.verify(open(case['file'], 'rb').read(), case['key'], case['checkpoint'])))
`;

function python(...args: readonly string[]): string {
  const env = {
    PATH: process.env['PATH'] ?? '',
    PYTHONPATH: fileURLToPath(new URL('../../src/pack/', import.meta.url)),
  };
  return execFileSync('python3', ['-B', ...args], { encoding: 'utf8', env, maxBuffer: 2 ** 28 });
}

test('the script says of every pack what the command says', async () => {
  const cases = await packCases(150);
  const listed = await Promise.all(
    cases.map(async ({ pack, key, checkpoint }, i) => {
      const file = join(folder, `${i}.zip`);
      await writeFile(file, pack);
      return { file, key, checkpoint };
    }),
  );
  await writeFile(join(folder, 'cases.json'), JSON.stringify(listed));
  const lines = python('-c', MANY, join(folder, 'cases.json')).trim().split('\n');
  assert.equal(lines.length, cases.length);
  for (const [i, { name, pack, key, checkpoint }] of cases.entries())
    assert.deepEqual(said(JSON.parse(lines[i] ?? '')), said(await verify({ pack, key, checkpoint })), name);
});

test('it ends with 0 for a pack that holds, and with 1 for one that does not', async () => {
  const [good, , , foreign] = await packCases(0);
  assert.ok(good && foreign);
  const file = join(folder, 'one.zip');
  await writeFile(file, good.pack);
  const run = (key: string) => spawnSync('python3', ['-B', SCRIPT, file, '--key', key], { encoding: 'utf8' });
  const held = run(good.key ?? '');
  assert.equal(held.status, 0);
  assert.match(held.stdout, /^Verified: all of it holds/m);
  const refused = run(foreign.key ?? '');
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /^NO {4}signature/m);
});

// RFC 8032 §7.1, tests 1 to 3 and 1024.
const VECTORS = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

test('its Ed25519 takes the vectors of RFC 8032, and nothing that is like them', () => {
  const program = `
import json, sys, verify
made = []
for key, message, signature in json.loads(sys.argv[1]):
    key, message, signature = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
    made.append(verify.ed25519(key, message, signature))
    for at in range(64):
        bad = bytearray(signature); bad[at] ^= 4
        made.append(not verify.ed25519(key, message, bytes(bad)))
    made.append(not verify.ed25519(key, message + b'x', signature))
    more = (int.from_bytes(signature[32:], 'little') + verify.ORDER).to_bytes(32, 'little')
    made.append(not verify.ed25519(key, message, signature[:32] + more))
print(json.dumps(made))
`;
  const made = JSON.parse(python('-c', program, JSON.stringify(VECTORS))) as boolean[];
  assert.equal(made.length, 3 * 67);
  assert.ok(made.every((each) => each));
});
