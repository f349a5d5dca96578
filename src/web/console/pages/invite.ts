import { type Html, html } from '../../../lib/html.ts';
import type { ImportFault, PreviewLine } from '../../../manage/import.ts';
import { alert, hidden } from '../../pages/parts.ts';
import type { Words } from '../../words/shape.ts';
import type { ConsoleContext } from '../context.ts';
import type { OrganisationListed } from './parts/people.ts';
import { consolePage, type ShellView } from './shell.ts';

/** Lines that are shown of each sort; the rest are counted. */
const SHOWN = 500;
/** Characters of a list that is shown to be corrected. */
const EDITABLE = 256 * 1024;

type Said = Words['consoleInvite'];

/** Who reads it, and what the configuration says of mail. */
type InviteView = ShellView & Pick<ConsoleContext, 'site'>;

const numeral = ({ locale }: Words, n: number): string => new Intl.NumberFormat(locale).format(n);

/** A form that may carry a long list. */
function form(action: string, inner: Html, more: Html = html``): Html {
  return html`<form method="post" action="${action}" enctype="multipart/form-data" accept-charset="utf-8"${more}>${inner}</form>`;
}

/** Where a list is typed, or one that was brought is corrected. */
function listBox(said: Said, text: string): Html {
  return html`<div class="field"><label for="text">${text === '' ? said.paste : said.correct}</label>
<textarea id="text" name="text" rows="10" dir="ltr" spellcheck="false" autocomplete="off"${text === '' && html` aria-describedby="columns"`} placeholder="account,email,groups">
${text}</textarea></div>`;
}

/** Where a list is brought. */
export function invitePage(view: ShellView, empty = false): Html {
  const said = view.frame.words.consoleInvite;
  const fields = html`${listBox(said, '')}
<div class="field"><label for="file">${said.upload}</label>
<input id="file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv" aria-describedby="file-hint"><p class="small soft" id="file-hint">${said.uploadHint}</p></div>
<button class="button" type="submit">${said.look}</button>`;
  const body = html`${alert(empty ? said.nothing : undefined)}<p class="lead">${said.lead}</p>
<p class="lead" id="columns">${said.columns}</p>
${form('/invite', fields, html` class="form bulk"`)}
<p class="after"><a href="/invitations">${said.toInvitations}</a></p>`;
  return consolePage(view, { title: said.title, body });
}

function rest(words: Words, all: readonly unknown[], columns: number): Html {
  const n = all.length - SHOWN;
  return n <= 0
    ? html``
    : html`<tr><td colspan="${columns}">${words.consoleInvite.more({ n: numeral(words, n) })}</td></tr>`;
}

function faultTable(words: Words, faults: readonly ImportFault[], text: string): Html {
  const said = words.consoleInvite;
  const rows = faults
    .slice(0, SHOWN)
    .map(
      ({ line, column, message }) =>
        html`<tr><th scope="row" class="number">${line}</th><td>${column !== null && html`<bdi>${column}</bdi>`}</td><td><span lang="en" dir="ltr">${message}</span></td></tr>`,
    );
  return html`<section><h2 id="faults">${said.faults({ n: numeral(words, faults.length) })}</h2><p>${text}</p>
<div class="scroll" role="region" aria-labelledby="faults" tabindex="0"><table><thead><tr><th scope="col" class="number">${said.line}</th><th scope="col">${said.column}</th><th scope="col">${said.reason}</th></tr></thead>
<tbody>${rows}${rest(words, faults, 3)}</tbody></table></div></section>`;
}

function does(said: Said, { what, fields }: PreviewLine, between: string): string {
  return what === 'changed' ? said.changed({ fields: fields.map((field) => said[field]).join(between) }) : said[what];
}

/** What the line says of the account: of what it says nothing the cell is empty. */
function setCells({ organisations }: Preview, { email, groups, organisation }: PreviewLine): Html {
  const name = organisations.get(organisation)?.name ?? '';
  return html`<td><bdi>${email ?? ''}</bdi></td><td><bdi>${groups?.join(' ') ?? ''}</bdi></td><td><bdi>${name}</bdi></td>`;
}

function lineTable(words: Words, preview: Preview): Html {
  const said = words.consoleInvite;
  const { lines } = preview;
  const rows = lines
    .slice(0, SHOWN)
    .map(
      (each) =>
        html`<tr><td class="number">${each.line}</td><th scope="row"><bdi>${each.name}</bdi></th><td>${does(said, each, words.common.between)}</td><td><bdi>${each.realm}</bdi></td>${setCells(preview, each)}</tr>`,
    );
  return html`<section><h2 id="lines" class="unseen">${said.what}</h2>
<div class="scroll" role="region" aria-labelledby="lines" tabindex="0"><table><thead><tr><th scope="col" class="number">${said.line}</th><th scope="col">${said.account}</th><th scope="col">${said.what}</th><th scope="col">${said.realm}</th><th scope="col">${words.consoleAccount.email}</th><th scope="col">${words.consoleWords.groups}</th><th scope="col">${words.consoleWords.organisation}</th></tr></thead>
<tbody>${rows}${rest(words, lines, 7)}</tbody></table></div></section>`;
}

function figure(words: Words, n: number, name: string): Html {
  return html`<div class="figure"><dt>${name}</dt><dd>${numeral(words, n)}</dd></div>`;
}

