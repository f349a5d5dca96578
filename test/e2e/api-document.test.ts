import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import fc from 'fast-check';
import { addOrganisation } from '../../src/manage/organisations.ts';
import { type Ask, bodyOf, type Client, personOf, startApi, tokenOf } from '../support/api.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { type Target, targetOf } from '../unit/manage/role-stage.ts';

/**
 * Requests made of the document itself, of valid and of hostile input, by askers of all kinds: no fault of ours, nothing without a
 * role, and nothing that another organisation has.
 */

const RUNS = 1200;
const FILLERS = 6;

interface Field {
  readonly type?: unknown;
  readonly enum?: readonly string[];
}
interface Parameter {
  readonly name: string;
  readonly schema: Field;
  readonly required?: boolean;
  readonly in: 'path' | 'query' | 'header';
}
interface Documented {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    content: { 'application/json': { schema: { properties: Record<string, Field>; required?: readonly string[] } } };
  };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly 'x-roles': readonly string[];
}
interface Served {
  readonly method: string;
  readonly path: string;
  readonly operation: Documented;
}

let sally: Sallyport;
let served: readonly Served[];
let mine: Target;
let own: readonly Target[];
let theirs: readonly Target[];
let askers: readonly { readonly kind: 'mine' | 'nobody' | 'auditor'; readonly client: Client }[];
/** What only the other organisation has; each unguessable, so that whoever is told it was told by us. */
let markers: readonly string[];

before(async () => {
  sally = await startApi();
  const wiki = sally.config.apps.find(({ id }) => id === 'wiki');
  assert.ok(wiki);
  const world = { manage: sally.manage, store: sally.app.store, clock: sally.clock, wiki };
  const add = async (name: string) =>
    (await addOrganisation.perform(sally.manage, { name, contact: `ask ${name}` })).id;
  const [ours, other] = [await add('Mine'), await add('Qzx-other-organisation')];
  const several: Target[] = [];
  for (let i = 0; i < FILLERS; i += 1) several.push(await targetOf(world, other));
  theirs = several;
  const owned: Target[] = [];
  for (let i = 0; i < FILLERS; i += 1) owned.push(await targetOf(world, ours));
  own = owned;
  mine = own[0] as Target;
  const token = await tokenOf(sally, { role: 'owner', organisations: [other] });
  markers = [
    'Qzx-other-organisation',
    other,
    token.id,
    token.secret,
    ...theirs.flatMap(({ account, token: id, group }) => [account, id, group]),
  ];
  const of = { organisations: [ours] };
  const owners = await Promise.all(Array.from({ length: 3 }, () => tokenOf(sally, { role: 'owner', ...of })));
  askers = [
    ...owners.map(({ client }) => ({ kind: 'mine' as const, client })),
    { kind: 'mine', client: await personOf(sally, [{ role: 'administrator', organisation: ours }]) },
    { kind: 'auditor', client: (await tokenOf(sally, { role: 'auditor', ...of })).client },
    { kind: 'nobody', client: await personOf(sally, []) },
  ];
  const document = bodyOf<{ paths: Record<string, Record<string, Documented>> }>(
    await (await personOf(sally, [{ role: 'auditor', organisation: null }])).ask('GET', '/api/v1/openapi.json'),
  );
  served = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
after(() => sally.close());

const HOSTILE = [
  '',
  ' ',
  '\u0000',
  '\u001b[2J',
  "' or 1=1 --",
  '"; drop table accounts',
  '../../etc/passwd',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
  '\ud800',
  '\u202eabc',
  'İ',
  'a'.repeat(3000),
  '=1+1',
  '-1',
  '9007199254740993',
  'null',
  'true',
  '*',
  '{}',
  '[]',
  'all',
  'realm.staff',
];

/** What may stand in a field: ids of ours, of theirs, of nobody, words that mean something, and what nobody sends. */
function texts(): fc.Arbitrary<string> {
  const known = [...own, ...theirs].flatMap((target) => Object.values(target));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...Object.values(mine)) },
    { weight: 3, arbitrary: fc.constantFrom(...known) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('wiki', 'portal', 'staff', 'owner', 'auditor', 'help-desk', 'account.show', 'ops'),
    },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  );
}

