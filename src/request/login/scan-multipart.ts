import { withoutStart } from '../../lib/trim.ts';
import { type Judge, judge, unreadable, utf8Of } from './judge.ts';
import type { Watch } from './watch.ts';

const MAX_HEADERS = 8 * 1024;
const LINE = /^([A-Za-z-]+):([^\u0000-\u0008\u000a-\u001f\u007f]*)$/;
/** RFC 7578 §4.2, in the form of browsers: no escapes but percent, nothing unquoted but `filename*`. */
const DISPOSITION =
  /^form-data[ \t]*;[ \t]*name="([^"\\]*)"(?:[ \t]*;[ \t]*filename="(?:[^"\\]|\\(?!"))*")?(?:[ \t]*;[ \t]*filename\*=[\w!#$&'+.^`|~%-]+)?[ \t]*$/i;

/** Header of a part, lower case → whether its value is taken. */
const HEADERS: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['content-disposition', (value: string) => DISPOSITION.test(value)],
  // A multipart in a multipart has fields of its own to some.
  ['content-type', (value: string) => !/multipart|message/i.test(value)],
  ['content-transfer-encoding', (value: string) => /^(?:7bit|8bit|binary)$/i.test(value.trim())],
  ['content-length', (value: string) => /^\d+$/.test(value.trim())],
]);

interface Part {
  readonly name: string;
  /** Its content is a file's. */
  readonly isFile: boolean;
}

/** What this head says of its part. Throws for heads that parsers read differently. */
function partOf(head: string): Part {
  const seen = new Map<string, string>();
  for (const line of head.split('\r\n')) {
    const [, name = '', written = ''] = LINE.exec(line) ?? unreadable('a line in the head of a part');
    const value = withoutStart(written, ' \t');
    const key = name.toLowerCase();
    if (seen.has(key) || HEADERS.get(key)?.(value) !== true) unreadable(`header ${key.slice(0, 40)} of a part`);
    seen.set(key, value);
  }
  const disposition = seen.get('content-disposition') ?? '';
  const name = DISPOSITION.exec(disposition)?.[1];
  // RFC 2047: some decode such words here.
  if (name === undefined || name === '' || name.includes('=?')) return unreadable('the name of a part');
  return { name: utf8Of(name), isFile: /;[ \t]*filename/i.test(disposition) };
}

const LINE_END = Buffer.from('\r\n');

type Place = 'first' | 'head' | 'content' | 'after';

/**
 * Parts of `multipart/form-data` (RFC 7578). Strict where parsers part ways: the body begins with the delimiter, each is
 * CRLF, `--`, boundary, and CRLF or `--`; the boundary anywhere else (after a bare LF, which PHP takes) is refused, and so
 * is whatever follows the end. `fields` looks at what fields hold; files are passed on as they come.
 */
export function multipartJudge(watch: Watch, boundary: string, fields: Judge): Judge {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  let place: Place = 'first';
  let rest: Buffer = Buffer.alloc(0);
  let isFile = false;

  /** After a delimiter at `at`: where to go on, or undefined until its two bytes are there. */
  const afterDelimiter = (at: number): number | undefined => {
    const next = rest.toString('latin1', at + delimiter.length, at + delimiter.length + 2);
    if (next.length < 2) return undefined;
    if (next !== '\r\n' && next !== '--') unreadable('a boundary that is no delimiter');
    place = next === '--' ? 'after' : 'head';
    return at + delimiter.length + 2;
  };
  const first = (): number | undefined => {
    const have = Math.min(rest.length, delimiter.length);
    if (!rest.subarray(0, have).equals(delimiter.subarray(0, have))) unreadable('no boundary at the start');
    return have < delimiter.length ? undefined : afterDelimiter(0);
  };
  const head = (): number | undefined => {
    const end = rest.indexOf('\r\n\r\n');
    if (end > MAX_HEADERS || (end < 0 && rest.length > MAX_HEADERS)) unreadable('the head of a part is too long');
    if (end < 0) return undefined;
    const part = partOf(rest.toString('latin1', 0, end));
    judge(watch, part.name);
    isFile = part.isFile;
    place = 'content';
    return end + 4;
  };
  /** Where the content that is certainly content ends. `rest` has the two bytes before whatever could be a delimiter. */
  const see = (to: number): void => {
    if (!isFile && to > 0) fields.look(rest.subarray(0, to));
  };
  const content = (): number | undefined => {
    const at = rest.indexOf(delimiter);
    if (at < 0) return undefined;
    if (rest.toString('latin1', Math.max(0, at - 2), at) !== '\r\n') unreadable('a boundary that is no delimiter');
    const next = afterDelimiter(at);
    if (next !== undefined) {
      see(at - 2);
      fields.look(LINE_END);
    }
    return next;
  };
  const after = (): number | undefined => {
    if (!'\r\n'.startsWith(rest.toString('latin1', 0, 3))) unreadable('bytes after the last part');
    return undefined;
  };
  const step: Readonly<Record<Place, () => number | undefined>> = { first, head, content, after };
  /** How much of `rest` is still undecided. */
  const undecided = (): number => (place === 'content' ? Math.min(rest.length, delimiter.length + 3) : rest.length);

  return {
    look(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let to = step[place](); to !== undefined; to = step[place]()) rest = rest.subarray(to);
      const cut = rest.length - undecided();
      if (place === 'content') see(cut);
      rest = Buffer.from(rest.subarray(cut));
      return rest.length;
    },
    end() {
      if (place !== 'after') unreadable('a multipart body without end');
      fields.end();
    },
  };
}
