/** Why a list was not read: a sentence with the remedy, which holds no secret and nothing of the list. */
export class RosterFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'RosterFault';
  }
}

/** Names of one list; a longer one is refused, since a part of it would call the rest gone. */
export const MOST_NAMES = 200_000;
/** Characters of a name. */
export const MOST_NAME = 256;
/** Bytes of a list as a text. */
export const MOST_BYTES = 32 * 1_048_576;
/** The whole of reading a list, ms. */
export const MOST_MS = 120_000;

export function tooMany(): RosterFault {
  return new RosterFault(
    `The list has more than ${MOST_NAMES} names: name a source that gives those of this app alone.`,
  );
}
