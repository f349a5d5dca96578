import { type Html, html } from '../../../../lib/html.ts';
import { hidden } from '../../../pages/parts.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { numeral } from '../parts/said.ts';
import { table } from '../parts/table.ts';
import { consolePage } from '../shell.ts';
import { type ManyAct, pickField } from './list.ts';

/** One of those that were picked. */
export interface Picked {
  readonly id: string;
  readonly name: string;
}

/** What came of one of them. */
export interface Outcome {
  readonly picked: Picked;
  /** In the reader's words. */
  readonly text: string;
  readonly failed: boolean;
  /** A link to enrol, shown once. */
  readonly link?: string | undefined;
}

/**
 * Before it is done: whom it is about. The form does all of them in one request; with a script it is sent for each in turn, and
 * tells here how far it is.
 */
export function manyPage(asked: ConsoleContext, act: ManyAct, picked: readonly Picked[]): Html {
  const context = { ...asked, frame: { ...asked.frame, here: null } };
  const { words } = context.frame;
  const own = words.consoleAccounts;
  const items = picked.map(
    ({ id, name }, place) =>
      html`<li data-id="${id}"><bdi>${name}</bdi> <span data-outcome></span>${hidden(pickField(place), id)}</li>`,
  );
  const n = numeral(words, picked.length);
  const look = act === 'enable' || act === 'ticket' ? 'button' : 'button danger';
  const body = html`<p class="lead">${own.manyAsk[act]}</p>${act === 'ticket' && html`<div class="note"><p><strong>${own.linksOnce}</strong></p></div>`}
<form class="form" method="post" action="/accounts/many/do" data-many data-doing="${own.doing}" data-done="${own.doneAll}" data-failed="${own.doneSome}" data-back="${own.back}">${hidden('act', act)}
<div class="progress needs-script" hidden><progress max="${picked.length}" value="0" aria-label="${own.progress}"></progress> <span role="status"></span></div>
<ul class="plain-list picked">${items}</ul><div class="acts"><button class="${look}" type="submit">${own.manyDo[act]({ n })}</button><a class="button quiet" href="/accounts">${words.consoleWords.cancel}</a></div></form>`;
  return consolePage(context, { title: own.many[act], body, trail: [['/accounts', own.title]] });
}

function outcomeCell({ picked, text, failed, link }: Outcome): Html {
  const shown =
    link !== undefined &&
    html`<br><code class="link" dir="ltr" tabindex="0" aria-label="${picked.name}">${link}</code>`;
  return html`<span class="${failed ? 'tag off' : 'tag on'}">${text}</span>${shown}`;
}

/** What was done to whom, and what failed for whom, and why. */
export function outcomesPage(asked: ConsoleContext, act: ManyAct, outcomes: readonly Outcome[]): Html {
  const context = { ...asked, frame: { ...asked.frame, here: null } };
  const { words } = context.frame;
  const own = words.consoleAccounts;
  const failed = outcomes.filter((each) => each.failed).length;
  const columns = [{ label: words.consoleWords.account }, { label: own.outcome }];
  const rows = outcomes.map((each) => [
    html`<a href="${accountAddress(each.picked.id)}"><bdi>${each.picked.name}</bdi></a>`,
    outcomeCell(each),
  ]);
  const count = { done: numeral(words, outcomes.length - failed), failed: numeral(words, failed) };
  const once = act === 'ticket' && html`<div class="note"><p><strong>${own.linksOnce}</strong></p></div>`;
  const told = html`<div class="${failed > 0 ? 'alert' : 'note'}" role="status"><p>${own.outcomes(count)}</p></div>`;
  const body = html`${told}${once}
${table({ caption: own.many[act], columns, rows })}
<p class="after"><a class="button quiet" href="/accounts">${own.back}</a></p>`;
  return consolePage(context, { title: own.many[act], body, trail: [['/accounts', own.title]] });
}
