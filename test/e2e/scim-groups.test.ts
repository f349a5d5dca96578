import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { setAccount } from '../support/manage.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { BASE, type Directory, group, organisationWith, startScim, tokenFor, user } from '../support/scim.ts';

let sally: Sallyport;
let mine: Directory;
before(async () => {
  sally = await startScim();
  mine = (await organisationWith(sally)).directory;
});
after(() => sally.close());

let n = 0;
async function person(directory = mine): Promise<string> {
  n += 1;
  const { status, body } = await directory.ask('POST', '/Users', user(`member${n}`));
  assert.equal(status, 201);
  return body.id;
}

const groupsOf = async (id: string) => (await sally.app.store.accounts.byId(id))?.groups;
const ids = (body: { members?: { value: string }[] }) => (body.members ?? []).map(({ value }) => value);

test('a group is made, filled, emptied and removed; accounts and apps have it by a name of its own', async () => {
  const [one, two] = [await person(), await person()];
  const made = await mine.ask(
    'POST',
    '/Groups',
    group('All Staff (UK)', { externalId: 'G1', members: [{ value: one }] }),
  );
  assert.equal(made.status, 201, made.answer.body);
  const { id } = made.body;
  assert.deepEqual([made.body.displayName, made.body.externalId, ids(made.body)], ['All Staff (UK)', 'G1', [one]]);
  assert.deepEqual(await groupsOf(one), ['All-Staff-UK']);
  const [told] = (await mine.ask('GET', `/Users/${one}`)).body.groups;
  assert.deepEqual(told, { value: id, $ref: `${BASE}/Groups/${id}`, display: 'All Staff (UK)' });
  const grown = await mine.patch(`/Groups/${id}`, {
    op: 'Add',
    path: 'members',
    value: [{ value: two }, { value: one }],
  });
  assert.deepEqual(ids(grown.body).sort(), [one, two].sort());
  const less = await mine.patch(`/Groups/${id}`, { op: 'remove', path: `members[value eq "${one}"]` });
  assert.deepEqual([ids(less.body), await groupsOf(one)], [[two], []]);
  const entra = await mine.patch(`/Groups/${id}`, { op: 'Remove', path: 'members', value: [{ value: two }] });
  assert.deepEqual([ids(entra.body), await groupsOf(two)], [[], []]);
  const put = await mine.ask('PUT', `/Groups/${id}`, group('Everybody', { members: [{ value: one }, { value: two }] }));
  assert.deepEqual([put.status, put.body.displayName, put.body.externalId], [200, 'Everybody', undefined]);
  assert.deepEqual([await groupsOf(one), await groupsOf(two)], [['All-Staff-UK'], ['All-Staff-UK']], 'its name stays');
  assert.equal((await mine.ask('DELETE', `/Groups/${id}`)).status, 204);
  assert.deepEqual([await groupsOf(one), await groupsOf(two)], [[], []]);
  assert.equal((await mine.ask('GET', `/Groups/${id}`)).status, 404);
});

test('who leaves a group has what it opened closed with the next request', async () => {
  const strict = await startScim({ app: ['    rules: [{ path: /**, groups: [night-shift] }]'] });
  try {
    const cookie = await strict.session('noor');
    const { directory } = await tokenFor(strict, { organisations: ['staff'] });
    assert.equal((await strict.send('GET', '/', { cookie })).status, 403);
    const made = await directory.ask('POST', '/Groups', group('night shift', { members: [{ value: 'id-noor' }] }));
    assert.equal(made.status, 201, made.answer.body);
    assert.equal((await strict.send('GET', '/', { cookie })).status, 200);
    await directory.patch(`/Groups/${made.body.id}`, { op: 'remove', path: 'members' });
    assert.equal((await strict.send('GET', '/', { cookie })).status, 403);
  } finally {
    await strict.close();
  }
});

test('a group is found by name, without its members where nobody asks for them', async () => {
  const one = await person();
  const { body } = await mine.ask('POST', '/Groups', group('Finders', { members: [{ value: one }] }));
  assert.deepEqual(await mine.find('Groups', 'displayName eq "finders"'), [body.id]);
  assert.deepEqual(await mine.find('Groups', `members.value eq "${one}"`), [body.id]);
  assert.deepEqual(await mine.find('Groups', `members[value eq "${one}"] and displayName sw "x"`), []);
  const bare = await mine.ask('GET', `/Groups/${body.id}?excludedAttributes=members`);
  assert.deepEqual([bare.status, 'members' in bare.body, 'version' in bare.body.meta], [200, false, false]);
  const listed = await mine.ask('GET', '/Groups?excludedAttributes=members&filter=displayName%20eq%20%22Finders%22');
  assert.deepEqual([listed.body.totalResults, 'members' in listed.body.Resources[0]], [1, false]);
  const whole = await mine.ask('GET', `/Groups/${body.id}`);
  const tag = whole.answer.header('etag') ?? '';
  await setAccount(sally.manage, one, { removeGroups: ['Finders'] });
  const late = await mine.ask('PUT', `/Groups/${body.id}`, group('Finders'), { headers: [['If-Match', tag]] });
  assert.equal(late.status, 412, 'who is in it has changed');
});

test('names of groups are of one group each, and of letters that are left of them', async () => {
  const made = await mine.ask('POST', '/Groups', group('Reception'));
  assert.equal(made.status, 201);
  for (const name of ['reception', 'Reception!'])
    assert.deepEqual((await mine.ask('POST', '/Groups', group(name))).status, 409, name);
  const other = await mine.ask('POST', '/Groups', group('Other'));
  assert.equal(
    (await mine.patch(`/Groups/${other.body.id}`, { op: 'replace', path: 'displayName', value: 'RECEPTION' })).status,
    409,
  );
  for (const name of ['!!!', 'مجموعة'])
    assert.equal((await mine.ask('POST', '/Groups', group(name))).body.scimType, 'invalidValue');
});

test('members are accounts of the organisation; nothing is done when one is not', async () => {
  const one = await person();
  const other = await organisationWith(sally);
  const stranger = await person(other.directory);
  const { body } = await mine.ask('POST', '/Groups', group('Members'));
  for (const value of [stranger, 'nobody', body.id]) {
    const refused = await mine.patch(`/Groups/${body.id}`, {
      op: 'add',
      path: 'members',
      value: [{ value: one }, { value }],
    });
    assert.deepEqual([refused.status, refused.body.scimType], [400, 'invalidValue'], value);
  }
  assert.deepEqual([await groupsOf(one), await groupsOf(stranger)], [[], []]);
  const many = Array.from({ length: 1001 }, (_, i) => ({ value: `x${i}` }));
  assert.equal((await mine.patch(`/Groups/${body.id}`, { op: 'add', path: 'members', value: many })).status, 413);
});

test('groups that nobody made by SCIM are not there', async () => {
  const one = await person();
  await setAccount(sally.manage, one, { groups: ['ops'] });
  assert.deepEqual(await mine.find('Groups', 'displayName eq "ops"'), []);
  assert.equal((await mine.ask('GET', `/Users/${one}`)).body.groups, undefined);
  await mine.patch(`/Users/${one}`, { op: 'replace', path: 'displayName', value: 'x' });
  assert.deepEqual(await groupsOf(one), ['ops']);
});
