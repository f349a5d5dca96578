import * as z from 'zod';
import { block, expecting, list, matching, text, word } from '../fields.ts';
import type { Parsed } from '../hosts.ts';

/** Up to this many alternatives, fields, doors; a preset is read by people. */
export const MANY = 200;

export const about = (description: string, example?: unknown) => ({
  description,
  ...(example === undefined ? {} : { examples: [example] }),
});

/** Any text in one line. Parameters (`${base}`) are filled in before it is judged further. */
export const some = (description: string, example?: string) =>
  matching(/^[^\r\n\0]{1,1024}$/, 'Expected a text in one line.', about(description, example));

/** One or several of a thing, as a list. */
export function oneOrMore<T extends z.ZodType>(item: T, sentence: string) {
  const many = z.array(item, { error: expecting(sentence) }).min(1, sentence);
  return z.union([item.transform((one): z.output<T>[] => [one]), many], { error: expecting(sentence) });
}

/** A scalar of YAML as text: presets write numbers and words without quotes. */
export const scalar = z
  .union([z.string(), z.number(), z.boolean()], { error: expecting('Expected a text, a number, or true or false.') })
  .transform(String);

/** Values that are allowed: `"*"` any, a list, or one. */
export const allowed = z.union(
  [
    z.literal('*').transform(() => 'any' as const),
    z.array(scalar).min(1, 'Expected "*" or a list of values.'),
    scalar.transform((one): string[] => [one]),
  ],
  { error: expecting('Expected "*" or a list of values.') },
);

/** Query parameters with their values, or `"*"` for any query. */
export const query = z
  .union([z.literal('*').transform(() => 'any' as const), z.record(z.string(), allowed)], {
    error: expecting('Expected "*" or parameters with their values, such as { do: [login] }.'),
  })
  .meta(
    about('Parameters that the query may have, with their values; "*" for any. Others are refused.', { do: ['login'] }),
  );

const status = z
  .number({ error: expecting('Expected a status such as 302.') })
  .refine((n) => Number.isInteger(n) && n >= 200 && n <= 599, 'Expected a status from 200 to 599.');

export const predicate = block(
  {
    status: oneOrMore(status, 'Expected a status or a list of them.')
      .optional()
      .meta(about('Status of the answer.', 302)),
    location: some('Pattern for the Location header.', '^/home').optional(),
    cookie: some('A cookie of that name (or ^pattern) is set to a real value.', 'SESSID').optional(),
    nocookie: some('No cookie of that name is set to a real value.').optional(),
    header: z.record(z.string(), z.string()).optional().meta(about('Header names with patterns for their value.')),
    body: some('Pattern for the body.', 'Login failed').optional(),
    json: z
      .record(z.string().startsWith('/'), scalar)
      .optional()
      .meta(about('JSON pointers with the value, or a pattern for it.')),
    xml: z.record(z.string(), scalar).optional().meta(about('XML paths with the value, or a pattern for it.')),
    probe: z.boolean().optional().meta(about('Left to whoami: true when it names somebody, false when nobody.')),
  },
  about('What an answer looks like; everything that is said must hold.'),
).refine((value) => Object.keys(value).length > 0, {
  error: 'An empty description would hold for every answer. Say something.',
  // Something that is not understood is a fault of its own.
  when: ({ issues }) => issues.length === 0,
});

export const predicates = oneOrMore(predicate, 'Expected a description of an answer, or a list of them.');

export const methodName = word(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], about('Method.', 'POST'));

/** Of a door: any method, since doors only close. RFC 9110 §9.1. */
export const anyMethod = matching(
  /^[A-Z][A-Z_-]{0,31}$/,
  'Expected a method such as POST, in capitals.',
  about('Method; left out: any.', 'POST'),
);

export const names = (description: string, example?: readonly string[]) =>
  list(some('A name.'), 'Expected a list of names.', about(description, example)).max(MANY);

/** A text kept as it is; for `text` where nothing is to be parsed. */
export const asIs = (raw: string): Parsed<string> => ({ value: raw });
export { block, list, matching, text, word };
