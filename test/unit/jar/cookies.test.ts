import assert from 'node:assert/strict';
import test from 'node:test';
import { cookieHeader, type Kept, readSetCookie, withSetCookies } from '../../../src/jar/cookies.ts';

const NOW = Date.UTC(2026, 0, 1);
const HOST = 'portal.example.org';

/** What is sent to `to` after answers to `from` on `host`. */
function sent(lines: readonly string[], set: { host?: string; from?: string; to?: string; at?: number } = {}) {
  const cookies = withSetCookies([], { target: set.from ?? '/', setCookies: lines }, set.host ?? HOST, NOW);
  return cookieHeader(cookies, set.to ?? '/', set.at ?? NOW);
}

test('a cookie without a path is for the folder of the request (RFC 6265 §5.1.4)', () => {
  for (const [from, to, is] of [
    ['/a/b?x=/c/d', '/a/c', true],
    ['/a/b', '/a', true],
    ['/a/b', '/ab', false],
    ['/a/b', '/', false],
    ['/a', '/other', true],
    ['/a/', '/a/x', true],
  ] as const)
    assert.equal(sent(['n=v'], { from, to }), is ? 'n=v' : null, `${from} ${to}`);
  assert.equal(sent(['n=v; Path=relative'], { from: '/a/b', to: '/' }), null);
});

test('a path matches whole segments, longer ones first, then older ones', () => {
  assert.equal(sent(['n=v; Path=/app'], { to: '/application' }), null);
  assert.equal(sent(['n=v; Path=/app'], { to: '/app?q' }), 'n=v');
  const lines = ['a=1; Path=/', 'b=2; Path=/app', 'c=3; Path=/', 'n=4; Path=/app', 'n=5; Path=/'];
  assert.equal(sent(lines, { to: '/app/x' }), 'b=2; n=4; a=1; c=3; n=5');
  assert.equal(sent(['a=1', 'b=2', 'a=3']), 'a=3; b=2');
});

test('a domain is that of the host or one above it; neighbours, strangers and public suffixes are ignored', () => {
  for (const [host, domain, is] of [
    [HOST, HOST, true],
    [HOST, '.PORTAL.example.org', true],
    [HOST, 'example.org', true],
    [HOST, '', true],
    [HOST, 'org', false],
    [HOST, 'other.example.org', false],
    [HOST, 'x.portal.example.org', false],
    [HOST, 'ample.org', false],
    [HOST, '10.0.0.5', false],
    ['a.co.uk', 'co.uk', false],
    ['localhost', 'localhost', true],
    ['app.test', 'app.test', true],
    ['app.test', 'test', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '0.0.1', false],
    ['intranet', 'intranet', true],
  ] as const)
    assert.equal(sent([`n=v; Domain=${domain}`], { host }), is ? 'n=v' : null, `${host} ${domain}`);
  for (const host of ['localhost', '127.0.0.1', 'app.test', '::1', HOST]) assert.equal(sent(['n=v'], { host }), 'n=v');
});

test('Max-Age goes before Expires, and what has expired is gone', () => {
  const past = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT';
  const future = 'Expires=Fri, 01 Jan 2027 00:00:00 GMT';
  assert.equal(sent([`n=v; ${past}`]), null);
  assert.equal(sent([`n=v; ${future}`]), 'n=v');
  assert.equal(sent([`n=v; ${past}; Max-Age=60`]), 'n=v');
  assert.equal(sent([`n=v; ${future}; Max-Age=0`]), null);
  assert.equal(sent([`n=v; ${future}; Max-Age=-1`]), null);
  assert.equal(sent(['n=v; Max-Age=60'], { at: NOW + 59_999 }), 'n=v');
  assert.equal(sent(['n=v; Max-Age=60'], { at: NOW + 60_000 }), null);
  assert.equal(sent(['n=v; Expires=nonsense; Max-Age=x']), 'n=v');
});

