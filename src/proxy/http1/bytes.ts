export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const ZERO = 48;
export const COLON = 58;
export const SEMICOLON = 59;
export const EQUALS = 61;
export const BACKSLASH = 92;

function table(matches: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (matches(byte) ? 1 : 0));
}

const TCHAR = /[!#$%&'*+.^_`|~0-9A-Za-z-]/;

/** By byte: 1 for those of a token (RFC 9110 §5.6.2). */
export const TOKEN = table((byte) => TCHAR.test(String.fromCharCode(byte)));

/** By byte: 1 for those of a field's value or a reason: HTAB, SP, VCHAR, obs-text (RFC 9110 §5.5). No CR, LF or NUL. */
export const TEXT = table((byte) => byte === TAB || (byte >= SPACE && byte !== 127));

/** By byte: what a hexadecimal digit is worth; 255 for any other byte. */
export const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 255 : value;
});
