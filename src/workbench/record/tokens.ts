import { jsonOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';

/** A token of the answer to a sign-in that scripts keep, and send by themselves. */
export interface SentToken {
  /** JSON pointer of its place in the answer. */
  readonly json: string;
  /** The header that it is sent in, lower case. */
  readonly header: string;
  /** It is all that stands in the header. */
  readonly whole: boolean;
}

/** Places of an answer that are looked at, how deep, and characters of the shortest and longest token. */
const [MOST, DEEPEST, SHORTEST, LONGEST] = [100, 4, 12, 4096];
/** Sent by browsers themselves. */
const NOT_SCRIPTS: ReadonlySet<string> = new Set([
  'host',
  'referer',
  'user-agent',
  'accept',
  'origin',
  'if-none-match',
]);

function* texts(value: unknown, at = '', depth = 0): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [at, value];
  if (typeof value !== 'object' || value === null || depth >= DEEPEST) return;
  for (const [key, inner] of Object.entries(value).slice(0, MOST))
    yield* texts(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
}

/** Watches whether scripts send what the answer to a sign-in had in it: then that is the session, and no cookie. Kept in memory alone. */
export class Tokens {
  readonly #given = new Map<string, string>();
  found: SentToken | undefined;

  /** The answer to the right password. */
  given(answer: WholeAnswer): void {
    for (const [at, text] of texts(jsonOf(answer))) {
      if (this.#given.size >= MOST) return;
      if (text.length >= SHORTEST && text.length <= LONGEST && !/\s/.test(text)) this.#given.set(text, at);
    }
  }

  /** The head of a later request. */
  sent(lines: readonly string[]): void {
    for (let i = 0; i + 1 < lines.length && this.found === undefined; i += 2) {
      const [header, value] = [(lines[i] ?? '').toLowerCase(), lines[i + 1] ?? ''];
      // What only shows that a page of the app sends it is no session.
      if (NOT_SCRIPTS.has(header) || /csrf|xsrf/.test(header) || value.length > 4 * LONGEST) continue;
      for (const [token, json] of this.#given)
        if (value.includes(token)) this.found = { json, header, whole: value.trim() === token };
    }
  }
}
