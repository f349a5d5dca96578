import type { Attribute, Complex, ResourceType, Simple, Value } from './types.ts';

/** An attribute with what most have; RFC 7643 §2.2 names the defaults. */
export function attribute(
  name: string,
  description: string,
  other: Partial<Omit<Attribute, 'name' | 'description'>> = {},
): Attribute {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...other,
  };
}

/** Attributes that every resource has (RFC 7643 §3.1); no schema lists them. */
const COMMON: readonly Attribute[] = [
  attribute('schemas', 'Schemas of the resource.', {
    type: 'reference',
    multiValued: true,
    required: true,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
  }),
  attribute('id', 'Identifier that Sallyport gives.', {
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  attribute('externalId', 'Identifier that the client gives.', { caseExact: true, uniqueness: 'server' }),
  attribute('meta', 'About the resource.', {
    type: 'complex',
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'Its kind.', { caseExact: true, mutability: 'readOnly' }),
      attribute('created', 'When it was added.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When it changed last.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'Its address.', { type: 'reference', caseExact: true, mutability: 'readOnly' }),
      attribute('version', 'Its version, an entity tag.', { caseExact: true, mutability: 'readOnly' }),
    ],
  }),
];

/** By name; names of attributes are the same in any case (RFC 7643 §2.1). */
export function named(attributes: readonly Attribute[], name: string): Attribute | undefined {
  const lower = name.toLowerCase();
  return attributes.find((each) => each.name.toLowerCase() === lower);
}

/** All attributes of a resource, the common ones first. */
export function attributesOf(type: ResourceType): readonly Attribute[] {
  return [...COMMON, ...type.schema.attributes];
}

/** Whether attributes of a schema are those of this kind of resource; none named means they are. */
export function isOwnSchema(type: ResourceType, schema: string | undefined): boolean {
  return schema === undefined || schema.toLowerCase() === type.schema.id.toLowerCase();
}

/** Whether an attribute is one that clients may send and that is not kept. */
export function isNotKept(type: ResourceType, schema: string | undefined, name: string): boolean {
  if (schema !== undefined && type.notKeptSchemas.has(schema.toLowerCase())) return true;
  return isOwnSchema(type, schema) && type.notKept.has(name.toLowerCase());
}

/** What an attribute holds, as a list, whether it may have several values or one. */
export function listed(value: Value | undefined): readonly (Simple | Complex)[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

export function isList(value: Value): value is readonly (Simple | Complex)[] {
  return Array.isArray(value);
}

export function isComplex(value: Value): value is Complex {
  return typeof value === 'object' && !isList(value);
}
