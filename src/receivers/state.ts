/** Since when a receiver does not take what it is sent. */
export interface Trouble {
  /** ms. */
  readonly since: number;
  readonly cause: string;
  readonly tries: number;
  /** Whether it is on record. */
  readonly told: boolean;
}

/** What is known of a receiver beside its position. */
export interface ReceiverState {
  /** Node that sends; null: none. */
  readonly holder: string | null;
  /** Another at each write, so that whoever looks on sees that the holder lives. */
  readonly beat: number;
  /** Where the parcel ends that is under way: the same is sent again, and not another that begins alike. */
  readonly to: number | null;
  /** Size of the log when the receiver was first known: what was dropped before is not missed. */
  readonly since: number;
  /** Size of the last head that it was sent. */
  readonly head: number;
  /** When it last took something, ms. */
  readonly sentAt: number | null;
  readonly trouble: Trouble | null;
}

export const NEW: ReceiverState = {
  holder: null,
  beat: 0,
  to: null,
  since: 0,
  head: 0,
  sentAt: null,
  trouble: null,
};

const numberOr = <T>(value: unknown, otherwise: T) => (Number.isSafeInteger(value) ? (value as number) : otherwise);
const textOr = <T>(value: unknown, otherwise: T) => (typeof value === 'string' ? value.slice(0, 200) : otherwise);

function troubleOf(value: unknown): Trouble | null {
  if (typeof value !== 'object' || value === null) return null;
  const { since, cause, tries, told } = value as Record<string, unknown>;
  return { since: numberOr(since, 0), cause: textOr(cause, ''), tries: numberOr(tries, 0), told: told === true };
}

/** Reads what `JSON.stringify` wrote; what another version wrote otherwise is as it is at the beginning. */
export function parseState(text: string): ReceiverState {
  let value: Record<string, unknown> = {};
  try {
    value = Object(JSON.parse(text)) as Record<string, unknown>; // each part is looked at
  } catch {
    return NEW;
  }
  return {
    holder: textOr(value['holder'], null),
    beat: numberOr(value['beat'], 0),
    to: numberOr(value['to'], null),
    since: numberOr(value['since'], 0),
    head: numberOr(value['head'], 0),
    sentAt: numberOr(value['sentAt'], null),
    trouble: troubleOf(value['trouble']),
  };
}
