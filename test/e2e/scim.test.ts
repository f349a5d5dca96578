import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { detailOf } from '../../src/coverage/detail.ts';
import { disableAccount, enableAccount } from '../support/manage.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { BASE, type Directory, organisationWith, startScim, tokenFor, user } from '../support/scim.ts';
import { postgres } from '../support/stores.ts';

let sally: Sallyport;
let mine: Directory;
before(async () => {
  sally = await startScim();
  mine = (await organisationWith(sally)).directory;
});
after(() => sally.close());

let n = 0;
async function added(rest: object = {}, directory = mine): Promise<{ id: string; name: string; tag: string }> {
  n += 1;
  const name = `person${String(n).padStart(3, '0')}`;
  const { status, body, answer } = await directory.ask('POST', '/Users', user(name, rest));
  assert.equal(status, 201, answer.body);
  return { id: body.id, name, tag: answer.header('etag') ?? '' };
}

/** The whole life of an account, as a directory leads it. */
async function life(on: Sallyport): Promise<void> {
  // Accounts of the organisation that is called as its realm.
  const cookie = await on.session('nina');
  const { directory } = await tokenFor(on, { organisations: ['staff'] });
  const shown = await directory.ask('GET', '/Users/id-nina');
  assert.deepEqual([shown.status, shown.body.userName, shown.body.active], [200, 'nina', true]);
  assert.equal((await on.send('GET', '/', { cookie })).status, 200);
  const off = await directory.patch('/Users/id-nina', { op: 'Replace', path: 'active', value: 'False' });
  assert.deepEqual([off.status, off.body.active], [200, false], off.answer.body);
  // The very next request, with nothing waited for.
  assert.equal((await on.send('GET', '/', { cookie })).status, 401);
  const back = await directory.patch('/Users/id-nina', { op: 'replace', value: { active: true } });
  assert.deepEqual([back.status, back.body.active], [200, true]);
  assert.equal((await on.send('GET', '/', { cookie })).status, 401, 'a session that has ended stays so');
  const again = await on.session('nina');
  assert.equal((await on.send('GET', '/', { cookie: again })).status, 200);
  assert.equal((await directory.ask('DELETE', '/Users/id-nina')).status, 204);
  assert.equal((await on.send('GET', '/', { cookie: again })).status, 401);
  // RFC 7644 §3.6.
  for (const [method, body] of [
    ['GET', undefined],
    ['PUT', user('nina')],
    ['DELETE', undefined],
  ] as const)
    assert.equal((await directory.ask(method, '/Users/id-nina', body)).status, 404, method);
  assert.deepEqual(await directory.find('Users', 'userName eq "nina"'), []);
  assert.equal((await directory.ask('POST', '/Users', user('nina'))).status, 201, 'the name is free again');
  const stopped = (await on.audit()).filter(({ kind }) => kind === 'session.stopped').map(detailOf);
  assert.deepEqual(
    stopped.map(({ what, sessions }) => [what, sessions]),
    [
      ['disabled', 1],
      ['removed', 1],
    ],
  );
  for (const { ms } of stopped) assert.equal(typeof ms, 'number');
  const actors = new Set(
    (await on.audit())
      .filter(({ kind }) => kind.startsWith('account.') && kind !== 'account.stands')
      .map(({ actor }) => actor),
  );
  assert.deepEqual(
    [...actors].map((actor) => actor.split(':')[0]),
    ['token'],
  );
}

test('sqlite: who a directory makes inactive or removes is out with the next request', () => life(sally));
test('postgres: who a directory makes inactive or removes is out with the next request', async () => {
  const server = await startScim({ postgres: await (await postgres()).migrated() });
  try {
    await life(server);
  } finally {
    await server.close();
  }
});

