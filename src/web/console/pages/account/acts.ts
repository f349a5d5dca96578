import { type Html, html } from '../../../../lib/html.ts';
import { disableAccount, enableAccount } from '../../../../manage/accounts.ts';
import { revokeAccountSessions } from '../../../../manage/sessions.ts';
import { issueTicket } from '../../../../manage/tickets.ts';
import { unlockAccount } from '../../../../manage/unlock.ts';
import { sourceOf } from '../../../../sources/table.ts';
import { accountAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayOn } from '../../may.ts';
import { disclosed, oneButton } from '../parts/form.ts';
import { when } from '../parts/when.ts';
import { type AccountView, personOf } from './view.ts';

/** A new link: one press, since the person waits at the telephone. A new password with it is asked for apart. */
function newLink(context: ConsoleContext, { account, state }: AccountView): Html {
  const own = context.frame.words.consoleAccount;
  const action = accountAddress(account.id, '/ticket');
  const look = state === 'protected' ? 'button quiet' : 'button';
  return oneButton(action, state === 'invited' ? own.inviteAgain : own.newLink, {}, look);
}

/** The same by e-mail, for whoever has an address and nothing to sign in with yet: nobody has to read it out. */
function mailedLink(context: ConsoleContext, { account, state }: AccountView): Html {
  const { mail, console } = context.site.config;
  const second = console?.twoPerson.acts.includes('ticket.issue') === true;
  if (mail === null || account.email === null || second || state === 'protected') return html``;
  return oneButton(accountAddress(account.id, '/ticket/email'), context.frame.words.consoleAccount.newLinkMail);
}

function newPassword(context: ConsoleContext, { account }: AccountView): Html {
  const own = context.frame.words.consoleAccount;
  const realm = context.site.config.realms.get(account.realm);
  if (realm === undefined || !account.passwordSet || !sourceOf(realm.source).keepsPasswords) return html``;
  return oneButton(accountAddress(account.id, '/ticket'), own.newLinkPassword, { reset: 'yes' });
}

function disabling(context: ConsoleContext, view: AccountView): Html {
  const own = context.frame.words.consoleAccount;
  const { id, disabledAt } = view.account;
  if (disabledAt !== null)
    return mayOn(context, enableAccount, personOf(view))
      ? oneButton(accountAddress(id, '/enable'), own.enable, {}, 'button')
      : html``;
  if (!mayOn(context, disableAccount, personOf(view))) return html``;
  const action = accountAddress(id, '/disable');
  return disclosed({
    label: own.disable,
    action,
    button: own.disableButton,
    body: html`<p class="small">${own.disableText}</p>`,
    danger: true,
  });
}

/** Why somebody who knows everything is not let in: others, or they themselves, have guessed too often. */
function waits(context: ConsoleContext, { waitsUntil }: AccountView): Html {
  if (waitsUntil === null) return html``;
  return html`<div class="note"><p>${context.frame.words.consoleAccount.waits} ${when(context, waitsUntil)}</p></div>`;
}

/** What a help desk does two hundred times a day, one press away; nothing that the reader's roles do not allow. */
export function usualActs(context: ConsoleContext, view: AccountView): Html {
  const own = context.frame.words.consoleAccount;
  const { account, sessions } = view;
  const person = personOf(view);
  const links = account.disabledAt === null && mayOn(context, issueTicket, person);
  const ends = sessions.length > 0 && mayOn(context, revokeAccountSessions, person);
  const end = ends && oneButton(accountAddress(account.id, '/end'), own.endAll, {}, 'button danger');
  const unlocks = view.waitsUntil !== null && account.disabledAt === null && mayOn(context, unlockAccount, person);
  const unlock = unlocks && oneButton(accountAddress(account.id, '/unlock'), own.unlock);
  const reset = links && newPassword(context, view);
  return html`${waits(context, view)}<div class="acts" role="group" aria-label="${own.acts}">${links && newLink(context, view)}${links && mailedLink(context, view)}${reset}${unlock}${end}${disabling(context, view)}</div>${reset && reset.text !== '' && html`<p class="small soft told">${own.linkOrPassword}</p>`}`;
}
