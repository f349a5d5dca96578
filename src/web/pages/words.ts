import { type Html, html } from '../../lib/html.ts';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'];
const MONTH_NAMES = [...MONTHS, 'October', 'November', 'December'];

/** A moment (ms) for people: `3 March 2026, 14:05 UTC`. We do not know the reader's time zone, so it is named. */
export function moment(ms: number): Html {
  const date = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getUTCDate()} ${MONTH_NAMES[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
  const text = `${day}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
  return html`<time datetime="${date.toISOString()}">${text}</time>`;
}

/** Seconds as a person would say them, rounded up: `30 seconds`, `2 minutes`, `about 3 hours`. */
export function inWords(seconds: number): string {
  const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return count(whole, 'second');
  if (whole < 5400) return count(Math.ceil(whole / 60), 'minute');
  return `about ${count(Math.ceil(whole / 3600), 'hour')}`;
}

const METHODS: Readonly<Record<string, string>> = {
  pwd: 'password',
  otp: 'one-time code',
  user: 'passkey',
};

/** RFC 8176 references in plain words: `password and one-time code`. */
export function methodsInWords(amr: readonly string[]): string {
  const words = ['pwd', 'otp', 'user'].filter((m) => amr.includes(m)).map((m) => METHODS[m] ?? m);
  return words.length === 0 ? 'one-time code' : words.join(' and ');
}

/** Browser and system out of a User-Agent, as far as a person needs to recognise their own device. */
export function deviceInWords(userAgent: string): string {
  const find = (table: readonly (readonly [RegExp, string])[]): string | undefined =>
    table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = find([
    [/Edg(?:e|A|iOS)?\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\/|FxiOS\//, 'Firefox'],
    [/Chrome\/|CriOS\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS X|Macintosh/, 'Mac'],
    [/CrOS/, 'Chromebook'],
    [/Linux/, 'Linux'],
  ]);
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`;
  return browser ?? system ?? 'Unknown device';
}
