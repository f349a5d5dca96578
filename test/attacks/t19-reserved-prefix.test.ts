import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ app: ['    target: { encoded_slash: true, empty_segments: true }'] }));

const DISGUISES = [
  '/.SALLYPORT/admin',
  '/.Sallyport',
  '/.sallyport%2fadmin',
  '/%2esallyport/admin',
  '/%2E%73allyport/x',
  '/./.sallyport/x',
  '//.sallyport/x',
  '/%2f.sallyport/x',
  '/.sallyport;a=b/x',
  '/.sallyport/../admin',
  '/.sallyport/%2e%2e/admin',
  '/.sallyport%00/x',
  '/.sallyport%20/x',
  '/.sallyport\\x',
  '/.sallyport%5cx',
  '/%ef%bc%8esallyport/x',
  '/.sallyport/a;b',
  '/.sallyport/%61ssets/x',
];
const OURS = [
  '/.sallyport',
  '/.sallyport/',
  '/.sallyport/admin',
  '/.sallyport/sign-inx',
  '/.sallyport/assets/../x'.replace('../', ''),
  '/.sallyport//sign-in',
  '/.sallyport/sign-in/',
  '/.sallyport/SIGN-IN',
  '/.sallyport/session/x',
];

test('our prefix is never forwarded and never ours unless exact', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const method of ['GET', 'POST', 'PUT', 'PROPFIND']) {
    for (const target of DISGUISES) {
      assert.equal((await sally.send(method, target)).status, 400, `${method} ${target}`);
      assert.equal((await sally.send(method, target, { cookie })).status, 400, `${method} ${target}`);
    }
    for (const target of OURS) {
      const answer = await sally.send(method, target, { cookie });
      assert.ok([404, 405].includes(answer.status), `${method} ${target}: ${answer.status}`);
      assert.match(answer.header('content-security-policy') ?? '', /default-src 'none'/);
    }
  }
  sally.upstream.silent();
});

test('what only looks alike belongs to the app', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const target of ['/.sallyportx/y', '/sallyport/', '/a/.sallyport/x', '/?/.sallyport/session']) {
    assert.equal((await sally.send('GET', target, { cookie })).status, 200, target);
    assert.equal(sally.upstream.requests.at(-1)?.target, target);
  }
});
