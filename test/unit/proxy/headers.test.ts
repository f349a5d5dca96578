import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import test from 'node:test';
import fc from 'fast-check';
import type { Admission } from '../../../src/gate/admission.ts';
import { isOurCookie, passing } from '../../../src/proxy/cookies.ts';
import { requestHeaders } from '../../../src/proxy/headers.ts';
import { cleanLines } from '../../../src/request/clean.ts';
import { foldName } from '../../../src/request/names.ts';
import { admit, testApp, testSession } from '../../support/guarded.ts';
import { login } from '../presets/logins.ts';

const app = testApp('http://10.0.0.1:9000', {}, { headers: new Map([['X-Portal-Person', '{account}']]) });

function admissionOf(rawHeaders: string[]): Admission {
  // Only these parts of a request are read.
  const request = {
    rawHeaders: cleanLines(rawHeaders),
    method: 'GET',
    url: '/',
    headers: { host: 'app.test' },
  } as unknown as IncomingMessage;
  return admit(request, app, testSession('bob'));
}

function outbound(...rawHeaders: string[]): [string, string][] {
  const { headers } = requestHeaders(admissionOf(rawHeaders));
  return Array.from({ length: headers.length / 2 }, (_, i) => [headers[2 * i] ?? '', headers[2 * i + 1] ?? '']);
}

/** What is left of the client's own fields. */
function left(...rawHeaders: string[]): string[] {
  const ours = new Map(outbound().map(([name, value]) => [name, value]));
  return outbound(...rawHeaders)
    .filter(([name, value]) => ours.get(name) !== value)
    .map(([name, value]) => `${name}: ${value}`);
}

test('the app receives our fields once, with our values', () => {
  assert.deepEqual(outbound(), [
    ['Host', 'app.test'],
    ['X-Forwarded-For', '192.0.2.7'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'app.test'],
    ['Forwarded', 'for=192.0.2.7;host="app.test";proto=https'],
    ['Via', '1.1 sallyport'],
    ['Sallyport-Request', 'request-id'],
    ['Sallyport-Assertion', 'header.payload.signature'],
    ['Remote-User', 'bob'],
  ]);
});

const REFUSED_NAMES = [
  // T1–T3: identity, in every spelling that some app takes for the same name.
  ...['Remote-User', 'Remote_User', 'Remote.User', 'remote-_user', 'REMOTE-USER', 'RemoteUser', 'X-Remote-User'],
  ...['X-Forwarded-User', 'X-authentik-username', 'X-Auth-Request-Email', 'Cf-Access-Jwt-Assertion', 'X-WEBAUTH-USER'],
  ...['X-Pomerium-Jwt-Assertion', 'x-goog-authenticated-user-email', 'X-Goog-IAP-JWT-Assertion', 'SSL-Client-S-DN'],
  ...['X-SSL-Client-Cert', 'X-Client-Cert', 'X-User', 'SM_USER', 'iv-user', 'X-MS-CLIENT-PRINCIPAL', 'Remote-Groups'],
  ...['Sallyport-Assertion', 'sallyport_assertion', 'SALLYPORT-ANYTHING', 'X-Portal-Person', 'x_portal.person'],
  // T3: one hop only.
  ...['TE', 'Trailer', 'Keep-Alive', 'Proxy-Connection', 'Proxy-Authorization', 'Upgrade', 'HTTP2-Settings', 'Expect'],
  // T4: another client, host, URL or method.
  ...['X-Forwarded-For', 'X-Forwarded-Prefix', 'X_Forwarded_Proto', 'X-Forwarded-Uri', 'Forwarded', 'X-Real-IP'],
  ...[
    'X-Original-URL',
    'X-Original-URI',
    'X-Rewrite-URL',
    'X-HTTP-Method-Override',
    'X-HTTP-Method',
    'X-Method-Override',
  ],
  ...['True-Client-IP', 'CF-Connecting-IP', 'X-Client-IP', 'X-Cluster-Client-IP', 'Proxy', 'X-Accel-Mapping'],
  // Framing and routing under another spelling.
  ...['Transfer_Encoding', 'Content_Length', 'Host', 'Coo_kie', 'Author.ization', '___'],
];

