/** One answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** First line, printable. */
  readonly line: string;
  /** Whole text of it. */
  readonly text: string;
  /** What follows the head, as it came. */
  readonly body: string;
  /** Names of its fields, in lower case, as they came. */
  readonly names: readonly string[];
  readonly all: (name: string) => readonly string[];
}

const NOTHING_FOLLOWS: ReadonlySet<number> = new Set([204, 304]);
/** Answers on one connection that are told apart. */
const MOST_ANSWERS = 20;

/** Where a body in chunks ends; the end of the text where it does not. */
function endOfChunks(text: string, from: number): number {
  for (let at = from; ; ) {
    const line = text.indexOf('\r\n', at);
    // RFC 9112 §7.1: digits alone; with a sign, which `parseInt` takes, it would go back and never end.
    const digits = line === -1 ? undefined : /^[0-9A-Fa-f]{1,8}(?=[ \t;]|$)/.exec(text.slice(at, line))?.[0];
    if (digits === undefined) return text.length;
    const size = Number.parseInt(digits, 16);
    at = line + 2 + size + 2;
    if (at >= text.length || size === 0) return Math.min(at, text.length);
  }
}

function endOf(
  text: string,
  body: number,
  { status, all }: Pick<RawAnswer, 'status' | 'all'>,
  headless: boolean,
): number {
  if (headless || NOTHING_FOLLOWS.has(status) || (status >= 100 && status < 200)) return body;
  if (all('transfer-encoding').length > 0) return endOfChunks(text, body);
  const length = Number(all('content-length')[0] ?? Number.NaN);
  return length >= 0 ? Math.min(text.length, body + length) : text.length;
}

export function printable(text: string): string {
  return text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?');
}

/**
 * The answers of one connection, one behind the other; bytes that are none are the last of them, with status 0. `head`: the first
 * was asked for with HEAD.
 */
export function answersIn(text: string, head: boolean): readonly RawAnswer[] {
  const found: RawAnswer[] = [];
  for (let at = 0; at < text.length && found.length < MOST_ANSWERS; ) {
    const body = text.indexOf('\r\n\r\n', at);
    const [line = '', ...fields] = text.slice(at, body === -1 ? text.length : body).split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(line)?.[1] ?? 0);
    const values = fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim()] as const;
    });
    const all = (name: string) => values.filter(([each]) => each === name.toLowerCase()).map(([, value]) => value);
    const known = { status, line: printable(line), all, names: values.map(([name]) => name) };
    const end = body === -1 || status === 0 ? text.length : endOf(text, body + 4, known, head && found.length === 0);
    found.push({ ...known, text: text.slice(at, end), body: body === -1 ? '' : text.slice(body + 4, end) });
    at = end;
  }
  return found;
}
