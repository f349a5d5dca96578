import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';
import { answer, hangUp } from '../support/upstream.ts';

const on = withSallyport(() => ({ app: ['    headers: { Remote-User: "{account}" }'] }));
const HTML = [['Accept', 'text/html']] as const;

/** Somebody whose every answer is kept, word for word. */
class Observed extends Person {
  readonly heard: string[] = [];
  readonly held = new Set<string>();

  override async send(...given: Parameters<Person['send']>): Promise<ParsedAnswer> {
    const heard = await super.send(...given);
    this.heard.push(`${heard.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${heard.body}`);
    // The preferences are no secret: a language and a way to sign in, such as `-.totp`.
    for (const [name, value] of this.cookies) if (name !== '__Host-sallyport-prefs') this.held.add(value);
    return heard;
  }
}

test('in a whole life of an account nothing of ours reaches the app, and nothing between us and the app the client', async () => {
  const { sally } = on;
  // An app that hands back whatever it was given, in every way it can.
  sally.upstream.on('/mirror', (socket, request) => {
    const assertion = request.all('sallyport-assertion')[0] ?? '';
    answer('ok', '200 OK', [
      `Sallyport-Assertion: ${assertion}`,
      `sallyport_assertion: ${assertion}`,
      'X-Accel-Redirect: /internal',
    ])(socket, request);
  });
  sally.upstream.on('/down', hangUp);
  const ada = new Observed(sally, 'ada');
  const ticket = await ada.invited();
  const codes: string[] = [];
  const use = async (): Promise<string> => {
    const code = await ada.code();
    codes.push(code);
    return code;
  };
  await ada.send('GET', `/.sallyport/enrol/${ticket}`, { headers: HTML });
  await ada.enrol(ticket);
  const visit = async (): Promise<void> => {
    for (const target of ['/', '/page?next=/x', '/mirror', '/down', '/..%2f']) {
      await ada.send('GET', target, { headers: HTML });
      await ada.send('POST', target, { json: { a: 1 } });
    }
  };
  await visit();
  await ada.send('GET', '/.sallyport/account', { headers: HTML });
  await ada.send('GET', '/.sallyport/session');
  await ada.post('/.sallyport/sign-out');
  await visit();
  const enrolled = sally.upstream.hits;
  await ada.send('GET', '/.sallyport/sign-in?next=/page', { headers: HTML });
  await ada.begin({ next: '/page' });
  // While the sign-in waits, its cookie goes along with whatever the browser asks for.
  await visit();
  assert.equal(sally.upstream.hits, enrolled, 'nothing passes without a session');
  await ada.send('GET', '/.sallyport/sign-in/totp', { headers: HTML });
  await ada.post('/.sallyport/sign-in/totp', { code: ada.wrongCode() });
  await ada.expect(200, ada.post('/.sallyport/sign-in/totp', { code: await use() }));
  await visit();
  await ada.expect(200, ada.post('/.sallyport/sign-in/totp', { code: await use() }));
  await visit();
  const renewed = JSON.parse((await ada.expect(200, ada.post('/.sallyport/account/recovery-codes'))).body) as {
    recovery_codes: string[];
  };
  await ada.post('/.sallyport/sign-out');
  await ada.begin();
  await ada.expect(200, ada.post('/.sallyport/sign-in/recovery', { code: renewed.recovery_codes[0] ?? '' }));
  await visit();

  const up = sally.upstream.bytes.join('\n');
  assert.ok(sally.upstream.hits > 20);
  const ours = [ticket, ada.password, ada.secret, ...ada.held, ...ada.recoveryCodes, ...renewed.recovery_codes];
  assert.ok(ada.held.size >= 8);
  for (const secret of ours) {
    assert.ok(secret.length > 8);
    assert.ok(!up.includes(secret), `${secret.slice(0, 4)}… reached the app`);
  }
  for (const code of codes) assert.ok(!sally.upstream.requests.some((r) => `${r.target} ${r.body}`.includes(code)));
  assert.doesNotMatch(up, /__Host-|\/\.sallyport\//);
  assert.ok(sally.upstream.requests.every((request) => request.all('cookie').length === 0));

  const down = ada.heard.join('\n');
  const assertions = new Set(sally.upstream.requests.flatMap((request) => request.all('sallyport-assertion')));
  assert.ok(assertions.size >= 3);
  for (const assertion of assertions) {
    assert.ok(!down.includes(assertion), 'an assertion reached the client');
    assert.ok(!down.includes(assertion.split('.')[2] ?? '-'));
  }
  assert.doesNotMatch(down, /eyJ[\w-]+\.eyJ/);
  assert.doesNotMatch(down, new RegExp(`127\\.0\\.0\\.1:|:${sally.upstream.port}\\b`), 'an address within');
  assert.doesNotMatch(down, /x-powered-by|^server:|sallyport.assertion:|x-accel/im);
  assert.doesNotMatch(down, /\bat .*(?:\.ts|node:)|node_modules|\/src\/|ECONN|sqlite|SQLITE|TypeError/);
  // The session's and the pending's value stand in Set-Cookie and nowhere else; the authenticator's secret was shown once.
  const elsewhere = down.replace(/^set-cookie: .*$/gim, '');
  for (const value of ada.held) assert.ok(!elsewhere.includes(value), 'a cookie in a body');
  assert.equal(down.split(ada.secret).length - 1, 2, 'in the answer that made it: as text and in its address');
});

test('what the app says of itself is the app’s, what it says of us is dropped', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const fields = [
    'Server: legacy/1.0',
    'X-Powered-By: PHP/5',
    'Sallyport-Assertion: x',
    'X-Sallyport: y',
    'Via: 1.1 app',
  ];
  sally.upstream.on('/own', answer('ok', '200 OK', fields));
  const heard = await sally.send('GET', '/own', { cookie });
  assert.equal(heard.header('server'), 'legacy/1.0');
  assert.equal(heard.header('sallyport-assertion'), undefined);
  // And no error of ours names the app's software or ours.
  for (const target of ['/.sallyport/nowhere', '/..%2f', '/x']) {
    const ours = await sally.send('GET', target, { headers: HTML });
    for (const name of ['server', 'x-powered-by', 'via']) assert.equal(ours.header(name), undefined, target);
  }
});

test('a client that names where it came from in full tells the app no path of ours', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const ticket = await new Person(sally, 'newbie').invited();
  const from = [`/.sallyport/enrol/${ticket}`, `/.SALLYPORT/enrol/${ticket}?x=y`, `/.sallyport/sign-in?next=%2Fsecret`];
  for (const path of from) {
    for (const name of ['Referer', 'referer', 'REFERER']) {
      const headers = [[name, `http://app.test${path}`]] as const;
      assert.equal((await sally.send('GET', '/', { cookie, headers })).status, 200);
      assert.deepEqual(sally.upstream.requests.at(-1)?.all('referer'), ['http://app.test/']);
    }
  }
  const upgrade = `Origin: http://app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13`;
  await sally.raw(
    `GET /ws HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nReferer: http://app.test${from[0]}\r\n${upgrade}\r\n\r\n`,
  );
  assert.equal(sally.upstream.requests.at(-1)?.target, '/ws');
  assert.ok(!sally.upstream.bytes.join('').includes(ticket));
  // A path of the app's own stays: some apps check it.
  await sally.send('GET', '/', { cookie, headers: [['Referer', 'http://app.test/form?a=b']] });
  assert.deepEqual(sally.upstream.requests.at(-1)?.all('referer'), ['http://app.test/form?a=b']);
});
