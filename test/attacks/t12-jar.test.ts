import assert from 'node:assert/strict';
import test from 'node:test';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { rawSocket } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';
import { answer, chunked, webSocketEcho } from '../support/upstream.ts';

const NOISE = [
  'Set-Cookie: SESS=leaked; Path=/',
  'Set-Cookie: OTHER=leaked',
  'Set-Cookie2: SESS=leaked',
  'Clear-Site-Data: "cookies"',
];
const LEAK = /leaked|set-cookie: (?!__Host-sallyport)|set-cookie2|clear-site-data/i;

/** A text frame as a client sends it, masked with zeros (RFC 6455 §5.3). */
function maskedText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

function upgrade(who: Signer, target: string, more: readonly string[] = []): string {
  return [
    `GET ${target} HTTP/1.1`,
    `Host: ${who.host}`,
    `Origin: ${who.origin}`,
    ...(who.cookie === '' ? [] : [`Cookie: ${who.cookie}`]),
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...more,
    '',
    '',
  ].join('\r\n');
}

const ask = async (on: Bound, who: Signer, target: string): Promise<string> =>
  (await on.sally.raw(upgrade(who, target), { until: (text) => text.includes('\r\n\r\n'), deadlineMs: 3000 })).text;

boundTests((on) => {
  test('before a session an upgrade is no way to the app, not even to what anybody may see', async () => {
    for (const site of ['front', 'formfront', 'portal']) {
      const visitor = await on.signer('alice', site);
      if (site !== 'portal') await visitor.held();
      on.app.noise = NOISE;
      on.app.worst = true;
      on.app.upstream.clear();
      for (const target of [
        '/ws',
        '/login',
        '/static/app.css',
        '/account',
        '/login?username=alice&password=Passw0rd!a',
      ]) {
        const text = await ask(on, visitor, target);
        assert.match(text, /^HTTP\/1\.1 4\d\d /, target);
        assert.doesNotMatch(text, LEAK, target);
        on.app.upstream.silent(target);
      }
      on.app.reset();
    }
  });

  test('a session that the app does not know yet opens no tunnel', async () => {
    for (const site of ['portal', 'form']) {
      const alice = await on.signer('alice', site);
      await alice.signIn();
      await alice.loginPage();
      on.app.upstream.clear();
      assert.match(await ask(on, alice, '/ws'), /^HTTP\/1\.1 40[13] /);
      on.app.upstream.silent();
    }
  });

  for (const site of ['portal', 'front', 'form', 'formfront']) {
    test(`${site}: no answer to an upgrade brings a cookie of the app, whether it switches or not`, async () => {
      const alice = await on.signer('alice', site);
      if (site.includes('front')) await alice.release();
      else await alice.arrive();
      on.app.upstream.on('/ws', webSocketEcho(NOISE.filter((line) => !line.includes('SESS='))));
      on.app.upstream.on('/ws-chunked', chunked(['hello'], NOISE.slice(1)));
      for (const status of ['200 OK', '302 Found', '401 Unauthorized', '404 Not Found', '426 Upgrade Required'])
        on.app.upstream.on(`/ws-${status.slice(0, 3)}`, answer('hello', status, NOISE.slice(1)));
      for (const target of ['/ws', '/ws-chunked', '/ws-200', '/ws-302', '/ws-401', '/ws-404', '/ws-426']) {
        const text = await ask(on, alice, target);
        assert.match(text, target === '/ws' ? /^HTTP\/1\.1 101 / : /^HTTP\/1\.1 [2-5]\d\d /, target);
        assert.doesNotMatch(text, LEAK, target);
      }
      // They are kept, and the app gets them back.
      on.app.upstream.clear();
      await alice.expect(200, alice.page('/account'));
      assert.match(on.app.upstream.requests.at(-1)?.all('cookie').join('; ') ?? '', /OTHER=leaked/);
      // The app's own cookie went with the upgrade, and nothing that the browser had made up.
      on.app.upstream.clear();
      const text = await on.sally.raw(upgrade(alice, '/ws').replace('Cookie: ', 'Cookie: SESS=mine; REMEMBER=mine; '), {
        until: (got) => got.includes('\r\n\r\n'),
      });
      assert.match(text.text, /^HTTP\/1\.1 101 /);
      const cookies = on.app.upstream.requests.at(-1)?.all('cookie').join('; ') ?? '';
      assert.match(cookies, /SESS=/);
      assert.doesNotMatch(cookies, /mine|__Host-sallyport/);
    });
  }

  /** A session of alice's at the app, of which an answer may tell. */
  const alices = (): string => {
    const other = on.app.people.open();
    other.account = 'alice';
    return `Set-Cookie: SESS=${other.id}; Path=/`;
  };
  const soon = () => new Promise((resolve) => setTimeout(resolve, 100));

  for (const [how, over] of [
    ['and goes on', false],
    ['and has then said its last', true],
  ] as const)
    test(`what a client says ${how}, before it is known whose the connection is, reaches nobody else’s`, async () => {
      const mallory = await on.signer('mallory', 'portal');
      await mallory.arrive();
      const heard: Record<string, number> = {};
      for (const [target, lines] of Object.entries({ '/ws-own': [], '/ws-alice': [alices()] }))
        on.app.upstream.on(target, (socket, request) => {
          webSocketEcho(lines)(socket, request);
          socket.on('data', (bytes: Buffer) => {
            heard[target] = (heard[target] ?? 0) + bytes.length;
          });
        });
      for (const target of ['/ws-own', '/ws-alice']) {
        const socket = await rawSocket(on.sally.port);
        const closed = new Promise((resolve) => socket.once('close', resolve));
        const echoed = new Promise((resolve) => {
          socket.on('data', (bytes) => bytes.includes('first words') && resolve(bytes));
        });
        // A text frame in the same breath as the handshake, as no browser sends it.
        socket.write(upgrade(mallory, target));
        socket.write(maskedText('first words'));
        if (over) socket.end();
        await Promise.race([closed, echoed]);
        socket.destroy();
        await soon();
      }
      assert.ok((heard['/ws-own'] ?? 0) > 10, 'nothing was heard even where all is well');
      assert.equal(heard['/ws-alice'] ?? 0, 0);
    });

  test('of an answer to an upgrade that is another’s nobody sees a byte, whether it switches or not, and even when it is over', async () => {
    const mallory = await on.signer('mallory', 'portal');
    await mallory.arrive();
    const words = 'private words of alice';
    for (const status of ['200 OK', '302 Found', '401 Unauthorized', '403 Forbidden', '404 Not Found']) {
      on.app.upstream.on('/ws', answer(words, status, [alices()]));
      assert.doesNotMatch(await ask(on, mallory, '/ws'), /private words/, status);
      await mallory.login();
    }
    on.app.upstream.on('/ws', chunked([words], [alices()]));
    assert.doesNotMatch(await ask(on, mallory, '/ws'), /private words/, 'in chunks');
    await mallory.login();
    for (const ends of [false, true]) {
      on.app.upstream.on('/ws', (socket, request) => {
        webSocketEcho([alices()])(socket, request);
        socket.write(Buffer.concat([Buffer.from([0x81, words.length]), Buffer.from(words)]));
        if (ends) socket.end();
      });
      const text = await on.sally.raw(upgrade(mallory, '/ws'), {
        until: (got) => got.includes(words),
        deadlineMs: 3000,
      });
      assert.doesNotMatch(text.text, /private words/, ends ? '101, and the end' : '101');
      await mallory.login();
    }
    // The same, where nothing is another's, is shown.
    on.app.upstream.on('/ws', answer('words of hers', '404 Not Found', ['Set-Cookie: OTHER=x']));
    const shown = await on.sally.raw(upgrade(mallory, '/ws'), {
      until: (got) => got.includes('hers'),
      deadlineMs: 3000,
    });
    assert.match(shown.text, /words of hers/);
  });

  test('an upgrade whose answer changes who is signed in is not followed', async () => {
    const mallory = await on.signer('mallory', 'portal');
    await mallory.arrive();
    const other = on.app.people.open();
    other.account = 'alice';
    on.app.upstream.on('/ws', webSocketEcho([`Set-Cookie: SESS=${other.id}; Path=/`]));
    const text = await ask(on, mallory, '/ws');
    assert.doesNotMatch(text, LEAK);
    on.app.served.length = 0;
    const next = await mallory.page('/account');
    assert.doesNotMatch(next.body, /private page of alice/);
    assert.deepEqual(on.app.pagesOf('alice'), []);
  });
}, SITES);
