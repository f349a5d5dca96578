/** Why a login step or a guarded body is not taken; the caller makes it 400, 415, 413 or 403. */
export type BodyFault = 'media-type' | 'encoding' | 'malformed' | 'duplicate' | 'look-alike' | 'too-large';

/** The fields of a login body, each once, in the order in which they came. Names as the step names them. */
export type Fields = ReadonlyMap<string, string>;

/** The two halves of Basic (RFC 7617). */
export interface Basic {
  readonly user: string;
  readonly password: string;
}
