import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  app: [
    '    exemptions:',
    '      - { method: GET, path: /public, reason: probe, owner: ops, expires: 2099-12-31 }',
    '      - { method: GET, path: /public/, reason: probe, owner: ops, expires: 2099-12-31 }',
    '    rules: [{ path: /admin/**, groups: [ops] }]',
  ],
}));

const TARGETS = [
  ...[
    '/public/../admin',
    '/public/%2e%2e/admin',
    '/public/.%2e/admin',
    '/public/%2E./admin',
    '/public/..%2fadmin',
    '/public/..%5cadmin',
  ],
  ...[
    '/public/..\\admin',
    '/public/..;/admin',
    '/public/..;x=y/admin',
    '/public/..%00/admin',
    '/public/%252e%252e/admin',
  ],
  ...[
    '/public/%25%32%65%25%32%65/admin',
    '/public/%c0%ae%c0%ae/admin',
    '/public//../admin',
    '/public/....//admin',
    '/public/./../admin',
  ],
  ...[
    '/public/..',
    '/..',
    '/./admin',
    '/%2e/admin',
    '/public/%2e%2e%2fadmin',
    '/public/%u002e%u002e/admin',
    '/public/..%252fadmin',
  ],
  ...[
    '/public/%e2%80%a4%e2%80%a4/admin',
    '/public/%ef%bc%8e%ef%bc%8e/admin',
    '/public/..%20/admin',
    '/public/..%09/admin',
    '/public/.../admin',
  ],
];

test('no dot segment, in any spelling, gets anywhere: not from a public path, and not with a session', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  for (const target of TARGETS) {
    assert.equal((await sally.send('GET', target)).status, 400, target);
    assert.equal((await sally.send('GET', target, { cookie })).status, 400, target);
    assert.equal(
      (
        await sally.send('GET', target, {
          headers: [
            ['Accept', 'text/html'],
            ['Sec-Fetch-Mode', 'navigate'],
          ],
        })
      ).status,
      400,
      target,
    );
  }
  sally.upstream.silent();
  assert.equal((await sally.send('GET', '/public')).status, 200);
  assert.equal((await sally.send('GET', '/public/')).status, 200);
  assert.equal(sally.upstream.hits, 2);
});

test('an app that allows encoded slashes and empty segments has no dot segments either', async () => {
  const { sally } = on;
  const next = await sally.load({
    app: [
      '    exemptions: [{ method: GET, path: /public, reason: probe, owner: ops, expires: 2099-12-31 }]',
      '    target: { encoded_slash: true, empty_segments: true }',
    ],
  });
  await sally.app.reload(next);
  const cookie = await sally.session('bob');
  for (const target of [...TARGETS, '/public/x%2f..%2f..%2fadmin', '/a%2f%2e%2e%2fadmin', '/public%2f../admin']) {
    assert.equal((await sally.send('GET', target)).status, 400, target);
    assert.equal((await sally.send('GET', target, { cookie })).status, 400, target);
  }
  // Deviations are for those who have signed in.
  for (const target of ['/public%2f', '/public//', '/public%2fx'])
    assert.equal((await sally.send('GET', target)).status, 401, target);
  sally.upstream.silent();
  assert.equal((await sally.send('GET', '/a%2fb//c', { cookie })).status, 200);
  assert.equal(sally.upstream.requests[0]?.target, '/a%2fb//c');
});

test('another spelling of a path does not step round its rule', async () => {
  const { sally } = on;
  await sally.app.reload(
    await sally.load({
      app: [
        '    rules: [{ path: /admin/**, groups: [ops] }]',
        '    target: { encoded_slash: true, empty_segments: true }',
      ],
    }),
  );
  const cookie = await sally.session('bob');
  const spellings = [
    '/admin',
    '/admin/',
    '/admin/x',
    '/ADMIN/x',
    '/Admin',
    '/%61dmin/x',
    '/%41DMIN',
    '/admin;v=1/x',
    '/admin;x',
    '/admin/;x/y',
    '/admin%2fx',
    '/admin//x',
    '/admin%20/x',
    '/%EF%BD%81dmin/x',
    '/admin/x?a=/public',
  ];
  for (const target of spellings) assert.equal((await sally.send('GET', target, { cookie })).status, 403, target);
  sally.upstream.silent();
  const ops = await sally.session('olga', { groups: ['ops'] });
  assert.equal((await sally.send('GET', '/admin/x', { cookie: ops })).status, 200);
});
