import type { Resource } from '../../../src/scim/schema/types.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:';

/** Accounts that cases ask about, by id. */
export const USERS: Readonly<Record<'barbara' | 'john' | 'omar', Resource>> = {
  barbara: {
    schemas: [`${CORE}User`],
    id: 'barbara',
    externalId: 'EXT-1',
    meta: {
      resourceType: 'User',
      created: '2010-01-23T04:56:22Z',
      lastModified: '2011-05-13T04:42:34Z',
      location: 'https://scim.example/scim/v2/Users/barbara',
      version: 'W/"1"',
    },
    userName: 'bjensen@example.com',
    name: { formatted: 'Ms. Barbara J Jensen, III', familyName: 'Jensen', givenName: 'Barbara' },
    displayName: 'Babs Jensen',
    emails: [
      { value: 'bjensen@example.com', type: 'work', primary: true },
      { value: 'babs@jensen.example', type: 'home' },
    ],
    active: true,
    groups: [{ value: 'g1', display: 'staff' }],
  },
  john: {
    schemas: [`${CORE}User`],
    id: 'john',
    externalId: 'ext-1',
    meta: { resourceType: 'User', created: '2012-01-01T00:00:00Z', lastModified: '2012-01-01T01:00:00+01:00' },
    userName: 'John',
    name: { familyName: "O'Malley" },
    emails: [{ value: 'john@example.org', type: 'home' }],
    active: false,
  },
  omar: {
    schemas: [`${CORE}User`],
    id: 'omar',
    meta: { resourceType: 'User', created: '2013-01-01T00:00:00Z', lastModified: '2013-01-01T00:00:00Z' },
    userName: 'omar"s\\name',
    active: true,
  },
};

export const GROUP_OF_TWO: Resource = {
  schemas: [`${CORE}Group`],
  id: 'g1',
  displayName: 'staff',
  members: [
    { value: 'barbara', display: 'bjensen@example.com', type: 'User' },
    { value: 'john', display: 'John', type: 'User' },
  ],
};

export const USER_SCHEMA = `${CORE}User`;
export const GROUP_SCHEMA = `${CORE}Group`;
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
