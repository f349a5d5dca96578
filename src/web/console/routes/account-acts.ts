import { SallyportError } from '../../../errors.ts';
import { disableAccount, enableAccount, removeAccount, showAccount } from '../../../manage/accounts.ts';
import { removeAuthenticator } from '../../../manage/authenticators.ts';
import { revokeAccountSessions, revokeSession } from '../../../manage/sessions.ts';
import { endMeasured } from '../../../manage/stopped.ts';
import { issueTicket, revokeTickets } from '../../../manage/tickets.ts';
import { issueMany } from '../../../manage/tickets-many.ts';
import { unlockAccount } from '../../../manage/unlock.ts';
import { need } from '../../body.ts';
import { type Answer, json, showPage } from '../../reply.ts';
import { accountAddress } from '../address.ts';
import { Fault } from '../fault.ts';
import { ticketPage } from '../pages/account/ticket.ts';
import { accountIn, backEnded, backOn, pageOf } from './account-page.ts';
import { doneAnswer, endedAnswer } from './ended.ts';
import { type ConsolePost, type ConsoleRoute, needFresh } from './route.ts';
import { again, textOf } from './typed.ts';

/** The answer holds the link, once: it leads nowhere, since no other page could show it. */
async function newLink(post: ConsolePost): Promise<Answer> {
  const { context, form } = post;
  const resetPassword = form.get('reset') === 'yes';
  const issued = await issueTicket.perform(context.manage, { ...accountIn(post), resetPassword });
  return form.kind === 'json' ? json(issued) : showPage(200, ticketPage(context, issued));
}

/** By e-mail: the answer holds no link, and the account's page says what became of it. */
async function mailLink(post: ConsolePost): Promise<Answer> {
  needFresh(post);
  const { account } = accountIn(post);
  const { refused } = await issueMany(post.context.manage, { accounts: [account], deliver: 'email' });
  const [first] = refused;
  if (first !== undefined) throw new SallyportError('conflict', first.message);
  return backOn(post, 'link-mailed');
}

async function endAll(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const who = accountIn(post);
  const ended = await endMeasured(manage, 'account', () => revokeAccountSessions.perform(manage, who));
  return endedAnswer(post, ended, accountAddress(who.account));
}

async function endOne(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const id = need(post.form, 'id');
  const ended = await endMeasured(manage, 'id', () => revokeSession.perform(manage, { id }));
  return endedAnswer(post, ended, accountAddress(accountIn(post).account));
}

async function removeFactor(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const id = need(post.form, 'id');
  const ended = await endMeasured(manage, 'authenticator', () => removeAuthenticator.perform(manage, { id }));
  return backEnded(post, ended, 'factor-removed');
}

async function endLinks(post: ConsolePost): Promise<Answer> {
  await revokeTickets.perform(post.context.manage, accountIn(post));
  return backOn(post, 'links-ended');
}

async function disable(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const ended = await endMeasured(manage, 'disabled', () => disableAccount.perform(manage, accountIn(post)));
  return backEnded(post, ended, 'account-disabled');
}

async function enable(post: ConsolePost): Promise<Answer> {
  await enableAccount.perform(post.context.manage, accountIn(post));
  return backOn(post, 'account-enabled');
}

async function unlock(post: ConsolePost): Promise<Answer> {
  await unlockAccount.perform(post.context.manage, accountIn(post));
  return backOn(post, 'account-unlocked');
}

async function remove(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const wanted = accountIn(post);
  const { name } = await showAccount.ask(manage, wanted);
  if (textOf(post, 'confirm') !== name) throw new Fault('confirm', 'confirmName');
  const ended = await endMeasured(manage, 'removed', () => removeAccount.perform(manage, wanted));
  return doneAnswer(post, ended, '/accounts', 'account-removed');
}

/** What is done to an account: the help desk's usual acts, and what only administrators do. */
export function accountActRoutes(): readonly ConsoleRoute[] {
  const of = (what: string): string => `/accounts/:account${what}`;
  return [
    { path: of('/ticket'), post: { fields: ['reset'], run: newLink } },
    { path: of('/ticket/email'), post: { fields: [], run: mailLink } },
    { path: of('/tickets/end'), post: { fields: [], run: endLinks } },
    { path: of('/end'), post: { fields: [], run: endAll } },
    { path: of('/sessions/end'), post: { fields: ['id'], run: endOne } },
    { path: of('/authenticators/remove'), post: { fields: ['id'], run: removeFactor } },
    { path: of('/disable'), post: { fields: [], run: disable } },
    { path: of('/enable'), post: { fields: [], run: enable } },
    { path: of('/unlock'), post: { fields: [], run: unlock } },
    { path: of('/remove'), post: { fields: ['confirm'], run: remove, again: again({}, pageOf) } },
  ];
}