test('a deletion deletes the cookie of its name, domain and path alone', () => {
  const gone = 'Max-Age=0';
  assert.equal(sent(['n=v; Path=/', `n=; Path=/; ${gone}`]), null);
  assert.equal(sent(['n=v; Path=/', `n=; Path=/app; ${gone}`]), 'n=v');
  assert.equal(sent(['n=v', `n=; Domain=example.org; ${gone}`]), 'n=v');
  assert.equal(sent(['n=v; Domain=example.org', `n=; ${gone}`]), 'n=v');
  assert.equal(sent(['n=v', `n=; Domain=${HOST}; ${gone}`]), null);
  assert.equal(sent([`n=; ${gone}`, 'n=v']), 'n=v');
  assert.equal(sent(['n=deleted']), 'n=deleted');
});

test('what makes no cookie is ignored: no name, too long, broken promises of a name, names of ours', () => {
  const ours = [
    '__Host-sallyport=x; Secure; Path=/',
    'sallyport-pending=x',
    '__Secure-SallyPort=x; Secure',
    'sally_port=x',
  ];
  for (const line of [
    '',
    '=v',
    'v',
    ';',
    `n=${'x'.repeat(8192)}`,
    '__Host-n=v; Path=/',
    '__Host-n=v; Secure; Path=/app',
    `__HOST-n=v; Secure; Path=/; Domain=${HOST}`,
    '__Secure-n=v',
    ...ours,
  ])
    assert.equal(sent([line], { to: '/app' }), null, line.slice(0, 60));
  assert.equal(sent(['__Host-n=v; Secure; Path=/']), '__Host-n=v');
  assert.equal(sent(['n=v; Secure; HttpOnly; SameSite=Strict']), 'n=v');
  assert.equal(sent(['n="quoted value"']), 'n="quoted value"');
});

test('a jar holds a hundred cookies and 64 KiB; the oldest go', () => {
  const many = withSetCookies(
    [],
    { target: '/', setCookies: Array.from({ length: 130 }, (_, i) => `n${i}=v`) },
    HOST,
    NOW,
  );
  assert.deepEqual([many.length, many[0]?.name, many.at(-1)?.name], [100, 'n30', 'n129']);
  const lines = Array.from({ length: 20 }, (_, i) => `n${i}=${'x'.repeat(8000)}`);
  const large = withSetCookies([], { target: '/', setCookies: lines }, HOST, NOW);
  assert.deepEqual([large.length, large.at(-1)?.name], [8, 'n19']);
});

test('what changes nothing gives the very same list', () => {
  const set = (cookies: readonly Kept[], line: string, at = NOW) =>
    withSetCookies(cookies, { target: '/', setCookies: [line] }, HOST, at);
  const cookies = set(set([], 'n=v; Max-Age=1000'), 'sid=a; Path=/');
  for (const line of ['sid=a; Path=/', 'sid=a; Path=/; HttpOnly', 'x=; Max-Age=0', 'junk', 'n=v; Max-Age=1050'])
    assert.equal(set(cookies, line), cookies, line);
  assert.equal(set(cookies, 'n=v; Max-Age=1000', NOW + 90_000), cookies);
  for (const line of [
    'sid=b; Path=/',
    'sid=a; Path=/; Max-Age=5',
    'n=v',
    'n=v; Max-Age=1200',
    'sid=; Path=/; Max-Age=0',
  ])
    assert.notEqual(set(cookies, line), cookies, line);
  assert.notEqual(set(cookies, 'n=v; Max-Age=1000', NOW + 110_000), cookies);
});

test('a cookie with more attributes than there are is none', () => {
  const line = (count: number) => `a=b${'; x=y'.repeat(count)}`;
  assert.equal(readSetCookie(line(16), 'app.test', '/', 0)?.value, 'b');
  assert.equal(readSetCookie(line(17), 'app.test', '/', 0), undefined);
});
