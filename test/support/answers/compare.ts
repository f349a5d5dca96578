import { piecesOf, sampleOf } from './mutate.ts';
import { type OurReading, type Reading, readNode, readOurs, readUndici, type Understood } from './readers.ts';

export interface Tally {
  cases: number;
  /** Understood by all three alike. */
  alike: number;
  refused: number;
  /** Refused ones of which the others were asked as well. */
  asked: number;
  /** Of these, those that both others took, by our reason. */
  readonly stricter: Map<string, number>;
  /** Not compared, by reason. */
  readonly apart: Map<string, number>;
}

export const emptyTally = (): Tally => ({
  cases: 0,
  alike: 0,
  refused: 0,
  asked: 0,
  stricter: new Map(),
  apart: new Map(),
});

export interface Difference {
  readonly seed: number;
  readonly with: 'Node' | 'undici';
  readonly what: string;
}

const count = (of: Map<string, number>, what: string): void => void of.set(what, (of.get(what) ?? 0) + 1);

/** What differs between how we and another took an answer that we took; null: nothing that matters. */
function differs(ours: Understood, theirs: Reading, reason: string): string | null {
  if (theirs === null) return 'we took what it refuses';
  if (ours.status !== theirs.status) return `status ${ours.status}, not ${theirs.status}`;
  if (reason !== theirs.reason) return `reason ${JSON.stringify([reason, theirs.reason])}`;
  if (JSON.stringify(ours.raw) !== JSON.stringify(theirs.raw))
    return `fields ${JSON.stringify([ours.raw, theirs.raw])}`;
  if (ours.body !== theirs.body) return `body ${JSON.stringify([ours.body, theirs.body])}`;
  return ours.reusable && !theirs.reusable ? 'we would use the connection again' : null;
}

/** undici reads a reason as UTF-8. */
const asText = (octets: string): string => Buffer.from(octets, 'latin1').toString();

/** Why an answer that we took cannot be compared, where the other is known to be wrong; null: it can. */
function known({ interim }: OurReading, other: 'Node' | 'undici'): string | null {
  if (interim.some(({ plain }) => !plain)) return 'an interim answer that says something of the connection, to them';
  if (other === 'undici' && interim.some(({ status }) => status === 100)) return 'a 100 that undici did not ask for';
  return null;
}

/** The first `size` bytes. */
function upTo(pieces: readonly Buffer[], size: number): Buffer[] {
  const bytes = Buffer.concat(pieces).subarray(0, size);
  return pieces.length === 1
    ? [bytes]
    : [bytes.subarray(0, size >> 1), bytes.subarray(size >> 1)].filter((piece) => piece.length > 0);
}

/** How we read one answer against how Node and undici read it; what we refuse is asked about once in so many times. */
export async function compareOne(seed: number, tally: Tally): Promise<Difference | null> {
  const { method, text } = sampleOf(seed);
  const pieces = piecesOf(text, seed);
  const ours = readOurs(pieces, method);
  const { understood } = ours;
  tally.cases += 1;
  if (understood === null) {
    tally.refused += 1;
    if (seed % ASKED_OF === 0) await countStricter(ours.why, pieces, method, tally);
    return null;
  }
  const answer = upTo(pieces, ours.size);
  const [node, undici] = await Promise.all([readNode(answer, method), readUndici(answer, method)]);
  for (const [name, theirs] of [
    ['Node', node],
    ['undici', undici],
  ] as const) {
    const what = differs(understood, theirs, name === 'undici' ? asText(understood.reason) : understood.reason);
    const excuse = what === null ? null : known(ours, name);
    if (excuse !== null) count(tally.apart, excuse);
    else if (what !== null) return { seed, with: name, what };
  }
  tally.alike += 1;
  return null;
}

const ASKED_OF = 16;

async function countStricter(why: string, pieces: readonly Buffer[], method: string, tally: Tally): Promise<void> {
  const theirs = await Promise.all([readNode(pieces, method), readUndici(pieces, method)]);
  tally.asked += 1;
  if (!theirs.includes(null)) count(tally.stricter, why);
}
