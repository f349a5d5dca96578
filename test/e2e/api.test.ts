import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { addOrganisation } from '../../src/manage/organisations.ts';
import { API, takesKey } from '../../src/web/console/api/table.ts';
import {
  bearer,
  bodyOf,
  type Client,
  CONSOLE,
  codeOf,
  personOf,
  requestOf,
  startApi,
  tokenOf,
} from '../support/api.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { BEFORE, inputOf, targetOf } from '../unit/manage/role-stage.ts';

let sally: Sallyport;
let owner: Client;
before(async () => {
  sally = await startApi();
  owner = (await tokenOf(sally, { role: 'owner' })).client;
});
after(() => sally.close());

/** What an entry of the record says besides. */
function detailOf(row: { readonly detail: string } | undefined): Record<string, unknown> {
  return JSON.parse(row?.detail ?? '{}') as Record<string, unknown>;
}

let n = 0;
async function newAccount(): Promise<string> {
  n += 1;
  const answer = await owner.ask('POST', '/api/v1/accounts', { json: { name: `made${n}` } });
  assert.equal(answer.status, 201, answer.body);
  const { id } = bodyOf<{ id: string }>(answer);
  assert.equal(answer.header('location'), `/api/v1/accounts/${id}`);
  return id;
}

test('an account is made, shown, changed and removed, each with the answer that the document says', async () => {
  const id = await newAccount();
  const shown = await owner.ask('GET', `/api/v1/accounts/${id}`);
  assert.deepEqual([shown.status, bodyOf(shown)['id']], [200, id]);
  const set = await owner.ask('PATCH', `/api/v1/accounts/${id}`, { json: { groups: ['ops'] } });
  assert.deepEqual([set.status, bodyOf(set)['groups']], [200, ['ops']]);
  const gone = await owner.ask('DELETE', `/api/v1/accounts/${id}`);
  assert.equal(gone.status, 200);
  assert.ok('in_force' in bodyOf(gone));
  assert.equal((await owner.ask('GET', `/api/v1/accounts/${id}`)).status, 404);
});

test('who does it is on record as the token, by its id and never by its secret', async () => {
  const { id: token, client, secret } = await tokenOf(sally, { role: 'administrator' });
  const account = await newAccount();
  assert.equal((await client.ask('POST', `/api/v1/accounts/${account}/disable`)).status, 200);
  const rows = (await sally.audit('account.disable')).filter(({ accountId }) => accountId === account);
  assert.deepEqual(
    rows.map(({ actor }) => actor),
    [`token:${token}`],
  );
  assert.ok(!JSON.stringify(await sally.audit()).includes(secret));
});

test('ended sessions are cut when the answer comes, and how long that took is on record', async () => {
  const name = 'streams';
  const cookie = await sally.session(name);
  const other = await sally.session(name);
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  const answer = await owner.ask('DELETE', `/api/v1/accounts/id-${name}/sessions`);
  const { items, in_force } = bodyOf<{ items: string[]; in_force: { confirmed: string[]; ms: number } }>(answer);
  assert.deepEqual([answer.status, items.length, in_force.confirmed.length], [200, 2, 1]);
  assert.ok(in_force.ms >= 0);
  for (const each of [cookie, other]) assert.equal((await sally.send('GET', '/', { cookie: each })).status, 401);
  const [row] = (await sally.audit('session.stopped')).slice(-1);
  assert.equal(detailOf(row)['sessions'], 2);
});

