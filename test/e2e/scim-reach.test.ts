import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import fc from 'fast-check';
import { revokeToken } from '../../src/manage/tokens.ts';
import { OWNER } from '../../src/roles.ts';
import { SEARCH_SCHEMA } from '../../src/scim/message/query.ts';
import { PATCH_SCHEMA } from '../../src/scim/patch/read.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { type Directory, group, organisationWith, startScim, tokenFor, user } from '../support/scim.ts';

let sally: Sallyport;
let mine: Directory;
let other: Directory;
before(async () => {
  sally = await startScim();
  mine = (await organisationWith(sally)).directory;
  other = (await organisationWith(sally)).directory;
});
after(() => sally.close());

const QUESTIONS = [
  '/Users',
  '/Users?count=0',
  '/Users?filter=active%20eq%20true',
  '/Users?filter=externalId%20eq%20%22E%22',
  '/Users?filter=userName%20eq%20%22theirs%22',
  '/Groups',
  '/Groups?filter=displayName%20pr',
  '/Groups?filter=members%20pr',
];

async function answers(directory: Directory): Promise<readonly string[]> {
  const all: string[] = [];
  for (const each of QUESTIONS) all.push((await directory.ask('GET', each)).answer.body);
  return all;
}

test('every answer is the same byte for byte, whatever another organisation holds', async () => {
  const one = await mine.ask('POST', '/Users', user('mine', { externalId: 'E' }));
  await mine.ask('POST', '/Groups', group('Same', { externalId: 'E', members: [{ value: one.body.id }] }));
  const before = await answers(mine);
  const theirs = await other.ask('POST', '/Users', user('theirs', { externalId: 'E' }));
  assert.equal(theirs.status, 201);
  const same = await other.ask(
    'POST',
    '/Groups',
    group('Same', { externalId: 'E', members: [{ value: theirs.body.id }] }),
  );
  assert.equal(same.status, 201, 'names and external ids are each organisation’s own');
  assert.deepEqual(await answers(mine), before);
  const absent = await mine.ask('GET', '/Users/absent');
  const { body: account } = theirs;
  for (const [method, path, body] of [
    ['GET', `/Users/${account.id}`, undefined],
    ['PUT', `/Users/${account.id}`, user('theirs', { active: false })],
    ['DELETE', `/Users/${account.id}`, undefined],
    ['PUT', `/Groups/${same.body.id}`, group('Same')],
    ['DELETE', `/Groups/${same.body.id}`, undefined],
  ] as const) {
    const refused = await mine.ask(method, path, body);
    assert.deepEqual([refused.status, refused.body], [404, absent.body], `${method} ${path}`);
  }
  const off = await mine.patch(`/Users/${account.id}`, { op: 'replace', path: 'active', value: false });
  assert.deepEqual([off.status, off.body], [404, absent.body]);
  assert.equal((await other.ask('GET', `/Users/${account.id}`)).body.active, true);
  assert.deepEqual((await other.ask('GET', `/Groups/${same.body.id}`)).body.members.length, 1);
});

test('a name that another organisation has is refused in words that name nobody', async () => {
  await other.ask('POST', '/Users', user('shared'));
  const taken = await mine.ask('POST', '/Users', user('shared'));
  assert.deepEqual([taken.status, taken.body.scimType], [409, 'uniqueness']);
  assert.doesNotMatch(taken.answer.body, /shared|Practice/);
});

test('a token is for one organisation, for what it was made for, and while it lasts', async () => {
  const [a, b] = [await organisationWith(sally), await organisationWith(sally)];
  for (const organisations of [undefined, [a.id, b.id]]) {
    const { directory } = await tokenFor(sally, { organisations });
    assert.equal((await directory.ask('GET', '/Users')).status, 403);
    assert.equal((await directory.ask('POST', '/Users', user('x'))).status, 403);
  }
  const reader = (await tokenFor(sally, { organisations: [a.id], role: 'auditor' })).directory;
  assert.equal((await reader.ask('GET', '/Users')).status, 200);
  assert.equal((await reader.ask('POST', '/Users', user('x'))).status, 403);
  const few = (await tokenFor(sally, { organisations: [a.id], operations: ['account.list'] })).directory;
  assert.equal((await few.ask('GET', '/Users')).status, 403);
  const { id, directory } = await tokenFor(sally, { organisations: [a.id] });
  assert.equal((await directory.ask('GET', '/Users')).status, 200);
  await revokeToken.perform(sally.manage, { id });
  const over = await directory.ask('GET', '/Users');
  assert.deepEqual([over.status, over.answer.header('www-authenticate')], [401, 'Bearer']);
  assert.equal(over.answer.header('content-type'), 'application/scim+json; charset=utf-8');
});

test('a directory does nothing to people with a role that it could not give', async () => {
  const { body } = await mine.ask('POST', '/Users', user('boss'));
  await sally.app.store.underAccount(body.id, (tx) => tx.accounts.update(body.id, { roles: [OWNER] }));
  const off = await mine.patch(`/Users/${body.id}`, { op: 'replace', path: 'active', value: false });
  assert.equal(off.status, 403);
  assert.equal((await mine.ask('DELETE', `/Users/${body.id}`)).status, 403);
  assert.equal((await sally.app.store.accounts.byId(body.id))?.disabledAt, null);
});

test('a name that is the id of another in small letters leads to nobody else', async () => {
  const victim = (await mine.ask('POST', '/Users', user('victim'))).body.id as string;
  const decoy = await mine.ask('POST', '/Users', user(victim.toLowerCase()));
  assert.equal(decoy.status, 201, decoy.answer.body);
  assert.equal((await mine.ask('DELETE', `/Users/${victim}`)).status, 204);
  assert.equal((await mine.ask('GET', `/Users/${decoy.body.id}`)).status, 200);
  assert.equal((await mine.ask('GET', `/Users/${victim}`)).status, 404);
});

