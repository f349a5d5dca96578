import { type Html, html } from '../../../../lib/html.ts';
import type { RosterView } from '../../../../manage/roster/show.ts';
import { accountAddress, addressOf } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Around } from '../../routes/around.ts';
import type { Said } from '../../said.ts';
import { type Option, select } from '../parts/form.ts';
import { numeral, saidWords } from '../parts/said.ts';
import { pager } from '../parts/search.ts';
import { empty, table } from '../parts/table.ts';
import { whenOr } from '../parts/when.ts';
import { consolePage } from '../shell.ts';
import { bring, readAgain, waysToRead } from './bring.ts';
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

/** How the accounts of one app compare with ours, who is what, and a new list brought. */
export function listPage(context: ConsoleContext, page: ListView): Html {
  const { words } = context.frame;
  const own = words.consoleReconciliation;
  const { view, said, refused } = page;
  const below = refused === undefined && waysToRead(context, view);
  const compared = html`<section><h2>${own.counts}</h2>${facts(context, view)}${counts(words, view)}${below}</section>`;
  const never = html`${facts(context, view)}${refused === undefined && readAgain(context, view)}${empty(own.never, first(context, view))}`;
  const inside = view.read === null ? never : compared;
  const brought = bring(context, { app: view.app, source: view.source, refused });
  // What was wrong with it stands before all that is as it was.
  const body = html`${saidWords(words, said)}${refused !== undefined && brought}${inside}
${view.read !== null && view.erased?.whole !== true && accounts(context, page)}${refused === undefined && brought}`;
  return consolePage(context, { title: view.app, body, trail: [['/reconciliation', own.title]] });
}
