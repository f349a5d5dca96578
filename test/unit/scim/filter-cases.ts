import { USER_SCHEMA } from './resources.ts';

/** A filter, and the accounts of resources.ts that it lets through; or that it is none. */
export interface FilterCase {
  /** Where it is said: RFC 7644, unless another is named. */
  readonly section: string;
  readonly filter: string;
  readonly finds: readonly ('barbara' | 'john' | 'omar')[] | 'invalidFilter';
}

const all = ['barbara', 'john', 'omar'] as const;

/** Figure 2 of RFC 7644, in its order; attributes that no account has here have no value. */
const EXAMPLES: readonly FilterCase[] = [
  { section: '3.4.2.2', filter: 'userName eq "bjensen@example.com"', finds: ['barbara'] },
  { section: '3.4.2.2', filter: 'name.familyName co "O\'Malley"', finds: ['john'] },
  { section: '3.4.2.2', filter: 'userName sw "J"', finds: ['john'] },
  { section: '3.4.2.2', filter: `${USER_SCHEMA}:userName sw "J"`, finds: ['john'] },
  { section: '3.4.2.2', filter: 'title pr', finds: [] },
  { section: '3.4.2.2', filter: 'meta.lastModified gt "2011-05-13T04:42:34Z"', finds: ['john', 'omar'] },
  { section: '3.4.2.2', filter: 'meta.lastModified ge "2011-05-13T04:42:34Z"', finds: all },
  { section: '3.4.2.2', filter: 'meta.lastModified lt "2011-05-13T04:42:34Z"', finds: [] },
  { section: '3.4.2.2', filter: 'meta.lastModified le "2011-05-13T04:42:34Z"', finds: ['barbara'] },
  { section: '3.4.2.2', filter: 'title pr and userType eq "Employee"', finds: [] },
  { section: '3.4.2.2', filter: 'displayName pr or userType eq "Intern"', finds: ['barbara'] },
  { section: '3.4.2.2', filter: `schemas eq "${USER_SCHEMA}"`, finds: all },
  {
    section: '3.4.2.2',
    filter: 'active eq true and (emails co "example.com" or emails.value co "example.org")',
    finds: ['barbara'],
  },
  {
    section: '3.4.2.2',
    filter: 'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
    finds: ['omar'],
  },
  { section: '3.4.2.2', filter: 'active eq true and (emails.type eq "work")', finds: ['barbara'] },
  {
    section: '3.4.2.2',
    filter: 'active eq true and emails[type eq "work" and value co "@example.com"]',
    finds: ['barbara'],
  },
  {
    section: '3.4.2.2',
    filter: 'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
    finds: ['barbara'],
  },
];

const OPERATORS: readonly FilterCase[] = [
  { section: '3.4.2.2 eq', filter: 'id eq "john"', finds: ['john'] },
  { section: '3.4.2.2 ne', filter: 'userName ne "john"', finds: ['barbara', 'omar'] },
  { section: '3.4.2.2 ne', filter: 'displayName ne "Babs Jensen"', finds: ['john', 'omar'] },
  { section: '3.4.2.2 co', filter: 'displayName co "S J"', finds: ['barbara'] },
  { section: '3.4.2.2 sw', filter: 'displayName sw "abs"', finds: [] },
  { section: '3.4.2.2 ew', filter: 'displayName ew "SEN"', finds: ['barbara'] },
  { section: '3.4.2.2 ew', filter: 'displayName ew "Babs"', finds: [] },
  { section: '3.4.2.2 pr', filter: 'emails pr', finds: ['barbara', 'john'] },
  { section: '3.4.2.2 pr', filter: 'name pr', finds: ['barbara', 'john'] },
  { section: '3.4.2.2 pr', filter: 'name.givenName pr', finds: ['barbara'] },
  { section: '3.4.2.2 pr', filter: 'active pr', finds: all },
  { section: '3.4.2.2 gt', filter: 'userName gt "john"', finds: ['omar'] },
  { section: '3.4.2.2 ge', filter: 'userName ge "JOHN"', finds: ['john', 'omar'] },
  { section: '3.4.2.2 lt', filter: 'userName lt "john"', finds: ['barbara'] },
  { section: '3.4.2.2 le', filter: 'userName le "john"', finds: ['barbara', 'john'] },
  { section: '3.4.2.2 eq', filter: 'active eq false', finds: ['john'] },
  { section: '3.4.2.2 ne', filter: 'active ne false', finds: ['barbara', 'omar'] },
  { section: '7643 2.5', filter: 'emails eq null', finds: ['omar'] },
  { section: '7643 2.5', filter: 'displayName ne null', finds: ['barbara'] },
  { section: '7643 2.3.5', filter: 'meta.lastModified eq "2012-01-01T00:00:00Z"', finds: ['john'] },
  { section: '3.4.2.2', filter: 'emails.type ne "work"', finds: all },
  { section: '3.4.2.2', filter: 'emails eq "JOHN@example.org"', finds: ['john'] },
  { section: '7643 2.4', filter: 'groups eq "g1"', finds: ['barbara'] },
];