test('the service describes itself, to whoever has a token and to nobody else', async () => {
  const service = await mine.ask('GET', '/ServiceProviderConfig');
  assert.deepEqual([service.status, service.body.patch.supported, service.body.bulk.supported], [200, true, false]);
  assert.equal((await mine.ask('GET', '/Schemas')).body.totalResults, 2);
  assert.equal((await mine.ask('GET', '/ResourceTypes/User')).body.endpoint, '/Users');
  const schema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
  assert.equal((await mine.ask('GET', `/Schemas/${schema}`)).body.id, schema);
  assert.equal((await mine.ask('GET', '/Schemas?filter=id%20pr')).status, 403);
  assert.equal((await mine.ask('POST', '/Bulk', {})).status, 501);
  assert.equal((await mine.ask('GET', '/Me')).status, 501);
  const nobody = await sally.send('GET', '/scim/v2/ServiceProviderConfig', { door: 'console' });
  assert.equal(nobody.status, 401);
});

test('what is no request of SCIM is refused, each with its answer, and changes nothing', async () => {
  const count = async () => (await mine.ask('GET', '/Users?count=0')).body.totalResults;
  const before = await count();
  const good = JSON.stringify(user('hostile'));
  const status = async (...asked: Parameters<Directory['ask']>) => {
    const { status, body } = await mine.ask(...asked);
    if (status !== 304) assert.equal(body.status, String(status));
    return status;
  };
  assert.equal(await status('GET', '/Nothing'), 404);
  assert.equal(await status('DELETE', ''), 405);
  assert.equal(await status('GET', '/.search'), 405);
  assert.equal(await status('GET', '/Users/a/b'), 404);
  assert.equal(await status('DELETE', '/Users'), 405);
  assert.equal(await status('POST', '/Users', undefined, { text: good, type: 'text/plain' }), 415);
  assert.equal(
    await status('POST', '/Users', undefined, { text: good, type: 'application/json; charset=latin1' }),
    415,
  );
  assert.equal(await status('POST', '/Users', undefined, { text: good, headers: [['Content-Encoding', 'gzip']] }), 415);
  assert.equal(await status('POST', '/Users', undefined, { text: '{"schemas":' }), 400);
  assert.equal(await status('POST', '/Users', undefined, { text: '\ufeff{}' }), 400);
  assert.equal(await status('POST', '/Users', undefined, { text: '['.repeat(500_000) }), 400);
  assert.equal(await status('POST', '/Users', undefined, { text: `[${'0,'.repeat(600_000)}0]` }), 413);
  assert.equal(await status('POST', '/Users', { userName: 'x' }), 400);
  assert.equal(await status('POST', '/Users', user('no such name!')), 400);
  assert.equal(await status('POST', '/Users', user('x', { emails: [{ value: 'none' }] })), 400);
  assert.equal(await status('GET', '/Users?count=1&count=2'), 400);
  assert.equal(await status('GET', '/Users/sallyport_token'), 400, 'a token in an address');
  assert.equal(await count(), before);
  assert.deepEqual(
    sally.log.filter(({ level }) => Number(level) >= 50),
    [],
  );
});

test('whatever is sent is done or refused: nothing of it is a fault of ours', async () => {
  const { directory } = await organisationWith(sally);
  const { body } = await directory.ask('POST', '/Users', user('fuzzed'));
  const staff = await directory.ask('POST', '/Groups', group('Fuzzed', { members: [{ value: body.id }] }));
  const paths = ['/Users', '/Groups', `/Users/${body.id}`, `/Groups/${staff.body.id}`, '/Users/.search'];
  const names = [
    'userName',
    'emails',
    'name',
    'active',
    'members',
    'displayName',
    'externalId',
    'filter',
    'value',
    'path',
  ];
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('\u0000', 'x'.repeat(2000), '\u202e', -1, 1e308, [{ value: body.id }], [{ value: 'a@b.test' }]),
  );
  const operations = fc.array(
    fc.record(
      {
        op: fc.constantFrom('add', 'replace', 'remove', 'x'),
        path: fc.constantFrom(...names, 'emails[type eq "x"]'),
        value,
      },
      { requiredKeys: ['op'], noNullPrototype: true },
    ),
    { maxLength: 3 },
  );
  const resource = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5, noNullPrototype: true });
  const schemas = [...user('').schemas, ...group('').schemas, PATCH_SCHEMA, SEARCH_SCHEMA];
  const asked = fc.tuple(fc.constantFrom('POST', 'PUT', 'PATCH'), fc.constantFrom(...paths), resource, operations);
  for (const [method, path, rest, Operations] of fc.sample(asked, { numRuns: 400, seed: 7644 })) {
    const { status } = await directory.ask(method, path, {
      userName: 'fuzzed',
      displayName: 'F',
      ...rest,
      schemas,
      Operations,
    });
    assert.ok(status < 500, `${method} ${path} ${JSON.stringify(rest)} ${JSON.stringify(Operations)}: ${status}`);
  }
  assert.equal((await directory.ask('GET', `/Users/${body.id}`)).status, 200);
});

test('one token asks so often and no more', async () => {
  const { directory } = await organisationWith(sally);
  let last = 200;
  let waits: string | undefined;
  for (let i = 0; i < 700 && last === 200; i += 1) {
    const { status, answer } = await directory.ask('GET', '/ServiceProviderConfig');
    [last, waits] = [status, answer.header('retry-after')];
  }
  assert.equal(last, 429);
  assert.ok(Number(waits) >= 1);
  assert.equal((await mine.ask('GET', '/ServiceProviderConfig')).status, 200, 'others are not held off by it');
});
