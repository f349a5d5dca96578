import type { z } from 'zod';
import { setAccount as set } from '../../src/manage/account-set.ts';
import * as accounts from '../../src/manage/accounts.ts';
import type { Administration, accountForm } from '../../src/manage/administration.ts';
import * as appNames from '../../src/manage/app-names.ts';
import { removeAuthenticator as removeOne } from '../../src/manage/authenticators.ts';
import type { ManageContext } from '../../src/manage/context.ts';
import { importAccounts as importAll } from '../../src/manage/import.ts';
import * as sessions from '../../src/manage/sessions.ts';
import * as tickets from '../../src/manage/tickets.ts';

/** The operations of administrators, as tests call them: in one line, with what matters to them. */
export type { ManageContext };

const ofAccount =
  <O>(operation: Administration<z.infer<typeof accountForm>, O>) =>
  (ctx: ManageContext, account: string, realm?: string): Promise<O> =>
    operation.perform(ctx, { account, realm });

export const disableAccount = ofAccount(accounts.disableAccount);
export const enableAccount = ofAccount(accounts.enableAccount);
export const removeAccount = ofAccount(accounts.removeAccount);
export const revokeTickets = ofAccount(tickets.revokeTickets);

export const addAccount = (ctx: ManageContext, wish: accounts.NewAccount) => accounts.addAccount.perform(ctx, wish);

type Wish<T extends { readonly input: z.ZodType }> = Omit<z.infer<T['input']>, 'account' | 'realm'>;

export const setAccount = (ctx: ManageContext, account: string, wish: Wish<typeof set>, realm?: string) =>
  set.perform(ctx, { account, realm, ...wish });

export const issueTicket = (
  ctx: ManageContext,
  account: string,
  wish: Wish<typeof tickets.issueTicket> = {},
  realm?: string,
) => tickets.issueTicket.perform(ctx, { account, realm, ...wish });

export const removeAuthenticator = (ctx: ManageContext, id: string) => removeOne.perform(ctx, { id });
export const importAccounts = (ctx: ManageContext, text: string) => importAll.perform(ctx, { text });

export const setAppName = (ctx: ManageContext, account: string, app: string, name: string) =>
  appNames.setAppName.perform(ctx, { account, app, name });
export const removeAppName = (ctx: ManageContext, account: string, app: string) =>
  appNames.removeAppName.perform(ctx, { account, app });

export type RevokeWish =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'account'; readonly account: string; readonly realm?: string }
  | { readonly by: 'app'; readonly appId: string }
  | { readonly by: 'all' };

export function revokeSessions(ctx: ManageContext, wish: RevokeWish): Promise<readonly string[]> {
  switch (wish.by) {
    case 'id':
      return sessions.revokeSession.perform(ctx, { id: wish.id });
    case 'account':
      return sessions.revokeAccountSessions.perform(ctx, { account: wish.account, realm: wish.realm });
    case 'app':
      return sessions.revokeAppSessions.perform(ctx, { app: wish.appId });
    default:
      return sessions.revokeAllSessions.perform(ctx, {});
  }
}
