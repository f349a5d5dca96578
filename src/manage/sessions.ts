import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { methodsOf, WAYS, waysOf } from '../evidence.ts';
import type { SessionWithAccount } from '../store/types.ts';
import { accountForm, administration, findAccount } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount, needApp, needRealm } from './find.ts';

/** A live session as it is shown: nothing of its secret. Moments in ms. */
const sessionView = z.strictObject({
  id: z.string(),
  appId: z.string(),
  accountId: z.string(),
  account: z.string(),
  realm: z.string(),
  amr: z.array(z.string()).readonly(),
  ways: z.array(z.enum(WAYS)).readonly(),
  createdAt: z.number(),
  lastSeenAt: z.number(),
  expiresAt: z.number(),
  source: z.string(),
  userAgent: z.string(),
});
export type SessionView = Readonly<z.infer<typeof sessionView>>;

function view(row: SessionWithAccount): SessionView {
  const { id, appId, accountId, account, createdAt, lastSeenAt, expiresAt, userAgent } = row;
  const { name, realm } = account;
  return {
    id,
    appId,
    accountId,
    account: name,
    realm,
    amr: methodsOf(row.proofs),
    ways: waysOf(row.proofs),
    createdAt,
    lastSeenAt,
    expiresAt,
    source: row.source,
    userAgent,
  };
}

/** An app that is no longer configured is one while it still has sessions. Throws `usage`. */
async function checkApp(ctx: ManageContext, appId: string): Promise<void> {
  if (ctx.config.apps.some((each) => each.id === appId)) return;
  const left = await ctx.store.sessions.listLive(ctx.clock.now(), { appId });
  if (left.length === 0) needApp(ctx, appId);
}

/** Live sessions, oldest first. Throws `usage` for a realm or app that there is not, `not-found` for such an account. */
export async function listSessions(
  ctx: ManageContext,
  filter: { account?: string | undefined; realm?: string | undefined; appId?: string | undefined } = {},
): Promise<SessionView[]> {
  const realm = filter.realm === undefined ? undefined : needRealm(ctx, filter.realm).id;
  if (filter.appId !== undefined) await checkApp(ctx, filter.appId);
  const account = filter.account === undefined ? undefined : await needAccount(ctx, filter.account, filter.realm);
  const rows = await ctx.store.sessions.listLive(ctx.clock.now(), {
    ...(account === undefined ? {} : { accountId: account.id }),
    ...(filter.appId === undefined ? {} : { appId: filter.appId }),
  });
  const wanted = realm === undefined ? rows : rows.filter((row) => row.account.realm === realm);
  return wanted.map((row) => view(row));
}

/** Ids of the sessions that ended. */
const ended = z.array(z.string()).readonly();

/** Ends one live session. Throws `not-found`. */
export const revokeSession = administration({
  name: 'session.revoke',
  does: 'ends one session',
  who: 'administrator',
  input: z.strictObject({ id: z.string() }),
  output: ended,
  lock: 'account',
  records: ['session.revoke'],
  async find({ ctx, input: { id } }) {
    const known = await ctx.store.sessions.byId(id);
    return { accountId: known?.accountId ?? '', appId: known?.appId ?? null };
  },
  async run({ tx, input: { id }, given: { accountId, appId }, now }) {
    const value = await tx.sessions.end({ by: 'id', id }, 'revoked', now);
    if (value.length === 0) throw new SallyportError('not-found', `there is no live session ${JSON.stringify(id)}`);
    const detail = { by: 'id', sessions: value.length };
    return { value, record: [{ kind: 'session.revoke', accountId, appId, sessionId: id, detail }] };
  },
});

/** Ends every session of an account, and what it has begun. Throws `not-found`, `usage`. */
export const revokeAccountSessions = administration({
  name: 'session.revoke-of-account',
  does: 'ends every session of an account, and its sign-ins under way',
  who: 'administrator',
  input: accountForm,
  output: ended,
  lock: 'account',
  records: ['session.revoke'],
  find: findAccount,
  async run({ tx, given: { accountId }, now }) {
    const value = await tx.sessions.end({ by: 'account', accountId }, 'revoked', now);
    await tx.pendings.removeOfAccount(accountId);
    const detail = { by: 'account', sessions: value.length };
    return { value, record: [{ kind: 'session.revoke', accountId, detail }] };
  },
});

/** Ends every session of an app, also of one that is no longer configured and still has some. Throws `usage`. */
export const revokeAppSessions = administration({
  name: 'session.revoke-of-app',
  does: 'ends every session of an app',
  who: 'administrator',
  input: z.strictObject({ app: z.string() }),
  output: ended,
  lock: 'apps',
  records: ['session.revoke'],
  async find({ ctx, input: { app } }) {
    await checkApp(ctx, app);
    return { apps: { app } };
  },
  async run({ tx, input: { app: appId }, now }) {
    const value = await tx.sessions.end({ by: 'app', appId }, 'revoked', now);
    return { value, record: [{ kind: 'session.revoke', appId, detail: { by: 'app', sessions: value.length } }] };
  },
});

/** Ends every session that there is. */
export const revokeAllSessions = administration({
  name: 'session.revoke-all',
  does: 'ends every session',
  who: 'administrator',
  input: z.strictObject({}),
  output: ended,
  lock: 'apps',
  records: ['session.revoke'],
  find: () => ({ apps: 'all' as const }),
  async run({ tx, now }) {
    const value = await tx.sessions.end({ by: 'all' }, 'revoked', now);
    return { value, record: [{ kind: 'session.revoke', detail: { by: 'all', sessions: value.length } }] };
  },
});
