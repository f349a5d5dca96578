import assert from 'node:assert/strict';
import { type Answered, BASE, type Directory, group, user } from './scim.ts';

/** Who else checks the same: the SCIM validation of Microsoft Entra, or scim2-tester. */
type Also = 'Entra' | 'scim2-tester' | 'both' | null;

/** One thing that a service of SCIM does, or says in the way of the RFC that it does not. */
export interface Case {
  readonly name: string;
  /** `7643` or `7644` and the section. */
  readonly section: string;
  readonly also: Also;
  readonly holds: (directory: Directory) => Promise<void>;
}

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

let n = 0;
function fresh(): string {
  n += 1;
  return `case${n}`;
}

function is(answered: Answered, status: number): Answered {
  assert.equal(answered.status, status, answered.answer.body);
  return answered;
}

/** RFC 7644 §3.12: the status is a text, and stands there as well. */
function refused(answered: Answered, status: number, scimType?: string): void {
  is(answered, status);
  assert.deepEqual(answered.body.schemas, [ERROR]);
  assert.equal(answered.body.status, String(status));
  assert.equal(answered.body.scimType, scimType);
}

const filtered = (filter: string) => `?filter=${encodeURIComponent(filter)}`;

async function aUser(
  directory: Directory,
  rest: object = {},
): Promise<{ id: string; name: string; body: Answered['body'] }> {
  const name = fresh();
  const { body } = is(await directory.ask('POST', '/Users', user(name, rest)), 201);
  return { id: body.id, name, body };
}

async function aGroup(directory: Directory, members: readonly string[] = []): Promise<{ id: string; name: string }> {
  const name = fresh();
  const said = group(name, { members: members.map((value) => ({ value })) });
  const { body } = is(await directory.ask('POST', '/Groups', said), 201);
  return { id: body.id, name };
}

const membersOf = async (directory: Directory, id: string): Promise<string[]> =>
  ((await directory.ask('GET', `/Groups/${id}`)).body.members ?? [])
    .map(({ value }: { value: string }) => value)
    .sort();

async function isList(directory: Directory, path: string): Promise<Answered['body']> {
  const { body } = is(await directory.ask('GET', path), 200);
  assert.deepEqual(body.schemas, [LIST]);
  assert.equal(typeof body.totalResults, 'number');
  return body;
}

