import { type Html, html } from '../../../../lib/html.ts';
import type { Frame } from '../../../pages/frame.ts';

/** Whose time it is: the page's language and zone, and the moment at which it is made (ms). */
export interface Timed {
  readonly frame: Pick<Frame, 'words' | 'timeZone'>;
  readonly now: number;
}

interface Formats {
  readonly moment: Intl.DateTimeFormat;
  /** The day by the calendar of the zone, in digits. */
  readonly day: Intl.DateTimeFormat;
  readonly ago: Intl.RelativeTimeFormat;
}

/** Making them takes longer than a row; there are as many as languages, times the zones of configurations in force. */
const made = new Map<string, Formats>();
const MOST_MADE = 32;

function formatsOf({ words: { locale }, timeZone }: Timed['frame']): Formats {
  const key = `${locale} ${timeZone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const formats = {
    moment: new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' }),
    day: new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }),
    ago: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  };
  if (made.size >= MOST_MADE) made.clear();
  made.set(key, formats);
  return formats;
}

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** Days between two moments by the calendar. */
function daysBetween({ day }: Formats, from: number, to: number): number {
  return Math.round((Date.parse(day.format(to)) - Date.parse(day.format(from))) / DAY);
}

/** How long ago, or how soon, as people say it: `yesterday`, `in 3 hours`. */
export function ago({ frame, now }: Timed, ms: number): string {
  const formats = formatsOf(frame);
  const away = ms - now;
  const far = Math.abs(away);
  if (far < MINUTE / 2) return frame.words.consoleWords.justNow;
  if (far < HOUR) return formats.ago.format(Math.sign(away) * Math.max(1, Math.round(far / MINUTE)), 'minute');
  const days = daysBetween(formats, now, ms);
  if (days === 0 || far < 12 * HOUR) return formats.ago.format(Math.round(away / HOUR), 'hour');
  if (Math.abs(days) < 31) return formats.ago.format(days, 'day');
  if (Math.abs(days) < 365) return formats.ago.format(Math.round(days / 30.44), 'month');
  return formats.ago.format(Math.round(days / 365.25), 'year');
}

/** The moment in the zone of the installation; the page says which zone that is. A script puts its reader's in both places. */
function exactly({ frame }: Pick<Timed, 'frame'>, ms: number): string {
  return formatsOf(frame).moment.format(ms);
}

/** As log files have it. */
function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** How long ago, and when, with UTC for whoever points at it. */
export function when(timed: Timed, ms: number): Html {
  return html`<time class="when" datetime="${new Date(ms).toISOString()}" title="${utc(ms)}">${ago(timed, ms)} <span class="exactly">${exactly(timed, ms)}</span></time>`;
}

/** The moment alone. */
export function moment(timed: Pick<Timed, 'frame'>, ms: number): Html {
  return html`<time class="exactly" datetime="${new Date(ms).toISOString()}" title="${utc(ms)}">${exactly(timed, ms)}</time>`;
}

/** No word of ours has it. */
const PLACE = '\u{e000}';

/** The moment alone, where a sentence has it. */
export function inSentence(
  timed: Pick<Timed, 'frame'>,
  ms: number,
  say: (words: { readonly time: string }) => string,
): Html {
  const [before, after] = say({ time: PLACE }).split(PLACE);
  return html`${before}${moment(timed, ms)}${after}`;
}

/** The same as `when` where there may be none. */
export function whenOr(timed: Timed, ms: number | null, none: string): Html {
  return ms === null ? html`<span class="soft">${none}</span>` : when(timed, ms);
}
