import assert from 'node:assert/strict';
import test from 'node:test';
import { errorBody, fault, ScimError } from '../../../src/scim/error.ts';
import {
  RESOURCE_TYPES,
  schemaDocument,
  serviceDocument,
  typeDocument,
  typeOf,
} from '../../../src/scim/message/discovery.ts';
import { holdsTag, readTags } from '../../../src/scim/message/etag.ts';
import { listResponse } from '../../../src/scim/message/list.ts';
import { isWanted, project } from '../../../src/scim/message/project.ts';
import { readQuery, readSearch, readWanted, SEARCH_SCHEMA } from '../../../src/scim/message/query.ts';
import { readResource } from '../../../src/scim/resource/read.ts';
import { GROUP } from '../../../src/scim/schema/group.ts';
import type { Attribute } from '../../../src/scim/schema/types.ts';
import { USER } from '../../../src/scim/schema/user.ts';
import { refusal } from './refusal.ts';
import { GROUP_OF_TWO, GROUP_SCHEMA, USER_SCHEMA, USERS } from './resources.ts';

const query = (text: string) => readQuery(new URLSearchParams(text));
const user = (rest: object) => ({ schemas: [USER_SCHEMA], userName: 'alice', ...rest });

test('7644 3.12: an error has its status as text, its kind where there is one, and a sentence', () => {
  assert.deepEqual(errorBody(fault('mutability', 'no')), {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '400',
    scimType: 'mutability',
    detail: 'no',
  });
  assert.deepEqual(errorBody(new ScimError(404, undefined, 'none')), {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '404',
    detail: 'none',
  });
});

test('7644 3.3: what is not kept, not known or not to be set is left out of a resource', () => {
  assert.deepEqual(
    readResource(
      USER,
      user({
        id: 'mine',
        meta: { created: 'x' },
        groups: [{ value: 'g' }],
        title: 'x',
        nobodyKnows: { a: 1 },
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'x' },
        __proto__: { admin: true },
        NAME: { FORMATTED: 'A', x: 1, givenName: null },
        displayName: null,
        emails: [],
        active: 'True',
        password: 'secret',
      }),
    ),
    { userName: 'alice', name: { formatted: 'A' }, active: true },
  );
});

test('7643 3: what is sent names its schema, and has what is needed in its form', () => {
  const bad: readonly (readonly [unknown, string])[] = [
    [null, '400 invalidSyntax'],
    [[], '400 invalidSyntax'],
    [{ userName: 'alice' }, '400 invalidSyntax'],
    [{ schemas: [GROUP_SCHEMA], userName: 'alice' }, '400 invalidSyntax'],
    [user({ UserName: 'bob' }), '400 invalidSyntax'],
    [user({ name: { familyName: 'a', FamilyName: 'b' } }), '400 invalidSyntax'],
    [{ schemas: [USER_SCHEMA] }, '400 invalidValue'],
    [user({ userName: '' }), '400 invalidValue'],
    [user({ userName: ['alice'] }), '400 invalidValue'],
    [user({ active: 1 }), '400 invalidValue'],
    [user({ name: [], displayName: {} }), '400 invalidValue'],
    [user({ emails: 'alice@example.com' }), '400 invalidValue'],
    [user({ emails: [{ type: 'work' }] }), '400 invalidValue'],
    [user({ emails: [1, 2].map((i) => ({ value: `${i}@a`, primary: true })) }), '400 invalidValue'],
    [user({ emails: Array.from({ length: 21 }, (_, i) => ({ value: `${i}@a` })) }), '400 invalidValue'],
    [user(Object.fromEntries(Array.from({ length: 255 }, (_, i) => [`a${i}`, i]))), '400 invalidSyntax'],
    [user({ displayName: 'a\ud800' }), '400 invalidValue'],
    [user({ displayName: 'a\r\nb' }), '400 invalidValue'],
    [user({ displayName: 'x'.repeat(1025) }), '400 invalidValue'],
  ];
  for (const [body, refused] of bad)
    assert.equal(
      refusal(() => readResource(USER, body)),
      refused,
      JSON.stringify(body),
    );
  assert.deepEqual(
    readResource(GROUP, {
      schemas: [GROUP_SCHEMA.toLowerCase()],
      displayName: 'g',
      members: { value: 'a', display: 'A' },
    }),
    {
      displayName: 'g',
      members: [{ value: 'a' }],
    },
  );
});

test('7644 3.4.2.4: pages begin at 1 and have at most 200', () => {
  const page = (text: string) => [query(text).startIndex, query(text).count];
  assert.deepEqual(page(''), [1, 100]);
  assert.deepEqual(page('startIndex=3&count=10'), [3, 10]);
  assert.deepEqual(page('startIndex=-5&count=-1'), [1, 0]);
  assert.deepEqual(page('StartIndex=0&COUNT=100000'), [1, 200]);
  for (const text of [
    'count=x',
    'count=1.5',
    'startIndex=1e3',
    'count=9999999999',
    'count=1&count=2',
    'startIndex=%20',
  ])
    assert.equal(
      refusal(() => query(text)),
      '400 invalidValue',
      text,
    );
  assert.equal(
    refusal(() => query('filter=x')),
    '400 invalidFilter',
  );
  assert.equal(query('filter=&sortBy=userName&sortOrder=descending').filter, undefined);
  assert.deepEqual(listResponse({ resources: [{ id: 'a' }], totalResults: 7, startIndex: 3 }), {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 7,
    startIndex: 3,
    itemsPerPage: 1,
    Resources: [{ id: 'a' }],
  });
});

