import type { CellClass } from '../../../../coverage/cells.ts';
import { present, UNSETTLED } from '../../../../coverage/summary.ts';
import { type Html, html } from '../../../../lib/html.ts';
import type { CoverageAnswer } from '../../../../manage/coverage-form.ts';
import type { Words } from '../../../words/shape.ts';
import { addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { appWords } from '../parts/people.ts';
import { numeral } from '../parts/said.ts';
import { table } from '../parts/table.ts';
import { when } from '../parts/when.ts';
import type { CoverageQuery } from './wish.ts';

const FIGURES: readonly CellClass[] = ['protected', 'waiting', 'none', 'unknown'];

/** The answer to the first question of every auditor: with a password alone, nobody; or else where. */
function alone(words: Words, { summary, wanting }: CoverageAnswer): Html {
  const own = words.consoleCoverage;
  const { past, through } = summary.passwordAlone;
  const unknown =
    summary.accounts.unknown > 0 && html`<p>${own.aloneUnknown({ n: numeral(words, summary.accounts.unknown) })}</p>`;
  if (past.length === 0 && through === 0 && wanting.some(({ what }) => UNSETTLED.includes(what)))
    return html`<div class="alert"><p><strong>${own.aloneUnsure}</strong></p>${unknown}</div>`;
  if (past.length === 0 && through === 0)
    return html`<div class="note"><p><strong>${own.alone({ n: numeral(words, 0) })}</strong></p><p>${own.aloneNone}</p>${unknown}</div>`;
  const items = past.map(({ app, accounts }) => html`<li>${appWords(words, app)}: ${numeral(words, accounts)}</li>`);
  const inside = through > 0 && html`<p>${own.aloneThrough({ n: numeral(words, through) })}</p>`;
  return html`<div class="alert"><p><strong>${own.aloneSome}</strong></p>${inside}<p>${own.alonePast}</p><ul>${items}</ul>${unknown}</div>`;
}

function strength(words: Words, { summary }: CoverageAnswer): Html {
  const own = words.consoleCoverage;
  const said: Readonly<Record<string, string>> = own.strengths;
  if (summary.strength.length === 0) return html``;
  const line = (name: string, accounts: number) => [html`${name}`, html`${numeral(words, accounts)}`];
  const rows = summary.strength.map(({ acr, accounts }) =>
    line(Object.hasOwn(said, acr) ? (said[acr] ?? acr) : acr, accounts),
  );
  const only = summary.recoveryOnly === 0 ? [] : [line(own.recoveryOnly, summary.recoveryOnly)];
  const columns = [{ label: own.by }, { label: words.consoleWords.accounts, look: 'number' as const }];
  return table({ caption: own.strengthCaption, columns, rows: [...rows, ...only] });
}

/** How the day was, in a few numbers: whoever reads no further has read what matters. */
export function answers(context: ConsoleContext, answer: CoverageAnswer, { day }: CoverageQuery): Html {
  const { words } = context.frame;
  const own = words.consoleCoverage;
  const { accounts } = answer.summary;
  const figure = (name: string, count: number, how?: CellClass) =>
    html`<div class="figure"><dt>${name}</dt><dd><a href="${addressOf('/coverage', { day, class: how })}#accounts">${numeral(words, count)}</a></dd></div>`;
  const closed =
    answer.record.closed !== null &&
    html`<div class="note"><p>${own.closed} <bdi>${answer.record.closed.reason}</bdi></p></div>`;
  return html`<section><h2>${own.answers}</h2><p class="small soft">${own.at} ${when(context, answer.at)}</p>
${alone(words, answer)}${closed}
<dl class="figures row">${figure(words.consoleWords.accounts, present(accounts))}${FIGURES.map((each) => figure(own.classes[each], accounts[each], each))}</dl>
${strength(words, answer)}</section>`;
}
