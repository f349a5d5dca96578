import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server } from 'node:net';
import test, { after, before } from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import { answer } from '../support/upstream.ts';

const on = withSallyport();

/** Whatever is not the configured upstream; nobody may ever connect to it. */
let decoy: Server;
let elsewhere = '';
let visits = 0;

before(async () => {
  decoy = createServer((socket) => {
    visits += 1;
    socket.on('error', () => {});
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nINSIDE');
  });
  await new Promise<void>((resolve) => decoy.listen(0, '127.0.0.2', resolve));
  elsewhere = `127.0.0.2:${(decoy.address() as AddressInfo).port}`; // a TCP server's address is never a string
});
after(() => new Promise<void>((resolve) => decoy.close(() => resolve())));

const upgrade = [
  ['Origin', 'http://app.test'],
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
] as const;

test('a redirect of the app is passed on and never followed', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const status of ['301 Moved', '302 Found', '303 See Other', '307 Temporary', '308 Permanent', '300 Choices']) {
    for (const location of [`http://${elsewhere}/latest/meta-data/`, `//${elsewhere}/`, 'file:///etc/passwd']) {
      const fields = [`Location: ${location}`, `Refresh: 0; url=http://${elsewhere}/`, `Link: <http://${elsewhere}/>`];
      sally.upstream.on('/go', answer('moved', status, fields));
      for (const method of ['GET', 'HEAD', 'POST']) {
        const heard = await sally.send(method, '/go', { cookie });
        assert.equal(heard.status, Number(status.slice(0, 3)));
        assert.equal(heard.header('location'), location);
        assert.doesNotMatch(heard.body, /INSIDE/);
      }
      const { text } = await sally.raw(
        `GET /go HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n${upgrade.map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`,
      );
      assert.doesNotMatch(text, /INSIDE/);
    }
  }
  assert.equal(visits, 0);
});

test('no target, Host or other header moves the connection to another address', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const refusedTargets = [
    `http://${elsewhere}/`,
    `https://${elsewhere}/`,
    `//${elsewhere}/`,
    `///${elsewhere}/`,
    `/\\${elsewhere}/`,
    `@${elsewhere}/`,
    `${elsewhere}/`,
    elsewhere,
    `:${elsewhere.split(':')[1]}/`,
  ];
  for (const target of refusedTargets) {
    for (const more of [[], upgrade]) {
      const headers = more.filter(([name]) => name !== 'Connection').map(([name, value]) => `${name}: ${value}`);
      const connection = more.length === 0 ? 'close' : 'Upgrade';
      const lines = [`Host: app.test`, `Cookie: ${cookie}`, `Connection: ${connection}`, ...headers];
      const { text } = await sally.raw(`GET ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      assert.match(text, /^HTTP\/1\.1 400 /, target);
    }
  }
  for (const host of [elsewhere, `app.test@${elsewhere}`, `${elsewhere}#app.test`, `app.test ${elsewhere}`, '[::1]']) {
    const { status } = await sally.send('GET', '/', { cookie, host });
    assert.ok(status === 400 || status === 421, `${host}: ${status}`);
  }
  sally.upstream.silent();
  const tempting = [
    ['X-Forwarded-Host', elsewhere],
    ['X-Forwarded-Server', elsewhere],
    ['X-Host', elsewhere],
    ['X-Original-URL', `http://${elsewhere}/`],
    ['X-Rewrite-URL', `http://${elsewhere}/`],
    ['Forwarded', `host=${elsewhere}`],
    ['Proxy', `http://${elsewhere}`],
    ['Destination', `http://${elsewhere}/x`],
    ['Referer', `http://${elsewhere}/`],
  ] as const;
  const targets = ['/', `/http://${elsewhere}/`.replace('//', '%3A'), `/?url=http://${elsewhere}/`, `/${elsewhere}/`];
  for (const target of targets) {
    const heard = await sally.send('GET', target, {
      cookie,
      headers: tempting,
      host: `app.test:${elsewhere.slice(10)}`,
    });
    assert.equal(heard.body, 'ok', target);
    assert.equal(sally.upstream.requests.at(-1)?.target, target);
  }
  assert.equal(sally.upstream.hits, targets.length);
  assert.equal(visits, 0);
});

test('a proxy named in the environment does not move it either', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const before = { ...process.env };
  for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY'])
    process.env[name] = `http://${elsewhere}`;
  process.env['no_proxy'] = '';
  try {
    assert.equal((await sally.send('GET', '/', { cookie })).body, 'ok');
  } finally {
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY', 'no_proxy']) {
      const value = before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  assert.equal(visits, 0);
});
