import { type ZodType, z } from 'zod';

/** A JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export type JsonSchema = { readonly [member: string]: unknown };

function schemaOf(form: ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _version, ...schema } = z.toJSONSchema(form, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Said of lists that nobody changes here; to OpenAPI it means that they are not to be sent.
      delete jsonSchema.readOnly;
    },
  });
  return schema;
}

export const inputSchema = (form: ZodType): JsonSchema => schemaOf(form, 'input');
export const outputSchema = (form: ZodType): JsonSchema => schemaOf(form, 'output');

/** A member of a JSON Schema that is one itself, or nothing. */
function inner(value: unknown): JsonSchema {
  // Narrowed by what it is: an object that is no list.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
}

/** Fields of an object's schema, in their order. */
export function fieldsOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return new Map(Object.entries(inner(schema['properties'])).map(([name, field]) => [name, inner(field)]));
}

export function requiredOf(schema: JsonSchema): readonly string[] {
  const required = schema['required'];
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}

/** How the text of a query is read as a field. */
export type Kind = 'text' | 'number' | 'boolean' | 'texts' | 'numbers' | 'object';

function typesOf(schema: JsonSchema): readonly unknown[] {
  const { type, anyOf } = schema;
  if (Array.isArray(anyOf)) return anyOf.flatMap((each) => typesOf(inner(each)));
  return Array.isArray(type) ? type : [type];
}

export function kindOf(schema: JsonSchema): Kind {
  const types = typesOf(schema);
  const numeric = types.includes('number') || types.includes('integer');
  if (types.includes('array')) {
    const items = typesOf(inner(schema['items']));
    return items.includes('number') || items.includes('integer') ? 'numbers' : 'texts';
  }
  if (types.includes('string')) return 'text';
  if (numeric) return 'number';
  if (types.includes('boolean')) return 'boolean';
  return 'enum' in schema || 'const' in schema ? 'text' : 'object';
}