const DISCOVERY: readonly Case[] = [
  {
    name: 'the service says what it can do, and how one shows who one is',
    section: '7643 5',
    also: 'scim2-tester',
    holds: async (d) => {
      const { body, answer } = is(await d.ask('GET', '/ServiceProviderConfig'), 200);
      for (const part of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'])
        assert.equal(typeof body[part].supported, 'boolean', part);
      assert.equal(body.authenticationSchemes[0].type, 'oauthbearertoken');
      assert.match(answer.header('content-type') ?? '', /^application\/scim\+json/);
    },
  },
  {
    name: 'the list of resource types has each by its own address too',
    section: '7643 6',
    also: 'scim2-tester',
    holds: async (d) => {
      const { Resources } = await isList(d, '/ResourceTypes');
      assert.deepEqual(Resources.map(({ id }: { id: string }) => id).sort(), ['Group', 'User']);
      for (const each of Resources) assert.deepEqual((await d.ask('GET', `/ResourceTypes/${each.id}`)).body, each);
    },
  },
  {
    name: 'the list of schemas has each by its own address too, each attribute with its characteristics',
    section: '7643 7',
    also: 'scim2-tester',
    holds: async (d) => {
      const { Resources } = await isList(d, '/Schemas');
      for (const each of Resources) {
        assert.deepEqual((await d.ask('GET', `/Schemas/${each.id}`)).body, each);
        for (const attribute of each.attributes)
          for (const field of ['name', 'type', 'multiValued', 'mutability', 'returned'])
            assert.ok(field in attribute, `${attribute.name}: ${field}`);
      }
    },
  },
  {
    name: 'every resource type names a schema and an endpoint that there is',
    section: '7643 6',
    also: 'scim2-tester',
    holds: async (d) => {
      for (const { schema, endpoint } of (await isList(d, '/ResourceTypes')).Resources) {
        is(await d.ask('GET', `/Schemas/${schema}`), 200);
        await isList(d, endpoint);
      }
    },
  },
  {
    name: 'a resource type, a schema and an address that there is not are 404 as an error of SCIM',
    section: '7644 3.12',
    also: 'scim2-tester',
    holds: async (d) => {
      for (const path of ['/ResourceTypes/None', '/Schemas/urn:none', '/Nothing', '/Users/none', '/Groups/none'])
        refused(await d.ask('GET', path), 404);
    },
  },
  {
    name: 'what the service says of itself is filtered by nobody',
    section: '7644 4',
    also: null,
    holds: async (d) => {
      for (const path of ['/Schemas', '/ResourceTypes'])
        refused(await d.ask('GET', path + filtered('id eq "User"')), 403);
    },
  },
  {
    name: 'bulk and the own account, which are not offered, are 501',
    section: '7644 3.7, 3.11',
    also: null,
    holds: async (d) => {
      refused(await d.ask('POST', '/Bulk', {}), 501);
      refused(await d.ask('GET', '/Me'), 501);
    },
  },
];

const USERS: readonly Case[] = [
  {
    name: 'a user is created: 201, its address, its id and its meta',
    section: '7644 3.3',
    also: 'both',
    holds: async (d) => {
      const { body, answer } = is(await d.ask('POST', '/Users', user(fresh(), { active: true })), 201);
      assert.equal(answer.header('location'), `${BASE}/Users/${body.id}`);
      assert.equal(body.meta.location, `${BASE}/Users/${body.id}`);
      assert.equal(body.meta.resourceType, 'User');
      assert.deepEqual((await d.ask('GET', `/Users/${body.id}`)).body, body);
    },
  },
  {
    name: 'a user who is there already is 409 uniqueness',
    section: '7644 3.3',
    also: 'Entra',
    holds: async (d) => {
      const { name } = await aUser(d);
      refused(await d.ask('POST', '/Users', user(name)), 409, 'uniqueness');
      refused(await d.ask('POST', '/Users', user(name.toUpperCase())), 409, 'uniqueness');
    },
  },
  {
    name: 'an id of the client’s is not taken',
    section: '7643 3.1',
    also: null,
    holds: async (d) => {
      const { body } = is(await d.ask('POST', '/Users', user(fresh(), { id: 'mine' })), 201);
      assert.notEqual(body.id, 'mine');
    },
  },
  {
    name: 'a user without a name, and one of another schema, is 400',
    section: '7644 3.12',
    also: null,
    holds: async (d) => {
      is(await d.ask('POST', '/Users', { schemas: user('').schemas }), 400);
      is(await d.ask('POST', '/Users', { schemas: ['urn:none'], userName: fresh() }), 400);
      refused(await d.ask('POST', '/Users', undefined, { text: '{' }), 400, 'invalidSyntax');
    },
  },
  {
    name: 'a user is found by name, in any case, and by externalId',
    section: '7644 3.4.2.2',
    also: 'Entra',
    holds: async (d) => {
      const externalId = fresh();
      const { id, name } = await aUser(d, { externalId });
      assert.deepEqual(await d.find('Users', `userName eq "${name}"`), [id]);
      assert.deepEqual(await d.find('Users', `userName eq "${name.toUpperCase()}"`), [id]);
      assert.deepEqual(await d.find('Users', `externalId eq "${externalId}"`), [id]);
      assert.deepEqual(await d.find('Users', `userName eq "${name}" and active eq true`), [id]);
    },
  },
  {
    name: 'a user who is not there is an empty list, not an error',
    section: '7644 3.4.2',
    also: 'Entra',
    holds: async (d) => {
      const body = await isList(d, `/Users${filtered('userName eq "nobody-at-all"')}`);
      assert.deepEqual([body.totalResults, body.Resources ?? []], [0, []]);
    },
  },
  {
    name: 'an email of a type is found by a filter of values',
    section: '7644 3.4.2.2',
    also: null,
    holds: async (d) => {
      const value = `${fresh()}@example.test`;
      const { id } = await aUser(d, { emails: [{ value, type: 'work', primary: true }] });
      assert.deepEqual(await d.find('Users', `emails[type eq "work" and value eq "${value}"]`), [id]);
    },
  },
  {
    name: 'a filter that is none is 400 invalidFilter',
    section: '7644 3.4.2.2',
    also: null,
    holds: async (d) => {
      for (const filter of ['userName', 'userName is "x"', '(userName eq "x"'])
        refused(await d.ask('GET', `/Users${filtered(filter)}`), 400, 'invalidFilter');
    },
  },
  {
    name: 'a list comes in pages: startIndex, count, and none for count 0',
    section: '7644 3.4.2.4',
    also: 'both',
    holds: async (d) => {
      for (let i = 0; i < 3; i += 1) await aUser(d);
      const all = await isList(d, '/Users?count=200');
      const second = await isList(d, '/Users?startIndex=2&count=1');
      assert.deepEqual([second.startIndex, second.itemsPerPage], [2, 1]);
      assert.equal(second.Resources[0].id, all.Resources[1].id);
      const none = await isList(d, '/Users?count=0');
      assert.deepEqual([none.totalResults, none.Resources ?? []], [all.totalResults, []]);
      assert.equal((await isList(d, '/Users?startIndex=0&count=1')).startIndex, 1);
    },
  },
  {
    name: 'attributes and excludedAttributes choose what is shown, the id always',
    section: '7644 3.4.2.5',
    also: 'scim2-tester',
    holds: async (d) => {
      const { id } = await aUser(d, { displayName: 'Case' });
      const some = (await d.ask('GET', `/Users/${id}?attributes=userName`)).body;
      assert.deepEqual([some.id, 'userName' in some, 'displayName' in some], [id, true, false]);
      const others = (await d.ask('GET', `/Users/${id}?excludedAttributes=displayName`)).body;
      assert.deepEqual([others.id, 'userName' in others, 'displayName' in others], [id, true, false]);
    },
  },
  {
    name: 'a question may be sent as POST to .search',
    section: '7644 3.4.3',
    also: 'scim2-tester',
    holds: async (d) => {
      const { id, name } = await aUser(d);
      const asked = { schemas: [SEARCH], filter: `userName eq "${name}"`, count: 1, attributes: ['userName'] };
      const { body } = is(await d.ask('POST', '/Users/.search', asked), 200);
      assert.deepEqual([body.schemas, body.Resources[0].id], [[LIST], id]);
    },
  },
  {
    name: 'accounts and groups are asked for together at the root, page by page',
    section: '7644 3.4.2.1',
    also: 'scim2-tester',
    holds: async (d) => {
      const group = await aGroup(d);
      const { id, name } = await aUser(d, { displayName: group.name });
      const filter = `displayName eq "${group.name}"`;
      const both = { schemas: [SEARCH], filter };
      const ids = async (more: object) => {
        const { body } = is(await d.ask('POST', '/.search', { ...both, ...more }), 200);
        return [body.totalResults, body.startIndex, ...body.Resources.map((each: { id: string }) => each.id)];
      };
      assert.deepEqual(await ids({}), [2, 1, id, group.id]);
      assert.deepEqual(await ids({ count: 1 }), [2, 1, id]);
      assert.deepEqual(await ids({ startIndex: 2 }), [2, 2, group.id]);
      assert.deepEqual(await ids({ startIndex: 3 }), [2, 3]);
      assert.deepEqual(await ids({ count: 0 }), [2, 1]);
      // What only accounts have, and only one of the kinds is.
      assert.deepEqual(await ids({ filter: `userName eq "${name}"` }), [1, 1, id]);
      assert.deepEqual(await ids({ filter: `${filter} and meta.resourceType eq "Group"` }), [1, 1, group.id]);
      const { body } = is(await d.ask('GET', `?filter=${encodeURIComponent(filter)}`), 200);
      assert.equal(body.totalResults, 2);
    },
  },
  {
    name: 'a user is replaced: what is left out is gone',
    section: '7644 3.5.1',
    also: 'both',
    holds: async (d) => {
      const { id, name } = await aUser(d, { displayName: 'Before', externalId: fresh() });
      const { body } = is(await d.ask('PUT', `/Users/${id}`, user(name, { name: { givenName: 'After' } })), 200);
      assert.deepEqual([body.name.givenName, body.displayName, body.externalId], ['After', undefined, undefined]);
    },
  },
  {
    name: 'an attribute is added, replaced and removed by PATCH',
    section: '7644 3.5.2',
    also: 'both',
    holds: async (d) => {
      const { id } = await aUser(d);
      const shown = async (...operations: object[]) =>
        is(await d.patch(`/Users/${id}`, ...operations), 200).body.displayName;
      assert.equal(await shown({ op: 'add', path: 'displayName', value: 'One' }), 'One');
      assert.equal(await shown({ op: 'replace', path: 'displayName', value: 'Two' }), 'Two');
      assert.equal(await shown({ op: 'remove', path: 'displayName' }), undefined);
      assert.equal(await shown({ op: 'add', value: { displayName: 'Three' } }), 'Three');
    },
  },
  {
    name: 'several attributes are changed by one PATCH, parts of complex ones too',
    section: '7644 3.5.2',
    also: 'Entra',
    holds: async (d) => {
      const value = `${fresh()}@example.test`;
      const { id } = await aUser(d, { emails: [{ value: 'old@example.test', type: 'work' }] });
      const { body } = is(
        await d.patch(
          `/Users/${id}`,
          { op: 'Replace', path: 'name.givenName', value: 'Given' },
          { op: 'Replace', path: 'emails[type eq "work"].value', value },
        ),
        200,
      );
      assert.deepEqual([body.name.givenName, body.emails[0].value], ['Given', value]);
    },
  },
  {
    name: 'a user is disabled by PATCH, and shown so by id and by filter',
    section: '7644 3.5.2.3',
    also: 'Entra',
    holds: async (d) => {
      const { id, name } = await aUser(d);
      assert.equal(
        is(await d.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false }), 200).body.active,
        false,
      );
      assert.equal((await d.ask('GET', `/Users/${id}`)).body.active, false);
      assert.equal((await isList(d, `/Users${filtered(`userName eq "${name}"`)}`)).Resources[0].active, false);
      assert.equal(
        is(await d.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true }), 200).body.active,
        true,
      );
    },
  },
  {
    name: 'a PATCH that cannot be understood is 400, with its kind',
    section: '7644 3.5.2, 3.12',
    also: 'scim2-tester',
    holds: async (d) => {
      const { id, body: before } = await aUser(d);
      const at = `/Users/${id}`;
      refused(await d.patch(at, { op: 'move', path: 'displayName', value: 'x' }), 400, 'invalidSyntax');
      refused(await d.patch(at, { op: 'remove' }), 400, 'noTarget');
      refused(await d.patch(at, { op: 'replace', path: 'display..Name', value: 'x' }), 400, 'invalidPath');
      refused(await d.patch(at, { op: 'replace', path: 'id', value: 'x' }), 400, 'mutability');
      assert.deepEqual((await d.ask('GET', at)).body, before, 'nothing of it is done');
    },
  },
  {
    name: 'a user is removed: 204 without a body, then 404, and the name is free',
    section: '7644 3.6',
    also: 'both',
    holds: async (d) => {
      const { id, name } = await aUser(d);
      const gone = is(await d.ask('DELETE', `/Users/${id}`), 204);
      assert.equal(gone.body, undefined);
      for (const method of ['GET', 'DELETE']) refused(await d.ask(method, `/Users/${id}`), 404);
      is(await d.ask('POST', '/Users', user(name)), 201);
    },
  },
  {
    name: 'versions: 304 for what is known, 412 for a change of what has changed',
    section: '7644 3.14',
    also: null,
    holds: async (d) => {
      const { id, body } = await aUser(d);
      const { version } = body.meta;
      const at = `/Users/${id}`;
      is(await d.ask('GET', at, undefined, { headers: [['If-None-Match', version]] }), 304);
      is(await d.patch(at, { op: 'replace', path: 'displayName', value: 'Newer' }), 200);
      const operations = {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'remove', path: 'displayName' }],
      };
      refused(await d.ask('PATCH', at, operations, { headers: [['If-Match', version]] }), 412);
    },
  },
  {
    name: 'application/json is taken as application/scim+json is, another type is 415',
    section: '7644 3.1, 8.1',
    also: null,
    holds: async (d) => {
      is(await d.ask('POST', '/Users', user(fresh()), { type: 'application/json' }), 201);
      refused(await d.ask('POST', '/Users', user(fresh()), { type: 'text/plain' }), 415);
    },
  },
  {
    name: 'a method that an address has not is 405',
    section: '7644 3.2',
    also: null,
    holds: async (d) => refused(await d.ask('DELETE', '/Users'), 405),
  },
];