function values(): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 6, arbitrary: texts() },
    fc.array(texts(), { maxLength: 4 }),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 0, max: 1e8 }),
    fc.constant(null),
    fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 3 }),
  );
}

/** What a field of that name is for somebody who means it. */
function meant(
  name: string,
  path: string,
  field: Field,
  { of, n }: { readonly of: Target; readonly n: number },
): unknown {
  const { account, organisation, group, session, authenticator, token } = of;
  const ids: Record<string, string> = { sessions: session, authenticators: authenticator, tokens: token };
  const known: Record<string, unknown> = {
    ...{ account, organisation, group, id: ids[path.split('/')[1] ?? ''] ?? account, app: 'wiki', realm: 'staff' },
    ...{
      name: `meant-${n}`,
      email: `meant-${n}@corp.test`,
      text: `account\nimported-${n}\n`,
      operations: ['account.show'],
    },
    ...{ groups: ['ops'], organisations: [organisation], ttlMs: 3_600_000, limit: 2 },
  };
  if (name in known) return known[name];
  if (field.enum !== undefined) return field.enum[n % field.enum.length];
  const type = Array.isArray(field.type) ? field.type[0] : field.type;
  return type === 'number' || type === 'integer'
    ? n
    : type === 'boolean'
      ? n % 2 === 0
      : type === 'array'
        ? []
        : `text-${n}`;
}

interface Made {
  /** Somebody means it, of what is the n-th of ours or of theirs; else anything may stand anywhere. */
  readonly meant: boolean;
  readonly n: number;
  readonly at: number;
  readonly asker: number;
  readonly path: readonly string[];
  readonly fields: readonly [boolean, unknown][];
  readonly stranger: string | undefined;
  readonly key: string | undefined;
  readonly match: string | undefined;
}

function made(): fc.Arbitrary<Made> {
  return fc.record({
    meant: fc.boolean(),
    n: fc.nat(1_000_000),
    at: fc.nat(served.length - 1),
    asker: fc.nat(askers.length - 1),
    path: fc.array(texts(), { minLength: 3, maxLength: 3 }),
    fields: fc.array(fc.tuple(fc.boolean(), values()), { minLength: 12, maxLength: 12 }),
    stranger: fc.option(fc.string({ maxLength: 12 }), { nil: undefined, freq: 8 }),
    key: fc.option(fc.constantFrom('k-1', 'k-2', 'k-3', ' ', 'a'.repeat(200)), { nil: undefined }),
    match: fc.option(fc.constantFrom('*', '"x"', 'W/"x"', ',,,', '"'), { nil: undefined, freq: 5 }),
  });
}

const escaped = (text: string): string => encodeURIComponent(text.toWellFormed());

function sentBy({ at, fields, stranger, meant: isMeant, n }: Made, of: Target): (readonly [string, unknown])[] {
  const { path, operation } = served[at] as Served;
  const schema = operation.requestBody?.content['application/json'].schema;
  const inQuery = (operation.parameters ?? []).filter((each) => each.in === 'query' && each.name !== 'cursor');
  const all = [
    ...Object.entries(schema?.properties ?? {}).map(([name, field]) => ({
      name,
      field,
      needed: schema?.required?.includes(name) === true,
    })),
    ...inQuery.map(({ name, schema: field, required }) => ({ name, field, needed: required === true })),
  ];
  const known = all.flatMap(({ name, field, needed }, i) => {
    const [there, value] = fields[i % fields.length] as [boolean, unknown];
    if (isMeant) return needed || (there && n % 3 === 0) ? [[name, meant(name, path, field, { of, n })] as const] : [];
    return there ? [[name, value] as const] : [];
  });
  return stranger === undefined || isMeant ? known : [...known, [stranger, 1]];
}

