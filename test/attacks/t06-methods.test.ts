import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  app: ['    exemptions: [{ method: GET, path: /public, reason: probe, owner: ops, expires: 2099-12-31 }]'],
}));

const METHODS = [
  'OPTIONS',
  'HEAD',
  'TRACE',
  'QUERY',
  'PROPFIND',
  'PATCH',
  'PUT',
  'DELETE',
  'CONNECT',
  'PRI',
  'FOO',
  'RDG_OUT_DATA',
  'LINK',
  'PURGE',
  'get',
  'SOURCE',
];

async function statusOf(method: string, target: string, lines: readonly string[] = []): Promise<number> {
  const { text } = await on.sally.raw(
    [`${method} ${target} HTTP/1.1`, 'Host: app.test', ...lines, 'Connection: close', '', ''].join('\r\n'),
  );
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
}

test('no method is a way round the sign-in, preflights included', async () => {
  for (const method of METHODS) {
    const preflight = ['Origin: https://evil.test', 'Access-Control-Request-Method: DELETE', 'Remote-User: alice'];
    assert.ok([400, 401, 405, 501].includes(await statusOf(method, '/admin', preflight)), method);
  }
  assert.ok([400, 405].includes(await statusOf('CONNECT', 'evil.test:443')));
  on.sally.upstream.silent();
});

test('an exemption is for its method alone, and no header or field makes another one of it', async () => {
  const override = ['X-HTTP-Method-Override: GET', 'X-HTTP-Method: GET', 'X-Method-Override: GET'];
  for (const method of METHODS) assert.notEqual(await statusOf(method, '/public', override), 200, method);
  assert.equal(await statusOf('POST', '/public?_method=GET', override), 401);
  on.sally.upstream.silent();
  assert.equal(await statusOf('GET', '/public', ['X-HTTP-Method-Override: DELETE', 'X_HTTP_Method: DELETE']), 200);
  assert.equal(on.sally.upstream.requests[0]?.method, 'GET');
  assert.doesNotMatch(on.sally.upstream.bytes.join(''), /delete/i);
});

test('TRACE and CONNECT do not reach the app with a session either', async () => {
  const cookie = `Cookie: ${await on.sally.session('bob')}`;
  for (const method of ['TRACE', 'CONNECT', 'FOO', 'PRI'])
    assert.ok([400, 405].includes(await statusOf(method, '/', [cookie])), method);
  on.sally.upstream.silent();
  for (const method of ['PROPFIND', 'QUERY', 'PATCH']) assert.equal(await statusOf(method, '/', [cookie]), 200, method);
});
