import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { WebSocket } from 'ws';
import { type RawAnswer, raw } from '../support/raw.ts';
import { startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import { answer, webSocketEcho } from '../support/upstream.ts';

const SECRET = 'hunter2secret';
const APP = [
  '    rules: [{ path: /ops/**, groups: [ops] }, { path: /keys, max_age: 5s }]',
  '    exemptions: [{ method: GET, path: /healthz, reason: probe, owner: ops, expires: 2099-12-31 }]',
];

type Line = Readonly<Record<string, unknown>>;

function assertWhole(line: Line): void {
  const said = JSON.stringify(line);
  assert.ok(typeof line['msg'] === 'string' && line['time'] !== undefined && line['level'] !== undefined, said);
  for (const [name, value] of Object.entries(line)) assert.ok(value !== null && value !== '', `${name}: ${said}`);
  assert.ok(!said.includes(SECRET) && said.length < 2000, said);
  assert.doesNotMatch(said, /undefined|\[object/, said);
}

test('every kind of line in the log names the account where there is one, has no empty field, and no secret', async (t) => {
  const sally = await startSallyport({ app: APP });
  t.after(() => sally.close());
  sally.upstream.on('/ws', webSocketEcho());
  sally.upstream.on('/gone', (socket) => void socket.destroy());
  sally.upstream.on('*', answer('from the app'));
  const cookie = await sally.session('alice', { ageMs: 60_000 });
  const secret = cookie.split('=')[1] ?? '';
  const dead = `${cookie.split('=')[0]}=${SECRET.padEnd(secret.length, 'x')}`;
  const ask = (path: string, who?: string) => sally.send('GET', path, who === undefined ? {} : { cookie: who });
  const bare = (text: string) => raw(sally.port, text).catch((): RawAnswer | undefined => undefined);
  const upgrade = async (path: string, who: string | undefined) => {
    const headers = { Host: 'app.test', Origin: 'http://app.test', ...(who === undefined ? {} : { Cookie: who }) };
    const socket = new WebSocket(`ws://127.0.0.1:${sally.port}${path}`, { headers });
    socket.on('error', () => {});
    await Promise.race([once(socket, 'open'), once(socket, 'unexpected-response'), once(socket, 'error')]).catch(
      () => {},
    );
    socket.terminate();
  };
  const q = `?q=${SECRET}`;
  /** What is asked, and whether a line about it names alice. */
  const asked: readonly (readonly [what: string, of: 'alice' | 'nobody', run: () => Promise<unknown>])[] = [
    ['admitted', 'alice', () => ask(`/x${q}`, cookie)],
    ['challenged', 'nobody', () => ask(`/x${q}`)],
    ['a session that is none', 'nobody', () => ask(`/x${q}`, dead)],
    ['a group that is missing', 'alice', () => ask(`/ops/x${q}`, cookie)],
    ['a factor that is too old', 'alice', () => ask(`/keys${q}`, cookie)],
    ['exempted', 'nobody', () => ask(`/healthz${q}`)],
    ['exempted, with a session', 'alice', () => ask(`/healthz${q}`, cookie)],
    ['an own page', 'alice', () => ask(`/.sallyport/account${q}`, cookie)],
    ['an own page of nobody', 'nobody', () => ask(`/.sallyport/sign-in${q}`)],
    ['an own page that there is not', 'alice', () => ask(`/.sallyport/nothing${q}`, cookie)],
    ['an app that is gone', 'alice', () => ask(`/gone${q}`, cookie)],
    ['a path that is refused', 'nobody', () => ask(`/a/../b${q}`, cookie)],
    ['another host', 'nobody', () => sally.send('GET', `/x${q}`, { cookie, host: 'other.test' })],
    ['a method that is refused', 'nobody', () => sally.send('TRACE', `/x${q}`, { cookie })],
    ['a head that is none', 'nobody', () => bare(`GET /x${q} HTTP/1.1\r\nHost: app.test\r\nA b: ${SECRET}\r\n\r\n`)],
    ['an upgrade', 'alice', () => upgrade(`/ws${q}`, cookie)],
    ['an upgrade of nobody', 'nobody', () => upgrade(`/ws${q}`, undefined)],
    ['an upgrade that is refused', 'alice', () => upgrade(`/ops/ws${q}`, cookie)],
  ];
  for (const [what, of, run] of asked) {
    const before = sally.log.length;
    await run();
    // A head that the parser of HTTP refuses is not seen by us: it may have no line.
    if (what !== 'a head that is none') await until(() => sally.log.length > before);
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const line of sally.log.slice(before)) {
      assertWhole(line);
      const said = `${what}: ${JSON.stringify(line)}`;
      assert.ok(!said.includes(secret), said);
      if (of === 'alice') assert.deepEqual([line['account'], typeof line['session']], ['alice', 'string'], said);
      else assert.ok(line['account'] === undefined && line['session'] === undefined, said);
    }
  }
});
