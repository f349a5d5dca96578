import { type Judge, unreadable } from './judge.ts';
import { formJudge } from './scan-form.ts';
import { jsonJudge } from './scan-json.ts';
import { xmlJudge } from './scan-xml.ts';
import type { Watch } from './watch.ts';

const NOTHING: Judge = { look: () => 0, end: () => undefined };

/** What an app would take the body for that begins with this byte, if it looked. */
function guess(watch: Watch, byte: number): Judge {
  const first = String.fromCharCode(byte);
  if (first === '<') return xmlJudge(watch, true);
  return '{[/#"'.includes(first) ? jsonJudge(watch, true) : NOTHING;
}

/** What JSON readers skip at the start: Gson, this guard against scripts. */
const SKIPPED = Buffer.from(")]}'");
/** Marks of UTF-16, UTF-7, UTF-EBCDIC and GB 18030, and `<?xm` in EBCDIC. */
const MARKS = ['\xfe\xff', '\xff\xfe', '+/v', '\xdd\x73\x66\x73', '\x84\x31\x95\x33', '\x4c\x6f\xa7\x94'];

/** A mark of another encoding, or a zero among the first bytes: JSON and XML readers find such encodings by them. */
function wide(start: Buffer): boolean {
  return start.includes(0) || MARKS.some((mark) => start.toString('latin1').startsWith(mark));
}

/** JSON or XML in a body of another type, known by its first byte that is not blank. */
function sniffingJudge(watch: Watch): Judge {
  let start: Buffer | undefined = Buffer.alloc(0);
  let guessed: Judge | undefined;

  let skipped = 0;
  /** Controls, blanks and marks of any script, whose bytes are those of no ASCII, and what some readers skip. */
  const skips = (byte: number): boolean => {
    if (byte !== SKIPPED[skipped]) return byte <= 32 || byte >= 127;
    skipped += 1;
    return true;
  };

  const skip = (bytes: Buffer): number => {
    const at = bytes.findIndex((byte) => !skips(byte));
    if (at < 0) return 0;
    guessed = guess(watch, bytes[at] ?? 0);
    return guessed.look(bytes.subarray(at));
  };
  const begin = (first: Buffer): number => {
    if (wide(first.subarray(0, 4))) unreadable('text in an encoding that cannot be read');
    start = undefined;
    return skip(first);
  };

  return {
    look(chunk) {
      if (guessed !== undefined) return guessed.look(chunk);
      if (start === undefined) return skip(chunk);
      start = Buffer.concat([start, chunk]);
      return start.length < 4 ? start.length : begin(start);
    },
    end() {
      if (start !== undefined) begin(start);
      guessed?.end();
    },
  };
}

/** Text of which nobody knows what the app makes of it: a form, JSON, XML, or text. */
export function textJudge(watch: Watch): Judge {
  const judges = [formJudge(watch, true), sniffingJudge(watch)];
  return {
    look: (chunk) => Math.max(...judges.map((judge) => judge.look(chunk))),
    end() {
      for (const judge of judges) judge.end();
    },
  };
}