export interface Preview {
  readonly text: string;
  readonly lines: readonly PreviewLine[];
  readonly faults: readonly ImportFault[];
  /** Of all that is shown; left out where nothing can be done. */
  readonly digest?: string;
  /** It was shown before, and would do otherwise now. */
  readonly stale?: boolean;
  /** Those that the reader may know of, by id. */
  readonly organisations: ReadonlyMap<string, OrganisationListed>;
}

/** The list as it was brought, to be mended and looked at again; what is too long for a box is mended where it came from. */
function corrected(said: Said, text: string): Html | false {
  if (text.length > EDITABLE) return false;
  return form(
    '/invite',
    html`${listBox(said, text)}<button class="button" type="submit">${said.look}</button>`,
    html` class="form bulk"`,
  );
}

/** Chosen by its own button, which says how many are done and how many are left: nothing is half done without that. */
function skipping(words: Words, { text, lines, faults, digest = '' }: Preview): Html {
  const said = words.consoleInvite;
  const counts = { good: numeral(words, lines.length), faulty: numeral(words, faults.length) };
  const inner = html`${hidden('text', text)}${hidden('preview', digest)}${hidden('faulty', 'skip')}<button class="button quiet" type="submit">${said.skip(counts)}</button>`;
  return html`<section><h2>${said.skipTitle}</h2><p>${said.skipText}</p>${form('/invite/import', inner)}</section>`;
}

/** What each line would do, those with a fault first. The list is in this page alone, and is judged anew when it is sent. */
export function previewPage(view: ShellView, preview: Preview): Html {
  const { text, lines, faults, digest = '', stale = false } = preview;
  const { words } = view.frame;
  const said = words.consoleInvite;
  const of = (what: PreviewLine['what']) => lines.filter((each) => each.what === what).length;
  const act = form(
    '/invite/import',
    html`${hidden('text', text)}${hidden('preview', digest)}<button class="button" type="submit">${said.do}</button>`,
  );
  const body = html`${alert(stale ? said.stale : undefined)}<p><strong>${said.nothingDone}</strong></p>
<dl class="figures">${figure(words, of('new'), said.countNew)}${figure(words, of('changed'), said.countChanged)}${figure(words, of('unchanged'), said.countUnchanged)}${figure(words, faults.length, said.countFaults)}</dl>
${faults.length > 0 ? html`${faultTable(words, faults, lines.length > 0 ? said.faultsText : said.faultsAll)}${lines.length > 0 && skipping(words, preview)}${corrected(said, text)}` : act}
${lines.length > 0 && lineTable(words, preview)}
<p class="after"><a href="/invite">${said.other}</a></p>`;
  return consolePage(view, { title: said.previewTitle, body });
}

export interface Done {
  readonly text: string;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** That nobody of the list needs a link. */
  readonly nobody?: boolean;
  /** Lines with a fault that were left out, as a list of their own. */
  readonly left?: { readonly text: string; readonly faults: readonly ImportFault[] };
}

/** What was left out, to be corrected and looked at again. */
function leftOut(words: Words, { left }: Done): Html {
  if (left === undefined) return html``;
  const said = words.consoleInvite;
  return html`${faultTable(words, left.faults, said.leftText)}${corrected(said, left.text)}`;
}

/** A script tells how far letters are; without one the browser waits for the file. */
function handOut({ frame: { words }, site }: InviteView, text: string): Html {
  const said = words.consoleInvite;
  const mail = site.config.mail !== null;
  const one = (as: string, label: string, look: string) =>
    html`<button class="${look}" type="submit" name="as" value="${as}">${label}</button>`;
  const progress = html`<div class="progress needs-script" hidden><progress max="1" value="0" aria-label="${said.progress}"></progress> <span role="status"></span></div>`;
  const marks = html` data-letters="/invite/letters" data-links="${said.makingLinks}" data-writing="${said.writing}" data-done="${said.lettersDone}" data-failed="${said.lettersFailed}"`;
  const mailed = mail && one('email', said.asEmail, 'button');
  const asFiles = html`${one('pdf', said.asPdf, mail ? 'button quiet' : 'button')}${one('csv', said.asCsv, 'button quiet')}`;
  return html`<section><h2>${said.linksTitle}</h2><p class="lead">${said.linksText}</p>${mail && html`<p class="lead">${said.emailText}</p>`}
${form('/invite/links', html`${hidden('text', text)}<div class="choices">${mailed}${asFiles}</div>${progress}<p class="small soft">${said.wait}</p>`, marks)}</section>`;
}

/** What was done, and how the links are handed out. */
export function invitedPage(view: InviteView, done: Done): Html {
  const { text, added, changed, unchanged, nobody = false } = done;
  const { words } = view.frame;
  const said = words.consoleInvite;
  const n = (count: number) => ({ n: numeral(words, count) });
  const told = html`<p>${said.added(n(added))}</p><p>${said.changedCount(n(changed))}</p><p>${said.unchangedCount(n(unchanged))}</p>`;
  const body = html`<div class="note" role="status">${nobody ? html`<p>${said.nobody}</p>` : told}</div>
${handOut(view, text)}${leftOut(words, done)}
<p class="after"><a href="/invite">${said.other}</a></p>`;
  return consolePage(view, { title: said.doneTitle, body });
}
