import type { Value } from '../../../src/scim/schema/types.ts';
import { GROUP_SCHEMA, USER_SCHEMA } from './resources.ts';

/** Operations on an account or a group of resources.ts, and what has changed after them; or how they are refused. */
export interface PatchCase {
  /** Where it is said: RFC 7644, unless another is named. */
  readonly section: string;
  readonly about: string;
  readonly of: 'barbara' | 'omar' | 'group';
  readonly operations: readonly object[];
  /** Attributes as they are afterwards, undefined for none; all others are as they were. */
  readonly changes?: Readonly<Record<string, Value | undefined>>;
  readonly refused?: '400 invalidPath' | '400 invalidFilter' | '400 invalidValue' | '400 noTarget' | '400 mutability';
}

const WORK = { value: 'bjensen@example.com', type: 'work', primary: true };
const HOME = { value: 'babs@jensen.example', type: 'home' };
const BARBARA = { value: 'barbara', display: 'bjensen@example.com', type: 'User' };
const JOHN = { value: 'john', display: 'John', type: 'User' };
const NAME = { formatted: 'Ms. Barbara J Jensen, III', familyName: 'Jensen', givenName: 'Barbara' };

type Rest = Omit<PatchCase, 'section' | 'about' | 'of' | 'operations'>;
function one(section: string, about: string, of: PatchCase['of'], operation: object | object[], rest: Rest): PatchCase {
  return { section, about, of, operations: Array.isArray(operation) ? operation : [operation], ...rest };
}

const ADD: readonly PatchCase[] = [
  one(
    '3.5.2.1',
    'without a path adds attributes',
    'omar',
    { op: 'add', value: { displayName: 'O', externalId: 'e' } },
    {
      changes: { displayName: 'O', externalId: 'e' },
    },
  ),
  one(
    '3.5.2.1',
    'an attribute without a value gets one',
    'omar',
    { op: 'add', path: 'displayName', value: 'Omar' },
    {
      changes: { displayName: 'Omar' },
    },
  ),
  one(
    '3.5.2.1',
    'a single value is replaced',
    'barbara',
    { op: 'add', path: 'displayName', value: 'B' },
    {
      changes: { displayName: 'B' },
    },
  ),
  one(
    '3.5.2.1',
    'to several values one is added',
    'barbara',
    { op: 'add', path: 'emails', value: [{ value: 'x@y.example' }] },
    {
      changes: { emails: [WORK, HOME, { value: 'x@y.example' }] },
    },
  ),
  one(
    '3.5.2.1',
    'without a path too',
    'barbara',
    { op: 'add', value: { emails: [{ value: 'x@y.example' }] } },
    {
      changes: { emails: [WORK, HOME, { value: 'x@y.example' }] },
    },
  ),
  one(
    '3.5.2.1',
    'what is there already changes nothing',
    'barbara',
    { op: 'add', path: 'emails', value: [HOME] },
    {
      changes: {},
    },
  ),
  one(
    '3.5.2.1',
    'a member who is one changes nothing',
    'group',
    { op: 'add', path: 'members', value: [{ value: 'john' }] },
    {
      changes: {},
    },
  ),
  one(
    '3.5.2.1',
    'a member is added',
    'group',
    { op: 'add', path: 'members', value: [{ value: 'omar' }] },
    {
      changes: { members: [BARBARA, JOHN, { value: 'omar' }] },
    },
  ),
  one(
    '3.5.2.1',
    'parts are added to what has parts',
    'barbara',
    { op: 'add', path: 'name', value: { middleName: 'J' } },
    {
      changes: { name: { ...NAME, middleName: 'J' } },
    },
  ),
  one(
    '3.5.2.1',
    'a part alone',
    'omar',
    { op: 'add', path: 'name.familyName', value: 'S' },
    {
      changes: { name: { familyName: 'S' } },
    },
  ),
  one(
    '3.5.2.1',
    'a part of the values that are chosen',
    'barbara',
    { op: 'add', path: 'emails[type eq "home"].display', value: 'd' },
    {
      changes: { emails: [WORK, { ...HOME, display: 'd' }] },
    },
  ),
  one(
    '3.10',
    'a path may begin with the schema',
    'omar',
    { op: 'add', path: `${USER_SCHEMA}:name.familyName`, value: 'S' },
    {
      changes: { name: { familyName: 'S' } },
    },
  ),
  one(
    '7643 2.1',
    'names are the same in any case',
    'omar',
    { op: 'add', path: 'DISPLAYNAME', value: 'Omar' },
    {
      changes: { displayName: 'Omar' },
    },
  ),
  one(
    '7643 2.5',
    'nothing is added by null',
    'barbara',
    { op: 'add', path: 'displayName', value: null },
    { changes: {} },
  ),
  one(
    '3.5.2',
    'a new primary value makes the others none',
    'barbara',
    {
      op: 'add',
      path: 'emails',
      value: [{ value: 'x@y.example', primary: true }],
    },
    { changes: { emails: [{ ...WORK, primary: false }, HOME, { value: 'x@y.example', primary: true }] } },
  ),
];

