/** Exit codes of the contract. */
export const DONE = 0;
export const REFUSED = 1;
export const USAGE = 2;

/** A command that was refused or found something wanting; its message is one sentence with the remedy. */
export class CommandRefused extends Error {}

/** A command that was called wrongly. */
export class CommandMisused extends Error {}
