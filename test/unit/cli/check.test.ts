import assert from 'node:assert/strict';
import test from 'node:test';
import type { CoverageTable } from '../../../src/manage/static/table.ts';
import { stand } from './stand.ts';

interface Told {
  readonly ok: boolean;
  readonly faults: readonly { path: string; line: number; message: string }[];
  readonly findings: readonly { path: string; line: number }[];
  readonly routes: readonly Record<string, unknown>[];
}

const EXEMPTION = (path: string, expires: string) =>
  `      - { method: GET, path: ${path}, reason: probe, owner: ops@x.test, expires: ${expires} }`;
const RULES = [
  '    origin: https://app.test',
  '    rules:',
  '      - { path: /admin/**, max_age: 15m, groups: [ops] }',
  '      - { path: /keys, require: passkey }',
];

test('check shows every route with what it requires, and exemptions with owner, reason and expiry', async (t) => {
  const { run } = stand(t, ...RULES, '    exemptions:', EXEMPTION('/healthz', '2099-01-31'));
  const ran = await run('check');
  assert.equal(ran.code, 0, ran.err);
  assert.deepEqual(
    ran.out.split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['APP', 'OWN LOGIN'],
      ['portal', 'trusts assertion'],
      [''],
      ['APP', 'HOSTS', 'REALM', 'METHOD', 'PATH', 'REQUIRES', 'MAX AGE', 'GROUPS', 'OWNER', 'REASON', 'EXPIRES'],
      ['portal', 'app.test', 'staff', 'GET', '/healthz', 'nothing', '–', '–', 'ops@x.test', 'probe', '2099-01-31'],
      ['portal', 'app.test', 'staff', 'any', '/admin/**', 'password + second factor', '15m', 'ops', '–', '–', '–'],
      ['portal', 'app.test', 'staff', 'any', '/keys', 'passkey', '–', '–', '–', '–', '–'],
      ['portal', 'app.test', 'staff', 'any', '/**', 'password + second factor', '–', '–', '–', '–', '–'],
      [''],
      ['open', 'portal: GET /healthz (exemption of ops@x.test until 2099-01-31)'],
      [
        'proven',
        'Nothing is forwarded without a session, but for 1 exception listed as open: 196 cells (14 rows × 14 kinds of visitor), no other is open.',
      ],
      [''],
    ],
  );
});

interface Whole {
  readonly coverage: CoverageTable;
}

test('check --table shows each class of requests with what every kind of visitor meets, and --json has all of it', async (t) => {
  const { run, json } = stand(t, ...RULES, '    exemptions:', EXEMPTION('/healthz', '2099-01-31'));
  const { out } = await run('check', '--table');
  assert.match(out, /^APP +ROUTE +METHODS +NO SESSION +BARRED /m);
  assert.match(out, /^portal +\/healthz +GET +exempt +refused forbidden .*after 2099-01-31: rest$/m);
  assert.match(out, /^portal +\/keys +any +sign-in +refused forbidden .*passkey +passkey +admit +admit +–$/m);
  assert.match(out, /^no session: half signed in/m);
  const { coverage } = await json<Whole>('check');
  assert.equal(coverage.proven, true);
  assert.equal(coverage.apps[0]?.rows.length, coverage.counts.rows);
  assert.equal(coverage.situations[coverage.apps[0]?.rows.at(-1)?.situation ?? -1]?.met['nobody'], 'sign-in');
});

test('an expired exemption is a finding with its line; check exits 1 and shows what is required instead', async (t) => {
  const { run } = stand(t, '    exemptions:', EXEMPTION('/old', '2020-01-31'));
  const ran = await run('check');
  assert.equal(ran.code, 1);
  assert.match(ran.out, /^finding {2}line 11: apps\.portal\.exemptions\[0\].* expired on 2020-01-31/m);
  assert.match(ran.out, /\/old {2}password \+ second factor .*2020-01-31 EXPIRED/);
  assert.match(ran.err, /^The configuration would start, but has 1 finding: /);
  const told = JSON.parse((await run('check', '--json')).out) as Told;
  assert.equal(told.ok, false);
  assert.equal(told.findings[0]?.line, 11);
  assert.deepEqual(told.routes[0]?.['exemption'], {
    owner: 'ops@x.test',
    reason: 'probe',
    expires: '2020-01-31',
    expired: true,
  });
  assert.equal(told.routes[0]?.['requires'], 'mfa');
  assert.ok(Object.keys(told.routes[0] ?? {}).every((key) => /^[a-z_]+$/.test(key)));
});

test('every fault is shown at once with its line and path, and nothing of a table', async (t) => {
  const { run } = stand(t, '    nonsense: 1', '    rules: [{ path: admin }]');
  const ran = await run('check');
  assert.equal(ran.code, 1);
  assert.match(ran.out, /^fault {4}line 10: apps\.portal\.nonsense: /m);
  assert.match(ran.out, /^fault {4}line 11: apps\.portal\.rules\[0\]\.path: /m);
  assert.doesNotMatch(ran.out, /REQUIRES/);
  assert.match(ran.err, /^The configuration has 2 faults and would not start: mend them/);
});

interface Explained {
  readonly app: string | null;
  readonly target: string;
  readonly verdict: string;
  readonly decides: string;
  readonly requires: string;
  readonly why: string;
  readonly considered: readonly { path: string; decides: boolean; why: string }[];
  readonly account: { name: string; may: boolean; why: string } | null;
}

