import { type Html, html } from '../../../../lib/html.ts';
import type { CoverageAnswer, CoverageRow } from '../../../../manage/coverage-form.ts';
import { accountAddress, addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { appWords } from '../parts/people.ts';
import { numeral } from '../parts/said.ts';
import { pager } from '../parts/search.ts';
import { empty, table } from '../parts/table.ts';
import { moment, whenOr } from '../parts/when.ts';
import type { CoverageView } from './view.ts';
import { entries } from './wanting.ts';
import { EXPORTED } from './wish.ts';

/** An account that was removed since then has no page. */
function named({ frame: { words } }: ConsoleContext, { id, name, removedAt }: CoverageRow): Html {
  const text = name === null ? html`<bdi class="small" dir="ltr">${id}</bdi>` : html`<bdi>${name}</bdi>`;
  if (removedAt !== null) return html`${text} <span class="soft small">${words.consoleRecord.removed}</span>`;
  return html`<a class="row-link" href="${accountAddress(id)}">${text}</a>`;
}

/** How it stood at each app, and why, with the entries by which it is so, and the way to the record of the account. */
function cellsOf(context: ConsoleContext, row: CoverageRow, to: string): Html {
  const { words } = context.frame;
  const { consoleCoverage: own, consoleWords: common } = words;
  const items = row.cells.map(({ app, class: how, why, factors, ticketUntil, lastUsedAt, basis }) => {
    const tags = factors.map((each) => html` <span class="tag">${common.factors[each]}</span>`);
    const until =
      ticketUntil !== null && html` <span class="small">${own.until} <bdi>${moment(context, ticketUntil)}</bdi></span>`;
    const used =
      factors.length > 0 &&
      html` <span class="small soft">${common.lastUsed}: ${whenOr(context, lastUsedAt, common.never)}</span>`;
    const because = why !== null && html` <span class="small">(${own.reasons[why]})</span>`;
    return html`<li>${appWords(words, app)}: ${own.classes[how]}${until}${tags}${used}${because}<br>${entries(words, basis)}</li>`;
  });
  const record = html`<a class="small screen-only" href="${addressOf('/record', { account: row.id, to })}">${words.consoleRecord.title}<span class="unseen"> <bdi>${row.name ?? row.id}</bdi></span></a>`;
  return html`<ul class="plain-list">${items}<li>${record}</li></ul>`;
}

function rowOf(context: ConsoleContext, at: number) {
  const { consoleCoverage: own, consoleWords: common } = context.frame.words;
  const to = new Date(at).toISOString().slice(0, 10);
  return (row: CoverageRow): readonly Html[] => [
    named(context, row),
    html`<bdi>${row.organisation ?? row.organisationId ?? ''}</bdi>`,
    html`<span class="tag${row.class === 'protected' ? '' : ' off'}">${own.classes[row.class]}</span>`,
    cellsOf(context, row, to),
    whenOr(context, row.lastUsedAt, common.never),
  ];
}

/** The accounts that are asked for, a page of them, and the file of all. */
export function accounts(context: ConsoleContext, answer: CoverageAnswer, { asked, around }: CoverageView): Html {
  const { words } = context.frame;
  const { consoleCoverage: own, consoleWords: common } = words;
  const columns = [
    { label: common.account },
    { label: common.organisation },
    { label: own.class },
    { label: own.atApps },
    { label: common.lastSignIn },
  ];
  const caption = own.accountsCaption({ n: numeral(words, answer.total) });
  const rows = answer.rows.map(rowOf(context, answer.at));
  const list = rows.length === 0 ? empty(own.noMatch) : table({ caption, columns, rows });
  const file = html`<div class="export small"><p>${words.consoleRecord.export}</p><ul><li><a href="${addressOf('/coverage/export.csv', asked)}" download>CSV</a></li></ul><p class="soft">${own.exportHint({ n: numeral(words, EXPORTED) })}</p></div>`;
  return html`<section id="accounts"><h2>${common.accounts}</h2>${file}${list}${pager(words, around)}</section>`;
}
