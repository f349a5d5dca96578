import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt } from 'jose';
import { parseAnswer } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ app: ['    headers: { Remote-User: "{account}" }'] }));

const EXPECTATIONS = [
  'Expect: 100-continue',
  'Expect: x 100-continue',
  'Expect: 100-CONTINUE',
  'expect:100-continue',
  'Expect: 100-continue, 100-continue',
];

function request(method: string, expect: string, cookie: string, body = ''): string {
  return [
    `${method} /whoami HTTP/1.1`,
    'Host: app.test',
    ...(cookie === '' ? [] : [`Cookie: ${cookie}`]),
    expect,
    'Remote-User: alice',
    'Sallyport-Assertion: forged',
    ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

test('with a session, Expect leaves the headers of the app as clean as without it', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const expect of ['Accept: */*', ...EXPECTATIONS]) {
    for (const [method, body] of [
      ['GET', ''],
      ['POST', 'a=b'],
    ] as const) {
      sally.upstream.clear();
      const { text } = await sally.raw(request(method, expect, cookie, body));
      assert.match(text, /HTTP\/1\.1 200 /, `${method} ${expect}`);
      const [arrived] = sally.upstream.requests;
      // Who is admitted is told to go on (RFC 9110 §10.1.1); nobody else is.
      assert.equal(/^HTTP\/1\.1 100 Continue\r\n/.test(text), expect.toLowerCase().startsWith('expect'), expect);
      assert.equal(sally.upstream.hits, 1);
      assert.deepEqual(arrived?.all('remote-user'), ['bob']);
      assert.deepEqual(arrived?.all('expect'), []);
      const tokens = arrived?.all('sallyport-assertion') ?? [];
      assert.equal(tokens.length, 1);
      assert.equal(decodeJwt(tokens[0] ?? '').name, 'bob');
    }
  }
});

test('without a session, no 100 Continue comes before the refusal, and nothing is forwarded', async () => {
  const { sally } = on;
  for (const expect of EXPECTATIONS) {
    for (const [method, body] of [
      ['GET', ''],
      ['POST', 'a=b'],
      ['PUT', 'x'],
    ] as const) {
      const { text } = await sally.raw(request(method, expect, '', body));
      assert.equal(parseAnswer(text).status, 401, `${method} ${expect}`);
      assert.doesNotMatch(text, /HTTP\/1\.1 100/);
    }
  }
  sally.upstream.silent();
});

test('two Expect lines, and expectations of another kind, are refused', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const twice = await sally.raw(request('POST', 'Expect: 100-continue\r\nExpect: 100-continue', cookie, 'a'));
  assert.equal(parseAnswer(twice.text).status, 400);
  for (const expect of ['Expect: 200-ok', 'Expect: x']) {
    const { text } = await sally.raw(request('GET', expect, cookie));
    assert.equal(parseAnswer(text).status, 417);
  }
  sally.upstream.silent();
});