const PRECEDENCE: readonly FilterCase[] = [
  { section: '3.4.2.2 or', filter: 'id eq "john" or id eq "omar" and active eq false', finds: ['john'] },
  { section: '3.4.2.2 and', filter: 'id eq "omar" and active eq false or id eq "john"', finds: ['john'] },
  { section: '3.4.2.2 ()', filter: '(id eq "john" or id eq "omar") and active eq true', finds: ['omar'] },
  { section: '3.4.2.2 not', filter: 'not (id eq "john") and active eq false', finds: [] },
  { section: '3.4.2.2 not', filter: 'not (id eq "john" and active eq false)', finds: ['barbara', 'omar'] },
  { section: '3.4.2.2 not', filter: 'not(id eq "john")', finds: ['barbara', 'omar'] },
  { section: '3.4.2.2 not', filter: 'not (not (id eq "john"))', finds: ['john'] },
  { section: '3.4.2.2 []', filter: 'emails[type eq "home" and value co "example.com"]', finds: [] },
  { section: '3.4.2.2 []', filter: 'emails[type eq "home" or primary eq true]', finds: ['barbara', 'john'] },
  { section: '3.4.2.2 []', filter: 'emails[not (type eq "home")]', finds: ['barbara'] },
  { section: '3.4.2.2 []', filter: 'name[familyName sw "jen"]', finds: ['barbara'] },
  { section: '3.4.2.2 []', filter: 'emails[primary pr]', finds: ['barbara'] },
  { section: 'Entra', filter: 'emails[type eq "work"].value eq "bjensen@example.com"', finds: ['barbara'] },
  { section: 'Entra', filter: 'emails[type eq "home"].value eq "bjensen@example.com"', finds: [] },
];

const CASES: readonly FilterCase[] = [
  { section: '3.4.2.2', filter: 'USERNAME EQ "john"', finds: ['john'] },
  { section: '3.4.2.2', filter: 'Name.FamilyName Eq "jensen" AND Active eq True', finds: ['barbara'] },
  { section: '3.4.2.2', filter: 'NOT (id eq "john") OR id eq "john"', finds: all },
  { section: '7643 2.2 caseExact', filter: 'externalId eq "ext-1"', finds: ['john'] },
  { section: '7643 2.2 caseExact', filter: 'externalId co "EXT"', finds: ['barbara'] },
  { section: '7643 2.2 caseExact', filter: 'id eq "JOHN"', finds: [] },
  { section: '3.10', filter: `${USER_SCHEMA.toUpperCase()}:emails.type eq "work"`, finds: ['barbara'] },
  { section: '3.10', filter: 'urn:ietf:params:scim:schemas:core:2.0:Group:userName pr', finds: [] },
  { section: '3.4.2.1', filter: 'nobodyKnows eq "x"', finds: [] },
  { section: '3.4.2.1', filter: 'emails.nobodyKnows pr', finds: [] },
  { section: '3.4.2.2', filter: 'userName eq "omar\\"s\\\\name"', finds: ['omar'] },
  { section: '3.4.2.2', filter: 'displayName eq "Babs\\u0020Jensen"', finds: ['barbara'] },
];

const bad = (section: string, ...filters: readonly string[]): readonly FilterCase[] =>
  filters.map((filter) => ({ section, filter, finds: 'invalidFilter' }));

const INVALID: readonly FilterCase[] = [
  ...bad('3.4.2.2 syntax', '', ' ', 'userName', 'userName eq', 'eq "x"', 'userName eq x', "userName eq 'x'"),
  ...bad('3.4.2.2 syntax', 'userName eq "x', 'userName eq "x" and', 'userName eq "x" id pr', 'and', 'not', 'not id pr'),
  ...bad('3.4.2.2 syntax', '(id pr', 'id pr)', 'emails[type pr', 'emails[]', 'emails]', '()', 'emails [type pr]'),
  ...bad(
    '3.4.2.2 syntax',
    'userName eq"x"',
    'userName eq "x"and id pr',
    'id pr and(id pr)',
    'id xx "y"',
    'id eq "\\x"',
  ),
  ...bad(
    '3.4.2.2 syntax',
    'id eq 01',
    'id eq .5',
    'id eq 1e999',
    'id eq NaN',
    'id eq {}',
    '1d pr',
    'a.b.c pr',
    'a..b pr',
  ),
  ...bad(
    '3.4.2.2 syntax',
    'emails[type eq "work"',
    'emails[a[b pr]]',
    'emails.value[type pr]',
    'emails[type pr].',
    'id\tpr',
  ),
  ...bad('3.4.2.2 syntax', 'id eq "\ud800"', 'id eq "\\ud800"', 'id eq "a\nb"', ':id pr', 'urn:: pr', 'ëmails pr'),
  ...bad('3.4.2.2 boolean', 'active gt true', 'active co "t"', 'active eq "true"', 'active eq 1', 'active le false'),
  ...bad('3.4.2.2 combination', 'userName eq true', 'userName eq 1', 'name eq "x"', 'meta eq "x"', 'userName gt null'),
  ...bad(
    '3.4.2.2 combination',
    'meta.created gt "yesterday"',
    'userName[x pr]',
    'schemas[value pr]',
    'meta.created eq 5',
  ),
];

/** Every case of a filter. */
export const FILTERS: readonly FilterCase[] = [...EXAMPLES, ...OPERATORS, ...PRECEDENCE, ...CASES, ...INVALID];
