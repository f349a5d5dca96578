import { SallyportError } from '../errors.ts';

/** Why a passkey was refused: for the log and the audit, never for the client. */
export type PasskeyFault =
  | 'malformed'
  | 'challenge'
  | 'origin'
  | 'cross-origin'
  | 'type'
  | 'rp'
  | 'presence'
  | 'verification'
  | 'algorithm'
  | 'signature'
  | 'counter'
  | 'backup-flags'
  | 'user-handle'
  | 'unknown-credential'
  | 'wrong-account'
  | 'credential-id'
  | 'attestation'
  | 'model'
  | 'library';

/**
 * A ceremony that failed, in whatever way: the public sentence is always the same, so that a stranger cannot tell an
 * unknown passkey from a bad signature.
 */
export class PasskeyRefused extends SallyportError {
  readonly reason: PasskeyFault;
  /**
   * The answer bore a good signature of the key on record. Only then is `counter` or `backup-flags` a sign about the
   * authenticator, and not just something that a stranger typed.
   */
  readonly signed: boolean;

  constructor(reason: PasskeyFault, detail?: string, signed = false) {
    super('passkey-refused', detail === undefined ? `passkey: ${reason}` : `passkey: ${reason}: ${detail}`);
    this.name = 'PasskeyRefused';
    this.reason = reason;
    this.signed = signed;
  }
}

/** A library's message on one line of the log: it may quote what the client sent, so it is cut and made printable. */
export function detailOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'failed';
  return message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
}
