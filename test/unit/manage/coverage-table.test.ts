// The table of `check` is what the gate decides, for every request there can be, and a gate that opens more is found.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { AppConfig, Config } from '../../../src/config/types.ts';
import { SallyportError } from '../../../src/errors.ts';
import type { Decision, Facts } from '../../../src/gate/decide.ts';
import { factsFor, readingOf } from '../../../src/gate/facts.ts';
import { verdictOn } from '../../../src/gate/opinion.ts';
import { holdingOf } from '../../../src/manage/static/ask.ts';
import { Classes, classOf } from '../../../src/manage/static/classes.ts';
import { GATE, type Gate } from '../../../src/manage/static/listed.ts';
import { factsIn, metAt } from '../../../src/manage/static/situations.ts';
import { coverageTable, MOST_HOLES } from '../../../src/manage/static/table.ts';
import { VISITORS } from '../../../src/manage/static/visitors.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { METHODS } from '../../../src/request/head.ts';
import { parseTarget, type Target } from '../../../src/request/target.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import { estate, NOW } from './coverage-estate.ts';

const config = await estate();
const table = coverageTable(config, NOW);

test('the table is proven, and its exceptions are those that are written and in force, and no others', () => {
  assert.deepEqual(table.holes, []);
  assert.equal(table.proven, true);
  assert.deepEqual(
    table.exceptions.map(({ app, kind, method, path }) => `${app} ${kind} ${method} ${path}`),
    [
      'plain exemption GET /healthz',
      'plain exemption PROPFIND /dav',
      'plain exemption POST /hook',
      'unbound exemption GET /healthz',
      'wiki exemption GET /lib/exe/css.php',
      'wiki sign-in surface GET /doku.php?id=…&do=login&sectok=…',
      'wiki sign-in surface GET /lib/{tpl,images,plugins,scripts,styles}/**.{css,js,png,gif,jpg,svg,ico,woff,woff2}',
      'wiki sign-in surface GET /lib/exe/{css,js,jquery,manifest,opensearch,taskrunner,indexer}.php',
      'wiki sign-in step POST /doku.php?id=…&do=…&sectok=…',
    ],
  );
  const open = table.apps.flatMap(({ app, rows }) =>
    rows.filter((row) => row.open).map(({ route }) => `${app} ${route}`),
  );
  assert.deepEqual(
    open.filter((each) => !each.startsWith('wiki ')),
    ['plain /healthz', 'plain /dav', 'plain /hook', 'unbound /healthz'],
  );
  assert.ok(!table.apps.some(({ app, rows }) => app === 'blog' && rows.some((row) => row.open)), 'factor-first');
});

test('what ends is in the table with what holds from then on', () => {
  const what = (i: number) => table.situations[i]?.what;
  const row = table.apps.find(({ app }) => app === 'unbound')?.rows.find(({ route }) => route === '/healthz');
  assert.deepEqual(
    row?.ends.map(({ after, situation }) => [after, what(situation)]),
    [
      ['2026-12-24', 'exempt: rest, unbound and over'],
      ['2027-01-31', 'rest, unbound and over'],
    ],
  );
  const later = coverageTable(config, Date.UTC(2027, 5, 1));
  assert.equal(later.proven, true);
  assert.deepEqual(
    later.exceptions.filter(({ kind }) => kind === 'exemption'),
    [],
  );
});

test('the table is the same text as long as no end has passed', () => {
  assert.equal(JSON.stringify(coverageTable(config, NOW + 1000)), JSON.stringify(table));
});

interface Sent {
  readonly method: string;
  readonly raw: string;
  readonly headers: readonly string[];
  readonly upgrade: 'none' | 'own' | 'elsewhere';
  readonly destination: string | null;
}

const SEEDS = [
  ...[
    '/',
    '/healthz',
    '/dav',
    '/over',
    '/hook',
    '/files',
    '/files/secret/x',
    '/admin',
    '/Setup.php',
    '/caf%C3%A9/x',
    '/x',
  ],
  ...[
    '/doku.php',
    '/doku.php?do=login',
    '/lib/exe/css.php',
    '/lib/tpl/a.css',
    '/wp-login.php',
    '/xmlrpc.php',
    '/wp-admin/x',
  ],
  ...['/login', '/wp-json/wp/v2/users', '/.sallyport/sign-in', '/lib/exe/xmlrpc.php', '/index.php/admin'],
];
const ADDED = [
  '/',
  '/x',
  'x',
  '.json',
  ';a',
  ';jsessionid=1',
  '%20',
  '%2e%2e',
  '%00',
  '%252f',
  '::$DATA',
  '~1',
  '//',
  '/..',
  '?',
  '?u=a&p=b',
];
const QUERIES = [
  '',
  '?id=a',
  '?do=login',
  '?_method=DELETE',
  '?u=a&p=b',
  '?PHPSESSID=1',
  '?rest_route=/wp/v2/users',
  '?sectok=1&id=x&do=login',
];

