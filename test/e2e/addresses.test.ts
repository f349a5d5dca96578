import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { withSallyport } from '../support/sallyport.ts';
import { answer, startUpstream } from '../support/upstream.ts';

const PUBLIC = 'http://app.test:8443';
const upstream = await startUpstream();
test.after(() => upstream.close());
const on = withSallyport(() => ({
  upstream,
  hosts: ['app.test', 'other.test'],
  apps: [
    '  renamed:',
    '    hosts: [renamed.test]',
    '    origin: http://renamed.test:8443',
    `    upstream: { url: "${upstream.origin}", host: upstream }`,
    '    realm: staff',
  ],
  app: ['    rules: [{ path: /ruled/**, groups: [ops] }, { path: /dir/deep/secret, groups: [ops] }]'],
}));
const off = withSallyport(() => ({ app: ['    rewrite: off'] }));

async function led(sally: typeof on.sally, field: string, value: string): Promise<string | undefined> {
  sally.upstream.on('/led', answer('', '201 Created', [`${field}: ${value}`]));
  const cookie = await sally.session('bob');
  return (await sally.send('GET', '/led', { cookie, host: 'app.test:8443' })).header(field);
}

/** Addresses of the app → the public one. `UP`: the upstream's host and port. */
const OWN: readonly (readonly [from: string, to: string])[] = [
  ['http://UP/a?b=c#d', `${PUBLIC}/a?b=c#d`],
  ['https://UP/a', `${PUBLIC}/a`],
  ['HTTP://UP', PUBLIC],
  ['http://UP?x', `${PUBLIC}?x`],
  ['//UP/a', `${PUBLIC}/a`],
  ['http://app.test/a', `${PUBLIC}/a`],
  ['https://app.test/a', `${PUBLIC}/a`],
  ['http://APP.test:80/a', `${PUBLIC}/a`],
  ['https://app.test:8443/a', `${PUBLIC}/a`],
  ['http://app.test:9/a', `${PUBLIC}/a`],
  ['https://other.test/a', 'http://other.test:8443/a'],
  ['http://UP/\xc3\xa9\xff', `${PUBLIC}/\xc3\xa9\xff`],
  ['http://UP/http://UP/', `${PUBLIC}/http://UP/`],
];

/** What stays byte for byte. */
const OTHERS: readonly string[] = [
  `${PUBLIC}/a`,
  '/a',
  'a',
  '',
  '?x=http://UP/',
  '//evil.test/a',
  'http://evil.test/UP',
  'http://UP.evil.test/a',
  'http://app.test.evil.test/',
  'http://evilapp.test/',
  'http://UP@evil.test/',
  'http://user@UP/',
  'http://user:pw@app.test/',
  'http://app.test\\@evil.test/',
  'http://app.test%2eevil.test/',
  'http://app.test:80:80/',
  'http://app.test:/',
  'http://app.test:080/',
  'http://app.test./a',
  'http:app.test/a',
  'http:/app.test/a',
  'http:///app.test/a',
  'http:\\\\app.test/a',
  'ftp://UP/a',
  'javascript://UP/a',
  'http://127.0.0.1:1/a',
  'http://127.1:8/a',
];

test('addresses that name the app lead to its public origin, in every field that holds one; all others stay', async () => {
  const { sally } = on;
  const up = `127.0.0.1:${sally.upstream.port}`;
  const fields: Readonly<Record<string, (address: string) => string>> = {
    Location: (address) => address,
    'Content-Location': (address) => address,
    Refresh: (address) => `0; url=${address}`,
    refresh: (address) => `5 , URL = "${address}"`,
    Link: (address) => `<${address}>; rel="next"; title="<http://${up}/quoted>", </a>, <${address}>`,
  };
  for (const [field, write] of Object.entries(fields)) {
    for (const [from, to] of OWN) {
      if (field === 'Location' && from === '') continue;
      const [value, wanted] = [from, to].map((each) => write(each.replaceAll('UP', up)));
      assert.equal(await led(sally, field, value ?? ''), wanted, `${field}: ${value}`);
    }
    for (const each of OTHERS) {
      const value = write(each.replaceAll('UP', up));
      if (value === '') continue;
      assert.equal(await led(sally, field, value), value, `${field}: ${value}`);
    }
  }
});

test('whatever the address, what it led to stays its host, unless that was the app', async () => {
  const { sally } = on;
  const up = `127.0.0.1:${sally.upstream.port}`;
  const piece = fc.constantFrom(
    'http://',
    'https://',
    '//',
    '/',
    '\\',
    '@',
    ':',
    '#',
    '?',
    up,
    'app.test',
    'evil.test',
    '.',
    '%40',
    ':80',
    'x',
  );
  const own = new Set(['app.test', 'other.test', '127.0.0.1']);
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
      const value = pieces.join('');
      const got = await led(sally, 'Location', value);
      if (got === value) return;
      const before = new URL(value, PUBLIC);
      assert.ok(own.has(before.hostname), `${value} became ${got}`);
      const after = new URL(got ?? '', PUBLIC);
      assert.equal(after.origin, PUBLIC);
      assert.equal(after.href.slice(after.origin.length), before.href.slice(before.origin.length));
    }),
    { numRuns: 150 },
  );
});

