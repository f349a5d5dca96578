/**
 * The bytes of a text in base64 (RFC 4648 §4), or undefined. One value has one spelling: with padding, and without bits that
 * stand for nothing (§3.5). With `length` there must be as many bytes.
 */
export function fromBase64(text: string, length?: number): Buffer | undefined {
  // Buffer skips what is no base64, so that the length is judged first: nobody decodes a megabyte for a hash.
  if (length !== undefined && text.length !== 4 * Math.ceil(length / 3)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (length !== undefined && bytes.length !== length) return undefined;
  return bytes.toString('base64') === text ? bytes : undefined;
}