test('lists are told in pages, each item once, whatever comes or goes meanwhile', async () => {
  for (let i = 0; i < 5; i += 1) await newAccount();
  const all = bodyOf<{ items: { id: string }[]; next: null }>(await owner.ask('GET', '/api/v1/accounts/all'));
  assert.equal(all.next, null);
  const seen: string[] = [];
  let cursor = '';
  do {
    const answer = await owner.ask('GET', '/api/v1/accounts/all', { query: `limit=2${cursor}` });
    const { items, next } = bodyOf<{ items: { id: string }[]; next: string | null }>(answer);
    assert.ok(items.length <= 2);
    seen.push(...items.map(({ id }) => id));
    cursor = next === null ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  assert.deepEqual(
    seen,
    all.items.map(({ id }) => id),
  );
  const first = bodyOf<{ items: { id: string }[]; next: string }>(
    await owner.ask('GET', '/api/v1/accounts/all', { query: 'limit=2' }),
  );
  // The one that the cursor stands at goes: nothing behind it is left out.
  await owner.ask('DELETE', `/api/v1/accounts/${first.items[1]?.id}`);
  const second = bodyOf<{ items: { id: string }[] }>(
    await owner.ask('GET', '/api/v1/accounts/all', { query: `limit=2&cursor=${first.next}` }),
  );
  assert.ok(second.items.length > 0);
  assert.ok(!second.items.some(({ id }) => first.items.some((each) => each.id === id)));
  for (const query of ['limit=0', 'limit=1001', 'limit=2.5', 'limit=x', 'cursor=x', `cursor=${first.next}&realm=staff`])
    assert.equal((await owner.ask('GET', '/api/v1/accounts/all', { query })).status, 400, query);
});

test('a change with If-Match is done only to what was read', async () => {
  const id = await newAccount();
  const path = `/api/v1/accounts/${id}`;
  const tag = (await owner.ask('GET', path)).header('etag') ?? '';
  assert.match(tag, /^"[\w-]{22}"$/);
  assert.equal((await owner.ask('GET', path)).header('etag'), tag, 'the same bytes, the same tag');
  const set = (groups: string[], match: string) =>
    owner.ask('PATCH', path, { json: { groups }, headers: [['If-Match', match]] });
  assert.equal((await set(['a'], tag)).status, 200);
  const stale = await set(['b'], tag);
  assert.deepEqual([stale.status, codeOf(stale)], [412, 'stale']);
  assert.equal((await set(['b'], `W/${(await owner.ask('GET', path)).header('etag')}`)).status, 412, 'weak');
  assert.deepEqual(bodyOf(await owner.ask('GET', path))['groups'], ['a']);
  const fresh = (await owner.ask('GET', path)).header('etag') ?? '';
  assert.equal((await set(['b'], `"other", ${fresh}`)).status, 200);
  assert.equal((await set(['c'], '*')).status, 200);
  const disable = await owner.ask('POST', `${path}/disable`, { headers: [['If-Match', fresh]] });
  assert.equal(disable.status, 412);
  assert.equal(bodyOf(await owner.ask('GET', path))['disabledAt'], null);
  const without = await owner.ask('DELETE', '/api/v1/sessions', { headers: [['If-Match', '*']] });
  assert.equal(without.status, 400, 'where there is no one thing it is not passed over');
});

test('of changes at once with one tag, one is done', async () => {
  const path = `/api/v1/accounts/${await newAccount()}`;
  const tag = (await owner.ask('GET', path)).header('etag') ?? '';
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((each) =>
      owner.ask('PATCH', path, { json: { groups: [each] }, headers: [['If-Match', tag]] }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412]);
});

const key = (text: string) => [['Idempotency-Key', text]] as const;

test('what is sent again under one key is done once, and answered alike; its secret is sealed', async () => {
  const id = await newAccount();
  const path = `/api/v1/accounts/${id}/tickets`;
  const first = await owner.ask('POST', path, { headers: key('t-1') });
  const again = await owner.ask('POST', path, { headers: key('t-1') });
  const bare = ({ body }: { body: string }) => ({ ...(JSON.parse(body) as object), in_force: null });
  assert.deepEqual([first.status, again.status, bare(again)], [201, 201, bare(first)]);
  assert.equal(again.header('idempotency-replayed'), 'true');
  assert.equal(bodyOf(first)['replaced'], 0);
  assert.equal((await sally.audit('ticket.issue')).filter(({ accountId }) => accountId === id).length, 1);
  const { secret } = bodyOf<{ secret: string }>(first);
  const { readFile, readdir } = await import('node:fs/promises');
  for (const file of await readdir(sally.data))
    if (file.includes('.db')) assert.ok(!(await readFile(`${sally.data}/${file}`)).includes(secret), file);
});

test('a key with another request is refused, another holder has keys of their own, and a key lasts a day', async () => {
  const make = (name: string, text: string, client = owner) =>
    client.ask('POST', '/api/v1/accounts', { json: { name }, headers: key(text) });
  assert.equal((await make('keyed1', 'k-1')).status, 201);
  const reused = await make('keyed2', 'k-1');
  assert.deepEqual([reused.status, codeOf(reused)], [422, 'key-reused']);
  const other = (await tokenOf(sally, { role: 'owner' })).client;
  assert.equal((await make('keyed2', 'k-1', other)).status, 201);
  const refused = await make('keyed1', 'k-2');
  assert.equal(refused.status, 409);
  assert.equal((await make('keyed3', 'k-2')).status, 201, 'what was refused keeps no key');
  for (const bad of ['', 'a b', 'a'.repeat(129)]) assert.equal((await make('keyed4', bad)).status, 400, bad);
  await sally.advance(25 * 3_600_000);
  assert.equal((await make('keyed5', 'k-1')).status, 201);
});

test('of requests at once under one key one is done; the others wait or are told so', async () => {
  const answers = await Promise.all(
    Array.from({ length: 6 }, () =>
      owner.ask('POST', '/api/v1/accounts', { json: { name: 'once' }, headers: key('at-once') }),
    ),
  );
  for (const answer of answers)
    if (answer.status !== 201) assert.deepEqual([answer.status, codeOf(answer)], [409, 'key-under-way']);
  const made = (await sally.audit('account.add')).filter((row) => detailOf(row)['name'] === 'once');
  assert.equal(made.length, 1);
});

/** What the acts can be about, as the table of roles has it. */
function world() {
  const wiki = sally.config.apps.find(({ id }) => id === 'wiki');
  assert.ok(wiki);
  return { manage: sally.manage, store: sally.app.store, clock: sally.clock, wiki };
}

for (const operation of API.filter(takesKey))
  test(`${operation.name}: keeps its answer in its own transaction`, async () => {
    const { name, creates } = operation;
    const { id: organisation } = await addOrganisation.perform(sally.manage, { name: `Kept ${operation.name}` });
    const target = await targetOf(world(), organisation);
    await BEFORE[name]?.(world(), target);
    const client = await personOf(sally, [{ role: 'owner', organisation: null }]);
    const { path, ask } = requestOf(operation, inputOf(name, target) as object);
    const send = () => client.ask('POST', path, { ...ask, headers: key(`kept-${name}`) });
    const [first, again] = [await send(), await send()];
    assert.deepEqual([first.status, again.status], creates ? [201, 201] : [200, 200], first.body);
    const { in_force: _then, ...what } = bodyOf(first);
    const { in_force: _now, ...same } = bodyOf(again);
    assert.deepEqual(same, what);
    assert.equal(again.header('idempotency-replayed'), 'true');
  });

test('a change by a session needs our own origin and JSON; a token needs neither', async () => {
  const { cookie } = await personOf(sally, [{ role: 'owner', organisation: null }]);
  const send = (origin: string | null, more: object) =>
    sally.send('POST', '/api/v1/accounts', { door: 'console', cookie, origin, ...more });
  for (const origin of [null, 'null', 'http://app.test', 'http://console.test.evil.test', 'https://console.test'])
    assert.equal((await send(origin, { json: { name: 'csrf' } })).status, 403, String(origin));
  const form = await send(CONSOLE, { form: { name: 'csrf' } });
  assert.equal(form.status, 415);
  const cross = await send(CONSOLE, { json: { name: 'csrf' }, headers: [['Sec-Fetch-Site', 'cross-site']] });
  assert.equal(cross.status, 403);
  assert.equal((await send(CONSOLE, { json: { name: 'same-origin' } })).status, 201);
  const text = { headers: [['Content-Type', 'text/plain']], body: '{"name":"csrf"}' };
  assert.equal((await send(CONSOLE, text)).status, 415);
  assert.equal((await owner.ask('GET', '/api/v1/accounts/csrf')).status, 404);
});

test('a token and a session at once, a token of nobody, one that is over, and one in an address are refused', async () => {
  const { id, secret, client } = await tokenOf(sally, { role: 'owner' });
  const { cookie } = await personOf(sally, [{ role: 'owner', organisation: null }]);
  const both = await sally.send('GET', '/api/v1/accounts/all', {
    door: 'console',
    cookie,
    headers: [['Authorization', `Bearer ${secret}`]],
  });
  assert.equal(both.status, 400);
  for (const wrong of ['x', secret.slice(0, -1), `${secret}x`, secret.toUpperCase(), 'a'.repeat(5000)]) {
    const answer = await bearer(sally, wrong).ask('GET', '/api/v1/accounts/all');
    assert.deepEqual(
      [answer.status, codeOf(answer), answer.header('www-authenticate')],
      [401, 'sign-in-required', 'Bearer'],
    );
  }
  for (const [path, query] of [
    ['/api/v1/accounts/all', `access_token=${secret}`],
    ['/api/v1/accounts/all', `realm=${secret}`],
    [`/api/v1/accounts/${secret}`, undefined],
  ] as const)
    assert.equal((await client.ask('GET', path, query === undefined ? {} : { query })).status, 400);
  assert.equal((await client.ask('GET', '/api/v1/accounts/all')).status, 200);
  await owner.ask('DELETE', `/api/v1/tokens/${id}`);
  assert.equal((await client.ask('GET', '/api/v1/accounts/all')).status, 401);
  const log = JSON.stringify(sally.log);
  assert.ok(!log.includes(secret), 'the log holds a token');
  assert.ok(log.includes('/api/v1/accounts/'), 'the log was looked at');
  assert.ok(!JSON.stringify(await sally.audit()).includes(secret), 'the record holds a token');
});

test('when a token was used is written at most once a minute', async () => {
  const { id, client } = await tokenOf(sally, { role: 'auditor' });
  const used = async () => (await sally.app.store.tokens.byId(id))?.lastUsedAt;
  assert.equal(await used(), null);
  await client.ask('GET', '/api/v1/roles');
  const first = await used();
  assert.ok(first !== null && first !== undefined);
  await sally.advance(30_000);
  await client.ask('GET', '/api/v1/roles');
  assert.equal(await used(), first);
  await sally.advance(31_000);
  await client.ask('GET', '/api/v1/roles');
  assert.ok(Number(await used()) >= first + 61_000);
});

test('an asker has so many requests within a minute, and others are not held off with them', async () => {
  const { client } = await tokenOf(sally, { role: 'auditor' });
  let refused = 0;
  for (let i = 0; i < 16; i += 1) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.ask('OPTIONS', '/api/v1/roles')));
    const held = answers.filter(({ status }) => status === 429);
    refused += held.length;
    for (const answer of held) assert.ok(Number(answer.header('retry-after')) >= 1);
  }
  assert.ok(refused >= 30, `${refused} of 800 were refused`);
  assert.equal((await owner.ask('GET', '/api/v1/roles')).status, 200);
  await sally.advance(60_000);
  assert.equal((await client.ask('GET', '/api/v1/roles')).status, 200);
});

