import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { folder, freePort, run, start } from '../support/process.ts';
import { Visitor } from '../support/visitor.ts';

const PASSWORD = 'eleven quiet lighthouses';
const LINK = (name: string) => new RegExp(`^ +${name} .*(http://localhost:\\d+/\\.sallyport/enrol/[\\w-]+)$`, 'm');

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}

test('enrolled by a printed link, a person uses the portal; after a restart the session and the phone still hold', async (t) => {
  const data = folder(t);
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const first = start(t, '--port', String(port), '--data', data);
  await first.until(/Stop with Ctrl-C/);
  const link = (await first.until(LINK('alice')))[1] ?? '';
  const bobs = (await first.until(LINK('bob')))[1] ?? '';
  const portal = (JSON.parse(readFileSync(join(data, 'installation.json'), 'utf8')) as { upstream: string }).upstream;
  const portalPort = Number(new URL(portal).port);

  const alice = new Visitor(origin);
  const before = await alice.ask('GET', '/orders');
  assert.deepEqual([before.status, before.body.includes('orders')], [401, false]);
  await alice.enrol(link, PASSWORD);
  const page = await alice.ask('GET', '/orders');
  assert.equal(page.status, 200);
  assert.match(page.body, /alice/i);

  const json = async <T>(...argv: string[]) => JSON.parse((await run(...argv, '--data', data, '--json')).out) as T;
  const sessions = await json<Record<string, unknown>[]>('session', 'list');
  assert.deepEqual(
    sessions.map((row) => [row['account'], row['app'], row['proven_by']]),
    [['alice', 'portal', ['mfa', 'otp', 'pwd']]],
  );
  assert.match(
    (await run('session', 'list', '--data', data)).out,
    /alice +local +portal +password \+ one-time code .* ago +in 7h/,
  );
  const kinds = await json<Record<string, unknown>[]>('authenticator', 'list', 'alice');
  assert.deepEqual(kinds.map((row) => row['kind']).sort(), ['recovery', 'totp']);
  assert.match(
    (await run('explain', 'GET', `${origin}/orders`, '--account', 'alice', '--data', data)).out,
    /alice may: once signed in/,
  );

  // An accidental second start fails on the port, and the links that the first one has shown live on.
  const second = await run('serve', '--port', String(port), '--data', data);
  assert.equal(second.code, 1);
  assert.match(second.err, /is in use: /);
  const bob = new Visitor(origin);
  await bob.enrol(bobs, `${PASSWORD} too`);

  const stopped = await first.stop();
  assert.equal(stopped.code, 0);
  assert.ok(stopped.ms < 10_000);
  assert.equal(await isTaken(portalPort), false, 'the sample portal has ended too');

  const again = start(t, '--port', String(port), '--data', data);
  await again.until(/Stop with Ctrl-C/);
  assert.doesNotMatch(again.text(), LINK('alice'), 'who has enrolled needs no link');
  assert.match(again.text(), LINK('admin'));
  assert.doesNotMatch(first.text(), /no longer work/);
  assert.match(again.text(), /Links that were shown at an earlier start no longer work\./);
  assert.equal((await alice.ask('GET', '/orders')).status, 200, 'the session is still there');
  await alice.signIn('alice', PASSWORD);
  assert.equal((await alice.ask('GET', '/orders')).status, 200);

  const revoked = await run('session', 'revoke', '--account', 'alice', '--data', data);
  assert.deepEqual([revoked.code, /^\d+ sessions? ended\.(?: [^\n]+)?\n$/.test(revoked.out)], [0, true], revoked.err);
  for (const began = performance.now(); performance.now() - began < 5000; )
    // A request that is under way at that very moment is cut without an answer.
    if ((await alice.ask('GET', '/orders').catch(() => undefined))?.status === 401) break;
  assert.equal((await alice.ask('GET', '/orders')).status, 401);
  assert.equal((await again.stop()).code, 0);

  const log = readFileSync(join(data, 'sallyport.log'), 'utf8');
  for (const secret of [PASSWORD, alice.secret, link.slice(-27)])
    assert.ok(!log.includes(secret), 'no secret in the log');
});

test('the portal ends with a Sallyport that is killed, and a killed start is started again on the same data', async (t) => {
  const data = folder(t);
  const port = await freePort();
  const first = start(t, '--port', String(port), '--data', data);
  const link = (await first.until(LINK('alice')))[1] ?? '';
  await first.until(/Stop with Ctrl-C/);
  const portal = JSON.parse(readFileSync(join(data, 'installation.json'), 'utf8')) as { upstream: string };
  const alice = new Visitor(`http://localhost:${port}`);
  await alice.enrol(link, PASSWORD);
  first.child.kill('SIGKILL');
  const gone = async () => !(await isTaken(Number(new URL(portal.upstream).port)));
  for (const began = performance.now(); !(await gone()) && performance.now() - began < 5000; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(await gone(), 'the sample portal is an orphan');
  const again = start(t, '--port', String(port), '--data', data);
  await again.until(/Stop with Ctrl-C/);
  assert.equal((await alice.ask('GET', '/orders')).status, 200, 'what was acknowledged is not lost');
  const ended = once(again.child, 'exit');
  again.child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});
