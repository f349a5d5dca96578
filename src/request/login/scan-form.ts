import { EDGE, type Judge, judgeEdges, MAX_NAME, Names, unreadable } from './judge.ts';
import { decodeLaxly } from './names.ts';
import type { Watch } from './watch.ts';

const [AMPERSAND, SEMICOLON, EQUALS, CR, LF] = [38, 59, 61, 13, 10];

/** What some server drops from a name, wherever it stands. A NUL ends the name: what follows it says nothing. */
const DROPPED = /[\t-\r\p{Z}\p{Cf}.?_[]/gu;
/** Characters of a name that are not dropped, of which the shortest that is surely no field has more. */
const MOST_OF_FIELD = 512;

/** How many characters of a name no server drops. */
function solidIn(raw: string): number {
  const once = decodeLaxly(raw.replaceAll('+', ' '));
  const twice = decodeLaxly(Buffer.from(once).toString('latin1'));
  return twice.replace(DROPPED, '').length;
}

/** `form`: what is declared as one. Lax, for what an app may take for one: `lines` of a text; `rest`: of another document. */
export type FormMode = 'form' | 'lines' | 'rest';

const DIVIDERS: Readonly<Record<FormMode, readonly number[]>> = {
  form: [AMPERSAND, SEMICOLON],
  lines: [AMPERSAND, SEMICOLON, CR, LF],
  // Who does not look at the type knows of no other dividers.
  rest: [AMPERSAND],
};

/**
 * Names of `name=value` pairs, as some servers divide them. In a lax mode a line without `=` is no field, and what is too long
 * for a name is one only by how it begins or ends.
 */
export function formJudge(watch: Watch, mode: FormMode): Judge {
  const lax = mode !== 'form';
  const dividers = DIVIDERS[mode];
  const isAmpersand = dividers.length === 1;
  let name = '';
  /** How the name begins that is too long to be kept. */
  let head: string | undefined;
  /** Characters of it that are not dropped: with few, it may be a field though it is longer than any. */
  let solid = 0;
  let inName = true;

  const names = new Names(watch, (raw) => {
    const decoded = decodeLaxly(raw.replaceAll('+', ' '));
    if (!lax && decoded.includes('\0')) unreadable('NUL in a field name');
    return decoded === '' ? null : decoded;
  });
  const tooLong = (): never => unreadable('a field name that is too long');
  const plus = (raw: string): string => raw.replaceAll('+', ' ');
  /** A line of text is no field; a pair without `=` in a form is one. */
  const ended = (equals: boolean): void => {
    const [raw, start] = [name, head];
    name = '';
    head = undefined;
    if (!equals && lax) return;
    if (start === undefined) names.judge(raw);
    else if (solid + solidIn(raw) < MOST_OF_FIELD) tooLong();
    else judgeEdges(watch, plus(start), plus(raw.slice(-EDGE)));
  };
  const divides = Uint8Array.from({ length: 256 }, (_, byte) => Number(dividers.includes(byte)));
  /** Where the pair ends that goes on there; the length where it does not. */
  const endOfPair = (chunk: Buffer, from: number): number => {
    if (isAmpersand) {
      const at = chunk.indexOf(AMPERSAND, from);
      return at < 0 ? chunk.length : at;
    }
    let at = from;
    while (at < chunk.length && divides[chunk[at] ?? 0] === 0) at += 1;
    return at;
  };
  /** The same for its name. `end`: of the pair. */
  const endOfName = (chunk: Buffer, from: number, end: number): number => {
    const at = chunk.subarray(from, end).indexOf(EQUALS);
    return at < 0 ? end : from + at;
  };
  const grow = (piece: string): void => {
    name += piece;
    if (name.length <= MAX_NAME) return;
    if (!lax) tooLong();
    if (head === undefined) solid = 0;
    head ??= name.slice(0, EDGE);
    if (solid < MOST_OF_FIELD) solid += solidIn(name.slice(0, -EDGE));
    name = name.slice(-EDGE);
  };

  return {
    look(chunk) {
      for (let at = 0; at < chunk.length; ) {
        const end = endOfPair(chunk, at);
        if (inName) {
          const to = endOfName(chunk, at, end);
          grow(chunk.toString('latin1', at, to));
          inName = to === chunk.length;
          if (!inName) ended(to < end);
        }
        if (end < chunk.length) inName = true;
        at = end + 1;
      }
      return head === undefined ? name.length : 0;
    },
    end() {
      ended(false);
    },
  };
}
