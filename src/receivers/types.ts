import type { AuditRow } from '../store/types.ts';

/** One line for a receiver: an entry of the record, or a head of it. */
export interface Item {
  /** Its place in the log; of a head its size. */
  readonly index: number;
  /** Its number in the store; null: it is no entry. */
  readonly seq: number | null;
  /** When it happened, ms. */
  readonly at: number;
  readonly outcome: AuditRow['outcome'];
  /** Kind of entry, or `checkpoint`, or `test`. */
  readonly kind: string;
  /** JSON, in the format that the receiver has. */
  readonly text: string;
}

/**
 * What is sent at once, and taken whole or not at all. Whoever is sent one twice knows it by its id: it is made of what is
 * inside, and never of when it is sent.
 */
export interface Parcel {
  /** Letters, digits, `_` and `-` alone. */
  readonly id: string;
  readonly type: 'record.entries' | 'record.checkpoint' | 'record.test';
  /** Origin of the log. */
  readonly log: string;
  /** The places of the log that it covers: from `from`, and before `to`. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly Item[];
}

/** Where parcels go. */
export interface Place {
  /** Resolves when the parcel was taken, as far as the other end can say so. Throws `NotTaken`, and nothing else. */
  send(parcel: Parcel, signal: AbortSignal): Promise<void>;
  close(): void;
}

const MAX_CAUSE = 120;

/** Why a parcel was not taken: words of ours, codes and numbers, never what the other end said. */
export class NotTaken extends Error {
  constructor(cause: string) {
    super(cause.slice(0, MAX_CAUSE));
    this.name = 'NotTaken';
  }
}

/** Any failure of a socket or a file as a cause. */
export function notTaken(error: unknown): NotTaken {
  if (error instanceof NotTaken) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return new NotTaken(code);
  return new NotTaken(error instanceof Error && error.name === 'TimeoutError' ? 'took too long' : 'unknown failure');
}