/** One letter of a text in another spelling. */
function respelt(text: string, at: number, how: number): string {
  const c = text[at % text.length] ?? '/';
  const hex = c.charCodeAt(0).toString(16).padStart(2, '0');
  const other =
    [c.toUpperCase(), c.toLowerCase(), `%${hex}`, `%25${hex}`, `${c}%CC%81`, `${c}${c}`, '', '\\'][how % 8] ?? '';
  return `${text.slice(0, at % text.length)}${other}${text.slice((at % text.length) + 1)}`;
}

const path = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.nat(40),
    fc.nat(20),
    fc.constantFrom('', '', ...ADDED),
    fc.constantFrom('', ...QUERIES),
  )
  .map(([seed, at, how, added, query]) => `${how < 8 ? respelt(seed, at, how) : seed}${added}${query}`);
const wild = fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => `/${text}`);
const HEADERS = [
  [],
  ['Depth', '0'],
  ['Depth', 'infinity'],
  ['Authorization', 'Basic YTpi'],
  ['X-WP-Nonce', '1'],
] as const;
const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom(...METHODS, 'GET', 'GET', 'POST', 'POST', 'PROPFIND'),
  raw: fc.oneof({ weight: 5, arbitrary: path }, { weight: 1, arbitrary: wild }),
  headers: fc.constantFrom(...HEADERS),
  upgrade: fc.constantFrom('none', 'none', 'none', 'own', 'elsewhere'),
  destination: fc.option(path, { freq: 4 }),
});

function targetOf(app: AppConfig, raw: string | null): Target | null | 'refused' {
  if (raw === null) return null;
  try {
    return parseTarget(raw, app.target);
  } catch (error) {
    assert.ok(error instanceof SallyportError);
    return 'refused';
  }
}

/** What the gate knows of a request; undefined: it never comes so far. */
function askedOf(app: AppConfig, { method, raw, headers: lines, upgrade, destination: second }: Sent) {
  const [target, destination] = [targetOf(app, raw), targetOf(app, second)];
  if (target === null || target === 'refused' || target.reserved) return undefined;
  if (destination === 'refused' || destination?.reserved === true) return undefined;
  const headers = HeaderFields.of(lines);
  const how = { upgrade: upgrade !== 'none', originAllowed: upgrade === 'own' };
  const client = { address: '192.0.2.1', scheme: 'https', forwardedFor: '', near: false } as const;
  const judged = {
    app,
    rules: compileRules(app),
    method,
    target,
    destination,
    headers,
    ...how,
    client,
    session: undefined,
  };
  const reading = readingOf(judged);
  return { target, asked: { reading, facts: factsFor(judged, reading, NOW, NOW) } };
}

for (const app of config.apps)
  test(`any request to ${app.id}, however spelt, is in one class of the table, and the gate says of it what the table says`, () => {
    const compiled = compileRules(app);
    const holding = holdingOf({ app, compiled, gate: GATE, now: NOW });
    const classes = new Map(new Classes(app, compiled, NOW).all(holding).map((each) => [each.key, each]));
    const seen = new Set<string>();
    let judged = 0;
    const property = fc.property(sent, (request) => {
      const known = askedOf(app, request);
      if (known === undefined) return;
      judged += 1;
      const key = classOf(app, known.asked);
      const found = classes.get(key);
      assert.ok(found?.situation, `${key} is in the table`);
      seen.add(key);
      const expected = metAt(verdictOn, factsIn(found.situation));
      const met = metAt(verdictOn, known.asked.facts);
      for (const [i, each] of met.entries())
        if (each !== null) assert.equal(each, expected[i], `${key}: ${VISITORS[i]?.id}`);
      const [nobody] = met;
      if (nobody === 'exempt')
        assert.ok(app.exemptions.some((each) => each.method === request.method && each.path === known.target.path));
      if (nobody === 'surface' || nobody === 'step') assert.equal(app.id, 'wiki', 'the one that signs in first');
      assert.notEqual(nobody, 'admit');
    });
    fc.assert(property, { numRuns: 4000, seed: 54 });
    assert.ok(judged > 800, `${judged} requests were judged`);
    assert.ok(seen.size >= 4, [...seen].join('\n'));
  });

/** The configuration, looked at by a gate that is broken. */
function holesWith(broken: Partial<Gate>, of: Config = config): readonly string[] {
  const { holes, proven } = coverageTable(of, NOW, { ...GATE, ...broken });
  assert.equal(proven, holes.length === 0);
  assert.ok(holes.length <= MOST_HOLES);
  return holes;
}

type Verdict = (facts: Facts) => Decision;
const ADMIT: Decision = { kind: 'admit' };

