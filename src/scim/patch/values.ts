import { fault } from '../error.ts';
import type { Filter } from '../filter/types.ts';
import { isUnassigned } from '../resource/json.ts';
import { needFew, needParts, parts, several, simple, withParts } from '../resource/values.ts';
import { isComplex, listed, named } from '../schema/attribute.ts';
import type { Attribute, Complex, Simple, Value } from '../schema/types.ts';
import type { Step } from './types.ts';

type Change = ReadonlyMap<Attribute, Simple | undefined>;

/** What makes two values one: their `value` where that cannot be changed, as with members; else all that they hold. */
function keyOf(attribute: Attribute): (value: Complex) => string {
  const those = attribute.subAttributes ?? [];
  const main = named(those, 'value');
  if (main?.mutability === 'immutable') return (value) => String(value[main.name]);
  return (value) => JSON.stringify(those.map(({ name }) => value[name] ?? null));
}

/** The values with those that are new; one that is there already changes nothing (RFC 7644 §3.5.2.1). */
function joined(attribute: Attribute, before: readonly Complex[], added: readonly Complex[]): readonly Complex[] {
  const key = keyOf(attribute);
  const known = new Map(before.map((each) => [key(each), each]));
  for (const each of added) if (!known.has(key(each))) known.set(key(each), each);
  return [...known.values()];
}

/** The values without those that are named; Microsoft Entra removes members so. */
function without(attribute: Attribute, before: readonly Complex[], removed: readonly Complex[]): readonly Complex[] {
  const main = named(attribute.subAttributes ?? [], 'value')?.name ?? 'value';
  const gone = new Set(removed.map((each) => each[main]));
  return before.filter((each) => !gone.has(each[main]));
}

/** Values after what was sent without saying which of them. */
function wholeAfter(attribute: Attribute, before: readonly Complex[], { op, value }: Step): readonly Complex[] {
  const sent = several(attribute, value);
  if (op === 'add') return joined(attribute, before, sent);
  if (op === 'replace') return joined(attribute, [], sent);
  return sent.length === 0 ? [] : without(attribute, before, sent);
}

/** What is asked of each value that is chosen. */
function changeOf(attribute: Attribute, { op, target: { part }, value }: Step): Change {
  if (part === undefined) return parts(attribute, value);
  return new Map([[part, op === 'remove' || isUnassigned(value) ? undefined : simple(part, value)]]);
}

/** Throws `mutability` when a part that is set once would become another (RFC 7643 §2.2). */
function needMutable(before: Complex, change: Change): void {
  for (const [{ name, mutability }, value] of change)
    if (mutability === 'immutable' && before[name] !== undefined && before[name] !== value)
      throw fault('mutability', `${name} cannot be changed once it is set`);
}

function changed(before: Complex, change: Change, { op, target }: Step): Complex {
  needMutable(before, change);
  // A value that is replaced keeps nothing; one of whose parts something is said keeps the others.
  const kept = op === 'replace' && target.part === undefined ? {} : before;
  return withParts(kept, change);
}

/** What every value has that a filter of nothing but `eq` and `and` lets through; undefined for any other filter. */
function saidBy(attribute: Attribute, filter: Filter): Change | undefined {
  if (filter.kind === 'and') {
    const all = filter.all.map((each) => saidBy(attribute, each));
    const known = all.filter((each) => each !== undefined);
    return known.length === all.length ? new Map(known.flatMap((each) => [...each])) : undefined;
  }
  if (filter.kind !== 'compare' || filter.op !== 'eq' || filter.value === null) return undefined;
  const { schema, name, sub } = filter.path;
  const part = schema === undefined && sub === undefined ? named(attribute.subAttributes ?? [], name) : undefined;
  return part === undefined || part.mutability === 'readOnly'
    ? undefined
    : new Map([[part, simple(part, filter.value)]]);
}

/**
 * No value was chosen. What is to be removed is not there; what is to be added to it is added as a value that the filter lets
 * through, as Microsoft Entra expects; what is to be replaced cannot be (RFC 7644 §3.5.2.3).
 */
function noneChosen(attribute: Attribute, before: readonly Complex[], step: Step): readonly Complex[] {
  const { op, target } = step;
  if (op === 'remove') return before;
  const said = target.chosen === undefined ? new Map() : saidBy(attribute, target.chosen.where);
  if (said === undefined || (op === 'replace' && target.chosen !== undefined))
    throw fault('noTarget', `the filter lets no value of ${attribute.name} through`);
  const added = withParts(withParts({}, said), changeOf(attribute, step));
  return [...before, needParts(attribute, added)];
}

/** Values after what was said of some of them, or of a part of each. */
function chosenAfter(attribute: Attribute, before: readonly Complex[], step: Step): readonly Complex[] {
  const { op, target } = step;
  const isChosen = target.chosen?.match ?? (() => true);
  if (!before.some(isChosen)) return noneChosen(attribute, before, step);
  if (op === 'remove' && target.part === undefined) return before.filter((each) => !isChosen(each));
  const change = changeOf(attribute, step);
  const after = before.map((each) => (isChosen(each) ? changed(each, change, step) : each));
  // A value that lost what it needs is none any more: an e-mail without an address.
  const { part } = target;
  if (part?.required && change.get(part) === undefined) return after.filter((each) => each[part.name] !== undefined);
  return after.map((each) => needParts(attribute, each));
}

/** Only one value is the primary one: the last that this step made so (RFC 7644 §3.5.2). */
function onePrimary(before: readonly Complex[], after: readonly Complex[]): readonly Complex[] {
  const primary = after.filter((each) => each['primary'] === true);
  if (primary.length < 2) return after;
  const old = new Set(before);
  const kept = primary.findLast((each) => !old.has(each)) ?? primary.at(-1);
  return after.map((each) => (each['primary'] === true && each !== kept ? { ...each, primary: false } : each));
}

/** The values of an attribute that may have several, after one step. Throws `invalidValue`, `noTarget`, `mutability`. */
export function listAfter(attribute: Attribute, value: Value | undefined, step: Step): readonly Complex[] {
  const before = listed(value).filter(isComplex);
  const { part, chosen } = step.target;
  const whole = part === undefined && chosen === undefined;
  const after = whole ? wholeAfter(attribute, before, step) : chosenAfter(attribute, before, step);
  return needFew(attribute, onePrimary(before, after));
}
