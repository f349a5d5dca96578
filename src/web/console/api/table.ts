import { type ZodType, z } from 'zod';
import type { Http } from '../../../manage/administration.ts';
import type { Needs } from '../../../manage/authority.ts';
import type { ManageContext } from '../../../manage/context.ts';
import { evidencePack } from '../../../manage/evidence.ts';
import type { KeyContext } from '../../../manage/keys.ts';
import { ACTS, QUERIES } from '../../../manage/operations.ts';
import { MEASURED } from '../../../manage/stopped.ts';
import { fieldsOf, inputSchema, type JsonSchema, type Kind, kindOf, outputSchema } from './schema.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** In whose name, and with what, everything of the table can be asked for. */
export type ApiContext = ManageContext & KeyContext;

/** One act or list, as programs reach it. */
export interface ApiOperation {
  /** By which it is judged, and a token lists it. */
  readonly name: string;
  /** What the document calls it: its name, unless that is another's. */
  readonly id: string;
  readonly does: string;
  readonly needs: Needs;
  readonly method: Method;
  /** Below the base, with `{names}` that are of the input. */
  readonly path: string;
  /** Names in the path. */
  readonly names: readonly string[];
  readonly form: ZodType;
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  /** Fields that do not stand in the path. */
  readonly fields: ReadonlyMap<string, Kind>;
  /** Kinds of entries that it may put on record; null: it changes nothing. */
  readonly records: readonly string[] | null;
  /** Done in several transactions. */
  readonly apart: boolean;
  /** It ends something of an account or an app: its answer says where that is in force. */
  readonly ends: boolean;
  /** It answers a file, which is sent as it is made. */
  readonly file: boolean;
  /** It answers a list, which is told in pages. */
  readonly list: boolean;
  /** Makes something that was not there. */
  readonly creates: boolean;
  /** The list or view that shows the one thing that it is about; undefined: there is none. */
  readonly thing: () => ApiOperation | undefined;
  /** Judged by the core, whatever has been judged before. */
  ask(ctx: ApiContext, input: unknown): Promise<unknown>;
}

/** Where all of it is, at the console's origin. */
export const BASE = '/api/v1';

function parts(http: Http): { method: Method; path: string } {
  const [method, path] = http.split(' ');
  // Of the form that `Http` says: the four methods, a blank and a path.
  return { method: method as Method, path: path ?? '' };
}

const segmentsOf = (path: string): readonly string[] => path.split('/').slice(1);

function nameIn(segment: string): string | undefined {
  return /^\{(\w+)\}$/.exec(segment)?.[1];
}

interface Row
  extends Omit<
    ApiOperation,
    'method' | 'path' | 'names' | 'input' | 'output' | 'fields' | 'list' | 'creates' | 'thing'
  > {
  readonly http: Http;
  readonly answers: ZodType;
}

function rows(): readonly Row[] {
  const acts = ACTS.flatMap((act): Row[] => {
    const { name, does, needs, http, input: form, output: answers, lock, records } = act;
    if (http === null) return [];
    // Whatever it is given is read by its own form first.
    const ask: Row['ask'] = (ctx, input) => act.perform(ctx, input as never);
    const kinds: readonly string[] = 'none' in records ? [] : records;
    const ends = lock === 'account' || lock === 'accounts' || lock === 'apps' || MEASURED.has(name);
    return [{ ...named(name), does, needs, http, form, answers, records: kinds, apart: 'apart' in act, ends, ask }];
  });
  const queries = QUERIES.map((query): Row => {
    const { name, does, needs, http, input: form, output: answers } = query;
    const ask: Row['ask'] = (ctx, input) => query.ask(ctx, input as never);
    return { ...named(name), does, needs, http, form, answers, records: null, apart: false, ends: false, ask };
  });
  return [...queries, ...acts, packRow()];
}

const named = (name: string) => ({ name, id: name, file: false });

/** Handed out by hand-out.ts, in pieces; it is no value that an act could answer. */
function packRow(): Row {
  const { name, does, needs, http, input: form, records } = evidencePack;
  const ask: Row['ask'] = () => Promise.reject(new TypeError('a pack is handed out in pieces'));
  const id = 'evidence.pack';
  return {
    name,
    id,
    file: true,
    does,
    needs,
    http,
    form,
    answers: z.unknown(),
    records,
    apart: true,
    ends: false,
    ask,
  };
}

/** How the names of acts end that make something. */
const MAKES = /[.-](?:add|issue|grant)$/;

function operationOf(row: Row, all: () => readonly ApiOperation[]): ApiOperation {
  const { http, answers, ...rest } = row;
  const { method, path } = parts(http);
  const names = segmentsOf(path).flatMap((segment) => nameIn(segment) ?? []);
  const input = inputSchema(row.form);
  const output = outputSchema(answers);
  const fields = new Map(
    [...fieldsOf(input)].filter(([name]) => !names.includes(name)).map(([name, schema]) => [name, kindOf(schema)]),
  );
  return {
    ...{ ...rest, method, path, names, input, output, fields },
    list: method === 'GET' && output['type'] === 'array',
    creates: method === 'POST' && MAKES.test(rest.name),
    thing: () => {
      const within = all().filter((other) => other.method === 'GET' && !other.list && other.path.endsWith('}'));
      return within.find((other) => path === other.path || path.startsWith(`${other.path}/`));
    },
  };
}

/** Every act and list that is served, lists first. Made from the tables of `manage/`; nothing else is served. */
export const API: readonly ApiOperation[] = rows().map((row) => operationOf(row, () => API));

/**
 * Whether it may be sent a second time under one key: what shows something may be anyhow, and of what is done apart no answer can be kept
 * with it.
 */
export function takesKey({ method, records, apart }: Pick<ApiOperation, 'method' | 'records' | 'apart'>): boolean {
  return method === 'POST' && records !== null && !apart;
}

/** What an address means, whatever the method. */
export interface Place {
  /** By method. */
  readonly at: ReadonlyMap<
    string,
    { readonly operation: ApiOperation; readonly names: Readonly<Record<string, string>> }
  >;
}

function matched(operation: ApiOperation, segments: readonly string[]): Record<string, string> | undefined {
  const own = segmentsOf(operation.path);
  if (own.length !== segments.length) return undefined;
  const names: Record<string, string> = {};
  for (const [i, segment] of own.entries()) {
    const name = nameIn(segment);
    const given = segments[i] ?? '';
    if (name !== undefined) names[name] = given;
    else if (segment !== given) return undefined;
  }
  return names;
}

/** A path below the base, decoded segment by segment; undefined: nothing is there. What is spelt out goes before a name. */
export function placeOf(segments: readonly string[]): Place | undefined {
  const at = new Map<string, { operation: ApiOperation; names: Record<string, string> }>();
  for (const operation of API) {
    const names = matched(operation, segments);
    const other = at.get(operation.method);
    if (names === undefined || (other !== undefined && other.operation.names.length <= operation.names.length))
      continue;
    at.set(operation.method, { operation, names });
  }
  return at.size === 0 ? undefined : { at };
}
