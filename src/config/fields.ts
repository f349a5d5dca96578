import * as z from 'zod';
import { nearest } from '../lib/nearest.ts';
import type { Parsed } from './hosts.ts';
import { knownOptions } from './issues.ts';
import { DURATION, durationBetween } from './values.ts';

/** What stands in the example and the JSON Schema beside an option. */
export interface About {
  readonly description: string;
  readonly default?: unknown;
  /** One value that shows the form; every option without a default has one. */
  readonly examples?: readonly unknown[];
}

/** The sentence for a value of the wrong type, which says `Required.` first when there is no value at all. */
export function expecting(sentence: string): (issue: { readonly input?: unknown }) => string {
  return (issue) => (issue.input === undefined ? `Required. ${sentence}` : sentence);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of options',
  record: 'a block of names and values',
};

// Whatever the schema has no sentence of its own for is said in ours, never in the library's.
z.config({
  customError: (issue) => {
    if (issue.code === 'invalid_type')
      return expecting(`Expected ${KINDS[issue.expected] ?? 'another kind of value'}.`)(issue);
    if (issue.code === 'invalid_value')
      return expecting(`Expected one of: ${issue.values.slice(0, 20).join(', ')}.`)(issue);
    if (issue.code === 'too_big') return `Expected at most ${issue.maximum}.`;
    if (issue.code === 'too_small') return `Expected at least ${issue.minimum}.`;
    if (issue.code === 'unrecognized_keys') return 'There is no such option here.';
    return issue.input === undefined ? 'Required.' : 'This is not a value that is possible here.';
  },
});

/** Under names of our own: zod drops `default` and `examples` of texts that are parsed further. `jsonSchema` renames them. */
function meta(about: About): Record<string, unknown> {
  const { description, default: standard, examples } = about;
  return {
    description,
    ...(standard === undefined ? {} : { 'x-default': standard }),
    ...(examples === undefined ? {} : { 'x-examples': examples }),
  };
}

/** A text that a parser turns into a value; the parser's sentence becomes the fault. */
export function text<T>(parse: (raw: string) => Parsed<T>, expected: string, about: About) {
  return z
    .string({ error: expecting(expected) })
    .transform((raw, context): T => {
      const parsed = parse(raw);
      if ('value' in parsed) return parsed.value;
      context.addIssue({ code: 'custom', message: parsed.fault });
      return z.NEVER;
    })
    .meta(meta(about));
}

/** A text taken as it is, once it has the form. */
export function matching(form: RegExp, expected: string, about: About) {
  return z
    .string({ error: expecting(expected) })
    .regex(form, expected)
    .meta(meta(about));
}

/** A duration between two limits (ms), as ms. */
export function duration(least: number, most: number, limits: string, about: About) {
  return text(durationBetween(least, most, limits), DURATION, about);
}

/** A whole number between two limits. */
export function whole(least: number, most: number, about: About) {
  const error = `Expected a whole number from ${least} to ${most}.`;
  return z
    .number({ error: expecting(error) })
    .refine((n) => Number.isInteger(n) && n >= least && n <= most, error)
    .meta(meta(about));
}

export function flag(about: About) {
  return z.boolean({ error: expecting('Expected true or false.') }).meta(meta(about));
}

/** One of a few words; of a misspelt one it is said which was probably meant. */
export function word<const W extends readonly [string, ...string[]]>(words: W, about: About) {
  const error: z.core.$ZodErrorMap = (issue) => {
    const meant = typeof issue.input === 'string' ? nearest(issue.input, words) : undefined;
    return expecting(`Expected one of: ${words.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`)(
      issue,
    );
  };
  return z.enum(words, { error }).meta(meta(about));
}

export function list<T extends z.ZodType>(item: T, expected: string, about: About) {
  return z.array(item, { error: expecting(expected) }).meta(meta(about));
}

/** A block of options. What is not listed is a fault, so that a typing error never switches a protection off. */
export function block<S extends z.ZodRawShape>(shape: S, about: About) {
  const options = Object.keys(shape);
  return z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? knownOptions(options)
          : expecting(`Expected a block with the options ${options.join(', ')}.`)(issue),
    })
    .meta(meta(about));
}

/** A block whose keys the operator chooses. */
export function named<T extends z.ZodType>(key: z.ZodType<string, string>, value: T, expected: string, about: About) {
  return z.record(key, value, { error: expecting(expected) }).meta(meta(about));
}
