import type { Path } from './lines.ts';
import type { Value } from './whole.ts';

/** The part of JSON Schema that the product's schemas use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: Value;
  readonly enum?: readonly Value[];
  readonly const?: Value;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
}

/** Every alternative of a schema, itself or those of `anyOf`. */
export function branches(schema: Schema): readonly Schema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(branches);
}

export function typeOf(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** Whether values of this type can stand there at all. */
export function takes(schema: Schema, value: Value): boolean {
  return branches(schema).some(({ type, const: only, enum: words }) => {
    if (only !== undefined) return typeOf(only) === typeOf(value);
    if (words !== undefined) return words.some((word) => typeOf(word) === typeOf(value));
    return type === undefined || type.includes(typeOf(value));
  });
}

/** The alternatives that a value is one of. */
function fitting(schema: Schema, value: Value): readonly Schema[] {
  return branches(schema).filter((branch) => takes(branch, value));
}

/** A place in a file. */
export interface Place {
  readonly path: Path;
  /** `apps.*.rules[].path`: the same for every name and item. */
  readonly form: string;
  readonly schema: Schema;
  readonly value: Value;
  /** Of an option: all that its block knows, and whether it must stand there. Undefined for names and items of a list. */
  readonly option: { readonly known: readonly string[]; readonly required: boolean } | undefined;
}

/** Every place of a value below its top. */
export function placesOf(value: Value, schema: Schema, path: Path = [], form = ''): readonly Place[] {
  const of = fitting(schema, value);
  const under = (place: Place): Place[] => [place, ...placesOf(place.value, place.schema, place.path, place.form)];
  if (Array.isArray(value)) {
    const items = of.find((branch) => branch.items !== undefined)?.items ?? {};
    return (value as readonly Value[]).flatMap((item, i) =>
      under({ path: [...path, i], form: `${form}[]`, schema: items, value: item, option: undefined }),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): Place[] => {
    const block = of.find((branch) => branch.properties?.[key] !== undefined);
    const named = of.find((branch) => typeof branch.additionalProperties === 'object')?.additionalProperties;
    const option =
      block === undefined
        ? undefined
        : { known: Object.keys(block.properties ?? {}), required: block.required?.includes(key) ?? false };
    const at = { path: [...path, key], form: `${form}.${option === undefined ? '*' : key}`, value: inner as Value };
    return under({ ...at, schema: block?.properties?.[key] ?? (named || {}), option });
  });
}

/** The forms of all options that a schema knows. */
export function formsOf(schema: Schema, form = ''): readonly string[] {
  return branches(schema).flatMap(({ properties = {}, additionalProperties, items }) => [
    ...Object.entries(properties).flatMap(([key, inner]) => [`${form}.${key}`, ...formsOf(inner, `${form}.${key}`)]),
    ...(typeof additionalProperties === 'object' ? formsOf(additionalProperties, `${form}.*`) : []),
    ...(items === undefined ? [] : formsOf(items, `${form}[]`)),
  ]);
}
