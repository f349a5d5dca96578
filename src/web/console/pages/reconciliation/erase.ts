import { type Html, html } from '../../../../lib/html.ts';
import { MOST_NAME } from '../../../../rosters/fault.ts';
import { alert } from '../../../pages/parts.ts';
import type { ConsoleContext } from '../../context.ts';
import { type Option, select, type Typed, typedField } from '../parts/form.ts';
import { numeral } from '../parts/said.ts';
import { consolePage } from '../shell.ts';

export const ERASE = '/rosters/erase';

/** What went, and from how many lists. */
export interface Erased {
  readonly names: number;
  readonly lists: number;
}

function outcome({ frame: { words } }: ConsoleContext, erased: Erased | undefined): Html {
  if (erased === undefined) return html``;
  const own = words.consoleErase;
  if (erased.names === 0) return alert(own.nothing);
  const { names, lists } = erased;
  return html`<div class="note" role="status"><p><strong>${own.done}</strong></p><dl class="facts beside"><dt>${own.names}</dt><dd>${numeral(words, names)}</dd><dt>${own.lists}</dt><dd>${numeral(words, lists)}</dd></dl></div>`;
}

/** Takes one person's name out of lists of apps that are kept. `erased`: what just went. */
export function erasePage(context: ConsoleContext, typed: Typed, erased?: Erased): Html {
  const { words } = context.frame;
  const { consoleErase: own, consoleWords: common, consoleReconciliation: above } = words;
  const apps = context.site.config.apps.map(({ id }): Option => [id, id]);
  const plain = html` autocomplete="off" autocapitalize="none" spellcheck="false" dir="auto"`;
  const body = html`${outcome(context, erased)}<p class="lead">${own.lead}</p><p class="lead">${own.first}</p>
<form class="form narrow" method="post" action="${ERASE}" accept-charset="utf-8">
${typedField(words, typed, { name: 'name', label: own.name, hint: own.nameHint, more: html` maxlength="${MOST_NAME}"${plain}` })}
${select({ name: 'app', label: common.app, options: [['', common.all], ...apps], value: typed.value('app') ?? '' })}
${typedField(words, typed, { name: 'reason', label: own.reason, hint: own.reasonHint, more: html` maxlength="128" autocomplete="off" dir="auto"` })}
<button class="button danger" type="submit">${own.send}</button></form>`;
  return consolePage(context, { title: own.title, body, trail: [['/reconciliation', above.title]] });
}
