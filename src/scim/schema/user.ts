import { attribute } from './attribute.ts';
import type { ResourceType } from './types.ts';

/** Attributes of RFC 7643 §4.1 that a directory may push and of which an account holds nothing. */
const NOT_KEPT = [
  ...['nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone', 'password'],
  ...['phoneNumbers', 'ims', 'photos', 'addresses', 'entitlements', 'roles', 'x509Certificates'],
];

export const ENTERPRISE_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const NAME = [
  attribute('formatted', 'The full name.'),
  attribute('familyName', 'The family name.'),
  attribute('givenName', 'The given name.'),
  attribute('middleName', 'Middle names.'),
  attribute('honorificPrefix', 'A title before the name.'),
  attribute('honorificSuffix', 'What stands behind the name.'),
];

const EMAIL = [
  attribute('value', 'The address.', { required: true }),
  attribute('display', 'How it is shown.'),
  attribute('type', 'What it is for.', { canonicalValues: ['work', 'home', 'other'] }),
  attribute('primary', 'The address that Sallyport writes to.', { type: 'boolean' }),
];

const GROUP = [
  attribute('value', 'The id of the group.', { caseExact: true, mutability: 'readOnly' }),
  attribute('$ref', 'Its address.', {
    type: 'reference',
    caseExact: true,
    mutability: 'readOnly',
    referenceTypes: ['Group'],
  }),
  attribute('display', 'Its name.', { mutability: 'readOnly' }),
];

/** A person's account, by RFC 7643 §4.1 as far as an account holds it. */
export const USER: ResourceType = {
  id: 'User',
  endpoint: '/Users',
  description: 'An account',
  schema: {
    id: 'urn:ietf:params:scim:schemas:core:2.0:User',
    name: 'User',
    description: 'An account',
    attributes: [
      attribute('userName', 'The name that the person signs in with, in its one spelling.', {
        required: true,
        mutability: 'immutable',
        uniqueness: 'server',
      }),
      attribute('name', 'The parts of the person’s name.', { type: 'complex', subAttributes: NAME }),
      attribute('displayName', 'How the person is shown.'),
      attribute('emails', 'Addresses; notices go to the primary one.', {
        type: 'complex',
        multiValued: true,
        subAttributes: EMAIL,
        most: 20,
      }),
      attribute('active', 'Whether the person may sign in. False ends every session at once.', { type: 'boolean' }),
      attribute('groups', 'Groups of the account; changed at the groups.', {
        type: 'complex',
        multiValued: true,
        mutability: 'readOnly',
        subAttributes: GROUP,
      }),
    ],
  },
  notKept: new Set(NOT_KEPT.map((name) => name.toLowerCase())),
  notKeptSchemas: new Set([ENTERPRISE_SCHEMA.toLowerCase()]),
};
