import { isUtf8 } from 'node:buffer';
import { SallyportError } from '../errors.ts';

/** A field of a form, decoded. */
export type FormField = readonly [name: string, value: string];

/** Most fields of a form that is shown to a browser again. */
export const MOST_FIELDS = 1000;

const [PLUS, PERCENT, AMPERSAND, EQUALS, SPACE, CR, LF] = [43, 37, 38, 61, 32, 13, 10];

function table(of: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => of(byte));
}

/** What browsers leave as it is (URL Standard, application/x-www-form-urlencoded percent-encode set). */
const BARE = table((byte) => Number(/[A-Za-z0-9*\-._]/.test(String.fromCharCode(byte))));
/** The value of an upper-case hexadecimal digit; 255 for what is none. */
const DIGITS = table((byte) => {
  const value = '0123456789ABCDEF'.indexOf(String.fromCharCode(byte));
  return value < 0 ? 255 : value;
});

function bad(why: string): never {
  throw new SallyportError('bad-body', why);
}

/** The byte that an escape at `at` stands for. Refuses what a browser writes otherwise: what may stand bare, and small letters. */
function escapedAt(body: Buffer, at: number): number {
  const [high, low] = [DIGITS[body[at + 1] ?? 0] ?? 255, DIGITS[body[at + 2] ?? 0] ?? 255];
  const byte = high * 16 + low;
  if (high > 15 || low > 15 || byte === SPACE || BARE[byte] === 1) bad('not as a browser writes a form');
  return byte;
}

/** What the part of a pair from `from` to `to` says; `room` has room for its bytes. */
function decoded(body: Buffer, from: number, to: number, room: Buffer): string {
  let length = 0;
  let afterReturn = false;
  for (let at = from; at < to; at += 1) {
    let byte = body[at] ?? 0;
    if (byte === PLUS) byte = SPACE;
    else if (byte === PERCENT) {
      byte = escapedAt(body, at);
      at += 2;
    } else if (BARE[byte] !== 1) bad('not as a browser writes a form');
    if (byte === 0) bad('NUL');
    // Browsers send every line break of a form as CR and LF (HTML, constructing the entry list).
    if (afterReturn !== (byte === LF)) bad('a line break that a browser would send in another form');
    afterReturn = byte === CR;
    room[length++] = byte;
  }
  if (afterReturn) bad('a line break that a browser would send in another form');
  const bytes = room.subarray(0, length);
  return isUtf8(bytes) ? bytes.toString('utf8') : bad('not UTF-8');
}

function checkField(name: string, value: string): void {
  if (name === '') bad('a field without a name');
  // Browsers put the name of the encoding there, whatever stands in it (HTML, constructing the entry list).
  if (name.toLowerCase() === '_charset_' && value !== 'UTF-8') bad('another character set');
}

/**
 * Reads the body of a form (`application/x-www-form-urlencoded`, URL Standard §5) that a browser is to send again byte for
 * byte. Throws `bad-body` for every other one: what is written again from what was read must be what came.
 */
export function readExactForm(body: Buffer): readonly FormField[] {
  const fields: FormField[] = [];
  const room = Buffer.allocUnsafe(body.length);
  for (let at = 0; body.length > 0 && at <= body.length; ) {
    const found = body.indexOf(AMPERSAND, at);
    const end = found < 0 ? body.length : found;
    const equals = body.indexOf(EQUALS, at);
    if (equals < 0 || equals > end) bad('a field without an equals sign');
    const name = decoded(body, at, equals, room);
    const value = decoded(body, equals + 1, end, room);
    checkField(name, value);
    if (fields.push([name, value]) > MOST_FIELDS) bad(`more than ${MOST_FIELDS} fields`);
    at = end + 1;
  }
  return fields;
}
