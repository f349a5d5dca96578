import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../../../errors.ts';
import type { HeaderFields } from '../../../request/fields.ts';
import { parseObject } from '../../../request/login/json.ts';
import { CONTROL_BUT_LINES } from '../../../request/login/text.ts';
import { bodyKind, readBytes } from '../../body.ts';
import { type Fault, InputFault } from './refusals.ts';
import type { Kind } from './schema.ts';
import type { ApiOperation } from './table.ts';

/** Bytes of a body; of a list of accounts more. */
const MOST_BYTES = 64 * 1024;
const MOST_BYTES_OF: Readonly<Record<string, number>> = {
  'account.import': 8 * 1024 * 1024,
  'account.import-preview': 8 * 1024 * 1024,
  'organisation.set-logo': 512 * 1024,
  'ticket.issue-many': 1024 * 1024,
  'roster.read': 16 * 1024 * 1024,
};
const MOST_PAIRS = 200;
const MOST_FAULTS = 50;
const LONGEST_NAME = 64;

const named = (field: string): string => {
  const text = field.replace(CONTROLS, ' ').toWellFormed();
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME).toWellFormed()}…` : text;
};
const CONTROLS = /[\p{Cc}\p{Cf}]/gu;

function faulty(field: string, message: string): InputFault {
  return new InputFault([{ field: named(field), message }]);
}

function decoded(text: string, field: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw faulty(field, 'is not percent-encoded UTF-8');
  }
}

const NUMBER = /^-?\d{1,15}(?:\.\d{1,6})?$/;

function typed(name: string, kind: Kind, text: string): unknown {
  switch (kind) {
    case 'text':
    case 'texts':
      return text;
    case 'number':
    case 'numbers':
      if (!NUMBER.test(text)) throw faulty(name, 'is not a number');
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw faulty(name, 'is neither true nor false');
      return text === 'true';
    case 'object':
      throw faulty(name, 'cannot be said in an address');
    default:
      return kind satisfies never;
  }
}

/** The pairs of a query, each name at most once unless it is a list. Throws InputFault. */
export function readQuery(query: string, known: ReadonlyMap<string, Kind>): Record<string, unknown> {
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>; // no name is there beforehand
  if (query === '') return {};
  const pairs = query.split('&', MOST_PAIRS + 1);
  if (pairs.length > MOST_PAIRS) throw faulty('query', `has more than ${MOST_PAIRS} parts`);
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = decoded((at < 0 ? pair : pair.slice(0, at)).replaceAll('+', ' '), 'query');
    const kind = known.get(name);
    if (kind === undefined) throw faulty(name, 'is not known here');
    const value = typed(name, kind, decoded((at < 0 ? '' : pair.slice(at + 1)).replaceAll('+', ' '), name));
    const before = found[name];
    if (kind !== 'texts' && kind !== 'numbers') {
      if (before !== undefined) throw faulty(name, 'is there twice');
      found[name] = value;
    } else if (Array.isArray(before)) before.push(value);
    else found[name] = [value];
  }
  return { ...found };
}

/** Whether there is a body at all. */
export function hasBody(headers: HeaderFields): boolean {
  return headers.has('transfer-encoding') || !/^0*$/.test(headers.first('content-length') ?? '');
}

/** The JSON object that was sent; none is one without members. Throws `bad-body`, `body-too-large`, `unsupported-media-type`. */
export async function readJson(
  request: IncomingMessage,
  headers: HeaderFields,
  { name }: Pick<ApiOperation, 'name'>,
): Promise<object> {
  if (!hasBody(headers)) return {};
  const limit = MOST_BYTES_OF[name] ?? MOST_BYTES;
  if (bodyKind(headers.first('content-type'), headers.first('content-encoding')) !== 'json')
    throw new SallyportError('unsupported-media-type', 'not JSON');
  return parseObject(await readBytes(request, headers, limit), limit);
}

/** Texts that no store and no page could hold as they are. Depth is bounded by whoever has parsed it. */
function* unreadable(value: unknown, at: readonly string[]): Generator<Fault> {
  if (typeof value === 'string') {
    if (CONTROL_BUT_LINES.test(value)) yield { field: at.join('.'), message: 'holds a control character' };
    else if (!value.isWellFormed()) yield { field: at.join('.'), message: 'is not Unicode' };
  } else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) yield* unreadable(member, [...at, named(name)]);
}

/** All of the input in the form of the operation. Throws InputFault, with each field that is not. */
export function checked({ form }: Pick<ApiOperation, 'form'>, input: Readonly<Record<string, unknown>>): unknown {
  const [odd] = unreadable(input, []);
  if (odd !== undefined) throw new InputFault([odd]);
  const read = form.safeParse(input);
  if (read.success) return read.data;
  const faults = read.error.issues.flatMap((issue): Fault[] => {
    const at = issue.path.map((part) => named(String(part)));
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ field: [...at, named(key)].join('.'), message: 'is not known here' }));
    return [{ field: at.join('.') || 'body', message: issue.message.slice(0, 200).toWellFormed() }];
  });
  throw new InputFault(faults.slice(0, MOST_FAULTS));
}

/** What of the path and of the body or the query makes up the input. A name of the path is said there alone. */
export function joined(names: Readonly<Record<string, string>>, sent: object): Record<string, unknown> {
  const twice = Object.keys(sent).filter((name) => Object.hasOwn(names, name));
  if (twice.length > 0) throw new InputFault(twice.map((field) => ({ field, message: 'stands in the path' })));
  return { ...sent, ...names };
}