test('7644 3.4.3: a search by message asks the same', () => {
  const search = (rest: object) => readSearch({ schemas: [SEARCH_SCHEMA], ...rest });
  assert.deepEqual(
    search({ filter: 'id pr', startIndex: 2, count: 5, attributes: ['userName', 'emails.value'] }),
    query('filter=id pr&startIndex=2&count=5&attributes=userName,emails.value'),
  );
  assert.equal(
    refusal(() => readSearch({ filter: 'id pr' })),
    '400 invalidSyntax',
  );
  assert.equal(
    refusal(() => readSearch('id pr')),
    '400 invalidSyntax',
  );
  assert.equal(
    refusal(() => search({ filter: ['id pr'] })),
    '400 invalidFilter',
  );
  assert.equal(
    refusal(() => search({ attributes: [1] })),
    '400 invalidValue',
  );
  assert.equal(
    refusal(() => search({ count: 1.5 })),
    '400 invalidValue',
  );
  assert.equal(
    refusal(() => search({ count: 1, Count: 2 })),
    '400 invalidSyntax',
  );
});

test('7644 3.9: attributes are shown as they are asked for; schemas and id always', () => {
  const shown = (text: string) => project(USER, USERS.barbara, readWanted(new URLSearchParams(text)));
  const { schemas, id, name, userName } = USERS.barbara;
  assert.equal(shown(''), USERS.barbara);
  assert.deepEqual(shown('attributes=userName'), { schemas, id, userName });
  assert.deepEqual(shown(`attributes=${USER_SCHEMA}:USERNAME, nobodyKnows,:,name`), { schemas, id, userName, name });
  assert.deepEqual(shown('attributes=emails.value,meta.version'), {
    schemas,
    id,
    meta: { version: 'W/"1"' },
    emails: [{ value: 'bjensen@example.com' }, { value: 'babs@jensen.example' }],
  });
  assert.deepEqual(Object.keys(shown('excludedAttributes=id,schemas,meta,name,emails,groups,externalId')), [
    'schemas',
    'id',
    'userName',
    'displayName',
    'active',
  ]);
  assert.deepEqual(shown('excludedAttributes=name.formatted')['name'], { familyName: 'Jensen', givenName: 'Barbara' });
  assert.equal(
    refusal(() => shown('attributes=id&excludedAttributes=name')),
    '400 invalidValue',
  );
  assert.equal(
    refusal(() => shown(`attributes=${'a,'.repeat(101)}`)),
    '400 invalidValue',
  );
  const isAsked = (text: string) => isWanted(GROUP, 'members', readWanted(new URLSearchParams(text)));
  assert.deepEqual(
    ['', 'attributes=members', 'attributes=members.value', 'excludedAttributes=members.display'].map(isAsked),
    [true, true, true, true],
  );
  assert.deepEqual(['excludedAttributes=members', 'attributes=displayName'].map(isAsked), [false, false]);
  assert.ok(
    !('members' in project(GROUP, GROUP_OF_TWO, readWanted(new URLSearchParams('excludedAttributes=members')))),
  );
});

test('7644 3.14: a condition holds tags, weak or strong, or any; anything else is refused', () => {
  assert.deepEqual(readTags('W/"a"'), ['a']);
  assert.deepEqual(readTags(' "a" ,W/"b, c"\t'), ['a', 'b, c']);
  assert.equal(readTags(' * '), 'any');
  for (const text of ['', ' ', 'a', '"a', '"a" "b"', '"a",', 'w/"a"', 'W/a', '*, "a"', `"${'a'.repeat(1024)}"`])
    assert.equal(
      refusal(() => readTags(text)),
      '400 -',
      text,
    );
  assert.ok(holdsTag('any', 'W/"a"') && holdsTag(['b', 'a'], 'W/"a"'));
  assert.ok(!holdsTag(['b'], 'W/"a"') && !holdsTag([], 'W/"a"'));
});

test('7644 4: the service describes what it keeps and what it can, and nothing else', () => {
  const base = 'https://scim.example/scim/v2';
  const service = serviceDocument(base);
  assert.deepEqual(
    ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'].map((each) => Reflect.get(service, each).supported),
    [true, false, true, false, false, true],
  );
  assert.deepEqual(
    RESOURCE_TYPES.map((type) => Reflect.get(typeDocument(type, base), 'endpoint')),
    ['/Users', '/Groups'],
  );
  assert.equal(typeOf('User', 'id'), USER);
  assert.equal(typeOf(GROUP_SCHEMA, 'schema'), GROUP);
  assert.equal(
    refusal(() => typeOf('user', 'id')),
    '404 -',
  );
  assert.equal(
    refusal(() => typeOf('__proto__', 'schema')),
    '404 -',
  );
  for (const type of RESOURCE_TYPES) {
    const document = JSON.parse(JSON.stringify(schemaDocument(type, base)));
    assert.equal(document.id, type.schema.id);
    assert.equal(document.meta.location, `${base}/Schemas/${type.schema.id}`);
    document.attributes.forEach(needWhole);
  }
});

/** 7643 7: every characteristic is said, and parts where there are any. */
function needWhole(attribute: Attribute): void {
  const all = [
    'name',
    'type',
    'multiValued',
    'description',
    'required',
    'caseExact',
    'mutability',
    'returned',
    'uniqueness',
  ];
  assert.deepEqual(
    all.filter((each) => !(each in attribute)),
    [],
    attribute.name,
  );
  assert.ok(!('most' in attribute));
  assert.equal(attribute.type === 'complex', attribute.subAttributes !== undefined, attribute.name);
  attribute.subAttributes?.forEach(needWhole);
}
