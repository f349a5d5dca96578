import { type Html, html } from '../../../../lib/html.ts';
import { eraseFromRosters } from '../../../../manage/roster/erase.ts';
import { readRosterOf } from '../../../../manage/roster/read.ts';
import type { RosterView } from '../../../../manage/roster/show.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import { empty } from '../parts/table.ts';
import { consolePage } from '../shell.ts';
import { alteredNote } from './altered.ts';
import { ERASE } from './erase.ts';
import { counts, facts } from './facts.ts';
import { listAddress } from './wish.ts';

/** An app with its list as it is now. `one`: it has one account, and nothing to compare. `altered`: its list is not the one on record. */
export interface Listed {
  readonly id: string;
  readonly view: RosterView | 'one' | 'altered';
}

/** What to do first, of an app whose list was never read: for whoever may, and for whoever may not. */
export function first(context: ConsoleContext, { source }: Pick<RosterView, 'source'>): Html {
  const said = context.frame.words.consoleReconciliation;
  if (source !== null) return html`<p>${said.firstSoon}</p>`;
  return html`<p>${may(context, readRosterOf) ? said.firstBring : said.firstAsk}</p>`;
}

function card(context: ConsoleContext, { id, view }: Listed): Html {
  const { words } = context.frame;
  const said = words.consoleReconciliation;
  const name = html`<h2><bdi>${id}</bdi></h2>`;
  const brings = view !== 'one' && view !== 'altered' && view.read === null && view.source === null;
  const [label, place] = brings && may(context, readRosterOf) ? [said.bring, '#bring'] : [said.open, ''];
  const open = html`<p><a class="button quiet" href="${listAddress(id)}${place}">${label}<span class="unseen"> <bdi>${id}</bdi></span></a></p>`;
  if (view === 'one') return html`<section class="panel app-card">${name}<p class="soft">${said.one}</p></section>`;
  if (view === 'altered') return html`<section class="panel app-card">${name}${alteredNote(context)}${open}</section>`;
  const none = view.read === null && html`<p><strong>${said.never}</strong></p>`;
  return html`<section class="panel app-card">${name}${none}${facts(context, view)}${counts(words, view)}
${open}</section>`;
}

/** Every app's list: where it comes from, when it was read, and how it compares. `next`: where further apps are. */
export function listsPage(context: ConsoleContext, lists: readonly Listed[], next: string | null): Html {
  const said = context.frame.words.consoleReconciliation;
  const more = next !== null && html`<p><a class="button quiet" href="${next}" rel="next">${said.more}</a></p>`;
  const cards = lists.length === 0 ? empty(said.noApps) : html`${lists.map((each) => card(context, each))}`;
  const erase =
    may(context, eraseFromRosters) && html`<p><a href="${ERASE}">${context.frame.words.consoleErase.title}</a></p>`;
  return consolePage(context, {
    title: said.title,
    body: html`<p class="lead">${said.lead}</p>${cards}${more}${erase}`,
  });
}