const GROUPS: readonly Case[] = [
  {
    name: 'a group is created with its members, who show it',
    section: '7644 3.3',
    also: 'both',
    holds: async (d) => {
      const { id: member } = await aUser(d);
      const { id } = await aGroup(d, [member]);
      assert.deepEqual(await membersOf(d, id), [member]);
      const { groups } = (await d.ask('GET', `/Users/${member}`)).body;
      assert.deepEqual(
        groups.map(({ value }: { value: string }) => value),
        [id],
      );
    },
  },
  {
    name: 'a group is found by its name, and without its members where they are not wanted',
    section: '7644 3.4.2.2',
    also: 'Entra',
    holds: async (d) => {
      const { id: member } = await aUser(d);
      const { id, name } = await aGroup(d, [member]);
      assert.deepEqual(await d.find('Groups', `displayName eq "${name}"`), [id]);
      const { Resources } = await isList(
        d,
        `/Groups${filtered(`displayName eq "${name}"`)}&excludedAttributes=members`,
      );
      assert.deepEqual([Resources[0].id, Resources[0].members], [id, undefined]);
      assert.deepEqual(await d.find('Groups', 'displayName eq "no such group"'), []);
    },
  },
  {
    name: 'members are added, and removed by a filter of values and by value',
    section: '7644 3.5.2.1, 3.5.2.2',
    also: 'Entra',
    holds: async (d) => {
      const [one, two] = [(await aUser(d)).id, (await aUser(d)).id];
      const { id } = await aGroup(d);
      const done = async (operation: object) => {
        const { status, answer } = await d.patch(`/Groups/${id}`, operation);
        assert.ok(status === 200 || status === 204, answer.body);
      };
      await done({ op: 'Add', path: 'members', value: [{ value: one }, { value: two }] });
      assert.deepEqual(await membersOf(d, id), [one, two].sort());
      await done({ op: 'Remove', path: `members[value eq "${one}"]` });
      assert.deepEqual(await membersOf(d, id), [two]);
      await done({ op: 'Remove', path: 'members', value: [{ value: two }] });
      assert.deepEqual(await membersOf(d, id), []);
    },
  },
  {
    name: 'a member who is there already is added without effect',
    section: '7644 3.5.2.1',
    also: null,
    holds: async (d) => {
      const { id: member } = await aUser(d);
      const { id } = await aGroup(d, [member]);
      const { status } = await d.patch(`/Groups/${id}`, { op: 'add', path: 'members', value: [{ value: member }] });
      assert.ok(status === 200 || status === 204);
      assert.deepEqual(await membersOf(d, id), [member]);
    },
  },
  {
    name: 'a group is renamed by PATCH, and replaced whole',
    section: '7644 3.5.1, 3.5.2.3',
    also: 'both',
    holds: async (d) => {
      const { id: member } = await aUser(d);
      const { id } = await aGroup(d, [member]);
      const [renamed, replaced] = [fresh(), fresh()];
      const { status } = await d.patch(`/Groups/${id}`, { op: 'replace', path: 'displayName', value: renamed });
      assert.ok(status === 200 || status === 204);
      assert.equal((await d.ask('GET', `/Groups/${id}`)).body.displayName, renamed);
      is(await d.ask('PUT', `/Groups/${id}`, group(replaced)), 200);
      assert.equal((await d.ask('GET', `/Groups/${id}`)).body.displayName, replaced);
      assert.deepEqual(await membersOf(d, id), []);
    },
  },
  {
    name: 'a member that there is not is refused, and nothing is half done',
    section: '7644 3.12',
    also: null,
    holds: async (d) => {
      const { id } = await aGroup(d);
      const { status } = await d.patch(`/Groups/${id}`, { op: 'add', path: 'members', value: [{ value: 'nobody' }] });
      assert.equal(status, 400);
      assert.deepEqual(await membersOf(d, id), []);
    },
  },
  {
    name: 'a group is removed: 204, then 404, and its members stay',
    section: '7644 3.6',
    also: 'both',
    holds: async (d) => {
      const { id: member } = await aUser(d);
      const { id } = await aGroup(d, [member]);
      is(await d.ask('DELETE', `/Groups/${id}`), 204);
      refused(await d.ask('GET', `/Groups/${id}`), 404);
      is(await d.ask('GET', `/Users/${member}`), 200);
    },
  },
];

export const CASES: readonly Case[] = [...DISCOVERY, ...USERS, ...GROUPS];
