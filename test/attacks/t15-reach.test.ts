import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  app: [
    '    rules: [{ path: /dir/deep/secret, groups: [ops] }, { path: /ruled/**, groups: [ops] }]',
    '    exemptions:',
    '      - { method: GET, path: /health, reason: probe, owner: ops, expires: "2099-01-01" }',
    '      - { method: POST, path: /hook, reason: hook, owner: ops, expires: "2099-01-01" }',
    ...['PROPFIND', 'DELETE', 'REPORT'].flatMap((method) =>
      ['/dir', '/dir/deep', '/free'].map(
        (path) => `      - { method: ${method}, path: ${path}, reason: sync, owner: ops, expires: "2099-01-01" }`,
      ),
    ),
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

/** What frameworks take for `_method`, and what they do not. */
const OVERRIDES = [
  '_method=DELETE',
  'a=b&_method=MOVE',
  '_METHOD=delete',
  '%5Fmethod=DELETE',
  '.method=DELETE',
  '%255fmethod=x',
];
const OVERRIDES_TOO = [
  'a=b;_method=DELETE',
  '_method[]=DELETE',
  '_HttpMethod=DELETE',
  '_http_method=x',
  '+method=DELETE',
  '+_method=DELETE',
  '%20%20_method=x',
  '%09.method=x',
];
const NONE = ['payment_method=card', 'method=x', 'a=_method', '_methods=x', 'a=%26'];

test('a POST whose query names another method needs what is below too, and no exemption is for it', async () => {
  const { sally } = on;
  const bob = await sally.session('bob');
  const status = async (target: string, cookie?: string) => {
    sally.upstream.clear();
    const answer = await sally.send('POST', target, cookie === undefined ? {} : { cookie });
    if (answer.status !== 200) sally.upstream.silent(target);
    return answer.status;
  };
  for (const query of [...OVERRIDES, ...OVERRIDES_TOO]) {
    assert.equal(await status(`/dir?${query}`, bob), 403, query);
    assert.equal(await status(`/hook?${query}`), 401, query);
  }
  for (const query of NONE) {
    assert.equal(await status(`/dir?${query}`, bob), 200, query);
    assert.equal(await status(`/hook?${query}`), 200, query);
  }
});

test('an exemption does not hold for what acts on ruled paths below its own', async () => {
  const { sally } = on;
  const status = async (method: string, target: string, headers: Fields = []) => {
    sally.upstream.clear();
    const answer = await sally.send(method, target, { headers });
    if (answer.status === 401) sally.upstream.silent(`${method} ${target}`);
    return answer.status;
  };
  for (const target of ['/dir', '/dir/deep']) {
    for (const method of ['DELETE', 'REPORT', 'PROPFIND']) assert.equal(await status(method, target), 401, method);
    assert.equal(await status('PROPFIND', target, depth('infinity')), 401);
    assert.equal(await status('PROPFIND', target, depth('1')), 200);
    assert.equal(await status('PROPFIND', target, [...depth('0'), ...depth('infinity')]), 401);
  }
  for (const method of ['DELETE', 'REPORT', 'PROPFIND']) assert.equal(await status(method, '/free'), 200, method);
});
