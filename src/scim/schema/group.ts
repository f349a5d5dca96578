import { attribute } from './attribute.ts';
import type { ResourceType } from './types.ts';

const MEMBER = [
  attribute('value', 'The id of the account.', { required: true, caseExact: true, mutability: 'immutable' }),
  attribute('$ref', 'Its address.', {
    type: 'reference',
    caseExact: true,
    mutability: 'immutable',
    referenceTypes: ['User'],
  }),
  attribute('display', 'Its name.', { mutability: 'readOnly' }),
  attribute('type', 'Its kind.', { mutability: 'immutable', canonicalValues: ['User'] }),
];

/** A group of accounts, by RFC 7643 §4.2. Groups within groups are none here. */
export const GROUP: ResourceType = {
  id: 'Group',
  endpoint: '/Groups',
  description: 'A group of accounts',
  schema: {
    id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
    name: 'Group',
    description: 'A group of accounts',
    attributes: [
      attribute('displayName', 'The name of the group.', { required: true, uniqueness: 'server' }),
      attribute('members', 'Accounts in the group.', {
        type: 'complex',
        multiValued: true,
        subAttributes: MEMBER,
        most: 10_000,
      }),
    ],
  },
  notKept: new Set(),
  notKeptSchemas: new Set(),
};
