/** What a text of a log is not: the form of each is in the file that reads it. */
export type LogText = 'frontier' | 'key' | 'note' | 'checkpoint' | 'cosignature' | 'leaf' | 'cover';

/**
 * A text or a value that is not in its form, or not signed by whom it should be. The message is a sentence, and never quotes
 * what was read.
 */
export class LogFault extends Error {
  readonly of: LogText;
  /** `form`: cannot be read. `signature`: can be, and is not what the key signed. */
  readonly why: 'form' | 'signature';

  constructor(of: LogText, message: string, why: 'form' | 'signature' = 'form') {
    super(message);
    this.name = 'LogFault';
    this.of = of;
    this.why = why;
  }
}
