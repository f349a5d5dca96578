import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  apps: ['  payroll: { hosts: [pay.test], origin: http://pay.test, upstream: http://127.0.0.1:9, realm: staff }'],
}));

async function ask(lines: readonly string[], version = '1.1') {
  const { text } = await on.sally.raw(
    [`GET /a HTTP/${version}`, ...lines, 'Accept: text/html', 'Connection: close', '', ''].join('\r\n'),
  );
  return { text, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]) };
}

test('a host in another case, with a dot or a port, is the same host', async () => {
  for (const host of ['app.test', 'APP.test', 'app.test.', 'app.test:8080', 'App.Test.:80']) {
    assert.equal((await ask([`Host: ${host}`])).status, 303, host);
  }
  const cookie = `Cookie: ${await on.sally.session('bob')}`;
  assert.equal((await ask(['Host: APP.test:81', cookie])).status, 200);
  assert.deepEqual(on.sally.upstream.requests[0]?.all('host'), ['APP.test:81']);
});

test('any other host is refused before anything else, session or not', async () => {
  const cookie = `Cookie: ${await on.sally.session('bob')}`;
  const hosts = [
    'evil',
    'evilapp.test',
    'app.test.evil',
    'app.test@evil',
    'evil@app.test',
    'app.test/x?y=',
    'app.test#',
    'a, b',
    'app.test, evil',
    'app.test evil',
    '',
    '[::1',
    '[::1]',
    '127.0.0.1',
    'app.test..',
    'app.test:',
    'app.test:80:80',
    'app.test:80@evil',
    'h/../x',
    'app\u00e9.test',
    '*',
    'localhost',
    'xn--app.test',
  ];
  for (const host of hosts) {
    for (const lines of [[`Host: ${host}`], [`Host: ${host}`, cookie]]) {
      const { status, text } = await ask(lines);
      assert.ok([400, 421].includes(status), `${host}: ${status}`);
      if (host.length > 3) assert.ok(!text.slice(text.indexOf('\r\n')).includes(host), `${host} is reflected`);
    }
  }
  assert.equal((await ask([cookie])).status, 400);
  assert.equal((await ask([cookie], '1.0')).status, 400);
  assert.equal((await ask(['Host: app.test', 'Host: app.test', cookie])).status, 400);
  on.sally.upstream.silent();
});

test('a session of one app is none at another', async () => {
  const cookie = `Cookie: ${await on.sally.session('bob')}`;
  assert.equal((await ask(['Host: pay.test', cookie])).status, 303);
  const session = await on.sally.send('GET', '/.sallyport/session', { host: 'pay.test', cookie: cookie.slice(8) });
  assert.equal(session.status, 401);
  on.sally.upstream.silent();
});

test('redirects are paths of this origin, whatever the Host was', async () => {
  for (const host of ['APP.test', 'app.test:8443']) {
    const { text } = await ask([`Host: ${host}`, 'X-Forwarded-Host: evil.test']);
    assert.match(text, /\r\nLocation: \/\.sallyport\/sign-in\?next=%2Fa\r\n/);
    assert.doesNotMatch(text, /evil|8443|Domain=/i);
  }
});
