import { compilePattern } from '../../lib/pattern.ts';
import { headerOf, textOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { withoutEntities } from '../../presets/whoami.ts';
import { type DraftPredicate, isToken, literal } from './draft.ts';

const PASSWORD_INPUT = `type=["']?password`;
const SIGN_IN = /log-?in|sign-?in/i;

/** Characters of a page that are looked through, of the shortest and longest piece that tells, and of a whole answer that does. */
const [MOST_TEXT, SHORTEST, LONGEST, WHOLE] = [256 * 1024, 12, 160, 200];

/** Links and pieces of one page that are held against others. */
const MOST = 200;

/** A link to sign in that only people who are not signed in are shown. */
function linkOf(text: string, other: string): DraftPredicate | undefined {
  let seen = 0;
  for (const [, link = ''] of text.matchAll(/href=["']([^"']*)["']/gi)) {
    seen += 1;
    if (seen > MOST) break;
    const parts = SIGN_IN.test(link) ? withoutEntities(link).split(/[?&;/=]/) : [];
    const telling = parts.slice(1).filter((part) => SIGN_IN.test(part) && !isToken(part));
    const word = telling.find((part) => text.includes(part) && !other.includes(part));
    if (word !== undefined) return { body: literal(word) };
  }
  return undefined;
}

/** How much a piece of a page sounds like what strangers are shown. */
function telling(piece: string): number {
  const words = /<(?:input|form|title|h1)/i.test(piece) ? 2 : 0;
  return words + (/log|sign|user|name|auth|id=/i.test(piece) ? 1 : 0) - piece.length / LONGEST;
}

/** A tag, or a line of text, that every stranger is shown and nobody who is signed in. */
function pieceOf(text: string, again: string, other: string): DraftPredicate | undefined {
  const pieces = text
    .slice(0, MOST_TEXT)
    .split(/(?=<)|\r?\n/)
    .map((piece) => piece.trim())
    .filter((piece) => piece.length >= SHORTEST && piece.length <= LONGEST && !/[0-9a-f]{8,}|\d{5,}/i.test(piece));
  const best = [...new Set(pieces)]
    .toSorted((a, b) => telling(b) - telling(a))
    .slice(0, MOST)
    .find((piece) => again.includes(piece) && !other.includes(piece));
  return best === undefined ? undefined : { body: literal(best) };
}

/** A short answer, such as JSON that says null, as it is. */
function wholeOf(text: string, again: string, other: string): DraftPredicate | undefined {
  const said = text.trim();
  // To a script that asks for the name, nothing at all.
  if (said === '' && again.trim() === '' && other.trim() !== '') return { body: '^\\s*$' };
  if (said === '' || said.length > WHOLE || /[\r\n]/.test(said) || said !== again.trim() || said === other.trim())
    return undefined;
  return { body: `^\\s*${literal(said)}\\s*$` };
}

/**
 * How an address answers somebody who is not signed in, seen twice, as opposed to somebody who is. undefined: there is nothing that
 * would always tell.
 */
export function anonymousOf(
  answer: WholeAnswer,
  again: WholeAnswer,
  signedIn: WholeAnswer,
): DraftPredicate | undefined {
  const [led, own] = [headerOf(answer, 'location'), headerOf(signedIn, 'location')];
  if (led === undefined && answer.status !== signedIn.status) return { status: answer.status };
  if (led !== undefined) {
    const pathname = URL.parse(led, 'http://app.invalid')?.pathname ?? '/';
    const location = literal(pathname === '/' ? led : pathname.slice(1));
    // Where both are led somewhere, what stands in the one's address may stand in the other's.
    const told = answer.status !== signedIn.status || !compilePattern(location).test(own ?? '');
    return told ? { status: answer.status, location } : undefined;
  }
  const [text, second, inside] = [textOf(answer), textOf(again), textOf(signedIn)];
  const pattern = compilePattern(PASSWORD_INPUT);
  if (pattern.test(text) && !pattern.test(inside)) return { body: PASSWORD_INPUT };
  return linkOf(text, inside) ?? wholeOf(text, second, inside) ?? pieceOf(text, second, inside);
}
