import { SallyportError } from '../errors.ts';
import type { WholeAnswer } from '../presets/types.ts';
import { HeaderFields } from '../request/fields.ts';

/** An answer as text, to be sealed. */
export function writeAnswer({ status, reason, headers, body }: WholeAnswer): string {
  return JSON.stringify({ status, reason, headers: headers.lines(), body: body.toString('base64') });
}

/** The inverse of `writeAnswer`. Throws `sealed-value-invalid` for what it did not write. */
export function readAnswer(text: string): WholeAnswer {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new SallyportError('sealed-value-invalid', 'not an answer');
  const { status, reason, headers, body } = value as Partial<Record<string, unknown>>; // each part is checked below
  if (typeof status !== 'number' || typeof reason !== 'string' || typeof body !== 'string' || !Array.isArray(headers))
    throw new SallyportError('sealed-value-invalid', 'not an answer');
  return { status, reason, headers: HeaderFields.of(headers.map(String)), body: Buffer.from(body, 'base64') };
}