test('rewrite: off passes all addresses as they are, in both directions', async () => {
  const { sally } = off;
  const up = `127.0.0.1:${sally.upstream.port}`;
  for (const field of ['Location', 'Content-Location'])
    assert.equal(await led(sally, field, `http://${up}/a`), `http://${up}/a`);
  assert.equal(await led(sally, 'Link', `<http://${up}/a>`), `<http://${up}/a>`);
  const cookie = await sally.session('bob');
  sally.upstream.clear();
  await sally.send('MOVE', '/a', { cookie, host: 'app.test:8443', headers: [['Destination', `${PUBLIC}/b`]] });
  assert.deepEqual(sally.upstream.requests[0]?.all('destination'), [`${PUBLIC}/b`]);
});

test('Destination and If reach the app in its own words', async () => {
  const { sally } = on;
  for (const [appId, own] of [
    ['portal', 'http://app.test:8443'],
    ['renamed', upstream.origin],
  ] as const) {
    const name = appId === 'portal' ? 'app.test' : 'renamed.test';
    const cookie = await sally.session(`bob-${appId}`, { appId });
    const table = [
      [`http://${name}:8443/b%20c`, `${own}/b%20c`],
      [`https://${name}/b`, `${own}/b`],
      [`${upstream.origin}/b`, `${own}/b`],
      ['/b', '/b'],
    ] as const;
    for (const method of ['MOVE', 'COPY', 'POST'])
      for (const [from, to] of table) {
        upstream.clear();
        const rest = `(<${PUBLIC}/token> ["${PUBLIC}"])`;
        const headers = [
          ['Destination', from],
          ['If', `<${from}> ${rest}`],
        ] as const;
        const got = await sally.send(method, '/a', { cookie, host: `${name}:8443`, headers });
        assert.equal(got.status, 200, `${method} ${from}`);
        assert.deepEqual(upstream.requests[0]?.all('destination'), [to]);
        assert.deepEqual(upstream.requests[0]?.all('if'), [`<${to}> ${rest}`]);
      }
  }
});

test('a Destination passes the same parse and the same rules as a target, and so does what is below it', async () => {
  const { sally } = on;
  const bob = await sally.session('bob');
  const ops = await sally.session('olga', { groups: ['ops'] });
  const status = async (cookie: string, method: string, target: string, ...to: readonly string[]) => {
    const headers = to.map((value) => ['Destination', value] as const);
    return (await sally.send(method, target, { cookie, host: 'app.test:8443', headers })).status;
  };
  for (const where of [
    '/ruled/a',
    '/RULED/a',
    '/%72uled/a',
    '/ruled;x/a',
    '/ruled',
    '/dir/deep/secret',
    '/dir',
    '/dir/deep/',
    '/',
  ])
    for (const value of [
      where,
      `${PUBLIC}${where}`,
      `https://app.test${where}`,
      `http://127.0.0.1:${sally.upstream.port}${where}`,
    ])
      for (const method of ['MOVE', 'COPY', 'PUT']) {
        assert.equal(await status(bob, method, '/a', value), 403, `${method} ${value}`);
        sally.upstream.silent();
        assert.equal(await status(ops, method, '/a', value), 200, `${method} ${value}`);
        sally.upstream.clear();
      }
  for (const source of ['/', '/dir', '/dir/deep', '/ruled'])
    assert.equal(await status(bob, 'COPY', source, '/b'), 403, source);
  const refused = [
    'http://evil.test/a',
    '//evil.test/a',
    'b',
    '',
    'http://user@app.test/a',
    'ftp://app.test/a',
    'http://app.test\\x',
  ];
  const badTargets = [
    '/a/../ruled',
    '/a/%2e%2e/ruled',
    '//ruled',
    '/a#b',
    '/.sallyport/x',
    '/%2esallyport/x',
    `${PUBLIC}/.sallyport/x`,
    '/a%00',
    '/a b',
  ];
  for (const value of [...refused, ...badTargets])
    for (const cookie of [bob, ops]) {
      assert.equal(await status(cookie, 'MOVE', '/a', value), 400, value);
      sally.upstream.silent();
    }
  assert.equal(await status(ops, 'MOVE', '/a', '/b', '/c'), 400);
  sally.upstream.silent();
  // Other methods may mean something else by a field of that name.
  assert.equal(await status(bob, 'POST', '/a', 'London'), 200);
  sally.upstream.clear();
  assert.equal(
    (await sally.send('MOVE', '/a', { host: 'app.test:8443', headers: [['Destination', '/b']] })).status,
    401,
  );
  sally.upstream.silent();
});