test('an account is made with what the directory says of it, and shown so', async () => {
  const said = {
    externalId: 'E-1',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    displayName: 'Ada Lovelace',
    emails: [
      { value: 'home@example.test', type: 'home' },
      { value: 'ada@example.test', type: 'work', primary: true },
    ],
    title: 'not kept',
    password: 'not kept either',
  };
  const made = await mine.ask('POST', '/Users', user('CORP\\Ada', said));
  assert.equal(made.status, 201, made.answer.body);
  const { id, meta } = made.body;
  const location = `${BASE}/Users/${id}`;
  assert.deepEqual(made.body, {
    schemas: [user('').schemas[0]],
    id,
    externalId: 'E-1',
    meta: { resourceType: 'User', created: meta.created, location, version: meta.version },
    userName: 'ada',
    name: said.name,
    displayName: said.displayName,
    emails: said.emails,
    active: true,
  });
  const { answer } = made;
  assert.deepEqual(
    [answer.header('location'), answer.header('etag'), answer.header('content-type'), answer.header('cache-control')],
    [location, meta.version, 'application/scim+json; charset=utf-8', 'no-store'],
  );
  assert.deepEqual((await mine.ask('GET', `/Users/${id}`)).body, made.body);
  assert.equal((await sally.app.store.accounts.byId(id))?.email, 'ada@example.test');
  const [entry] = (await sally.audit('account.add')).filter(({ accountId }) => accountId === id);
  assert.ok(!JSON.stringify(entry).includes('Lovelace'), 'no more of a person on record than there must be');
});

test('names and external ids are of one account each', async () => {
  const { name } = await added({ externalId: 'taken' });
  const twice = await mine.ask('POST', '/Users', user(name.toUpperCase()));
  assert.deepEqual([twice.status, twice.body.scimType], [409, 'uniqueness']);
  const same = await mine.ask('POST', '/Users', user('somebody-else', { externalId: 'taken' }));
  assert.deepEqual([same.status, same.body.scimType], [409, 'uniqueness']);
  assert.deepEqual(await mine.find('Users', 'userName eq "somebody-else"'), [], 'nothing is half done');
  const other = await added();
  const patched = await mine.patch(`/Users/${other.id}`, { op: 'add', path: 'externalId', value: 'taken' });
  assert.deepEqual([patched.status, patched.body.scimType], [409, 'uniqueness']);
});

test('an account is replaced and patched; its name stays', async () => {
  const { id, name } = await added({ displayName: 'A', emails: [{ value: 'a@b.test', type: 'work' }] });
  const put = await mine.ask('PUT', `/Users/${id}`, user(` ${name.toUpperCase()}@CORP.test`, { externalId: 'new' }));
  assert.equal(put.status, 200, put.answer.body);
  assert.deepEqual(
    [put.body.userName, put.body.externalId, put.body.displayName, put.body.emails],
    [name, 'new', undefined, undefined],
  );
  const added2 = await mine.patch(
    `/Users/${id}`,
    { op: 'Add', path: 'emails[type eq "work"].value', value: 'c@d.test' },
    { op: 'Replace', value: { 'name.familyName': 'X', title: 'y' } },
  );
  assert.deepEqual(
    [added2.status, added2.body.emails, added2.body.name],
    [200, [{ type: 'work', value: 'c@d.test' }], { familyName: 'X' }],
  );
  assert.equal((await sally.app.store.accounts.byId(id))?.email, 'c@d.test');
  for (const renamed of [
    await mine.ask('PUT', `/Users/${id}`, user('another')),
    await mine.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'another' }),
  ])
    assert.deepEqual([renamed.status, renamed.body.scimType], [400, 'mutability']);
  const rows = (await sally.audit('account.set')).filter(({ accountId }) => accountId === id);
  assert.equal(rows.length, 2);
  assert.ok(!JSON.stringify(rows).includes('c@d.test'));
});

test('an address that was changed here is the one that is shown', async () => {
  const { id } = await added({ emails: [{ value: 'a@b.test', type: 'home', display: 'x' }] });
  await sally.app.store.underAccount(id, (tx) => tx.accounts.update(id, { email: 'here@b.test' }));
  const { body } = await mine.ask('GET', `/Users/${id}`);
  assert.deepEqual(body.emails, [{ value: 'here@b.test', type: 'work', primary: true }]);
});

test('a directory opens again what it has shut, and not what an administrator has', async () => {
  const on = { op: 'replace', path: 'active', value: true };
  const off = { op: 'replace', path: 'active', value: false };
  const { id } = await added({ active: false });
  assert.equal((await mine.patch(`/Users/${id}`, on)).body.active, true);
  await disableAccount(sally.manage, id);
  assert.equal((await mine.patch(`/Users/${id}`, on)).body.active, false);
  assert.equal((await mine.patch(`/Users/${id}`, off, on)).body.active, false);
  await enableAccount(sally.manage, id);
  assert.equal((await mine.patch(`/Users/${id}`, off)).body.active, false);
  // Both have shut it: the directory takes back its own word alone.
  await disableAccount(sally.manage, id);
  assert.equal((await mine.patch(`/Users/${id}`, on)).body.active, false);
});

