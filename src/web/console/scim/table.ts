import { ScimError } from '../../../scim/error.ts';
import {
  RESOURCE_TYPES,
  schemaDocument,
  serviceDocument,
  typeDocument,
  typeOf,
} from '../../../scim/message/discovery.ts';
import { listResponse } from '../../../scim/message/list.ts';
import { type Query, readQuery, readSearch } from '../../../scim/message/query.ts';
import type { Answer } from '../../reply.ts';
import { listAll } from './all.ts';
import { bodyOf, type ScimAsked } from './asked.ts';
import { groupsFound } from './group-list.ts';
import { createGroup, deleteGroup, getGroup, patchGroup, replaceGroup } from './groups.ts';
import { scimAnswer } from './refusals.ts';
import { type Listed, usersFound } from './user-list.ts';
import { createUser, deleteUser, getUser, patchUser, replaceUser } from './users.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** Answers a request; `id`: the last segment, where the address ends in one. */
export type Handler = (asked: ScimAsked, id: string) => Promise<Answer> | Answer;
export type Place = Partial<Record<Method, Handler>>;

type List = (asked: ScimAsked, query: Query) => Promise<Answer>;

/** One kind of resource as a list of its own. */
const alone =
  (find: (asked: ScimAsked, query: Query) => Promise<Listed>): List =>
  async (asked, query) => {
    const { resources, total } = await find(asked, query);
    return scimAnswer(200, listResponse({ resources, totalResults: total, startIndex: query.startIndex }));
  };
const listUsers = alone(usersFound);
const listGroups = alone(groupsFound);

const listing =
  (list: List): Handler =>
  (asked) =>
    list(asked, readQuery(asked.search));
const searching =
  (list: List): Handler =>
  async (asked) =>
    list(asked, readSearch(await bodyOf(asked)));

/** RFC 7644 §4: a filter is refused there, since what is told is always all. */
function all(asked: ScimAsked, documents: readonly object[]): Answer {
  if (asked.search.has('filter')) throw new ScimError(403, undefined, 'what the service is cannot be filtered');
  return scimAnswer(200, listResponse({ resources: documents, totalResults: documents.length, startIndex: 1 }));
}

const none: Handler = () => {
  throw new ScimError(501, undefined, 'the service does not do that, as /ServiceProviderConfig says');
};

/** What stands below /scim/v2; `*` is an id. What is not in here does not exist. */
const TABLE: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['', { GET: listing(listAll) }],
  ['.search', { POST: searching(listAll) }],
  ['Users', { GET: listing(listUsers), POST: createUser }],
  ['Users/.search', { POST: searching(listUsers) }],
  ['Users/*', { GET: getUser, PUT: replaceUser, PATCH: patchUser, DELETE: deleteUser }],
  ['Groups', { GET: listing(listGroups), POST: createGroup }],
  ['Groups/.search', { POST: searching(listGroups) }],
  ['Groups/*', { GET: getGroup, PUT: replaceGroup, PATCH: patchGroup, DELETE: deleteGroup }],
  ['ServiceProviderConfig', { GET: ({ base }) => scimAnswer(200, serviceDocument(base)) }],
  [
    'ResourceTypes',
    {
      GET: (asked) =>
        all(
          asked,
          RESOURCE_TYPES.map((each) => typeDocument(each, asked.base)),
        ),
    },
  ],
  ['ResourceTypes/*', { GET: ({ base }, id) => scimAnswer(200, typeDocument(typeOf(id, 'id'), base)) }],
  [
    'Schemas',
    {
      GET: (asked) =>
        all(
          asked,
          RESOURCE_TYPES.map((each) => schemaDocument(each, asked.base)),
        ),
    },
  ],
  ['Schemas/*', { GET: ({ base }, id) => scimAnswer(200, schemaDocument(typeOf(id, 'schema'), base)) }],
  ['Bulk', { POST: none }],
  ['Me', { GET: none, PUT: none, PATCH: none, DELETE: none }],
]);

/** What is at these segments, and the id among them. */
export function placeOf(segments: readonly string[]): { readonly place: Place; readonly id: string } | undefined {
  const exact = TABLE.get(segments.join('/'));
  if (exact !== undefined) return { place: exact, id: '' };
  const [kind = '', id = ''] = segments;
  const place = segments.length === 2 && id !== '' ? TABLE.get(`${kind}/*`) : undefined;
  return place === undefined ? undefined : { place, id };
}