const REMOVE: readonly PatchCase[] = [
  one('3.5.2.2', 'without a path there is no target', 'barbara', { op: 'remove' }, { refused: '400 noTarget' }),
  one(
    '3.5.2.2',
    'a single value',
    'barbara',
    { op: 'remove', path: 'displayName' },
    { changes: { displayName: undefined } },
  ),
  one('3.5.2.2', 'all values', 'barbara', { op: 'remove', path: 'emails' }, { changes: { emails: undefined } }),
  one(
    '3.5.2.2',
    'values that are chosen',
    'barbara',
    { op: 'remove', path: 'emails[type eq "home"]' },
    {
      changes: { emails: [WORK] },
    },
  ),
  one(
    '3.5.2.2',
    'a member',
    'group',
    { op: 'remove', path: 'members[value eq "john"]' },
    { changes: { members: [BARBARA] } },
  ),
  one(
    '3.5.2.2',
    'the last of several leaves none',
    'group',
    { op: 'remove', path: 'members[type eq "User"]' },
    {
      changes: { members: undefined },
    },
  ),
  one('3.5.2.2', 'all members', 'group', { op: 'remove', path: 'members' }, { changes: { members: undefined } }),
  one(
    '3.5.2.2',
    'a part of chosen values',
    'barbara',
    { op: 'remove', path: 'emails[type eq "work"].primary' },
    {
      changes: { emails: [{ value: 'bjensen@example.com', type: 'work' }, HOME] },
    },
  ),
  one(
    '3.5.2.2',
    'an address without its value is none',
    'barbara',
    { op: 'remove', path: 'emails[type eq "work"].value' },
    {
      changes: { emails: [HOME] },
    },
  ),
  one(
    '3.5.2.2',
    'what is not there is not there afterwards',
    'group',
    { op: 'remove', path: 'members[value eq "omar"]' },
    {
      changes: {},
    },
  ),
  one('3.5.2.2', 'what has no value', 'omar', { op: 'remove', path: 'displayName' }, { changes: {} }),
  one(
    '3.5.2.2',
    'the last part leaves nothing',
    'barbara',
    [...['formatted', 'familyName', 'givenName'].map((part) => ({ op: 'remove', path: `name.${part}` }))],
    { changes: { name: undefined } },
  ),
  one('3.5.2.2', 'what is needed stays', 'barbara', { op: 'remove', path: 'userName' }, { refused: '400 mutability' }),
  one('3.5.2.2', 'what is needed stays', 'group', { op: 'remove', path: 'displayName' }, { refused: '400 mutability' }),
  one('3.5.2.2', 'what nobody sets stays', 'barbara', { op: 'remove', path: 'id' }, { refused: '400 mutability' }),
  one(
    '3.5.2.2',
    'groups of an account are changed at the groups',
    'barbara',
    { op: 'remove', path: 'groups' },
    {
      refused: '400 mutability',
    },
  ),
];

