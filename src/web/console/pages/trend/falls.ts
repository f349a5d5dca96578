import { type Html, html } from '../../../../lib/html.ts';
import type { TrendAnswer } from '../../../../manage/trend/form.ts';
import type { Words } from '../../../words/shape.ts';
import { addressOf } from '../../address.ts';
import { numeral } from '../parts/said.ts';
import { dayText, shareText } from './view.ts';
import type { TrendQuery } from './wish.ts';

type Fall = TrendAnswer['falls'][number];

/** So many are told; the table has all. */
const TOLD = 8;

/** What was, and what is, in words. */
function sentences(words: Words, { expected, protected: shielded, passwordAlone, exempt }: Fall): readonly Html[] {
  const own = words.consoleTrend;
  const said = ({ from, to }: { readonly from: number; readonly to: number }) => ({
    from: numeral(words, from),
    to: numeral(words, to),
  });
  const counts = `${own.fallProtected(said(shielded))} ${own.fallExpected(said(expected))}`;
  const more = [passwordAlone && own.fallAlone(said(passwordAlone)), exempt && own.fallExempt(said(exempt))];
  return [counts, ...more].flatMap((text) => (text === null ? [] : [html`<p class="small">${text}</p>`]));
}

function told(words: Words, fall: Fall, { organisation }: TrendQuery): Html {
  const own = words.consoleTrend;
  const { day, percent, passwordAlone, exempt } = fall;
  const share =
    percent !== null &&
    html` <bdi>${own.fallShare({ from: shareText(words, percent.from), to: shareText(words, percent.to) })}</bdi>`;
  const which = html`<span class="unseen"> <bdi>${dayText(words, day)}</bdi></span>`;
  const none =
    percent !== null &&
    html`<li><a href="${addressOf('/coverage', { day, organisation, class: 'none' })}#accounts">${own.seeNone}${which}</a></li>`;
  // What is told of alerts is for whoever may see everything, as exemptions are.
  const alerts =
    (passwordAlone !== null || exempt !== null) &&
    organisation === undefined &&
    html`<li><a href="${addressOf('/record', { kind: 'coverage.fell', from: day, to: day })}">${own.seeAlerts}${which}</a></li>`;
  return html`<li><p><strong><time datetime="${day}">${dayText(words, day)}</time></strong>${share}</p>${sentences(words, fall)}
<ul class="links small"><li><a href="${addressOf('/coverage', { day, organisation })}">${own.seeDay}${which}</a></li>${none}${alerts}</ul></li>`;
}

/** When it fell, the last first: from what, to what, and where to look. */
export function fallList(words: Words, falls: readonly Fall[], asked: TrendQuery): Html {
  const own = words.consoleTrend;
  const latest = falls.toReversed();
  const items = latest.slice(0, TOLD).map((fall) => told(words, fall, asked));
  const more =
    latest.length > TOLD &&
    html`<p class="small soft">${own.moreFalls({ n: numeral(words, latest.length - TOLD) })}</p>`;
  const list =
    items.length === 0 ? html`<div class="note"><p>${own.noFalls}</p></div>` : html`<ul class="falls">${items}</ul>`;
  return html`<section><h2>${own.falls}</h2>${list}${more}</section>`;
}
