/** Exit codes of the contract. */
export const DONE = 0;
export const REFUSED = 1;
export const USAGE = 2;

/** A command that was refused or found something wanting; its message is one sentence with the remedy. */
export class CommandRefused extends Error {}

/** A command that was called wrongly. */
export class CommandMisused extends Error {}

/** A message as a sentence: a capital at its beginning, a full stop at its end. */
export function sentence(message: string): string {
  const text = message.trim();
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.:!?]$/.test(text) ? '' : '.'}`;
}
