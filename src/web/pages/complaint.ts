import { PasswordRefused } from '../../accounts/password.ts';
import { ClockSkew, LastAuthenticator, PasskeyKnown, TooManyAuthenticators } from '../../enrol/refusals.ts';
import type { SallyportError } from '../../errors.ts';
import type { Words } from '../words/shape.ts';
import { duration } from './say.ts';

function passwordComplaint({ newPassword }: Words, { reason }: PasswordRefused): string {
  switch (reason) {
    case 'too-short':
      return newPassword.tooShort;
    case 'too-long':
      return newPassword.tooLong;
    case 'too-common':
      return newPassword.tooCommon;
    case 'contains-name':
      return newPassword.containsName;
  }
  reason satisfies never;
}

function skewComplaint(words: Words, { seconds }: ClockSkew): string {
  const minutes = duration(words, Math.max(60, Math.round(Math.abs(seconds) / 60) * 60));
  return seconds > 0 ? words.skew.ahead({ minutes }) : words.skew.behind({ minutes });
}

/**
 * What a person is told of an error, in their language: by its class where that says more, else by its code; for a wait,
 * how long. Never a byte of input or of the private detail.
 */
export function messageOf(words: Words, error: SallyportError): string {
  if (error instanceof ClockSkew) return skewComplaint(words, error);
  if (error instanceof PasswordRefused) return passwordComplaint(words, error);
  if (error instanceof LastAuthenticator) return words.refusals.lastAuthenticator;
  if (error instanceof TooManyAuthenticators) {
    return error.kind === 'totp' ? words.refusals.tooManyTotp : words.refusals.tooManyPasskeys;
  }
  if (error instanceof PasskeyKnown) return words.refusals.passkeyKnown;
  if (error.code === 'too-many-attempts' && error.retryAfter !== undefined) {
    return words.waits.tooMany({ time: duration(words, error.retryAfter) });
  }
  return words.errors.messages[error.code];
}

/** An error beside a field: a wrong value and an empty field in words of the field, all else as everywhere. */
export function fieldComplaint(
  words: Words,
  error: SallyportError | undefined,
  said: { readonly wrong: string; readonly empty?: string },
): string | undefined {
  if (error === undefined) return undefined;
  if (error instanceof ClockSkew || error instanceof PasswordRefused) return messageOf(words, error);
  if (error.code === 'wrong-credentials') return said.wrong;
  if (error.code === 'bad-body') return said.empty ?? words.refusals.emptyFields;
  return messageOf(words, error);
}