test('a misspelt word of a list is told with the one that was probably meant', async (t) => {
  const { run } = stand(t, 'console: { listen: "127.0.0.1:9443", two_person: [role.grnt] }');
  const told = await run('check');
  assert.match(
    told.out + told.err,
    /console\.two_person\[0\]: Expected one of: .*role\.grant.* Did you mean role\.grant\?/,
  );
});

test('explain says what decides as the server would decide it', async (t) => {
  const { json } = stand(
    t,
    ...RULES,
    '      - { path: /admin/help, groups: [all] }',
    '    exemptions:',
    EXEMPTION('/healthz', '2099-01-31'),
    EXEMPTION('/old', '2020-01-31'),
  );
  const table: readonly (readonly [request: string, verdict: string, decides: string, requires: RegExp])[] = [
    ['GET /reports', 'session', 'the floor', /^password \+ second factor$/],
    [
      'GET /ADMIN/x',
      'session',
      'rule /admin/**',
      /^password \+ second factor, used within 15m, in one of the groups ops$/,
    ],
    ['GET /admin/help', 'session', 'rule /admin/help', /groups all$/],
    ['GET /Admin/help', 'session', 'rule /admin/help', /nobody/],
    ['GET /keys', 'session', 'rule /keys', /^passkey$/],
    ['GET /healthz', 'exempt', 'exemption GET /healthz', /^nothing$/],
    ['POST /healthz', 'session', 'the floor', /second factor/],
    ['GET /healthz/', 'session', 'the floor', /second factor/],
    ['GET /old', 'session', 'the floor', /second factor/],
    ['GET /.sallyport/sign-in', 'own', 'the reserved prefix', /^nothing$/],
    ['GET /a/../b', 'refused', 'the request itself', /^refused with 400$/],
    ['TRACE /', 'refused', 'the request itself', /^refused with \d+$/],
  ];
  for (const [request, verdict, decides, requires] of table) {
    const [method = '', path = ''] = request.split(' ');
    const told = await json<Explained>('explain', method, `https://app.test${path}`);
    assert.deepEqual([told.verdict, told.decides, told.target], [verdict, decides, path], request);
    assert.match(told.requires, requires, request);
  }
  const old = await json<Explained>('explain', 'GET', 'https://app.test/old');
  assert.match(old.considered.find((each) => each.path === '/old')?.why ?? '', /expired on 2020-01-31/);
  const stranger = await json<Explained>('explain', 'GET', 'https://other.test/');
  assert.deepEqual([stranger.app, stranger.requires], [null, 'refused with 421']);
  for (const elsewhere of ['http://app.test/reports', 'https://app.test:8443/reports']) {
    const told = await json<Explained>('explain', 'GET', elsewhere);
    assert.deepEqual([told.app, told.verdict, told.requires], [null, 'refused', 'does not come here'], elsewhere);
    assert.match(told.why, /^No app is at https?:\/\/app\.test(:8443)?: \S+ is at https:\/\/app\.test\.$/);
  }
  const same = await json<Explained>('explain', 'GET', 'https://APP.test:443/x');
  assert.notEqual(same.app, null, 'the port that the scheme has anyhow');
});

test('explain names who may send a form from elsewhere, and nobody where nobody may', async (t) => {
  const { json, run } = stand(
    t,
    '    origin: https://app.test',
    '    cross_site: [{ path: /saml/acs, from: [https://idp.test, "null"] }]',
  );
  const from = async (method: string, path: string) =>
    (await json<{ from: string[] }>('explain', method, `https://app.test${path}`)).from;
  assert.deepEqual(await from('POST', '/saml/acs'), ['https://idp.test', 'null']);
  assert.deepEqual(await from('OPTIONS', '/saml/acs'), ['https://idp.test', 'null']);
  for (const other of [
    'GET /saml/acs',
    'POST /saml/acs/',
    'POST /saml',
    'POST /.sallyport/saml/acs',
    'POST /a/../saml/acs',
  ]) {
    const [method = '', path = ''] = other.split(' ');
    assert.deepEqual(await from(method, path), [], other);
  }
  const { out } = await run('explain', 'POST', 'https://app.test/saml/acs');
  assert.match(out, /^elsewhere +forms from https:\/\/idp\.test, null \(any site\) are taken on \(cross_site\)$/m);
});

test('explain says whether an account may, and why not', async (t) => {
  const { run, json } = stand(t, ...RULES, '    exemptions:', EXEMPTION('/healthz', '2099-01-31'));
  await run('account', 'add', 'alice');
  const may = async (path: string) =>
    (await json<Explained>('explain', 'GET', `https://app.test${path}`, '--account', 'ALICE')).account;
  assert.deepEqual(await may('/healthz'), { name: 'alice', may: true, why: 'nothing is required' });
  assert.deepEqual([(await may('/x'))?.may, (await may('/a/../b'))?.may], [false, false]);
  assert.match((await may('/x'))?.why ?? '', /no authenticator/);
  assert.match(
    (await run('explain', 'get', 'https://app.test/x', '--account', 'alice')).out,
    /^account {3}alice may not: /m,
  );
  await run('account', 'disable', 'alice');
  assert.match((await may('/x'))?.why ?? '', /disabled/);
});