const REPLACE: readonly PatchCase[] = [
  one(
    '3.5.2.3',
    'without a path',
    'barbara',
    { op: 'replace', value: { displayName: 'B', active: false } },
    {
      changes: { displayName: 'B', active: false },
    },
  ),
  one(
    '3.5.2.3',
    'a single value',
    'barbara',
    { op: 'replace', path: 'userName', value: 'babs' },
    { changes: { userName: 'babs' } },
  ),
  one(
    '3.5.2.3',
    'all values',
    'barbara',
    { op: 'replace', path: 'emails', value: [{ value: 'x@y.example' }] },
    {
      changes: { emails: [{ value: 'x@y.example' }] },
    },
  ),
  one(
    '3.5.2.3',
    'what has no value is added',
    'omar',
    { op: 'replace', path: 'displayName', value: 'O' },
    {
      changes: { displayName: 'O' },
    },
  ),
  one(
    '3.5.2.3',
    'parts that are not named stay',
    'barbara',
    { op: 'replace', path: 'name', value: { givenName: 'B' } },
    {
      changes: { name: { ...NAME, givenName: 'B' } },
    },
  ),
  one(
    '3.5.2.3',
    'chosen values are replaced whole',
    'barbara',
    {
      op: 'replace',
      path: 'emails[type eq "home"]',
      value: { value: 'x@y.example' },
    },
    { changes: { emails: [WORK, { value: 'x@y.example' }] } },
  ),
  one(
    '3.5.2.3',
    'a part of all that are chosen',
    'barbara',
    { op: 'replace', path: 'emails[value pr].display', value: 'd' },
    {
      changes: {
        emails: [
          { ...WORK, display: 'd' },
          { ...HOME, display: 'd' },
        ],
      },
    },
  ),
  one(
    '3.5.2.3',
    'without a match there is no target',
    'barbara',
    {
      op: 'replace',
      path: 'emails[type eq "other"].value',
      value: 'x@y.example',
    },
    { refused: '400 noTarget' },
  ),
  one(
    '3.5.2.3',
    'without any value there is none either',
    'omar',
    {
      op: 'replace',
      path: 'emails[type eq "work"]',
      value: { value: 'x@y.example' },
    },
    { refused: '400 noTarget' },
  ),
  one(
    '7643 2.5',
    'by null is taking away',
    'barbara',
    { op: 'replace', path: 'displayName', value: null },
    {
      changes: { displayName: undefined },
    },
  ),
  one(
    '7643 2.5',
    'by an empty list is taking away',
    'group',
    { op: 'replace', path: 'members', value: [] },
    {
      changes: { members: undefined },
    },
  ),
  one(
    '3.5.2',
    'what becomes primary is the only one',
    'barbara',
    {
      op: 'replace',
      path: 'emails[type eq "home"].primary',
      value: true,
    },
    {
      changes: {
        emails: [
          { ...WORK, primary: false },
          { ...HOME, primary: true },
        ],
      },
    },
  ),
  one(
    '7643 7',
    'what is set once stays',
    'group',
    { op: 'replace', path: 'members[value eq "john"].value', value: 'omar' },
    {
      refused: '400 mutability',
    },
  ),
];

const REFUSED: readonly PatchCase[] = [
  ...[
    'nobodyKnows',
    'name.nobodyKnows',
    'emails[type eq "work"].nobodyKnows',
    '',
    ' ',
    'emails[',
    'emails.',
    '.value',
  ].map((path) =>
    one(
      '3.12 invalidPath',
      `path ${JSON.stringify(path)}`,
      'barbara',
      { op: 'replace', path, value: 'x' },
      {
        refused: path === 'emails[' ? '400 invalidFilter' : '400 invalidPath',
      },
    ),
  ),
  ...[
    'displayName eq "x"',
    'name[familyName pr]',
    'active[value pr]',
    `${GROUP_SCHEMA}:userName`,
    '__proto__',
    'emails.value x',
  ].map((path) =>
    one(
      '3.12 invalidPath',
      `path ${path}`,
      'barbara',
      { op: 'replace', path, value: 'x' },
      { refused: '400 invalidPath' },
    ),
  ),
  ...['emails[type xx "work"].value', 'emails[type eq work]', 'emails[primary gt true]'].map((path) =>
    one('3.12 invalidFilter', `path ${path}`, 'barbara', { op: 'remove', path }, { refused: '400 invalidFilter' }),
  ),
  ...[true, 5, {}, ['x'], '', 'a\u0000b', 'x'.repeat(1025)].map((value) =>
    one(
      '3.12 invalidValue',
      `user name ${JSON.stringify(value).slice(0, 20)}`,
      'barbara',
      { op: 'replace', path: 'userName', value },
      {
        refused: '400 invalidValue',
      },
    ),
  ),
  ...['yes', '', 0, {}, 'truefalse']
    .filter((value) => value !== '')
    .map((value) =>
      one(
        '3.12 invalidValue',
        `active ${JSON.stringify(value)}`,
        'barbara',
        { op: 'replace', path: 'active', value },
        {
          refused: '400 invalidValue',
        },
      ),
    ),
  one(
    '3.12 invalidValue',
    'an address without a value',
    'barbara',
    { op: 'add', path: 'emails', value: [{ type: 'work' }] },
    {
      refused: '400 invalidValue',
    },
  ),
  one(
    '3.12 invalidValue',
    'parts that are a text',
    'barbara',
    { op: 'replace', path: 'name', value: 'Barbara' },
    {
      refused: '400 invalidValue',
    },
  ),
  one(
    '3.12 invalidValue',
    'without a path no attributes',
    'barbara',
    { op: 'replace', value: 'x' },
    { refused: '400 invalidValue' },
  ),
  one(
    '3.12 invalidValue',
    'more addresses than there may be',
    'barbara',
    {
      op: 'add',
      path: 'emails',
      value: Array.from({ length: 19 }, (_, i) => ({ value: `${i}@y.example` })),
    },
    { refused: '400 invalidValue' },
  ),
  one(
    '3.12 mutability',
    'an id of its own',
    'barbara',
    { op: 'replace', path: 'id', value: 'x' },
    { refused: '400 mutability' },
  ),
  one(
    '3.12 mutability',
    'a time',
    'barbara',
    { op: 'add', value: { meta: { created: 'x' } } },
    { refused: '400 mutability' },
  ),
  one(
    '3.5.2',
    'all or nothing',
    'barbara',
    [
      { op: 'replace', path: 'active', value: false },
      { op: 'replace', path: 'nobodyKnows', value: 1 },
    ],
    { refused: '400 invalidPath' },
  ),
];