test('a source of wrong tokens is held off, but no token that was good of late', async () => {
  const { client } = await tokenOf(sally, { role: 'auditor' });
  await sally.advance(61_000);
  assert.equal((await client.ask('GET', '/api/v1/roles')).status, 200);
  const statuses = new Set<number>();
  for (let i = 0; i < 70; i += 1)
    statuses.add((await bearer(sally, `sallyport_${'x'.repeat(40)}${i}`).ask('GET', '/api/v1/roles')).status);
  assert.deepEqual([...statuses].sort(), [401, 429]);
  assert.equal((await client.ask('GET', '/api/v1/roles')).status, 200);
  await sally.advance(61_000);
});

test('methods and addresses that there are not are told so, and OPTIONS answers without CORS', async () => {
  const wrong = await owner.ask('PUT', '/api/v1/accounts/x');
  assert.deepEqual([wrong.status, wrong.header('allow')], [405, 'GET, HEAD, PATCH, DELETE, OPTIONS']);
  for (const path of [
    '/api/v1',
    '/api/v1/',
    '/api/v1/nothing',
    '/api/v1/accounts/',
    '/api/v1/accounts/a/b',
    '/api/v1/__proto__',
  ])
    assert.equal((await owner.ask('GET', path)).status, 404, path);
  const options = await owner.ask('OPTIONS', '/api/v1/accounts/x', { headers: [['Origin', 'http://evil.test']] });
  assert.deepEqual([options.status, options.body], [204, '']);
  assert.equal(
    options.headers.find(([name]) => /^access-control/i.test(name)),
    undefined,
  );
  const head = await owner.ask('HEAD', '/api/v1/roles');
  assert.deepEqual([head.status, head.body], [200, '']);
});

