import { type Html, html } from '../../../lib/html.ts';
import { importAccounts } from '../../../manage/import.ts';
import type { InvitationView } from '../../../manage/invitations-list.ts';
import type { ManyTickets } from '../../../manage/tickets-many.ts';
import { troubleOf } from '../../../notices/trouble.ts';
import { hidden } from '../../pages/parts.ts';
import type { Words } from '../../words/shape.ts';
import { accountAddress, addressOf } from '../address.ts';
import type { ConsoleContext } from '../context.ts';
import { may } from '../may.ts';
import { numeral } from './parts/said.ts';
import { empty, table } from './parts/table.ts';
import { when } from './parts/when.ts';
import { consolePage } from './shell.ts';

/** Rows that are shown; the rest are counted. */
const SHOWN = 500;

type State = InvitationView['state'];
const LOOKS: Readonly<Record<State, string>> = { queued: 'tag', sent: 'tag on', failed: 'tag off', ended: 'tag' };

/** Why a link was not sent, in words; the codes that the mail server's own people understand stand small beside them. */
function why({ consoleInvited: own }: Words, { state, reason }: InvitationView): Html {
  if (reason === '') return html``;
  const code = /^E[A-Z]+( |$)/.test(reason) && html` <code class="code-behind" dir="ltr">${reason}</code>`;
  return html` <span class="small soft">${own.troubles[troubleOf(reason)]}${state === 'queued' && html` ${own.tried}`}${code}</span>`;
}

/** How a link by e-mail stands, in a word; and why. */
export function invitationState({ frame: { words } }: ConsoleContext, invitation: InvitationView): Html {
  const { state } = invitation;
  return html`<span class="${LOOKS[state]}">${words.consoleInvited.states[state]}</span>${why(words, invitation)}`;
}

function figures({ frame: { words } }: ConsoleContext, rows: readonly InvitationView[]): Html {
  const own = words.consoleInvited;
  const one = (state: State) => {
    const n = rows.filter((row) => row.state === state).length;
    return html`<div class="figure"><dt>${own.states[state]}</dt><dd>${numeral(words, n)}</dd></div>`;
  };
  return html`<dl class="figures">${one('sent')}${one('queued')}${one('failed')}${one('ended')}</dl>`;
}

/** How far those that were asked for together are: a bar, figures, and each person with what became of it. */
export function invitationsPage(
  context: ConsoleContext,
  rows: readonly InvitationView[],
  batch: string | undefined,
): Html {
  const { words } = context.frame;
  const own = words.consoleInvited;
  const done = rows.filter(({ state }) => state !== 'queued').length;
  const columns = [{ label: words.consoleWords.account }, { label: own.state }, { label: own.changed }];
  const cells = rows
    .slice(0, SHOWN)
    .map((row) => [
      html`<a href="${accountAddress(row.accountId)}"><bdi>${row.account}</bdi></a>`,
      invitationState(context, row),
      when(context, row.changedAt),
    ]);
  const bar = html`<p class="progress"><progress max="${rows.length}" value="${done}" aria-label="${own.progress}"></progress> ${own.soFar({ done: numeral(words, done), all: numeral(words, rows.length) })}</p>`;
  const more =
    rows.length > SHOWN &&
    html`<p class="soft">${words.consoleInvite.more({ n: numeral(words, rows.length - SHOWN) })}</p>`;
  const first = html`<p>${own.noneMore}</p>${may(context, importAccounts) && html`<p><a href="/invite">${words.consoleInvite.title}</a></p>`}`;
  const again = addressOf('/invitations', { batch });
  const found = html`${bar}${figures(context, rows)}
<p><a class="button quiet" href="${again}">${own.again}</a></p>${table({ caption: own.title, columns, rows: cells })}${more}`;
  const body = html`<p class="lead">${own.lead}</p>${rows.length === 0 ? empty(own.none, first) : found}`;
  return consolePage(context, { title: own.title, body, trail: [['/invite', words.consoleInvite.title]] });
}

/** What one press has queued, and whom no e-mail reaches: they are handed a letter or a line of a list. */
export function queuedPage(
  context: ConsoleContext,
  { text, mailed, batch, refused }: Pick<ManyTickets, 'mailed' | 'batch' | 'refused'> & { readonly text: string },
): Html {
  const { words } = context.frame;
  const own = words.consoleInvited;
  const told = html`<div class="note" role="status"><p>${own.queued({ n: numeral(words, mailed.length) })}</p></div>`;
  const follow =
    mailed.length > 0 &&
    html`<p><a class="button" href="${addressOf('/invitations', { batch: batch ?? undefined })}">${own.follow}</a></p>`;
  const rows = refused
    .slice(0, SHOWN)
    .map(({ account, noAddress, message }) => [
      html`<bdi>${account}</bdi>`,
      noAddress === true ? html`${own.noAddress}` : html`<span lang="en" dir="ltr">${message}</span>`,
    ]);
  const columns = [{ label: words.consoleWords.account }, { label: own.reason }];
  const others =
    refused.length > 0 &&
    html`<section><h2>${own.others}</h2>${table({ caption: own.others, columns, rows })}</section>`;
  const reached = refused.some(({ noAddress }) => noAddress === true) && handOut(words, text);
  const body = html`${told}${follow}${others}${reached}<p class="after"><a href="/invite">${words.consoleInvite.other}</a></p>`;
  return consolePage(context, { title: own.queuedTitle, body, trail: [['/invite', words.consoleInvite.title]] });
}

/** For those without an address, in one press. */
function handOut({ consoleInvite: said, consoleInvited: own }: ConsoleContext['frame']['words'], text: string): Html {
  const one = (as: string, label: string, look: string) =>
    html`<button class="${look}" type="submit" name="as" value="${as}">${label}</button>`;
  return html`<section><h2>${own.byHand}</h2><form method="post" action="/invite/links" enctype="multipart/form-data" accept-charset="utf-8">${hidden('text', text)}${hidden('only', 'no-address')}<div class="choices">${one('pdf', said.asPdf, 'button')}${one('csv', said.asCsv, 'button quiet')}</div></form></section>`;
}
