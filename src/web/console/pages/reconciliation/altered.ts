import { type Html, html } from '../../../../lib/html.ts';
import { readRosterOf } from '../../../../manage/roster/read.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import { consolePage } from '../shell.ts';
import { type Bring, bring, readAgain } from './bring.ts';

/** What is said of a list that is not the one on record, and what to do. */
export function alteredNote(context: ConsoleContext): Html {
  const own = context.frame.words.consoleReconciliation;
  const next = may(context, readRosterOf) ? own.alteredNext : own.alteredAsk;
  return html`<div class="alert"><p><strong>${own.altered}</strong></p><p>${own.alteredWhy}</p><p>${next}</p></div>`;
}

/** In place of a list that is not the one on record: nothing of it is shown, and it can be read again. */
export function alteredPage(context: ConsoleContext, page: Bring): Html {
  const own = context.frame.words.consoleReconciliation;
  const again = page.refused === undefined && html`<div class="acts">${readAgain(context, page)}</div>`;
  const body = html`${alteredNote(context)}${again}${bring(context, page)}`;
  return consolePage(context, { title: page.app, body, trail: [['/reconciliation', own.title]] });
}
