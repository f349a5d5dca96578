import { type Html, html } from '../../../../lib/html.ts';
import { alert } from '../../../pages/parts.ts';
import type { Words } from '../../../words/shape.ts';
import type { EndedFigure, Said } from '../../said.ts';

export function numeral({ locale }: Words, count: number): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** A length of time as it was measured: whole milliseconds below a second, else seconds. */
export function measured({ locale }: Words, ms: number): string {
  const [value, unit] = ms < 1000 ? [ms, 'millisecond'] : [Math.round(ms / 10) / 100, 'second'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** How sessions ended: what the buyer of this page asks at two in the morning. */
export function endedWords(words: Words, { sessions, streams, ms, silent }: EndedFigure): Html {
  const said = words.consoleSaid;
  const time = ms === null ? undefined : measured(words, ms);
  const what = time === undefined ? said.unmeasured : streams === 0 ? said.inForce({ time }) : said.stopped({ time });
  return html`<div class="note ended" role="status"><p><strong>${said.ended({ n: numeral(words, sessions) })}</strong></p>
${sessions > 0 && html`<p>${what}</p>`}${streams !== null && streams > 0 && html`<p>${said.cut({ n: numeral(words, streams) })}</p>`}</div>
${silent > 0 && html`<div class="alert" role="alert"><p>${said.silent({ n: numeral(words, silent) })}</p></div>`}`;
}

/** Of what is said above a page, that nothing was done. */
const REFUSALS: ReadonlySet<string> = new Set(['none-picked']);

/** What was done just now, if anything, above the page. */
export function saidWords(words: Words, { done, ended }: Said): Html {
  const sentences: Readonly<Record<string, string>> = words.consoleSaid.done;
  const text = done !== undefined && Object.hasOwn(sentences, done) ? sentences[done] : undefined;
  const note =
    text !== undefined && done !== undefined && REFUSALS.has(done)
      ? alert(text)
      : text !== undefined && html`<div class="note" role="status"><p>${text}</p></div>`;
  return html`${note}${ended !== undefined && endedWords(words, ended)}`;
}