const BROKEN: Readonly<Record<string, Verdict>> = {
  'admits whoever has a session that ended': (facts) => (facts.session?.live === false ? ADMIT : verdictOn(facts)),
  'admits sessions of another app': (facts) =>
    facts.session !== null && facts.session.appId !== facts.appId ? ADMIT : verdictOn(facts),
  'admits a session without a factor': (facts) => (facts.session?.opensSession === false ? ADMIT : verdictOn(facts)),
  'forgets the door where there is an exemption': (facts) =>
    facts.session === null && facts.reading === 'door' && facts.exemption !== null
      ? { kind: 'exempt', exemption: facts.exemption }
      : verdictOn(facts),
  'shows the surface in any order': (facts) => verdictOn({ ...facts, loginFirst: true }),
  'exempts upgrades': (facts) => verdictOn({ ...facts, upgrade: false }),
  'forgets that an exception is over': (facts) => verdictOn({ ...facts, unboundExpired: false }),
  'admits where a rule has one path': (facts) =>
    facts.session === null && facts.rule?.path === '/secret-door' ? ADMIT : verdictOn(facts),
  'admits at one moment': (facts) => (facts.session === null && facts.now === 12345 ? ADMIT : verdictOn(facts)),
  'admits one account without a session': (facts) =>
    facts.session?.live === false && facts.session.accountName === 'root' ? ADMIT : verdictOn(facts),
  'tells requests of one class apart': (facts) =>
    facts.session !== null && facts.reading === 'door' && facts.rule?.require === 'passkey'
      ? { kind: 'challenge', step: 'passkey', why: '' }
      : verdictOn(facts),
};

for (const [what, verdict] of Object.entries(BROKEN))
  test(`a decision that ${what} is found`, () => assert.notDeepEqual(holesWith({ verdict }), []));

const exempting = (
  matches: (app: AppConfig, method: string, path: string) => AppConfig['exemptions'][number] | undefined,
) => {
  const asked: Gate['asked'] = (line, headers, now) => {
    const { facts, reading } = GATE.asked(line, headers, now);
    const found = matches(line.app, line.method, line.target.path);
    return { reading, facts: found === undefined ? facts : { ...facts, exemption: found } };
  };
  return { asked };
};

const WIDER: Readonly<Record<string, Partial<Gate>>> = {
  'below its path': exempting(({ exemptions }, m, p) =>
    exemptions.find((e) => e.method === m && p.startsWith(`${e.path}/`)),
  ),
  'with any method': exempting(({ exemptions }, _, p) => exemptions.find((e) => e.path === p)),
  'in any case': exempting(({ exemptions }, m, p) =>
    exemptions.find((e) => e.method === m && e.path.toLowerCase() === p.toLowerCase()),
  ),
  'with a parameter behind it': exempting(({ exemptions }, m, p) =>
    exemptions.find((e) => e.method === m && p.startsWith(`${e.path};`)),
  ),
  'after its end': exempting(({ exemptions }, m, p) => exemptions.find((e) => e.method === m && e.path === p)),
  'at one more path': {
    compile: (app) => {
      const compiled = compileRules(app);
      const [first] = app.exemptions;
      return first === undefined
        ? compiled
        : { ...compiled, exemptions: new Map([...compiled.exemptions, ['GET /one/more', first]]) };
    },
  },
};

for (const [what, gate] of Object.entries(WIDER))
  test(`an exemption that holds ${what} is found`, () => assert.notDeepEqual(holesWith(gate), []));

test('a sign-in surface with another method is found', () => {
  const asked: Gate['asked'] = (line, headers, now) => {
    const { reading } = GATE.asked({ ...line, method: 'GET' }, headers, now);
    const { facts } = GATE.asked(line, headers, now);
    return reading?.kind === 'surface'
      ? { reading, facts: { ...facts, reading: 'surface' } }
      : GATE.asked(line, headers, now);
  };
  assert.notDeepEqual(holesWith({ asked }), []);
});

/** So many apps, and one app with so many rules. */
function sized(n: number) {
  const [plain] = config.apps;
  assert.ok(plain);
  const many = Array.from({ length: n }, (_, i) => ({ ...plain, id: `app-${i}` }));
  const rules = Array.from({ length: n }, (_, i) => ({
    ...(plain.rules[i % 5] ?? assert.fail()),
    path: `/r${i}/**`,
  }));
  return { wide: { apps: many, console: null }, deep: { apps: [{ ...plain, rules }], console: null } };
}

/** The table, and the processor's time for it, µs, which other processes take nothing of. */
function timed(of: Parameters<typeof coverageTable>[0]) {
  const before = process.cpuUsage();
  const made = coverageTable(of, NOW);
  const { user, system } = process.cpuUsage(before);
  return { made, cost: user + system };
}

test('1,000 apps, and 1,000 rules of one, are proven, and cost no more than their share', (t) => {
  const [part, whole] = [sized(125), sized(1000)];
  timed(part.wide);
  for (const shape of ['wide', 'deep'] as const) {
    const least = Math.min(...[1, 2, 3].map(() => timed(part[shape]).cost));
    const { made, cost } = timed(whole[shape]);
    assert.ok(made.proven, made.holes.join('\n'));
    if (shape === 'wide') assert.equal(made.exceptions.length, 3000);
    t.diagnostic(`${shape}: ${least} µs, and ${cost} µs for eight times as much`);
    // Linear is 8, quadratic 64.
    assert.ok(cost < 24 * least, `${shape}: ${cost} µs, where an eighth costs ${least} µs`);
  }
});