test('the document and its page are for those who may ask, and need nothing from elsewhere', async () => {
  const document = await owner.ask('GET', '/api/v1/openapi.json');
  assert.equal(bodyOf(document)['openapi'], '3.1.0');
  const person = await personOf(sally, [{ role: 'auditor', organisation: null }]);
  for (const client of [owner, person]) {
    const page = await client.ask('GET', '/api/docs');
    assert.equal(page.status, 200);
    assert.match(page.header('content-security-policy') ?? '', /default-src 'none'.*style-src 'sha256-/);
    assert.doesNotMatch(page.body, /<script|src=|url\(|@import|https?:\/\//);
    for (const { name } of API) assert.ok(page.body.includes(`id="${name}"`), name);
  }
  for (const path of ['/api/v1/openapi.json', '/api/docs']) {
    assert.equal((await sally.send('GET', path, { door: 'console' })).status, 401);
    assert.equal((await sally.send('GET', path)).status, 401, 'not at the door of the apps');
    assert.equal((await owner.ask('POST', path, { json: {} })).status, 405);
  }
});

test('nothing of it is kept by anybody, framed or guessed at', async () => {
  for (const [method, path] of [
    ['GET', '/api/v1/roles'],
    ['GET', '/api/v1/nothing'],
    ['POST', '/api/v1/accounts'],
    ['GET', '/api/docs'],
  ] as const) {
    const answer = await owner.ask(method, path, method === 'POST' ? { json: {} } : {});
    assert.equal(answer.header('cache-control'), 'no-store');
    assert.equal(answer.header('x-content-type-options'), 'nosniff');
    assert.match(answer.header('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(answer.header('set-cookie'), undefined);
  }
});

test('input of another form is refused with each field named, at no length, and nothing is done', async () => {
  const fields = async (json: unknown) => {
    const answer = await owner.ask('POST', '/api/v1/accounts', { json });
    assert.equal(answer.status, 400, answer.body);
    assert.ok(answer.body.length < 4000);
    return (bodyOf(answer)['errors'] as { field: string }[] | undefined)?.map(({ field }) => field).sort();
  };
  assert.deepEqual(await fields({ name: 1, email: [], gruops: [], extra: 1 }), ['email', 'extra', 'gruops', 'name']);
  assert.deepEqual(await fields({}), ['name']);
  assert.deepEqual(await fields({ name: 'a\u0000b' }), ['name']);
  assert.deepEqual(await fields({ name: 'x', groups: ['a', 'b\u001b'] }), ['groups.1']);
  assert.equal((await fields({ name: 'x', [`${'k'.repeat(900)}\u0007`]: 1 }))?.[0]?.length, 65);
  assert.equal(await fields({ name: 'x', email: `${'e'.repeat(9000)} not an address` }), undefined);
  for (const body of [
    '[]',
    'null',
    '"x"',
    '{',
    '{"name":"a","name":"b"}',
    '{"name":"a","Name":"b"}',
    '\ufeff{"name":"a"}',
  ])
    assert.equal(
      (await owner.ask('POST', '/api/v1/accounts', { body, headers: [['Content-Type', 'application/json']] })).status,
      400,
      body,
    );
  const query = async (text: string) => (await owner.ask('GET', '/api/v1/sessions', { query: text })).status;
  for (const text of ['appId=a&appId=b', 'appid=a', 'appId=%ff', 'appId=%00', 'x', `account=${'a=&'.repeat(300)}`])
    assert.equal(await query(text), 400, text);
  const twice = await owner.ask('PATCH', '/api/v1/accounts/made1', { json: { account: 'made2' } });
  assert.deepEqual((bodyOf(twice)['errors'] as { message: string }[])[0]?.message, 'stands in the path');
});

test('a body that is too large, coded, or of another kind is refused before it is read', async () => {
  const huge = JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024) });
  const answer = await owner.ask('POST', '/api/v1/accounts', {
    body: huge,
    headers: [['Content-Type', 'application/json']],
  });
  assert.deepEqual([answer.status, codeOf(answer)], [413, 'body-too-large']);
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'application/xml',
  ])
    assert.equal(
      (await owner.ask('POST', '/api/v1/accounts', { body: '{"name":"x"}', headers: [['Content-Type', type]] })).status,
      415,
      type,
    );
  const coded = [
    ['Content-Type', 'application/json'],
    ['Content-Encoding', 'gzip'],
  ] as const;
  assert.equal((await owner.ask('POST', '/api/v1/accounts', { body: '{}', headers: coded })).status, 415);
  assert.equal((await owner.ask('DELETE', '/api/v1/sessions', { json: {} })).status, 400);
  assert.equal((await owner.ask('GET', '/api/v1/accounts/x')).status, 404);
});

test('what is forbidden is on record with the operation; what a token was not made for, too', async () => {
  const { client, id } = await tokenOf(sally, { role: 'owner', operations: ['account.show'] });
  const answer = await client.ask('DELETE', '/api/v1/sessions');
  assert.deepEqual([answer.status, codeOf(answer)], [403, 'forbidden']);
  const rows = (await sally.audit('manage.refused')).filter(({ actor }) => actor === `token:${id}`);
  assert.deepEqual(
    rows.map((row) => detailOf(row)['operation']),
    ['session.revoke-all'],
  );
});
