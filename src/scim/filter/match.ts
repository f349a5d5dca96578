import { fault } from '../error.ts';
import { attributesOf, isComplex, isOwnSchema, listed, named } from '../schema/attribute.ts';
import type { Attribute, Complex, Resource, ResourceType, Simple, Value } from '../schema/types.ts';
import { testOf } from './compare.ts';
import type { AttributePath, Filter } from './types.ts';

/** What a filter is asked about: a resource, or one value of a complex attribute. */
type Values = { readonly [name: string]: Value };
export type Match = (values: Values) => boolean;

/** The names that a filter may use where it stands. */
interface Names {
  attribute(path: AttributePath): Attribute | undefined;
}

/** What a path leads to: the attribute that is compared, and its values. */
interface Found {
  readonly leaf: Attribute | undefined;
  values(of: Values): readonly (Simple | Complex)[];
}

/** An attribute that there is not has no values (RFC 7644 §3.4.2.1). */
const NOTHING: Found = { leaf: undefined, values: () => [] };

function partOf(attribute: Attribute, part: Attribute): Found {
  const of = (value: Simple | Complex) => (isComplex(value) ? listed(value[part.name]) : []);
  return { leaf: part, values: (values) => listed(values[attribute.name]).flatMap(of) };
}

function find(names: Names, path: AttributePath): Found {
  const attribute = names.attribute(path);
  if (attribute === undefined) return NOTHING;
  if (path.sub === undefined) return { leaf: attribute, values: (values) => listed(values[attribute.name]) };
  const part = named(attribute.subAttributes ?? [], path.sub);
  return part === undefined ? NOTHING : partOf(attribute, part);
}

/** What is compared: of an attribute with several values of parts it is `value` (RFC 7643 §2.4). */
function compared(names: Names, path: AttributePath): Found {
  const found = find(names, path);
  if (found.leaf?.type !== 'complex') return found;
  const value = found.leaf.multiValued ? named(found.leaf.subAttributes ?? [], 'value') : undefined;
  if (value === undefined) throw fault('invalidFilter', `${found.leaf.name} has parts: one of them is to be named`);
  return partOf(found.leaf, value);
}

function comparison(names: Names, filter: Extract<Filter, { kind: 'compare' }>): Match {
  const { leaf, values } = compared(names, filter.path);
  const { op, value } = filter;
  if (value === null) {
    // No value and null are the same (RFC 7643 §2.5).
    if (op !== 'eq' && op !== 'ne') throw fault('invalidFilter', 'null is compared with eq or ne alone');
    return (of) => (values(of).length === 0) === (op === 'eq');
  }
  if (leaf === undefined) return () => op === 'ne';
  const test = testOf(leaf, op, value);
  return (of) => {
    const those = values(of);
    return those.length === 0 ? op === 'ne' : those.some(test);
  };
}

function choice(names: Names, filter: Extract<Filter, { kind: 'values' }>): Match {
  const attribute = names.attribute(filter.path);
  if (attribute === undefined) return () => false;
  const match = valueMatch(attribute, filter.where);
  return (of) => listed(of[attribute.name]).some((value) => isComplex(value) && match(value));
}

function compile(names: Names, filter: Filter): Match {
  switch (filter.kind) {
    case 'present': {
      const { values } = find(names, filter.path);
      return (of) => values(of).length > 0;
    }
    case 'compare':
      return comparison(names, filter);
    case 'values':
      return choice(names, filter);
    case 'not': {
      const match = compile(names, filter.of);
      return (of) => !match(of);
    }
    case 'and': {
      const all = filter.all.map((each) => compile(names, each));
      return (of) => all.every((match) => match(of));
    }
    case 'or': {
      const all = filter.all.map((each) => compile(names, each));
      return (of) => all.some((match) => match(of));
    }
    default:
      return filter satisfies never;
  }
}

/**
 * What a filter asks of one value of an attribute with parts, as in `emails[type eq "work"]`. Throws `invalidFilter` when the
 * attribute has none.
 */
export function valueMatch(attribute: Attribute, filter: Filter): Match {
  const { subAttributes } = attribute;
  if (subAttributes === undefined) throw fault('invalidFilter', `${attribute.name} has no parts to choose by`);
  const names: Names = {
    attribute: (path) => (path.schema === undefined ? named(subAttributes, path.name) : undefined),
  };
  return compile(names, filter);
}

/** What a filter asks of a resource. Throws `invalidFilter` where attribute, operator and value do not go together. */
export function resourceMatch(type: ResourceType, filter: Filter): (resource: Resource) => boolean {
  const attributes = attributesOf(type);
  const names: Names = {
    attribute: (path) => (isOwnSchema(type, path.schema) ? named(attributes, path.name) : undefined),
  };
  return compile(names, filter);
}
