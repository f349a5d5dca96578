import { fault, quoted } from '../error.ts';
import { named } from '../schema/attribute.ts';
import type { Attribute, Complex, Simple } from '../schema/types.ts';
import { isObject, isUnassigned, members } from './json.ts';

/** Characters of one value. */
const MAX_TEXT = 1024;
const CONTROL = /\p{Cc}/u;

function text(attribute: Attribute, value: unknown): string {
  if (typeof value !== 'string') throw fault('invalidValue', `${attribute.name} is a text`);
  if (value.length > MAX_TEXT) throw fault('invalidValue', `${attribute.name} has more than ${MAX_TEXT} characters`);
  if (!value.isWellFormed() || CONTROL.test(value))
    throw fault('invalidValue', `${attribute.name} holds characters that no text has`);
  return value;
}

/** A boolean; `"True"` and `"False"` too, in any case, which Microsoft Entra sends. */
function truth(attribute: Attribute, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' && value.length <= 5 ? value.toLowerCase() : undefined;
  if (word === 'true' || word === 'false') return word === 'true';
  throw fault('invalidValue', `${attribute.name} is true or false`);
}

/**
 * One value of an attribute without parts; undefined when it is none: an empty text is none where one may be missing. Throws
 * `invalidValue`.
 */
export function simple(attribute: Attribute, value: unknown): Simple | undefined {
  if (isUnassigned(value) || value === '') {
    if (attribute.required) throw fault('invalidValue', `${attribute.name} is needed`);
    return undefined;
  }
  return attribute.type === 'boolean' ? truth(attribute, value) : text(attribute, value);
}

/**
 * The parts of a value that were sent: undefined where one was sent that says none. What cannot be set, and what nobody knows, is
 * left out (RFC 7644 §3.3). Throws `invalidValue`, `invalidSyntax`.
 */
export function parts(attribute: Attribute, value: unknown): ReadonlyMap<Attribute, Simple | undefined> {
  if (!isObject(value)) throw fault('invalidValue', `${attribute.name} has parts: an object is needed`);
  const found = new Map<Attribute, Simple | undefined>();
  for (const [, [name, part]] of members(value)) {
    const sub = named(attribute.subAttributes ?? [], name);
    if (sub !== undefined && sub.mutability !== 'readOnly') found.set(sub, simple(sub, part));
  }
  return found;
}

/** A value with these parts in place of those it had; undefined parts are taken away. */
export function withParts(before: Complex, change: ReadonlyMap<Attribute, Simple | undefined>): Complex {
  const after: Record<string, Simple> = { ...before };
  for (const [{ name }, value] of change) {
    if (value === undefined) delete after[name];
    else after[name] = value;
  }
  return after;
}

/** Throws `invalidValue` when a value lacks a part that it needs. */
export function needParts(attribute: Attribute, value: Complex): Complex {
  for (const part of attribute.subAttributes ?? [])
    if (part.required && value[part.name] === undefined)
      throw fault('invalidValue', `${attribute.name} needs ${quoted(part.name)}`);
  return value;
}

/** Several values; one alone is taken for a list of one. Throws `invalidValue`. */
export function several(attribute: Attribute, value: unknown): readonly Complex[] {
  if (isUnassigned(value)) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  needFew(attribute, list);
  return list.map((each) => needParts(attribute, withParts({}, parts(attribute, each))));
}

/** Throws `invalidValue` for more values than an attribute may have. */
export function needFew<T>(attribute: Attribute, values: readonly T[]): readonly T[] {
  const most = attribute.most ?? 1;
  if (values.length > most) throw fault('invalidValue', `${attribute.name} has more than ${most} values`);
  return values;
}
