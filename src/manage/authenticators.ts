import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import type { AuthenticatorRow } from '../store/types.ts';
import { administration, toOwner } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount } from './find.ts';

/** An authenticator as it is shown: nothing of its secret. Moments in ms. */
const authenticatorView = z.strictObject({
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

function view({ secret: _secret, lastStep: _lastStep, ...shown }: AuthenticatorRow): AuthenticatorView {
  return shown;
}

/** Authenticators of an account, oldest first. */
export async function listAuthenticators(
  ctx: ManageContext,
  account: string,
  realm?: string,
): Promise<AuthenticatorView[]> {
  const { id } = await needAccount(ctx, account, realm);
  return (await ctx.store.authenticators.ofAccount(id)).map(view);
}

/**
 * Removes an authenticator, also the last one (the account then enrols by ticket; it never signs in without). Every session
 * of the account ends: who holds a lost phone may hold one. Throws `not-found`.
 */
export const removeAuthenticator = administration({
  name: 'authenticator.remove',
  does: 'removes an authenticator; every session of its account ends',
  who: 'administrator',
  input: z.strictObject({ id: z.string() }),
  output: authenticatorView.extend({ sessionsEnded: z.number() }),
  lock: 'account',
  records: ['authenticator.remove'],
  notices: ['authenticator-removed'],
  async find({ ctx, input: { id } }) {
    return { accountId: (await ctx.store.authenticators.byId(id))?.accountId ?? '' };
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
      value: { ...view(row), sessionsEnded },
      record: [{ kind: 'authenticator.remove', accountId, detail: { authenticator: id, kind, label, sessionsEnded } }],
      notices: account === undefined ? [] : [toOwner(ctx, account, 'authenticator-removed', { label })],
    };
  },
});