test('a change is made to the version that it was meant for', async () => {
  const { id, tag, name } = await added();
  const when = (value: string) => ({ headers: [['If-Match', value]] as const });
  const moved = await mine.ask('PUT', `/Users/${id}`, user(name, { displayName: '1' }), when(tag));
  assert.equal(moved.status, 200);
  assert.notEqual(moved.answer.header('etag'), tag);
  const late = [
    await mine.ask('PUT', `/Users/${id}`, user(name, { displayName: '2' }), when(tag)),
    await mine.ask('DELETE', `/Users/${id}`, undefined, when(tag)),
    await mine.ask('PUT', `/Users/${id}`, user(name), when('W/"x", "y"')),
  ];
  assert.deepEqual(
    late.map(({ status }) => status),
    [412, 412, 412],
  );
  assert.equal((await mine.ask('GET', `/Users/${id}`)).body.displayName, '1');
  assert.equal((await mine.ask('PUT', `/Users/${id}`, user(name), when('nonsense'))).status, 400);
  assert.equal((await mine.ask('PUT', `/Users/${id}`, user(name), when('*'))).status, 200);
  const known = (await mine.ask('GET', `/Users/${id}`)).answer.header('etag') ?? '';
  const same = await mine.ask('GET', `/Users/${id}`, undefined, { headers: [['If-None-Match', known]] });
  assert.deepEqual([same.status, same.answer.body], [304, '']);
});

test('of many who patch one account at once none is lost', async () => {
  const { id } = await added();
  const paths = ['displayName', 'name.givenName', 'name.familyName', 'externalId'];
  const all = await Promise.all(paths.map((path) => mine.patch(`/Users/${id}`, { op: 'add', path, value: path })));
  assert.deepEqual(
    all.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  const { body } = await mine.ask('GET', `/Users/${id}`);
  assert.deepEqual(
    [body.displayName, body.name, body.externalId],
    ['displayName', { givenName: 'name.givenName', familyName: 'name.familyName' }, 'externalId'],
  );
});

test('accounts are found by name, external id and anything else, page by page', async () => {
  const { directory } = await organisationWith(sally);
  const ids: string[] = [];
  for (let i = 0; i < 5; i += 1)
    ids.push((await added({ externalId: `X${i}`, displayName: `D${i % 2}` }, directory)).id);
  const { name } = (await sally.app.store.accounts.byId(ids[2] ?? '')) ?? { name: '' };
  assert.deepEqual(await directory.find('Users', `userName eq "CORP\\\\${name.toUpperCase()}"`), [ids[2]]);
  assert.deepEqual(await directory.find('Users', 'externalId eq "X3"'), [ids[3]]);
  assert.deepEqual(await directory.find('Users', 'externalId eq "x3"'), [], 'case counts');
  assert.deepEqual(await directory.find('Users', `id eq "${ids[1]}"`), [ids[1]]);
  assert.deepEqual(await directory.find('Users', 'displayName eq "d1" and active eq true'), [ids[1], ids[3]]);
  const page = await directory.ask('GET', '/Users?startIndex=2&count=2&attributes=userName');
  assert.deepEqual(
    [
      page.body.totalResults,
      page.body.startIndex,
      page.body.itemsPerPage,
      page.body.Resources.map((each: { id: string }) => each.id),
    ],
    [5, 2, 2, ids.slice(1, 3)],
  );
  assert.deepEqual(Object.keys(page.body.Resources[0]), ['schemas', 'id', 'userName']);
  assert.deepEqual((await directory.ask('GET', '/Users?count=0')).body.totalResults, 5);
  const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: 'externalId eq "X4"' };
  assert.equal((await directory.ask('POST', '/Users/.search', search)).body.Resources[0].id, ids[4]);
  const bad = await directory.ask('GET', '/Users?filter=userName%20is%20x');
  assert.deepEqual([bad.status, bad.body.scimType], [400, 'invalidFilter']);
});
