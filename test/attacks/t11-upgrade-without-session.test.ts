import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { parseAnswer } from '../support/raw.ts';
import { SESSION, withSallyport } from '../support/sallyport.ts';
import { answerAtEnd, webSocketEcho } from '../support/upstream.ts';

const on = withSallyport(() => ({
  realm: 'app',
  app: ['    exemptions: [{ method: GET, path: /public, reason: probe, owner: ops, expires: 2099-12-31 }]'],
}));

const upgrade = (target: string, lines: readonly string[] = [], method = 'GET', protocol = 'websocket'): string =>
  [
    `${method} ${target} HTTP/1.1`,
    'Host: app.test',
    'Origin: http://app.test',
    'Connection: Upgrade',
    `Upgrade: ${protocol}`,
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...lines,
    '',
    '',
  ].join('\r\n');

async function refused(text: string, status = 401): Promise<void> {
  const answer = await on.sally.raw(text);
  assert.equal(answer.text.slice(0, 12), `HTTP/1.1 ${status}`, text);
  assert.equal(answer.closed, 'end', 'the socket was left open');
  assert.ok(answer.ms < 1000);
}

test('an upgrade without a session is refused and its socket closed, on a proxy that has served others', async () => {
  const { sally } = on;
  sally.upstream.on('/ws', webSocketEcho());
  const mine = await sally.session('bob');
  assert.equal((await sally.send('GET', '/', { cookie: mine })).status, 200);
  const open = await sally.raw(upgrade('/ws', [`Cookie: ${mine}`]), { until: (text) => text.includes('101') });
  assert.match(open.text, /^HTTP\/1\.1 101 /);
  sally.upstream.clear();
  const ended = await sally.session('dora');
  await sally.app.store.sessions.end({ by: 'account', accountId: 'id-dora' }, 'test', sally.clock.now());
  const alice = new Person(sally, 'alice');
  await alice.invited();
  await alice.begin();
  const cookies = [
    '',
    alice.cookie,
    `${SESSION}=${alice.pending}`,
    ended,
    `${SESSION}=x`,
    `${SESSION}=%00`,
    `${mine}x`,
    `sallyport=${mine.split('=')[1]}`,
  ];
  for (const cookie of cookies) {
    const lines = cookie === '' ? [] : [`Cookie: ${cookie}`];
    for (const target of ['/ws', '/nowhere', '/public']) await refused(upgrade(target, lines));
    await refused(upgrade('/ws', lines, 'GET', 'WebSocket'));
    await refused(upgrade('/ws', lines, 'GET', 'websocket, foo'));
    await refused(upgrade('/ws', lines, 'GET', 'h2c'));
    await refused(upgrade('/ws', lines, 'POST'));
  }
  sally.upstream.silent();
});

test('with a session, what is no WebSocket handshake is refused all the same', async () => {
  const { sally } = on;
  const cookie = `Cookie: ${await sally.session('bob')}`;
  for (const protocol of ['websocket, foo', 'h2c, websocket', 'WebSocket/13, websocket'])
    await refused(upgrade('/ws', [cookie], 'GET', protocol), 400);
  await refused(upgrade('/ws', [cookie], 'POST'), 400);
  await refused(upgrade('/ws', [cookie, 'Sec-WebSocket-Key: another']), 400);
  sally.upstream.silent();
});

test('an offer of another protocol is passed over: who may is served, who may not is refused, and no app hears of it', async () => {
  const { sally } = on;
  sally.upstream.on(
    '/page',
    answerAtEnd(({ method, body }) => `${method} ${body}`),
  );
  const cookie = `Cookie: ${await sally.session('bob')}`;
  const offers = ['h2c', 'foo', 'TLS/1.0', 'h2c, foo', 'websocket2', 'HTTP/2.0', '"websocket"'];
  for (const protocol of offers)
    for (const [method, body] of [
      ['GET', ''],
      ['POST', 'credentials'],
      ['OPTIONS', ''],
      ['PUT', ''],
    ] as const) {
      sally.upstream.clear();
      const offer = (more: string): string =>
        [
          `${method} /page HTTP/1.1`,
          'Host: app.test',
          'Connection: Upgrade, HTTP2-Settings',
          `Upgrade: ${protocol}`,
          'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
          ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
          more,
          '',
          body,
        ].join('\r\n');
      await refused(offer('Accept: */*'));
      sally.upstream.silent();
      // What follows in the same breath is not lost unheard: the connection ends with the answer.
      const { text, closed } = await sally.raw(offer(cookie) + offer(cookie));
      assert.equal(text.split('HTTP/1.1 200 OK').length, 2, `${method} ${protocol}: ${text}`);
      assert.equal(parseAnswer(text).body, `${method} ${body}`);
      assert.equal(parseAnswer(text).header('connection'), 'close');
      assert.equal(closed, 'end');
      assert.equal(sally.upstream.hits, 1);
      for (const name of ['upgrade', 'http2-settings']) assert.deepEqual(sally.upstream.requests[0]?.all(name), []);
      assert.deepEqual(sally.upstream.requests[0]?.all('connection'), ['keep-alive']);
    }
});

test('an exemption is no more and no less with such an offer', async () => {
  const { sally } = on;
  await sally.raw(upgrade('/public', [], 'GET', 'h2c'), { until: (got) => got.includes('200 OK') });
  assert.equal(sally.upstream.hits, 1);
  assert.deepEqual(sally.upstream.requests[0]?.all('upgrade'), []);
  await refused(upgrade('/publicity', [], 'GET', 'h2c'));
  assert.equal(sally.upstream.hits, 1);
});

test('an expired session opens no WebSocket', async () => {
  const { sally } = on;
  const cookie = await sally.session('erin');
  await sally.advance(31 * 60_000);
  await refused(upgrade('/ws', [`Cookie: ${cookie}`]));
  sally.upstream.silent();
});

test('our own prefix is no WebSocket', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const line of [`Cookie: ${cookie}`, 'Accept: */*']) await refused(upgrade('/.sallyport/session', [line]), 404);
  sally.upstream.silent();
});
