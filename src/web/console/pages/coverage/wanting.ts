import type { Wanting } from '../../../../coverage/summary.ts';
import { type Html, html } from '../../../../lib/html.ts';
import type { CoverageAnswer } from '../../../../manage/coverage-form.ts';
import type { Words } from '../../../words/shape.ts';
import { addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { appWords } from '../parts/people.ts';
import { numeral } from '../parts/said.ts';
import { when } from '../parts/when.ts';

/** By which somebody gets in who has proven too little, or nothing. */
const PRESSING: readonly Wanting[] = ['origin-open', 'canary-failed', 'unbound'];

/** Numbers that are shown of one row; the file has all. */
const SHOWN = 12;

/** Numbers of entries, as the record and its proofs have them. */
export function entries({ consoleCoverage: own }: Words, basis: readonly number[]): Html {
  if (basis.length === 0) return html``;
  const more = basis.length > SHOWN && html` …`;
  return html`<span class="small soft">${own.entries} <bdi dir="ltr">${basis.slice(0, SHOWN).join(' ')}${more}</bdi></span>`;
}

/** What is wanting, each with its app and the entries by which it is so. */
export function wanting(words: Words, { at, wanting: all }: CoverageAnswer): Html {
  const own = words.consoleCoverage;
  const day = new Date(at).toISOString().slice(0, 10);
  const items = all.map(({ what, app, count, basis }) => {
    const text = html`<strong class="count">${numeral(words, count)}</strong> <span>${app !== null && html`${appWords(words, app)}: `}${own.wants[what]} ${entries(words, basis)}</span>`;
    const href = what === 'unknown-accounts' ? `${addressOf('/coverage', { day, class: 'unknown' })}#accounts` : null;
    const pressing = PRESSING.includes(what) && html` class="pressing"`;
    return html`<li${pressing}>${href === null ? html`<p>${text}</p>` : html`<a href="${href}">${text}</a>`}</li>`;
  });
  const list = all.length === 0 ? html`<div class="note"><p>${own.nothingWanting}</p></div>` : html`<ul>${items}</ul>`;
  return html`<section class="needs"><h2>${own.wanting}</h2>${list}</section>`;
}

/** What the answers rest on, and what they cannot say. */
export function rests(context: ConsoleContext, { record }: CoverageAnswer): Html {
  const { words } = context.frame;
  const own = words.consoleCoverage;
  const { configuration, droppedBefore, outOfOrder, unknownKinds } = record;
  const fact = (name: string, value: Html) => html`<dt>${name}</dt><dd>${value}</dd>`;
  const loaded =
    configuration === null
      ? html`${own.noConfiguration}`
      : html`${entries(words, [configuration.seq])} ${when(context, configuration.at)}${configuration.sallyport !== null && html` <bdi dir="ltr">Sallyport ${configuration.sallyport}</bdi>`}${configuration.digest !== null && html`<br><code class="small" dir="ltr">${configuration.digest}</code>`}`;
  return html`<section><h2>${own.rests}</h2><dl class="facts">${record.entries !== null && fact(own.read, html`${numeral(words, record.entries)}`)}${fact(own.configuration, loaded)}
${droppedBefore !== null && fact(own.dropped, when(context, droppedBefore))}${outOfOrder !== null && outOfOrder > 0 && fact(own.outOfOrder, html`${numeral(words, outOfOrder)}`)}
${unknownKinds !== null && unknownKinds.length > 0 && fact(own.unknownKinds, html`<bdi dir="ltr">${unknownKinds.join(' ')}</bdi>`)}</dl></section>`;
}
