import { SallyportError } from '../../../errors.ts';
import type { Html } from '../../../lib/html.ts';
import { showAccountPage } from '../../../manage/account-page.ts';
import { listInvitations } from '../../../manage/invitations-list.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import type { Ended } from '../../../manage/stopped.ts';
import { type Answer, done } from '../../reply.ts';
import { accountAddress, askedOf } from '../address.ts';
import { accountPage } from '../pages/account/page.ts';
import type { Typed } from '../pages/parts/form.ts';
import { byId } from '../pages/parts/people.ts';
import { after, type Done, saidOf } from '../said.ts';
import { doneAnswer } from './ended.ts';
import type { ConsolePost, ConsoleRequest } from './route.ts';

/** Whom the address names, by id. */
export function accountIn({ params }: Pick<ConsoleRequest, 'params'>): { readonly account: string } {
  return { account: params['account'] ?? '' };
}

/** The page of the account, and what was typed into one of its forms. Throws `not-found`. */
export async function pageOf(request: ConsoleRequest, typed: Typed): Promise<Html> {
  const { context } = request;
  const wanted = accountIn(request);
  const view = await showAccountPage.ask(context.manage, wanted);
  // An address names an id: a name that looks like one is not meant.
  if (view.account.id !== wanted.account) throw new SallyportError('not-found', 'there is no account of that id');
  const organisations = byId(await listOrganisations.ask(context.manage, {}));
  const [invitation] = await listInvitations.ask(context.manage, { account: view.account.id });
  return accountPage(context, { ...view, invitation, organisations, typed, said: saidOf(askedOf(context.query)) });
}

/** The same where sessions of the account ended by it: how many, and when they had stopped. */
export function backEnded(post: ConsolePost, ended: Ended<unknown>, what: Done): Answer {
  return doneAnswer(post, ended, accountAddress(accountIn(post).account), what);
}

/** Back on the account's page, which says what was done. */
export function backOn(post: ConsolePost, what: Done): Answer {
  return done(post.form.kind, after(accountAddress(accountIn(post).account), what));
}
