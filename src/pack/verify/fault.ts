/** Where something was found: a file of the pack, a line of it (from 1), the index of an entry, and what there. */
export interface Where {
  readonly file: string;
  readonly line?: number;
  readonly index?: number;
  /** A name of ours, of a file, or an account and an app by their ids; never a text that was read as it came. */
  readonly what?: string;
}

/** Something in a pack that is not as it must be, and where. The message is a sentence. */
export class PackFault extends Error {
  readonly where: Where;

  constructor(where: Where, message: string) {
    super(message);
    this.name = 'PackFault';
    this.where = where;
  }
}