function requestOf(each: Made): { method: string; path: string; ask: Ask } {
  const { at, path, key, match, meant: isMeant, n } = each;
  const { method, path: template } = served[at] as Served;
  const from = n % 4 === 0 ? theirs : own;
  const of = from[n % from.length] as Target;
  let i = 0;
  const nameAt = (name: string) => (isMeant ? String(meant(name, template, {}, { of, n })) : (path[i++] ?? ''));
  const target = `/api/v1${template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => escaped(nameAt(name)))}`;
  const sent = sentBy(each, of);
  const headers = [
    ...(key === undefined ? [] : [['Idempotency-Key', isMeant ? `${key.trim()}${n}` : key] as const]),
    ...(match === undefined || isMeant ? [] : [['If-Match', match] as const]),
  ];
  if (method === 'POST' || method === 'PATCH')
    return { method, path: target, ask: { headers, json: Object.fromEntries(sent) } };
  const query = sent.map(
    ([name, value]) => `${escaped(name)}=${escaped(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  return { method, path: target, ask: { headers, ...(query.length === 0 ? {} : { query: query.join('&') }) } };
}

test('no request that the document allows, or forbids, brings a fault, or what is not the asker’s', async () => {
  const came = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(made(), async (each) => {
      const asker = askers[each.asker];
      assert.ok(asker);
      const { method, path, ask } = requestOf(each);
      const answer = await asker.client.ask(method, path, ask);
      const { status, body } = answer;
      came.set(status, (came.get(status) ?? 0) + 1);
      const { operation } = served[each.at] as Served;
      const why = `${operation.operationId}: ${method} ${path} ${JSON.stringify(ask)} → ${status} ${body.slice(0, 400)}`;
      assert.ok(status < 500 && status >= 200, why);
      if (status >= 300) assert.match(answer.header('content-type') ?? '', /^application\/problem\+json/, why);
      // A name that was sent may come back in a fault of it; the rest of the bytes are ours.
      const asked = decodeURIComponent(path) + JSON.stringify(ask) + decodeURIComponent(ask.query ?? '');
      const leaked = markers.filter((marker) => body.includes(marker) && !asked.includes(marker));
      assert.deepEqual(leaked, [], why);
      if (asker.kind === 'nobody') assert.ok(status >= 400, why);
      if (asker.kind === 'auditor' && !operation['x-roles'].includes('auditor')) assert.ok(status >= 400, why);
      if (status < 300) {
        // What was done or shown was not of the other organisation, whatever was named.
        assert.deepEqual(
          markers.filter((marker) => body.includes(marker)),
          [],
          why,
        );
        assert.ok(String(status) in operation.responses, why);
      }
    }),
    { numRuns: RUNS, seed: 14 },
  );
  // Hostile and valid alike were tried, or nothing was shown.
  for (const [status, least] of [
    [200, 40],
    [400, 100],
    [403, 40],
    [404, 20],
  ] as const)
    assert.ok((came.get(status) ?? 0) >= least, `${status}: ${JSON.stringify([...came])}`);
});

test('afterwards everything of the other organisation is as it was', async () => {
  for (const { account, organisation, name, session, authenticator } of theirs) {
    const row = await sally.app.store.accounts.byId(account);
    assert.deepEqual(
      [row?.name, row?.organisationId, row?.disabledAt, row?.groups, row?.roles],
      [name, organisation, null, [], []],
    );
    assert.equal((await sally.app.store.sessions.byId(session))?.endedAt, null);
    // The one that is named to whoever asks, and a passkey.
    const held = await sally.app.store.authenticators.ofAccount(account);
    assert.deepEqual(held.map(({ kind }) => kind).sort(), ['passkey', 'totp']);
    assert.ok(held.some(({ id }) => id === authenticator));
  }
});
