import type { AttributePath } from '../filter/types.ts';
import { attributesOf, isComplex, isList, isOwnSchema, named } from '../schema/attribute.ts';
import type { Attribute, Complex, Resource, ResourceType, Simple, Value } from '../schema/types.ts';
import type { Wanted } from './query.ts';

/** For each attribute that is named: its parts that are, or `all`. */
type Named = ReadonlyMap<Attribute, ReadonlySet<string> | 'all'>;

function namedBy(type: ResourceType, paths: readonly AttributePath[]): Named {
  const found = new Map<Attribute, Set<string> | 'all'>();
  const attributes = attributesOf(type);
  for (const { schema, name, sub } of paths) {
    const attribute = isOwnSchema(type, schema) ? named(attributes, name) : undefined;
    if (attribute === undefined) continue;
    const part = sub === undefined ? undefined : named(attribute.subAttributes ?? [], sub);
    const so = found.get(attribute);
    if (sub === undefined || so === 'all') found.set(attribute, 'all');
    else if (part !== undefined) found.set(attribute, new Set([...(so ?? []), part.name]));
  }
  return found;
}

function eachOf(value: Value, keep: (part: string) => boolean): Value {
  const of = (one: Simple | Complex): Simple | Complex =>
    isComplex(one) ? Object.fromEntries(Object.entries(one).filter(([part]) => keep(part))) : one;
  return isList(value) ? value.map(of) : of(value);
}

function only(value: Value, parts: ReadonlySet<string> | 'all' | undefined): Value | undefined {
  if (parts === undefined || parts === 'all') return parts && value;
  return eachOf(value, (part) => parts.has(part));
}

function without(value: Value, parts: ReadonlySet<string> | 'all' | undefined): Value | undefined {
  if (parts === undefined) return value;
  return parts === 'all' ? undefined : eachOf(value, (part) => !parts.has(part));
}

/** Whether anybody is shown an attribute; who need not look it up leaves it out. */
export function isWanted(type: ResourceType, name: string, { attributes, excludedAttributes }: Wanted): boolean {
  const is = (paths: readonly AttributePath[]) => [...namedBy(type, paths)].find(([each]) => each.name === name)?.[1];
  if (attributes !== undefined) return is(attributes) !== undefined;
  return excludedAttributes === undefined || is(excludedAttributes) !== 'all';
}

/** What is shown of a resource (RFC 7644 §3.9): `schemas` and `id` always, else what is wanted. */
export function project(type: ResourceType, resource: Resource, wanted: Wanted): Resource {
  const { attributes, excludedAttributes } = wanted;
  if (attributes === undefined && excludedAttributes === undefined) return resource;
  const those = namedBy(type, attributes ?? excludedAttributes ?? []);
  const choose = attributes === undefined ? without : only;
  const shown: Record<string, Value> = {};
  for (const attribute of attributesOf(type)) {
    const value = resource[attribute.name];
    if (value === undefined) continue;
    const kept = attribute.returned === 'always' ? value : choose(value, those.get(attribute));
    if (kept !== undefined) shown[attribute.name] = kept;
  }
  return shown;
}
