import { fault } from '../error.ts';
import { attributesOf } from '../schema/attribute.ts';
import type { Attribute, Complex, Resource, ResourceType, Value } from '../schema/types.ts';
import { isObject, isUnassigned, members, namesSchema } from './json.ts';
import { parts, several, simple, withParts } from './values.ts';

/** Throws `invalidValue` when more than one value is the primary one (RFC 7643 §2.4). */
function needOnePrimary(attribute: Attribute, values: readonly Complex[]): readonly Complex[] {
  if (values.filter((each) => each['primary'] === true).length > 1)
    throw fault('invalidValue', `${attribute.name} has more than one primary value`);
  return values;
}

/** The value that was sent for an attribute; undefined when it says none. Throws `invalidValue`. */
function valueFor(attribute: Attribute, sent: unknown): Value | undefined {
  if (isUnassigned(sent)) return undefined;
  if (attribute.multiValued) return needOnePrimary(attribute, several(attribute, sent));
  if (attribute.type !== 'complex') return simple(attribute, sent);
  const value = withParts({}, parts(attribute, sent));
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Throws `invalidValue` when an attribute that is needed and can be set has no value. */
function needRequired(type: ResourceType, resource: Resource): Resource {
  for (const { name, required } of type.schema.attributes)
    if (required && resource[name] === undefined) throw fault('invalidValue', `${name} is needed`);
  return resource;
}

/**
 * A resource as a client sends it to create or replace one (RFC 7644 §3.3, §3.5.1). What cannot be set is ignored, and so is what
 * this kind of resource does not have. Throws `invalidSyntax`, `invalidValue`.
 */
export function readResource(type: ResourceType, body: unknown): Resource {
  if (!isObject(body)) throw fault('invalidSyntax', 'a resource is an object of JSON');
  const sent = members(body);
  if (!namesSchema(sent.get('schemas')?.[1], type.schema.id))
    throw fault('invalidSyntax', `"schemas" does not name ${type.schema.id}`);
  const resource: Record<string, Value> = {};
  for (const attribute of attributesOf(type)) {
    const member = sent.get(attribute.name.toLowerCase());
    if (member === undefined || attribute.mutability === 'readOnly') continue;
    const value = valueFor(attribute, member[1]);
    if (value !== undefined) resource[attribute.name] = value;
  }
  return needRequired(type, resource);
}
