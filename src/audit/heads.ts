import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../tlog/checkpoint.ts';
import { LogFault } from '../tlog/fault.ts';
import type { VerifierKey } from '../tlog/key.ts';
import { parseNote } from '../tlog/note.ts';
import type { Findings } from './findings.ts';

/** Of a file of heads, bytes. */
export const MAX_HEADS = 1_048_576;

/**
 * The signed notes of a file, one after the other: each ends with its lines of signature. Throws `LogFault` for what is none.
 */
export function readHeads(text: string): string[] {
  const notes: string[] = [];
  let lines: string[] = [];
  let signed = false;
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const isSignature = line.startsWith('\u2014 ');
    if (signed && !isSignature) {
      notes.push(`${lines.join('\n')}\n`);
      lines = [];
    }
    signed = isSignature;
    // Empty lines between two notes belong to neither.
    if (lines.length > 0 || line.trim() !== '') lines.push(line);
  }
  if (lines.some((line) => line.trim() !== '')) notes.push(`${lines.join('\n')}\n`);
  for (const note of notes) parseCheckpoint(parseNote(note).text);
  if (notes.length === 0) throw new LogFault('note', 'There is no signed head in it.');
  return notes;
}

/** A head that is to be met, and who has kept it. */
export interface KnownHead extends Checkpoint {
  readonly of: 'store' | 'reader';
}

/** What a reader has kept: a signed note, or the size and root that somebody wrote down. */
export type KeptHead = string | Pick<Checkpoint, 'size' | 'root'>;

/** The heads that a reader has kept, by size. One that this log has not signed is a finding. */
export function keptHeads(
  kept: readonly KeptHead[],
  { key, findings }: { key: VerifierKey; findings: Findings },
): KnownHead[] {
  const heads = kept.flatMap((head) =>
    typeof head === 'string'
      ? (knownHead(head, { key, of: 'reader', findings }) ?? [])
      : { ...head, origin: key.name, of: 'reader' as const },
  );
  return heads.sort((a, b) => a.size - b.size);
}

/** Opens a head with the key of the log; one that it has not signed is a finding. */
export function knownHead(
  note: string,
  { key, of, findings }: { key: VerifierKey; of: KnownHead['of']; findings: Findings },
): KnownHead | undefined {
  try {
    const { origin, size, root } = openCheckpoint(note, key);
    return { origin, size, root, of };
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    const whose = of === 'store' ? 'A head that the store has kept' : 'The head that is given';
    findings.add('unsigned', `${whose} is not signed by the key of this log, ${key.name}: ${error.message}`);
    return undefined;
  }
}

/** Holds the roots of a growing tree against heads that are known of it. */
export class Heads {
  readonly #findings: Findings;
  /**
   * The size of the last head that was as it should be. What a store has kept says nothing of what a reader has: a copy that went on
   * apart has good heads of its own.
   */
  #good = { store: 0, reader: 0 };
  #isWrong = { store: false, reader: false };
  #held = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** How many were as they should be. */
  get held(): number {
    return this.#held;
  }

  /** A head of the size that the tree has just reached; `hint`: where to look, if it is not its root. Only the first wrong one of each keeper is told: all that come after it are wrong too. */
  met(head: KnownHead, root: Buffer, hint: number | null): void {
    if (head.root.equals(root)) {
      this.#good.store = head.size;
      if (head.of === 'reader') this.#good.reader = head.size;
      this.#held += 1;
      return;
    }
    if (this.#isWrong[head.of]) return;
    this.#isWrong[head.of] = true;
    const at = { index: this.#good[head.of], to: head.size - 1 };
    const isOne = at.index === at.to;
    const near =
      !isOne && hint !== null && hint >= at.index && hint <= at.to ? `, where the order breaks at ${hint}` : '';
    const where = isOne ? `index ${at.to}` : `one of the indexes ${at.index} to ${at.to}${near}`;
    if (head.of === 'store')
      this.#findings.add(
        'rewritten',
        `The log has another root than the head of size ${head.size} that was signed: ${where} was altered, moved, put there or taken away.`,
        at,
      );
    else
      this.#findings.add(
        'fork',
        `The log is not the one of which the head of size ${head.size} is kept: its past was written anew, or it is a copy that went on apart, from ${where} on.`,
        at,
      );
  }

  /** A head of a larger tree than there is. */
  beyond({ size, of }: KnownHead, there: number): void {
    const why =
      of === 'store'
        ? 'entries were taken away from its end'
        : 'an older backup was put back, or entries were taken away from its end';
    this.#findings.add('shortened', `A head of size ${size} was signed, and the log has ${there} entries: ${why}.`, {
      index: there,
      to: size - 1,
    });
  }
}