/** What Microsoft Entra and Okta send, which is more than the RFC has. */
const DIALECTS: readonly PatchCase[] = [
  one(
    'Entra',
    'operations with capitals',
    'barbara',
    { op: 'Replace', path: 'displayName', value: 'B' },
    { changes: { displayName: 'B' } },
  ),
  one(
    'Entra',
    'false as a text',
    'barbara',
    { op: 'Replace', path: 'active', value: 'False' },
    { changes: { active: false } },
  ),
  one(
    'Entra',
    'true as a text',
    'barbara',
    { op: 'Replace', path: 'active', value: 'True' },
    { changes: { active: true } },
  ),
  one(
    'Entra',
    'names with dots and brackets',
    'barbara',
    {
      op: 'Replace',
      value: {
        'name.givenName': 'B',
        'emails[type eq "work"].value': 'b@example.com',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department': 'x',
      },
    },
    { changes: { name: { ...NAME, givenName: 'B' }, emails: [{ ...WORK, value: 'b@example.com' }, HOME] } },
  ),
  one(
    'Entra',
    'adds an address of a kind that there is none of',
    'omar',
    {
      op: 'Add',
      path: 'emails[type eq "work"].value',
      value: 'o@example.com',
    },
    { changes: { emails: [{ type: 'work', value: 'o@example.com' }] } },
  ),
  one(
    'Entra',
    'cannot add to what no filter describes',
    'omar',
    { op: 'Add', path: 'emails[type co "w"].value', value: 'o@e.com' },
    {
      refused: '400 noTarget',
    },
  ),
  one(
    'Entra',
    'removes members that it lists',
    'group',
    { op: 'Remove', path: 'members', value: [{ value: 'john' }] },
    {
      changes: { members: [BARBARA] },
    },
  ),
  one(
    'Entra',
    'pushes what is not kept',
    'barbara',
    [
      { op: 'Add', path: 'title', value: 'x' },
      { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '1' },
      {
        op: 'Replace',
        path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
        value: { value: 'x' },
      },
      { op: 'Replace', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', value: {} },
      { op: 'Replace', path: 'active', value: 'False' },
    ],
    { changes: { active: false } },
  ),
  one(
    'Okta',
    'deactivates without a path',
    'barbara',
    { op: 'replace', value: { active: false } },
    { changes: { active: false } },
  ),
  one(
    'Okta',
    'says the id beside a new name',
    'group',
    { op: 'replace', value: { id: 'g1', displayName: 'team' } },
    {
      changes: { displayName: 'team' },
    },
  ),
  one(
    'Okta',
    'may not say another id',
    'group',
    { op: 'replace', value: { id: 'g2', displayName: 'team' } },
    {
      refused: '400 mutability',
    },
  ),
  one(
    'Okta',
    'removes and adds members in one message',
    'group',
    [
      { op: 'remove', path: 'members[value eq "john"]' },
      { op: 'add', path: 'members', value: [{ value: 'omar', display: 'omar' }] },
    ],
    { changes: { members: [BARBARA, { value: 'omar' }] } },
  ),
];

/** Every case of a PATCH. */
export const PATCHES: readonly PatchCase[] = [...ADD, ...REMOVE, ...REPLACE, ...REFUSED, ...DIALECTS];
