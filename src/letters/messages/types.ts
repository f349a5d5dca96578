// Made from the English messages by `npm run generate`; not to be edited.

/** What is said, by page. */
export interface Messages {
  /** A letter on paper, one page, by which a person sets up how they sign in. The link is printed as a square code (QR) and as text that can be typed. There is little room: texts about as long as the English ones fit. */
  readonly letter: {
    /** The name of the whole document, as a program shows it that reads PDF. */
    readonly title: string;
    readonly subject: string;
    readonly intro: string;
    readonly steps: {
      readonly open: string;
      readonly follow: string;
      readonly keep: string;
    };
    /** Stands above the day and the time. */
    readonly until: string;
    readonly facts: {
      readonly name: string;
      readonly organisation: string;
      readonly site: string;
    };
    readonly type: string;
    readonly note: string;
    readonly signs: {
      readonly zero: string;
      readonly capitalO: string;
      readonly one: string;
      readonly smallL: string;
      readonly capitalI: string;
      readonly hyphen: string;
      readonly underscore: string;
    };
    readonly notYours: string;
    readonly notYoursText: string;
    readonly secret: string;
    readonly help: string;
  };
}
