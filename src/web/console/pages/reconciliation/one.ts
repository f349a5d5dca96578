import { type Html, html } from '../../../../lib/html.ts';
import { readRosterOf } from '../../../../manage/roster/read.ts';
import type { RosterView } from '../../../../manage/roster/show.ts';
import { accountAddress, addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import type { Around } from '../../routes/around.ts';
import type { Said } from '../../said.ts';
import { type Option, select } from '../parts/form.ts';
import { numeral, saidWords } from '../parts/said.ts';
import { pager } from '../parts/search.ts';
import { empty, table } from '../parts/table.ts';
import { whenOr } from '../parts/when.ts';
import { consolePage } from '../shell.ts';
import { counts, facts, stateText } from './facts.ts';
import { first } from './list.ts';
import { EXPORTED, listAddress, STATES, type State } from './wish.ts';

export interface ListView {
  readonly view: RosterView;
  /** undefined: all; null: one that there is not. */
  readonly state: State | undefined | null;
  readonly around: Around;
  readonly said: Said;
  /** Why a list that was brought was not taken, in English; `empty`: none was chosen. */
  readonly refused?: string;
}

function filter({ frame: { words } }: ConsoleContext, { view, state }: ListView): Html {
  const { consoleReconciliation: own, consoleWords: common } = words;
  const options = STATES.map((each): Option => [each, stateText(own, each)]);
  return html`<search><form method="get" action="${listAddress(view.app)}" accept-charset="utf-8"><div class="narrow-choice">${select({ name: 'state', label: own.state, options: [['', common.all], ...options], value: state ?? '' })}</div>
<div class="tools"><button class="button" type="submit">${common.filter}</button></div></form></search>`;
}

/** States that somebody has to look at. */
const WANTING: readonly State[] = ['unknown', 'never-came', 'gone'];

function rowOf(context: ConsoleContext) {
  const { consoleReconciliation: own, consoleWords: common } = context.frame.words;
  return ({ name, account, class: of, dormant, usedAt }: RosterView['rows'][number]): readonly Html[] => [
    html`<bdi>${name}</bdi>`,
    account === null
      ? html`<span class="soft">${common.none}</span>`
      : html`<a class="row-link" href="${accountAddress(account.id)}"><bdi>${account.name}</bdi></a>`,
    html`<span class="tag${WANTING.includes(of) ? ' off' : ''}">${own.classes[of]}</span>${dormant && html` <span class="tag off">${own.dormant}</span>`}`,
    account === null ? html`` : whenOr(context, usedAt, common.never),
  ];
}

/** How many are asked for, of all that there are. */
function totalOf({ view: { counts: all, dormant }, state }: ListView): number {
  if (state === null) return 0;
  if (state === undefined) return Object.values(all).reduce((sum, each) => sum + each, 0);
  return state === 'dormant' ? dormant : (all[state] ?? 0);
}

function accounts(context: ConsoleContext, page: ListView): Html {
  const { words } = context.frame;
  const { consoleReconciliation: own, consoleWords: common } = words;
  const { view, state, around } = page;
  if (state === null) return html`<section id="accounts">${empty(own.misused)}</section>`;
  const labels = [own.nameAtApp, common.account, own.state, common.lastUsed];
  const list =
    view.rows.length === 0
      ? empty(own.noMatch)
      : table({
          caption: own.caption({ n: numeral(words, totalOf(page)) }),
          columns: labels.map((label) => ({ label })),
          rows: view.rows.map(rowOf(context)),
        });
  const file = html`<div class="export small"><p>${words.consoleRecord.export}</p><ul><li><a href="${addressOf(listAddress(view.app, '/export.csv'), { state })}" download>CSV</a></li></ul><p class="soft">${own.exportHint({ n: numeral(words, EXPORTED) })}</p></div>`;
  const means = state !== undefined && html`<p>${own.means[state]}</p>`;
  return html`<section id="accounts"><h2>${common.accounts}</h2>${filter(context, page)}${means}${file}${list}${pager(words, around)}</section>`;
}

/** Where a list is brought, for whoever may. */
function bring(context: ConsoleContext, { view, refused }: ListView): Html {
  if (!may(context, readRosterOf)) return html``;
  const { consoleReconciliation: own, common } = context.frame.words;
  const told =
    refused === undefined
      ? html``
      : refused === 'empty'
        ? html`<div class="alert" role="alert"><p>${own.empty}</p></div>`
        : html`<div class="alert" role="alert"><p>${own.refused}</p><p lang="en" dir="ltr">${refused}</p></div>`;
  return html`<section class="panel" id="bring"><h2>${own.bring}</h2>${told}<form class="form" method="post" action="${listAddress(view.app)}" enctype="multipart/form-data" accept-charset="utf-8">
<div class="field"><label for="file">${own.file}</label><input id="file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv" required aria-describedby="file-hint"><p class="hint" id="file-hint">${own.fileHint}</p></div>
<div class="field"><label for="column">${own.column} <span class="optional">${common.optional}</span></label><input id="column" name="column" maxlength="128" autocomplete="off" dir="auto" aria-describedby="column-hint"><p class="hint" id="column-hint">${own.columnHint}</p></div>
<button class="button" type="submit">${own.send}</button></form></section>`;
}

/** How the accounts of one app compare with ours, who is what, and a new list brought. */
export function listPage(context: ConsoleContext, page: ListView): Html {
  const { words } = context.frame;
  const own = words.consoleReconciliation;
  const { view, said, refused } = page;
  const below = may(context, readRosterOf) && refused === undefined && html`<p><a href="#bring">${own.bring}</a></p>`;
  const compared = html`<section><h2>${own.counts}</h2>${facts(context, view)}${counts(words, view)}${below}</section>`;
  const never = html`${facts(context, view)}${empty(own.never, first(context, view))}`;
  const inside = view.read === null ? never : compared;
  const brought = bring(context, page);
  // What was wrong with it stands before all that is as it was.
  const body = html`${saidWords(words, said)}${refused !== undefined && brought}${inside}
${view.read !== null && view.erased?.whole !== true && accounts(context, page)}${refused === undefined && brought}`;
  return consolePage(context, { title: view.app, body, trail: [['/reconciliation', own.title]] });
}
