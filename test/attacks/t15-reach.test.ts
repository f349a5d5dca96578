import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  app: [
    '    rules: [{ path: /dir/deep/secret, groups: [ops] }, { path: /ruled/**, groups: [ops] }]',
    '    exemptions:',
    '      - { method: GET, path: /health, reason: probe, owner: ops, expires: "2099-01-01" }',
    '      - { method: POST, path: /hook, reason: hook, owner: ops, expires: "2099-01-01" }',
  ],
}));

/** Above something that is ruled, in any spelling. */
const ABOVE = ['/', '/dir', '/dir/', '/DIR', '/%64ir', '/dir/deep', '/dir;x/deep'];
const BESIDE = ['/other', '/dir/deep/other', '/dir/x'];
type Fields = readonly (readonly [string, string])[];
const depth = (value: string): Fields => [['Depth', value]];

/** What acts on all that is below, and what does not. */
const DEEP: readonly (readonly [method: string, fields: Fields])[] = [
  ...['DELETE', 'LOCK', 'PROPFIND', 'REPORT', 'SEARCH', 'MERGE', 'ACL', 'UNBIND'].map(
    (method) => [method, []] as const,
  ),
  ...['infinity', 'Infinity', '2', '', '0, infinity', '1x'].map((value) => ['PROPFIND', depth(value)] as const),
  ...['infinity', '1', ' '].map((value) => ['LOCK', depth(value)] as const),
  ['PROPFIND', [...depth('0'), ...depth('infinity')]],
  ['PROPFIND', [...depth('0'), ['DEPTH_', 'infinity']]],
  ['DELETE', depth('0')],
  ['REPORT', depth('1')],
  ...['X-HTTP-Method-Override', 'X-Http-Method', 'x-method-override', 'X_HTTP_Method_Override'].flatMap((name) =>
    ['POST', 'GET', 'PUT'].map((method) => [method, [[name, 'DELETE']]] as const),
  ),
];
const SHALLOW: readonly (readonly [method: string, fields: Fields])[] = [
  ...['GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'PROPPATCH', 'MKCOL'].map((method) => [method, []] as const),
  ...['0', '1', '1,noroot'].map((value) => ['PROPFIND', depth(value)] as const),
  ['LOCK', depth('0')],
  ['POST', [['X-Requested-With', 'DELETE']]],
];

test('what acts on all that is below a path needs what the strictest of it needs', async () => {
  const { sally } = on;
  const bob = await sally.session('bob');
  const olga = await sally.session('olga', { groups: ['ops'] });
  const status = async (cookie: string, method: string, target: string, headers: Fields) => {
    sally.upstream.clear();
    return (await sally.send(method, target, { cookie, headers })).status;
  };
  for (const [method, headers] of DEEP) {
    const said = `${method} ${JSON.stringify(headers)}`;
    for (const target of ABOVE) {
      assert.equal(await status(bob, method, target, headers), 403, `${said} ${target}`);
      sally.upstream.silent(`${said} ${target}`);
    }
    assert.equal(await status(olga, method, '/dir', headers), 200, said);
    for (const target of BESIDE) assert.equal(await status(bob, method, target, headers), 200, `${said} ${target}`);
  }
  for (const [method, headers] of SHALLOW)
    for (const target of ['/', '/dir', '/dir/deep'])
      assert.equal(await status(bob, method, target, headers), 200, `${method} ${JSON.stringify(headers)} ${target}`);
});

test('what names another address in its body needs all that any address of the app needs', async () => {
  const { sally } = on;
  const bob = await sally.session('bob');
  for (const method of ['BIND', 'REBIND'])
    for (const target of [...ABOVE, ...BESIDE]) {
      sally.upstream.clear();
      assert.equal((await sally.send(method, target, { cookie: bob })).status, 403, `${method} ${target}`);
      sally.upstream.silent();
    }
});

test('an exemption is for its method, not for one that a field names', async () => {
  const { sally } = on;
  for (const [method, target] of [
    ['GET', '/health'],
    ['POST', '/hook'],
  ] as const) {
    sally.upstream.clear();
    assert.equal((await sally.send(method, target)).status, 200);
    for (const name of ['X-HTTP-Method-Override', 'x-http-method', 'X_Method_Override']) {
      sally.upstream.clear();
      assert.equal((await sally.send(method, target, { headers: [[name, 'DELETE']] })).status, 401, name);
      sally.upstream.silent();
    }
  }
});