for (const name of REFUSED_NAMES) {
  test(`${name} of the client does not reach the app`, () => {
    assert.deepEqual(left(name, 'alice', 'Accept', '*/*'), ['Accept: */*']);
  });
}

test('what is no business of ours passes as it came', () => {
  const fields = [
    'Accept',
    'text/html',
    'X-Requested-With',
    'XMLHttpRequest',
    'X-CSRF-Token',
    'a',
    '__proto__',
    'b',
    'constructor',
    'c',
    'If-None-Match',
    '"\xe9"',
  ];
  const expected = Array.from({ length: fields.length / 2 }, (_, i) => `${fields[2 * i]}: ${fields[2 * i + 1]}`);
  assert.deepEqual(left(...fields), expected);
});

test('Connection removes what it lists and nothing of ours', () => {
  const listed = 'close, Sallyport-Assertion, Cookie, X-Forwarded-For, X_Extra, Remote-User, Host';
  const fields = ['Connection', listed, 'Cookie', 'a=1', 'X-Extra', '1', 'Accept', '*/*'];
  assert.deepEqual(left(...fields), ['Accept: */*', 'Cookie: a=1']);
  assert.deepEqual(outbound(...fields).slice(2), outbound());
});

test('Connection cannot unframe a body', () => {
  const head = requestHeaders(admissionOf(['Connection', 'Content-Length, Transfer-Encoding', 'Content-Length', '5']));
  assert.equal(head.body, true);
  assert.deepEqual(head.headers.slice(0, 2), ['Content-Length', '5']);
  assert.equal(
    requestHeaders(admissionOf(['Connection', 'Transfer-Encoding', 'Transfer-Encoding', 'chunked'])).body,
    true,
  );
});

test('a transfer coding other than chunked is refused', () => {
  for (const coding of ['gzip, chunked', 'xchunked', 'identity', '']) {
    assert.throws(() => requestHeaders(admissionOf(['Transfer-Encoding', coding])), { code: 'bad-headers' }, coding);
  }
  const twice = ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'];
  assert.throws(() => requestHeaders(admissionOf(twice)), { code: 'bad-headers' });
});

test('a line that the app reads as several is refused, ours and the target too; one that just fits passes', () => {
  const near = testApp('http://10.0.0.1:9000', { longestLine: 600 });
  const preset = testApp('http://10.0.0.1:9000', { longestLine: 700 }, { login: login({ longestLine: 600 }) });
  for (const app of [near, preset]) {
    const head = (lines: string[], url = '/') => {
      const request = { rawHeaders: cleanLines(lines), method: 'GET', url, headers: { host: 'app.test' } };
      return requestHeaders(admit(request as unknown as IncomingMessage, app, testSession('bob')));
    };
    const long = { code: 'head-too-large' };
    head(['X-A', 'a'.repeat(595)]);
    head(['X-A', 'a'.repeat(595)], `/${'a'.repeat(600 - 'GET / HTTP/1.1'.length)}`);
    assert.throws(() => head(['X-A', `${'a'.repeat(595)}b`]), long);
    assert.throws(() => head(['X-A', `${'a'.repeat(600)}Remote-User: alice`]), long);
    assert.throws(() => head(['Cookie', `a=${'a'.repeat(600)}`]), long);
    assert.throws(() => head([], `/${'a'.repeat(600)}`), long);
  }
});

test('connection-bound credentials stay here, others pass', () => {
  assert.deepEqual(left('Authorization', 'NTLM TlRMTVNTUAAB'), []);
  assert.deepEqual(left('Authorization', 'negotiate YII='), []);
  assert.deepEqual(left('Authorization', 'Basic YTpi'), ['Authorization: Basic YTpi']);
  assert.deepEqual(left('Authorization', 'NTLMX a'), ['Authorization: NTLMX a']);
});

