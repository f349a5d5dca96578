import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSallyport } from '../support/sallyport.ts';
import { startUpstream } from '../support/upstream.ts';

const ENTRY = fileURLToPath(new URL('../../src/sallyport.mjs', import.meta.url));

/** Starts the product as an operator does. It must end by itself. */
function serve(file: string) {
  const run = spawnSync(process.execPath, [ENTRY, 'serve', '--config', file], { encoding: 'utf8', timeout: 10_000 });
  return { ended: run.signal === null, code: run.status, said: run.stderr.trim(), out: run.stdout };
}

test('a start that is refused for its master key says so in one sentence with the remedy, and never the key', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'sallyport-'));
  const upstream = await startUpstream();
  t.after(async () => {
    await upstream.close();
    await rm(data, { recursive: true, force: true });
  });
  const sally = await startSallyport({ data, upstream });
  await sally.close();
  const file = join(data, 'sallyport.yml');
  const key = join(data, 'master.key');
  const kept = join(data, 'kept');
  await copyFile(key, kept);
  const other = Buffer.alloc(32, 7).toString('base64url');
  const cases: Readonly<Record<string, readonly [spoil: () => Promise<unknown>, says: RegExp]>> = {
    'readable by the group': [() => chmod(key, 0o640), /chmod 600/],
    absent: [() => rm(key), /missing.*backup/],
    'of another database': [() => writeFile(key, `${other}\n`, { mode: 0o600 }), /restore the right key file/],
    'a folder': [() => rm(key).then(() => mkdir(key)), /not a file|cannot be read/],
  };
  for (const [what, [spoil, says]] of Object.entries(cases)) {
    await spoil();
    const { ended, code, said, out } = serve(file);
    assert.ok(ended, `${what}: it did not end`);
    assert.notEqual(code, 0, what);
    assert.match(said, says, what);
    assert.equal(said.split('\n').length, 1, `${what}: ${said}`);
    assert.doesNotMatch(said + out, /\n\s+at |\.ts:|SallyportError/, `${what}: no stack`);
    assert.ok(!(said + out).includes(other), what);
    await rm(key, { recursive: true, force: true });
    await copyFile(kept, key);
    await chmod(key, 0o600);
  }
  upstream.silent();
  // Put right, the same folder starts.
  const again = await startSallyport({ data, upstream });
  t.after(() => again.close());
  assert.equal((await again.send('GET', '/', { cookie: await again.session('alice') })).status, 200);
});
