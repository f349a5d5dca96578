import assert from 'node:assert/strict';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { TestClock } from '../support/clock.ts';
import { type Sallyport, type SallyportOptions, startSallyport } from '../support/sallyport.ts';
import { startUpstream } from '../support/upstream.ts';

const DAY = 86_400_000;

/** A Sallyport whose data folder outlives it. */
async function lasting(t: TestContext) {
  const data = await mkdtemp(join(tmpdir(), 'sallyport-'));
  const upstream = await startUpstream();
  let running: Sallyport | undefined;
  t.after(async () => {
    await running?.close();
    await upstream.close();
    await rm(data, { recursive: true, force: true });
  });
  return {
    data,
    upstream,
    start: async (options: SallyportOptions = {}) => {
      running = await startSallyport({ data, upstream, ...options });
      return running;
    },
    stop: async () => {
      await running?.close();
      running = undefined;
    },
  };
}

test('a master key that is absent, open to others, of another database or not a key stops the start', async (t) => {
  const s = await lasting(t);
  await s.start();
  await s.stop();
  const key = join(s.data, 'master.key');
  const refused = (how: string) => assert.rejects(s.start(), { code: 'keys-unavailable' }, how);
  await rename(key, `${key}.kept`);
  await refused('absent');
  await writeFile(key, `${Buffer.alloc(32, 7).toString('base64url')}\n`, { mode: 0o600 });
  await refused('another');
  for (const text of ['', 'short', `${Buffer.alloc(31).toString('base64url')}\n`]) {
    await writeFile(key, text, { mode: 0o600 });
    await refused(JSON.stringify(text));
  }
  await rename(`${key}.kept`, key);
  for (const mode of [0o640, 0o604, 0o666]) {
    await chmod(key, mode);
    await refused(mode.toString(8));
  }
  await chmod(key, 0o600);
  const sally = await s.start();
  assert.equal((await sally.send('GET', '/', { cookie: await sally.session('alice') })).status, 200);
});

test('a signing key row that was tampered with stops the start, and a running server once it reads it', async (t) => {
  const s = await lasting(t);
  const sally = await s.start();
  const cookie = await sally.session('alice');
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  const path = sally.config.store.kind === 'sqlite' ? sally.config.store.path : '';
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  const kept = database.prepare('select id, private_jwk from signing_keys').get() as {
    id: string;
    private_jwk: string;
  };
  const set = (value: string) => database.prepare('update signing_keys set private_jwk = ?').run(value);
  const tell = () => database.prepare("insert into changes (topic, ref, at) values ('key', '*', ?)").run(Date.now());
  set(`${kept.private_jwk.slice(0, -6)}AAAAAA`);
  tell();
  const until = async (status: number) => {
    const end = performance.now() + 5000;
    while ((await sally.send('GET', '/', { cookie })).status !== status) {
      if (performance.now() > end) throw new Error(`never ${status}`);
    }
  };
  await until(503);
  s.upstream.clear();
  for (const target of ['/', '/.sallyport/sign-in', '/.sallyport/health'])
    assert.equal((await sally.send('GET', target, { cookie })).status, 503, target);
  s.upstream.silent();
  set(kept.private_jwk);
  await until(200);
  set(`${kept.private_jwk.slice(0, -6)}AAAAAA`);
  await s.stop();
  await assert.rejects(s.start());
  set(kept.private_jwk);
  await s.start();
});

test('a clock that jumps a day, either way, is not believed until it runs evenly again', async (t) => {
  for (const days of [1, -1]) {
    const sally = await startSallyport();
    t.after(() => sally.close());
    const cookie = await sally.session('alice');
    assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
    sally.clock.jump(days * DAY);
    sally.upstream.clear();
    for (const target of ['/', '/.sallyport/sign-in', '/.sallyport/health', '/.sallyport/session'])
      assert.equal((await sally.send('GET', target, { cookie })).status, 503, `${days} ${target}`);
    const form = { account: 'alice', password: 'eleven quiet lighthouses' };
    assert.equal((await sally.send('POST', '/.sallyport/sign-in', { json: form })).status, 503);
    sally.upstream.silent();
    assert.equal((await sally.audit('clock.jump')).length, 1);
    // Set right again: at once.
    sally.clock.jump(-days * DAY);
    await sally.healthy();
    assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  }
});

test('a jump that stays is believed after ten even minutes, and no session outlives its limits by it', async (t) => {
  const clock = new TestClock();
  const sally = await startSallyport({ clock });
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  clock.jump(DAY);
  assert.equal((await sally.send('GET', '/', { cookie })).status, 503);
  await sally.advance(10 * 60_000);
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
  sally.upstream.silent();
  const next = await sally.session('alice');
  assert.equal((await sally.send('GET', '/', { cookie: next })).status, 200);
});

test('set back before its first key was made, a server signs nothing and forwards nothing', async (t) => {
  const clock = new TestClock();
  const sally = await startSallyport({ clock });
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  clock.jump(-DAY);
  clock.advance(11 * 60_000);
  sally.upstream.clear();
  for (let i = 0; i < 10; i += 1) assert.notEqual((await sally.send('GET', '/', { cookie })).status, 200);
  sally.upstream.silent();
  clock.jump(DAY);
  clock.advance(11 * 60_000);
  await sally.healthy();
  assert.equal((await sally.send('GET', '/', { cookie: await sally.session('alice') })).status, 200);
});

test('slewing of a second or two is no jump', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  for (const ms of [400, -700, 2000, -1500]) {
    sally.clock.jump(ms);
    assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  }
});