const COOKIES: readonly (readonly [inbound: string, outbound: string | null])[] = [
  ['a=1; __Host-sallyport=secret; b="x y"', 'a=1; b="x y"'],
  ['__Host-sallyport=secret', null],
  ['__host-SALLYPORT-pending=x;a=1', 'a=1'],
  ['a=1;  sallyport=x;b=2', 'a=1;b=2'],
  ['__Host-sallyport-browser=x; __Secure-sallyport=y; ', null],
  ['\xe2\x80\x80__Host-sallyport=x; a=1', 'a=1'],
  ['a=sallyport; b=2', 'a=sallyport; b=2'],
  ['=__Host-sallyport=x; a=1', 'a=1'],
  ['a=1;;b', 'a=1;;b'],
];

for (const [inbound, expected] of COOKIES) {
  test(`Cookie ${JSON.stringify(inbound)} becomes ${JSON.stringify(expected)}`, () => {
    assert.equal(passing.outbound([inbound]), expected);
  });
}

test('several Cookie fields become one', () => {
  assert.deepEqual(left('Cookie', 'a=1', 'cookie', '__Host-sallyport=s', 'COOKIE', 'b=2'), ['Cookie: a=1; b=2']);
});

test('the names of our cookies are found under every disguise and not elsewhere', () => {
  for (const pair of ['__Host-sallyport=1', '__HOST-Sallyport-x=1', ' sallyport', '\u2000__Host-sallyport=1']) {
    assert.ok(isOurCookie(pair), pair);
  }
  for (const pair of ['session=sallyport', 'mysallyport=1', 'x', '']) assert.ok(!isOurCookie(pair), pair);
});

test('IPv6 is bracketed and quoted in Forwarded', () => {
  const request = { rawHeaders: [], method: 'GET', url: '/', headers: {} } as unknown as IncomingMessage;
  const base = admit(request, app, testSession());
  const client = { ...base.client, forwardedFor: '2001:db8::1, 192.0.2.1, evil"' };
  const { headers } = requestHeaders({ ...base, client } as unknown as Admission);
  const value = headers[headers.indexOf('Forwarded') + 1];
  assert.equal(
    value,
    'for="[2001:db8::1]", for=192.0.2.1, for=unknown;host="app.test";proto=https'.replace('app.test', ''),
  );
});

test('property: whatever the client sends, no name of ours reaches the app but once and with our value', () => {
  const separator = fc.constantFrom('-', '_', '.', '', '--', '~');
  const words = fc.constantFrom(
    ...[
      'remote user',
      'sallyport assertion',
      'x portal person',
      'x forwarded for',
      'forwarded',
      'host',
      'via',
      'accept',
    ],
    ...['x forwarded proto', 'connection', 'cookie', 'x real ip', 'content type', 'x auth request user', 'x custom'],
  );
  const name = fc.tuple(words, separator, fc.boolean()).map(([text, by, upper]) => {
    const joined = text.replaceAll(' ', by);
    return upper ? joined.toUpperCase() : joined;
  });
  const field = fc.tuple(name, fc.stringMatching(/^[\x21-\x7e\x80-\xff]{0,20}$/));
  const once = [
    'host',
    'xforwardedfor',
    'xforwardedproto',
    'xforwardedhost',
    'forwarded',
    'sallyportassertion',
    'remoteuser',
  ];
  const ours = new Map(outbound().map(([key, value]) => [foldName(key), value]));
  fc.assert(
    fc.property(fc.array(field, { maxLength: 30 }), (fields) => {
      const seen = outbound(...fields.flat());
      for (const folded of once) {
        const values = seen.filter(([key]) => foldName(key) === folded).map(([, value]) => value);
        assert.deepEqual(values, [ours.get(folded)], folded);
      }
      for (const [key] of seen) assert.ok(!/^(xportalperson|xrealip|xauthrequest|connection)/.test(foldName(key)), key);
    }),
    { numRuns: 300 },
  );
});
