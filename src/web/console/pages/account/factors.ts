import { type Html, html } from '../../../../lib/html.ts';
import { removeAuthenticator } from '../../../../manage/authenticators.ts';
import { revokeTickets } from '../../../../manage/tickets.ts';
import { hidden } from '../../../pages/parts.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayOn } from '../../may.ts';
import { invitationState } from '../invited.ts';
import { disclosed, oneButton } from '../parts/form.ts';
import { when, whenOr } from '../parts/when.ts';
import { type AccountView, personOf } from './view.ts';

type Authenticator = AccountView['authenticators'][number];

function remove(context: ConsoleContext, view: AccountView, { id, label }: Authenticator): Html {
  const own = context.frame.words.consoleAccount;
  if (!mayOn(context, removeAuthenticator, personOf(view))) return html``;
  const body = html`<p class="small">${own.removeText}</p>${hidden('id', id)}`;
  const action = accountAddress(view.account.id, '/authenticators/remove');
  return disclosed({ label: own.remove, of: label, action, button: own.removeButton, body, danger: true });
}

function factor(context: ConsoleContext, view: AccountView, each: Authenticator): Html {
  const { words } = context.frame;
  const { consoleAccount: own, consoleWords: common, account } = words;
  const { kind, label, disabledAt, synced, lastUsedAt, createdAt } = each;
  const synchronised = synced === null ? undefined : synced ? own.synced : own.oneDevice;
  return html`<li><p class="name"><strong><bdi>${label === '' ? common.factors[kind] : label}</bdi></strong> ${label !== '' && label !== common.factors[kind] && html`<span class="tag">${common.factors[kind]}</span>`}${disabledAt !== null && html` <span class="tag off">${account.switchedOff}</span>`}</p>
<p class="small soft">${synchronised !== undefined && html`${synchronised}<br>`}${common.lastUsed}: ${whenOr(context, lastUsedAt, common.never)}<br>${own.added}: ${when(context, createdAt)}</p>${remove(context, view, each)}</li>`;
}

function tickets(context: ConsoleContext, view: AccountView): Html {
  const own = context.frame.words.consoleAccount;
  if (view.tickets.length === 0) return html``;
  const items = view.tickets.map(
    ({ createdAt, expiresAt, resetPassword }) =>
      html`<li>${own.linkMade} ${when(context, createdAt)}<br>${own.linkUntil} ${when(context, expiresAt)}${resetPassword && html`<br>${own.withPassword}`}</li>`,
  );
  const ends = mayOn(context, revokeTickets, personOf(view));
  return html`<h3>${own.openLinks}</h3><ul class="things small">${items}</ul>${ends && oneButton(accountAddress(view.account.id, '/tickets/end'), own.endLinks)}`;
}

/** What became of the newest link by e-mail. */
function mailed(context: ConsoleContext, { invitation }: AccountView): Html {
  if (invitation === undefined) return html``;
  const own = context.frame.words.consoleInvited;
  return html`<p class="small">${own.lastMail}: ${invitationState(context, invitation)} ${when(context, invitation.changedAt)}</p>`;
}

/** What the person signs in with, and links by which they can set up more. */
export function factorSection(context: ConsoleContext, view: AccountView): Html {
  const own = context.frame.words.consoleAccount;
  const shown = view.authenticators.filter(({ kind }) => kind !== 'recovery');
  const list =
    shown.length === 0
      ? html`<p class="soft">${own.noFactors}</p>`
      : html`<ul class="things">${shown.map((each) => factor(context, view, each))}</ul>`;
  return html`<section class="first-section"><h2>${own.factors}</h2>${list}${tickets(context, view)}${mailed(context, view)}</section>`;
}
