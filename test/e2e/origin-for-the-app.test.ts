import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { startUpstream, webSocketEcho } from '../support/upstream.ts';

const upstream = await startUpstream();
const folder = await mkdtemp(join(tmpdir(), 'sallyport-origin-'));
test.after(async () => {
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

/** A preset without steps, so that WebSockets are open to whoever has passed the factor. */
async function preset(name: string, lines: readonly string[]): Promise<string> {
  const head = ['preset: 1', `id: ${name}`, 'tested: []', 'entry: /', 'login: []', 'assurance: login-form'];
  const file = join(folder, `${name}.yml`);
  await writeFile(file, [...head, 'session: { cookies: [] }', 'authorization: [basic]', ...lines, ''].join('\n'));
  return file;
}

const LOGINS: Readonly<Record<string, string>> = {
  none: 'none',
  unbound: '{ unbound: { reason: test, owner: ops@corp.test, expires: 2099-12-31 } }',
  bound: `{ preset: ${await preset('keeps', [])} }`,
  says: `{ preset: ${await preset('says', ['rewrite: { origin: true }'])} }`,
  socket: `{ preset: ${await preset('socket', ['ws: [{ path: /ws/**, origin: upstream }]'])} }`,
};

/** Each way of signing in, with each thing that may be said of Origin and of Host. */
const APPS = Object.keys(LOGINS).flatMap((login) =>
  ['', 'preserve', 'upstream'].flatMap((origin) =>
    ['preserve', 'upstream'].map((host) => ({ id: `${login}-${origin || 'unsaid'}-${host}`, login, origin, host })),
  ),
);

const on = withSallyport(() => ({
  upstream,
  apps: APPS.flatMap(({ id, login, origin, host }) => [
    `  ${id}:`,
    `    hosts: [${id}.test, second-${id}.test]`,
    `    origin: http://${id}.test:8443`,
    `    upstream: { url: "${upstream.origin}", host: ${host}${origin === '' ? '' : `, origin: ${origin}`} }`,
    '    realm: staff',
    `    login: ${LOGINS[login] ?? ''}`,
    '    websocket_origins: [https://listed.test]',
    '    websocket_without_origin: [/ws/program]',
  ]),
}));

const up = () => `http://127.0.0.1:${on.sally.upstream.port}`;

/** Whether our origin becomes the app's own, in a request and in an upgrade. */
function mapped({ login, origin }: (typeof APPS)[number], upgrade: boolean): boolean {
  if (login === 'socket' && upgrade) return true;
  return origin === '' ? login === 'says' : origin === 'upstream';
}

/** What is not our origin of that request, however near it is. */
function others(id: string): string[] {
  const near = [
    `https://${id}.test:8443`,
    `http://${id}.test`,
    `http://second-${id}.test:8443`,
    `http://${id}.test:84430`,
  ];
  const far = [`http://${id}.test:8443.evil.test`, 'https://evil.test', 'https://listed.test', 'null', up()];
  return [...near, ...far, `http://${id}.test:8443@evil.test`, `HTTP://${id}.test:8443`];
}

test('our own origin becomes the one under which the app believes to be asked, where that is said; no other ever does', async () => {
  const { sally } = on;
  for (const app of APPS) {
    const { id, host } = app;
    const cookie = await sally.session('bob', { appId: id });
    const ours = `http://${id}.test:8443`;
    const its = !mapped(app, false) ? ours : host === 'upstream' ? up() : ours;
    const seen = async (method: string, headers: [string, string][]) => {
      sally.upstream.clear();
      const answer = await sally.send(method, '/a', { cookie, host: `${id}.test:8443`, headers });
      assert.equal(answer.status, 200, `${id} ${JSON.stringify(headers)}`);
      const [request] = sally.upstream.requests;
      return [...(request?.all('origin') ?? []), ...(request?.all('referer') ?? [])];
    };
    for (const method of ['GET', 'POST'])
      assert.deepEqual(
        await seen(method, [
          ['Origin', ours],
          ['Referer', `${ours}/x?y=${ours}`],
        ]),
        [its, `${its}/x?y=${ours}`],
        id,
      );
    assert.deepEqual(
      await seen('GET', [
        ['oRIGIN', ours],
        ['REFERER', ours],
      ]),
      [its, its],
      id,
    );
    for (const other of others(id))
      assert.deepEqual(
        await seen('GET', [
          ['Origin', other],
          ['Referer', `${other}/x`],
        ]),
        [other, `${other}/x`],
        `${id} ${other}`,
      );
  }
});

test('the same holds for the handshakes of WebSockets, also where another site or a program may open them', async () => {
  const { sally } = on;
  for (const app of APPS) {
    const { id, host } = app;
    const cookie = await sally.session('bob', { appId: id });
    const ours = `http://${id}.test:8443`;
    const its = !mapped(app, true) ? ours : host === 'upstream' ? up() : ours;
    const seen = async (path: string, lines: readonly string[]) => {
      sally.upstream.clear();
      sally.upstream.on(path, webSocketEcho());
      const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
      const bytes = [
        `GET ${path} HTTP/1.1`,
        `Host: ${id}.test:8443`,
        `Cookie: ${cookie}`,
        ...[...handshake, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...lines, '', ''],
      ].join('\r\n');
      const { text } = await sally.raw(bytes, { until: (all) => all.includes('\r\n\r\n') });
      return [text.slice(9, 12), ...(sally.upstream.requests[0]?.all('origin') ?? [])];
    };
    assert.deepEqual(await seen('/ws/a', [`Origin: ${ours}`]), ['101', its], id);
    assert.deepEqual(await seen('/ws/a', ['Origin: https://listed.test']), ['101', 'https://listed.test'], id);
    assert.deepEqual(await seen('/ws/program', []), ['101'], id);
    for (const other of others(id).filter((each) => each !== 'https://listed.test'))
      assert.deepEqual(await seen('/ws/a', [`Origin: ${other}`]), ['403'], `${id} ${other}`);
  }
});

test('the origin that an app believes in has its own scheme', async () => {
  const { sally } = on;
  const config = await sally.load({
    top: ['trusted_proxies: [127.0.0.1]'],
    apps: ['unsaid', 'upstream'].flatMap((origin) => [
      `  ${origin}:`,
      `    hosts: [${origin}.test]`,
      `    upstream: { url: "${upstream.origin}"${origin === 'upstream' ? ', origin: upstream' : ''} }`,
      '    realm: staff',
    ]),
  });
  await sally.app.reload(config);
  for (const id of ['unsaid', 'upstream']) {
    const cookie = await sally.session('bob', { appId: id });
    const headers = [['X-Forwarded-Proto', 'https']] as const;
    sally.upstream.clear();
    await sally.send('POST', '/a', { cookie, host: `${id}.test`, headers, origin: `https://${id}.test` });
    const its = id === 'upstream' ? 'http://upstream.test' : 'https://unsaid.test';
    assert.deepEqual(sally.upstream.requests[0]?.all('origin'), [its]);
    assert.deepEqual(sally.upstream.requests[0]?.all('host'), [`${id}.test`]);
  }
});
