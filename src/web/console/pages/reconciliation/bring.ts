import { type Html, html } from '../../../../lib/html.ts';
import { readRosterOf } from '../../../../manage/roster/read.ts';
import type { RosterView } from '../../../../manage/roster/show.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import { oneButton } from '../parts/form.ts';
import { listAddress } from './wish.ts';

/** The app whose list is to be read, and where from; a source of null: somebody brings it. */
export type Readable = Pick<RosterView, 'app' | 'source'>;

export interface Bring extends Readable {
  /** Why a list was not taken, in English; `empty`: none was chosen. */
  readonly refused?: string | undefined;
}

/** Reads the list from where the configuration says, for whoever may. */
export function readAgain(context: ConsoleContext, { app, source }: Readable): Html {
  if (source === null || !may(context, readRosterOf)) return html``;
  return oneButton(listAddress(app, '/again'), context.frame.words.consoleReconciliation.again, {});
}

/** How the list can be read anew, beside what is known of it, for whoever may. */
export function waysToRead(context: ConsoleContext, app: Readable): Html {
  if (!may(context, readRosterOf)) return html``;
  const own = context.frame.words.consoleReconciliation;
  return html`<div class="acts">${readAgain(context, app)}<a class="button quiet" href="#bring">${own.bring}</a></div>`;
}

function told(context: ConsoleContext, refused: string | undefined): Html {
  const own = context.frame.words.consoleReconciliation;
  if (refused === undefined) return html``;
  if (refused === 'empty') return html`<div class="alert" role="alert"><p>${own.empty}</p></div>`;
  return html`<div class="alert" role="alert"><p>${own.refused}</p><p lang="en" dir="ltr">${refused}</p></div>`;
}

/** Where a list is brought, for whoever may. */
export function bring(context: ConsoleContext, { app, source, refused }: Bring): Html {
  if (!may(context, readRosterOf)) return html``;
  const { consoleReconciliation: own, common } = context.frame.words;
  const again = refused !== undefined && readAgain(context, { app, source });
  return html`<section class="panel" id="bring"><h2>${own.bring}</h2>${told(context, refused)}${again}<form class="form" method="post" action="${listAddress(app)}" enctype="multipart/form-data" accept-charset="utf-8">
<div class="field"><label for="file">${own.file}</label><input id="file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv" required aria-describedby="file-hint"><p class="hint" id="file-hint">${own.fileHint}</p></div>
<div class="field"><label for="column">${own.column} <span class="optional">${common.optional}</span></label><input id="column" name="column" maxlength="128" autocomplete="off" dir="auto" aria-describedby="column-hint"><p class="hint" id="column-hint">${own.columnHint}</p></div>
<button class="button" type="submit">${own.send}</button></form></section>`;
}
