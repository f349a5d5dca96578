import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { ROLES } from '../roles.ts';
import type { AuthenticatorRow } from '../store/types.ts';
import { accountForm, administration, toOwner } from './administration.ts';
import { needAccount, needVisible } from './find.ts';
import { query } from './query.ts';

/** An authenticator as it is shown: nothing of its secret. Moments in ms. */
export const authenticatorView = z.strictObject({
  id: z.string(),
  accountId: z.string(),
  kind: z.enum(['totp', 'passkey', 'recovery']),
  label: z.string(),
  failures: z.number(),
  disabledAt: z.number().nullable(),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable(),
});
export type AuthenticatorView = Readonly<z.infer<typeof authenticatorView>>;

export function authenticatorViewOf({
  secret: _secret,
  lastStep: _lastStep,
  ...shown
}: AuthenticatorRow): AuthenticatorView {
  return shown;
}

/** Authenticators of an account, oldest first. */
export const listAuthenticators = query({
  name: 'authenticator.list',
  does: 'the authenticators of an account',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /accounts/{account}/authenticators',
  input: accountForm,
  output: z.array(authenticatorView).readonly(),
  async read(ctx, { account, realm }) {
    const { id } = await needAccount(ctx, account, realm);
    return (await ctx.store.authenticators.ofAccount(id)).map(authenticatorViewOf);
  },
});

/**
 * Removes an authenticator, also the last one (the account then enrols by ticket; it never signs in without). Every session
 * of the account ends: who holds a lost phone may hold one. Throws `not-found`.
 */
export const removeAuthenticator = administration({
  name: 'authenticator.remove',
  does: 'removes an authenticator; every session of its account ends',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator', 'help-desk'], of: 'account', fresh: true },
  http: 'DELETE /authenticators/{id}',
  input: z.strictObject({ id: z.string() }),
  output: authenticatorView.extend({ sessionsEnded: z.number() }),
  lock: 'account',
  records: ['authenticator.remove'],
  notices: ['authenticator-removed'],
  async find({ ctx, input: { id } }) {
    const accountId = (await ctx.store.authenticators.byId(id))?.accountId;
    return { accountId: await needVisible(ctx, accountId, `authenticator ${JSON.stringify(id.slice(0, 64))}`) };
  },
  async run({ tx, ctx, account, input: { id }, now }) {
    const row = await tx.authenticators.byId(id);
    if (row === undefined || !(await tx.authenticators.remove(id)))
      throw new SallyportError('not-found', `there is no authenticator ${JSON.stringify(id)}`);
    const { accountId, kind, label } = row;
    await tx.pendings.removeOfAccount(accountId);
    const ended = await tx.sessions.end({ by: 'account', accountId }, 'authenticator-removed', now);
    const sessionsEnded = ended.length;
    return {
      value: { ...authenticatorViewOf(row), sessionsEnded },
      record: [{ kind: 'authenticator.remove', accountId, detail: { authenticator: id, kind, label, sessionsEnded } }],
      notices: account === undefined ? [] : [toOwner(ctx, account, 'authenticator-removed', { label })],
    };
  },
});
