import { stringify } from 'yaml';
import * as z from 'zod';
import { presetSchema } from './preset/schema.ts';
import { schema } from './schema.ts';

/** The part of JSON Schema that the configuration uses. */
interface JsonSchema {
  readonly $id?: string;
  readonly title?: string;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: false | JsonSchema;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

const WIDTH = 110;

function isSchema(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Gives `x-default` and `x-examples` their standard names; see `fields.ts`. */
function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename);
  if (!isSchema(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.replace(/^x-(?=default$|examples$)/, ''), rename(inner)]),
  );
}

/** JSON Schema (2020-12) of the file, for editors. It knows the form; `sallyport check` knows the rest. */
export function jsonSchema(): JsonSchema {
  const made = rename(z.toJSONSchema(schema, { io: 'input' }));
  return { $id: 'sallyport/config', title: 'Sallyport configuration', ...(made as JsonSchema) }; // the shape that toJSONSchema documents
}

/** The text of config/schema.json. */
export function schemaText(): string {
  return `${JSON.stringify(jsonSchema(), null, 2)}\n`;
}

/** The text of config/presets/schema.json. */
export function presetSchemaText(): string {
  const made = rename(z.toJSONSchema(presetSchema, { io: 'input' }));
  return `${JSON.stringify({ $id: 'sallyport/preset', title: 'Sallyport preset', ...(made as JsonSchema) }, null, 2)}\n`; // as above
}

/** Where lines stand: how far in, and whether they are in force or ready to be. */
interface Position {
  readonly indent: string;
  readonly active: boolean;
}

function deeper({ indent, active }: Position): Position {
  return { indent: `${indent}  `, active };
}

function comment(text: string, { indent }: Position): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && `${indent}# ${line} ${word}`.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => `${indent}# ${part}`);
}

function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim();
}

function about(option: JsonSchema, required: boolean): string {
  const empty = isSchema(option.default) || (Array.isArray(option.default) && option.default.length === 0);
  const standard =
    option.default === undefined || isSchema(option.default) || /\bdefault: /i.test(option.description ?? '')
      ? ''
      : ` Default: ${empty ? 'none' : flow(option.default)}.`;
  return `${option.description ?? ''}${standard}${required ? ' Required.' : ''}`;
}

/** A line that is in force, or one that is ready to be: `#` without a blank after it. */
function entry(text: string, { indent, active }: Position): string {
  return `${indent}${active ? '' : '#'}${text}`;
}

function blockOf(option: JsonSchema): JsonSchema | undefined {
  return option.properties === undefined && option.additionalProperties === undefined
    ? option.anyOf?.find((branch) => branch.properties !== undefined)
    : option;
}

/** The options of a block in place of a word, as sentences: not all of them go together. */
function toldLines(block: JsonSchema, at: Position): string[] {
  const told = Object.entries(block.properties ?? {}).map(([key, option]) => {
    const inner = option.properties === undefined ? '' : ` Has ${Object.keys(option.properties).join(', ')}.`;
    const example = option.examples?.[0];
    const shown = example === undefined ? [] : [`${at.indent}# Such as ${key}: ${flow(example)}`];
    return [...comment(`${key}: ${about(option, false)}${inner}`, at), ...shown];
  });
  return [...comment('As a block it has:', at), ...told.flat()];
}

/** An option as it stands in its block. */
interface Named {
  readonly key: string;
  readonly option: JsonSchema;
  readonly required: boolean;
}

function optionsOf(block: JsonSchema): Named[] {
  return Object.entries(block.properties ?? {}).map(([key, option]) => {
    return { key, option, required: block.required?.includes(key) ?? false };
  });
}

function optionLines({ key, option, required }: Named, at: Position): string[] {
  const block = blockOf(option);
  const example = option.examples?.[0];
  // Where a word says as much as a block, the word is shown, and the options of the block are told.
  if (example !== undefined && block !== option && block !== undefined)
    return [
      ...comment(about(option, required), at),
      entry(`${key}: ${flow(example)}`, at),
      ...toldLines(block, deeper(at)),
    ];
  const described = block === undefined ? option : { ...option, description: block.description ?? '' };
  const head = comment(about(described, required), at);
  if (block?.properties !== undefined) return [...head, entry(`${key}:`, at), ...blockLines(block, deeper(at))];
  if (option.additionalProperties && typeof example === 'string') {
    const inner = deeper(at);
    const lines = [entry(`${example}:`, inner), ...blockLines(option.additionalProperties, deeper(inner))];
    return [...head, entry(`${key}:`, at), ...lines];
  }
  if (option.items?.properties !== undefined)
    return [...head, entry(`${key}:`, at), ...itemLines(option.items, deeper(at))];
  return [...head, entry(`${key}: ${flow(example ?? option.default)}`, at)];
}

/** The first option of an item of a list stands behind the dash, the others under it. */
function itemLines(item: JsonSchema, at: Position): string[] {
  return optionsOf(item).flatMap(({ key, option, required }, i) => {
    const text = `${i === 0 ? '- ' : '  '}${key}: ${flow(option.examples?.[0] ?? option.default)}`;
    return [...comment(about(option, required), deeper(at)), entry(text, at)];
  });
}

function blockLines(block: JsonSchema, { indent, active }: Position): string[] {
  return optionsOf(block).flatMap((each) => optionLines(each, { indent, active: active && each.required }));
}

const HEAD = `# Every option of Sallyport, with its default. Made from src/config/schema.ts by src/config/generate.ts.
# What is required stands here in force; take the # away from what you need besides, and from the line above that
# it belongs to. A duration is a whole number and one of ms, s, m, h, d. Validate with: sallyport check --config FILE
# (in a checkout: npm run sallyport -- check --config FILE).
# yaml-language-server: $schema=./schema.json
`;

/** The text of config/example.yml. */
export function exampleText(): string {
  const options = optionsOf(jsonSchema()).map((each) =>
    optionLines(each, { indent: '', active: each.required }).join('\n'),
  );
  return `${HEAD}\n${options.join('\n\n')}\n`;
}
