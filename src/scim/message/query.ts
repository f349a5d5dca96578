import { fault } from '../error.ts';
import { attributePath } from '../filter/name.ts';
import { parseFilter } from '../filter/parser.ts';
import type { AttributePath, Filter } from '../filter/types.ts';
import { isObject, isUnassigned, members, namesSchema } from '../resource/json.ts';

export const SEARCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

/** Resources of one answer, at most, and without a wish. */
export const MAX_COUNT = 200;
const DEFAULT_COUNT = 100;
/** Attributes that may be named in one request, and characters of all their names. */
const MAX_NAMES = 100;
const MAX_NAMES_LENGTH = 8192;

/** Which parts of resources are wanted (RFC 7644 §3.9); of the two lists at most one is there. */
export interface Wanted {
  readonly attributes: readonly AttributePath[] | undefined;
  readonly excludedAttributes: readonly AttributePath[] | undefined;
}

/** A question for a list of resources (RFC 7644 §3.4.2). */
export interface Query extends Wanted {
  readonly filter: Filter | undefined;
  /** From 1. */
  readonly startIndex: number;
  /** 0 to 200; 0 asks how many there are. */
  readonly count: number;
}

function number(name: string, sent: unknown, otherwise: number): number {
  if (isUnassigned(sent)) return otherwise;
  const digits = typeof sent === 'string' && /^-?[0-9]{1,9}$/.test(sent);
  const value = digits ? Number(sent) : sent;
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw fault('invalidValue', `${name} is a whole number`);
  return value;
}

/** `a, b.c` of a query or `["a", "b.c"]` of a message; names that make no sense are none (RFC 7644 §3.9). */
function names(name: string, sent: unknown): readonly AttributePath[] | undefined {
  if (isUnassigned(sent) || sent === '') return undefined;
  const listed: readonly unknown[] = Array.isArray(sent) ? sent : [sent];
  if (!listed.every((each) => typeof each === 'string')) throw fault('invalidValue', `${name} names attributes`);
  const text = listed.join(',');
  const all = text.length > MAX_NAMES_LENGTH ? undefined : text.split(',');
  if (all === undefined || all.length > MAX_NAMES) throw fault('invalidValue', `${name} names too many attributes`);
  return all.map((each) => attributePath(each.trim())).filter((each) => each !== undefined);
}

function filterOf(sent: unknown): Filter | undefined {
  if (isUnassigned(sent) || sent === '') return undefined;
  if (typeof sent !== 'string') throw fault('invalidFilter', 'a filter is a text');
  return parseFilter(sent);
}

/** Values of a question, by name in small letters. */
type Sent = (name: string) => unknown;

function wanted(sent: Sent): Wanted {
  const attributes = names('attributes', sent('attributes'));
  const excludedAttributes = names('excludedAttributes', sent('excludedattributes'));
  if (attributes !== undefined && excludedAttributes !== undefined)
    throw fault('invalidValue', 'attributes and excludedAttributes exclude each other');
  return { attributes, excludedAttributes };
}

function queryOf(sent: Sent): Query {
  return {
    ...wanted(sent),
    filter: filterOf(sent('filter')),
    // A number below the least is taken for it (RFC 7644 §3.4.2.4).
    startIndex: Math.max(1, number('startIndex', sent('startindex'), 1)),
    count: Math.min(MAX_COUNT, Math.max(0, number('count', sent('count'), DEFAULT_COUNT))),
  };
}

/** Parameters of an address by name, in any case. Throws `invalidValue` when one comes twice. */
function parameters(search: URLSearchParams): Sent {
  const found = new Map<string, string>();
  for (const [name, value] of search) {
    const lower = name.toLowerCase();
    if (found.has(lower)) throw fault('invalidValue', 'one parameter is given twice');
    found.set(lower, value);
  }
  return (name) => found.get(name);
}

/** Which parts of a resource the address asks for. Throws `invalidValue`. */
export function readWanted(search: URLSearchParams): Wanted {
  return wanted(parameters(search));
}

/**
 * The question that an address asks. `sortBy` and `sortOrder` are not known here, as the service's description says (RFC 7644
 * §3.4.2.3): lists have an order of their own, the same each time. Throws `invalidFilter`, `invalidValue`.
 */
export function readQuery(search: URLSearchParams): Query {
  return queryOf(parameters(search));
}

/** The question that a message to `/.search` asks (RFC 7644 §3.4.3). Throws `invalidSyntax`, `invalidFilter`, `invalidValue`. */
export function readSearch(body: unknown): Query {
  if (!isObject(body)) throw fault('invalidSyntax', 'a search is an object of JSON');
  const sent = members(body);
  if (!namesSchema(sent.get('schemas')?.[1], SEARCH_SCHEMA))
    throw fault('invalidSyntax', `"schemas" does not name ${SEARCH_SCHEMA}`);
  return queryOf((name) => sent.get(name)?.[1]);
}
