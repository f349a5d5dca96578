import { SallyportError } from '../errors.ts';
import { normalised } from '../lib/normal.ts';

const MAX_LABEL = 64;
/** Characters that are looked at: no label is longer before it is normalised and trimmed. */
const MAX_TYPED = 1024;

/**
 * A name that its owner gave to an authenticator, trimmed. Throws `bad-body` for one that is not printable or longer than
 * 64 characters: it is shown on pages, in mail and in the record. Empty stays empty.
 */
export function readLabel(typed: string): string {
  const text = normalised(typed.slice(0, MAX_TYPED), 'NFC').trim();
  const fits =
    typed.length <= MAX_TYPED &&
    text.isWellFormed() &&
    [...text].length <= MAX_LABEL &&
    !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
  if (!fits) throw new SallyportError('bad-body', 'the label is not printable or too long');
  return text;
}

/** The owner's name for a new authenticator, or what it is. */
export function labelOr(typed: string | undefined, kind: string): string {
  return readLabel(typed ?? '') || kind;
}
