const [PERCENT, PLUS, BLANK] = [37, 43, 32];
/** Characters of the longest escape (`%uXXXX`). */
const LONGEST = 6;
const EMPTY = Buffer.alloc(0);

/** The value of a hexadecimal digit; negative for any other byte. */
function digit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** The number in so many digits; negative where they are none. */
function numberAt(bytes: Buffer, from: number, digits: number): number {
  let number = 0;
  for (let at = from; at < from + digits; at += 1) {
    const next = digit(bytes[at]);
    if (next < 0) return -1;
    number = number * 16 + next;
  }
  return number;
}

/** Undoes percent escapes of bytes as they come, `%uXXXX` too, and leaves alone what is none. */
export class Unescaped {
  readonly #plus: boolean;
  #rest: Buffer = EMPTY;

  /** `plus`: whether a plus is a blank. */
  constructor(plus: boolean) {
    this.#plus = plus;
  }

  /** What came out of that, and of what was left before. `undone`: called when there was an escape. */
  take(chunk: Buffer, undone?: () => void): Buffer {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const last = bytes.lastIndexOf(PERCENT);
    // An escape that may go on is left for the next.
    const end = last >= 0 && bytes.length - last < LONGEST ? last : bytes.length;
    this.#rest = Buffer.from(bytes.subarray(end));
    return this.#undo(bytes.subarray(0, end), undone);
  }

  /** The rest. */
  end(undone?: () => void): Buffer {
    const rest = this.#rest;
    this.#rest = EMPTY;
    return this.#undo(rest, undone);
  }

  #undo(bytes: Buffer, undone?: () => void): Buffer {
    if (!bytes.includes(PERCENT) && !(this.#plus && bytes.includes(PLUS))) return bytes;
    const out = Buffer.allocUnsafe(bytes.length);
    let to = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte !== PERCENT) {
        out[to++] = byte === PLUS && this.#plus ? BLANK : byte;
        continue;
      }
      const short = numberAt(bytes, at + 1, 2);
      const long = short < 0 && ((bytes[at + 1] ?? 0) | 32) === 117 ? numberAt(bytes, at + 2, 4) : -1;
      if (short < 0 && long < 0) out[to++] = byte;
      else if (short >= 0) out[to++] = short;
      else to += out.write(String.fromCharCode(long), to, 'utf8');
      if (short >= 0 || long >= 0) undone?.();
      if (short >= 0) at += 2;
      else if (long >= 0) at += 5;
    }
    return out.subarray(0, to);
  }
}
