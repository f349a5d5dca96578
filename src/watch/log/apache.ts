import { isIP } from 'node:net';
import { ID_FORM, type LineReader, type LoggedRequest, pathOf, saidOf, statusOf } from './types.ts';

interface Token {
  readonly text: string;
  readonly kind: 'bare' | 'quoted' | 'time';
}

const ENDS = { '"': '"', '[': ']' } as const;

/** Where a text that begins with a quote or bracket ends; what is escaped ends nothing. -1: nowhere. */
function endOf(line: string, from: number, end: string): number {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === end) return at;
  }
  return -1;
}

/** Splits a line at its blanks; null where a quote does not end. Linear. */
function tokensOf(line: string): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < line.length; ) {
    const first = line[at];
    if (first === ' ') at += 1;
    else if (first === '"' || first === '[') {
      const end = endOf(line, at + 1, ENDS[first]);
      if (end === -1) return null;
      tokens.push({ text: line.slice(at + 1, end), kind: first === '"' ? 'quoted' : 'time' });
      at = end + 1;
    } else {
      const blank = line.indexOf(' ', at);
      const end = blank === -1 ? line.length : blank;
      tokens.push({ text: line.slice(at, end), kind: 'bare' });
      at = end;
    }
  }
  return tokens;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `10/Oct/2000:13:55:36 -0700`, with fractions where the operator has them. */
const TIME = /^(\d{2})\/(\w{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})? ([+-])(\d{2})(\d{2})$/;

function timeOf(text: string): number | null {
  const found = TIME.exec(text);
  if (found === null) return null;
  const [, day, month = '', year, h, m, s, sign, zoneH, zoneM] = found;
  const at = Date.UTC(Number(year), MONTHS.indexOf(month), Number(day), Number(h), Number(m), Number(s));
  const zone = (Number(zoneH) * 60 + Number(zoneM)) * 60_000;
  return MONTHS.includes(month) ? at - (sign === '-' ? -zone : zone) : null;
}

/** Before the time: client, identity and user, and before these the virtual host where a log has several. */
function whoOf(before: readonly Token[]): Pick<LoggedRequest, 'client' | 'user'> {
  const [first, second] = before.map(({ text }) => text);
  const shared = before.length > 3 && isIP(first ?? '') === 0 && isIP(second ?? '') !== 0;
  const [client, , ...user] = (shared ? before.slice(1) : before).map(({ text }) => text);
  return { client: saidOf(client), user: saidOf(user.join(' ')) };
}

/**
 * What the operator wrote behind Referer and User-Agent, which are the client's own words and never an id; in a log without these two,
 * behind the size.
 */
function idOf(rest: readonly Token[]): string | null {
  const own = rest.length === 1 ? rest : rest.slice(2);
  return own.find(({ text }) => ID_FORM.test(text))?.text ?? null;
}

/** Apache's common and combined formats and those of nginx, with what the operator wrote behind them. */
export const readApache: LineReader = (line) => {
  if (line.trim() === '') return null;
  const tokens = tokensOf(line);
  const time = tokens?.findIndex(({ kind }) => kind === 'time') ?? -1;
  if (tokens === null || time < 1) return undefined;
  const at = timeOf(tokens[time]?.text ?? '');
  const [asked, status, , ...rest] = tokens.slice(time + 1);
  if (at === null || asked?.kind !== 'quoted' || statusOf(status?.text) === null) return undefined;
  const words = asked.text.split(' ');
  const whole = words.length === 3 && /^HTTP\/\d/.test(words[2] ?? '');
  const [method, target] = whole ? [words[0] ?? null, words[1] ?? null] : [null, saidOf(asked.text)];
  const who = whoOf(tokens.slice(0, time));
  return { at, ...who, method, path: pathOf(target), status: statusOf(status?.text), id: idOf(rest) };
};
