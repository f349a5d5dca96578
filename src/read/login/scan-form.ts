import { type Judge, MAX_NAME, Names, unreadable } from './judge.ts';
import { decodeLaxly } from './names.ts';
import type { Watch } from './watch.ts';

const [AMPERSAND, SEMICOLON, EQUALS, CR, LF] = [38, 59, 61, 13, 10];

/** What some server drops from a name, wherever it stands. A NUL ends the name: what follows it says nothing. */
const DROPPED = /[\t-\r\p{Z}\p{Cf}.?_[]/gu;
/** Characters of a name that are not dropped, of which the shortest that is surely no field has more. */
const MOST_OF_FIELD = 512;

/** Whether a name can still be that of a field though it is longer than any: most of it is nothing. */
function mayBeField(raw: string): boolean {
  const once = decodeLaxly(raw.replaceAll('+', ' '));
  const twice = decodeLaxly(Buffer.from(once).toString('latin1'));
  return twice.replace(DROPPED, '').length < MOST_OF_FIELD;
}

/**
 * Names of `name=value` pairs divided by `&` or `;`, as some servers have it. `lax` is for text that an app may take for
 * such pairs: lines divide too, and what is too long for a name is none.
 */
export function formJudge(watch: Watch, lax: boolean): Judge {
  let name = '';
  let inName = true;

  const names = new Names(watch, (raw) => {
    const decoded = decodeLaxly(raw.replaceAll('+', ' '));
    if (!lax && decoded.includes('\0')) unreadable('NUL in a field name');
    return decoded === '' ? null : decoded;
  });
  const see = (): void => {
    const raw = name;
    name = '';
    names.judge(raw);
  };
  /** A line of text is no field; a pair without `=` in a form is one. */
  const ended = (equals: boolean): void => {
    if (equals || !lax) see();
    name = '';
  };
  const divides = (byte: number | undefined): boolean =>
    byte === AMPERSAND || byte === SEMICOLON || (lax && (byte === CR || byte === LF));
  const endOfName = (chunk: Buffer, from: number): number => {
    let at = from;
    while (at < chunk.length && chunk[at] !== EQUALS && !divides(chunk[at])) at += 1;
    return at;
  };
  const endOfValue = (chunk: Buffer, from: number): number => {
    let at = from;
    while (at < chunk.length && !divides(chunk[at])) at += 1;
    return at;
  };
  const grow = (piece: string): void => {
    name += piece;
    if (name.length <= MAX_NAME) return;
    if (!lax || mayBeField(name)) unreadable('a field name that is too long');
    name = '';
    inName = false;
  };

  return {
    look(chunk) {
      for (let at = 0; at < chunk.length; ) {
        const end = inName ? endOfName(chunk, at) : endOfValue(chunk, at);
        if (inName) grow(chunk.toString('latin1', at, end));
        if (end < chunk.length) {
          if (inName) ended(chunk[end] === EQUALS);
          inName = divides(chunk[end]);
        }
        at = end + 1;
      }
      return name.length;
    },
    end() {
      ended(false);
    },
  };
}
