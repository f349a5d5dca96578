import { hash } from 'node:crypto';
import { SallyportError } from '../errors.ts';
import type { Random } from '../lib/random.ts';

/** The first line of a list as it is kept, and of what its digest is made of. */
const FORMAT = 'sallyport roster v2';
const SALT_BYTES = 16;
/** Characters: hexadecimal, and a blank before the name. */
const SALT = 32;
const COMMITMENT = 64;

/** A line of a kept list: a name with its salt, or what is left of one that was erased. */
interface Line {
  readonly commitment: string;
  /** As it stands in the text. */
  readonly text: string;
  /** undefined: it was erased. */
  readonly name: string | undefined;
}

/** A list as it is kept (docs/decisions/0066). */
export interface KeptList {
  readonly digest: string;
  readonly text: string;
}

/** What of a list is kept. */
export interface KeptNames {
  readonly names: readonly string[];
  /** Names that were in it and were erased. */
  readonly erased: number;
}

/** SHA-256(salt ‖ name as JSON), hexadecimal. */
const commit = (salt: Uint8Array, name: string) => hash('sha256', Buffer.concat([salt, Buffer.from(name)]), 'hex');

const digestOf = (commitments: readonly string[]): string =>
  hash('sha256', `${FORMAT}\n${commitments.map((each) => `${each}\n`).join('')}`, 'hex');

const byCommitment = (a: Line, b: Line): number => (a.commitment < b.commitment ? -1 : 1);

/** Names as a list that is kept, each with a salt of its own, in an order that tells nothing of them. */
export function keepNames(names: readonly string[], random: Random): KeptList {
  const lines = [...new Set(names)].map((name): Line => {
    const salt = Buffer.from(random(SALT_BYTES));
    const json = JSON.stringify(name);
    return { commitment: commit(salt, json), text: `${salt.toString('hex')} ${json}`, name };
  });
  lines.sort(byCommitment);
  const text = [FORMAT, ...lines.map((line) => line.text), ''].join('\n');
  return { digest: digestOf(lines.map(({ commitment }) => commitment)), text };
}

/** A list of before names had salts: of it nothing can be shown without all of its names. */
export const isUnsalted = (text: string): boolean => text.startsWith('[');

const ALTERED = 'The list of accounts that is kept is not the one on record: it was altered. Read the list again.';

/**
 * A list that is kept and is not the one on record: nothing of it is shown. Reading the list again mends it. Not `store-unavailable`,
 * for which everything refuses until the store can be written again.
 */
export class AlteredList extends SallyportError {
  constructor(cause?: unknown) {
    super('sealed-value-invalid', 'a list of accounts that is kept was altered: read the list again', {
      cause,
      shown: ALTERED,
    });
  }
}

const unreadable = (cause?: unknown) => new AlteredList(cause);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Of a text that we have written; whether it is still the one of its digest is `checkedLines`. Throws `sealed-value-invalid`. */
function nameIn(line: string): string | undefined {
  if (line.length === COMMITMENT && !line.includes(' ')) return undefined;
  const name = line[SALT] === ' ' ? parsed(line.slice(SALT + 1)) : undefined;
  if (typeof name !== 'string') throw unreadable();
  return name;
}

function linesIn(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines[0] !== FORMAT || lines.at(-1) !== '') throw unreadable();
  return lines.slice(1, -1);
}

/** The names in the text of a list that is kept, sorted, whether or not it is the one on record. Throws `sealed-value-invalid` for what is none. */
export function keptNames(text: string): KeptNames {
  if (isUnsalted(text)) return { names: parsed(text) as readonly string[], erased: 0 }; // was written sorted, of names alone
  const names = linesIn(text).map(nameIn);
  const kept = names.filter((name) => name !== undefined);
  return { names: kept.sort(), erased: names.length - kept.length };
}

function checkedLines({ digest, text }: KeptList): readonly Line[] {
  const lines = linesIn(text).map((line): Line => {
    const name = nameIn(line);
    const commitment =
      name === undefined ? line : commit(Buffer.from(line.slice(0, SALT), 'hex'), line.slice(SALT + 1));
    return { commitment, text: line, name };
  });
  if (digestOf(lines.map(({ commitment }) => commitment)) !== digest) throw unreadable();
  return lines;
}

/** Lists that were found to be those of their digests: a page is asked for many times, and a list may have 100,000 names. */
const MOST_PROVEN = 16;
const proven = new Set<string>();

/** The names of a list that is kept, sorted, where it is the one of its digest. Throws `sealed-value-invalid` where it is not. */
export function provenNames(list: KeptList): KeptNames {
  const whole = hash('sha256', list.text, 'hex');
  const key = `${list.digest} ${whole}`;
  if (!proven.has(key)) {
    if (!isUnsalted(list.text)) checkedLines(list);
    else if (whole !== list.digest) throw unreadable();
    if (proven.size >= MOST_PROVEN) proven.clear();
    proven.add(key);
  }
  return keptNames(list.text);
}

/** The lines of a list as a pack has it, and how many of its names were erased. Throws `sealed-value-invalid` as `withoutNames`. */
export function packLines(list: KeptList): { readonly lines: readonly string[]; readonly erased: number } {
  const found = checkedLines(list);
  const lines = found.map(({ commitment, text, name }) =>
    JSON.stringify(name === undefined ? { commitment } : { salt: text.slice(0, SALT), text: text.slice(SALT + 1) }),
  );
  return { lines, erased: found.filter(({ name }) => name === undefined).length };
}

/** What becomes of a list when names of it go; null: none of its names was meant. */
export interface Less {
  /** null: no name is left. */
  readonly text: string | null;
  readonly erased: number;
  readonly left: number;
}

/**
 * A list without the names that are meant: of each its commitment stays, so that the digest on record still proves the others. Of an
 * unsalted one all names go, since the digest would let a guess be tried. Throws `sealed-value-invalid` for a list that is not the one of its digest.
 */
export function withoutNames(list: KeptList, isMeant: (name: string) => boolean): Less | null {
  if (isUnsalted(list.text)) {
    if (hash('sha256', list.text, 'hex') !== list.digest) throw unreadable();
    const { names } = keptNames(list.text);
    return names.some(isMeant) ? { text: null, erased: names.length, left: 0 } : null;
  }
  const lines = checkedLines(list);
  let [erased, left] = [0, 0];
  const after = lines.map(({ commitment, text, name }) => {
    if (name === undefined) return text;
    if (!isMeant(name)) {
      left += 1;
      return text;
    }
    erased += 1;
    return commitment;
  });
  if (erased === 0) return null;
  return { text: left === 0 ? null : [FORMAT, ...after, ''].join('\n'), erased, left };
}
