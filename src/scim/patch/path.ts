import { fault, quoted, type ScimError } from '../error.ts';
import { valueMatch } from '../filter/match.ts';
import { attributePath, isName } from '../filter/name.ts';
import { Parser } from '../filter/parser.ts';
import type { AttributePath, Filter } from '../filter/types.ts';
import { attributesOf, isNotKept, isOwnSchema, named } from '../schema/attribute.ts';
import type { ResourceType } from '../schema/types.ts';
import type { Target } from './types.ts';

/** A path as it was written: `name`, `name.part`, `name[filter]` or `name[filter].part`. */
export interface WrittenPath extends AttributePath {
  readonly where: Filter | undefined;
}

/** Said of what clients may send and is not kept. */
export const NOT_KEPT = 'not kept';

function parsed(text: string): WrittenPath | undefined {
  const parser = new Parser(text);
  const word = parser.take();
  const path = word.kind === 'word' ? attributePath(word.text) : undefined;
  if (path === undefined) return undefined;
  if (parser.peek().kind !== '[' || parser.peek().apart || path.sub !== undefined) {
    return parser.peek().kind === 'end' ? { ...path, where: undefined } : undefined;
  }
  parser.take();
  const where = parser.bracketed(']');
  const part = parser.take();
  if (part.kind === 'end') return { ...path, where };
  const sub = part.text.slice(1);
  const fits = part.kind === 'word' && !part.apart && part.text.startsWith('.') && isName(sub);
  return fits && parser.peek().kind === 'end' ? { ...path, sub, where } : undefined;
}

/** A path by RFC 7644 §3.5.2, figure 7, in linear time. Throws `invalidPath`, and `invalidFilter` for the filter in it. */
export function parsePath(text: string): WrittenPath {
  const path = parsed(text);
  if (path === undefined) throw fault('invalidPath', `${quoted(text)} is not a path`);
  return path;
}

/**
 * What a path means to a kind of resource; `not kept` for what is known and not kept, a whole extension too. Throws `invalidPath`,
 * and `invalidFilter` where the filter in it makes no sense.
 */
export function targetOf(type: ResourceType, text: string): Target | typeof NOT_KEPT {
  if (type.notKeptSchemas.has(text.toLowerCase())) return NOT_KEPT;
  const { schema, name, sub, where } = parsePath(text);
  if (isNotKept(type, schema, name)) return NOT_KEPT;
  const attribute = isOwnSchema(type, schema) ? named(attributesOf(type), name) : undefined;
  if (attribute === undefined) throw noSuch(text);
  const part = sub === undefined ? undefined : named(attribute.subAttributes ?? [], sub);
  if (sub !== undefined && part === undefined) throw noSuch(text);
  if (where === undefined) return { attribute, part, chosen: undefined };
  if (!attribute.multiValued || attribute.type !== 'complex')
    throw fault('invalidPath', `${attribute.name} does not have several values to choose from`);
  return { attribute, part, chosen: { where, match: valueMatch(attribute, where) } };
}

function noSuch(text: string): ScimError {
  return fault('invalidPath', `there is no attribute ${quoted(text)}`);
}
