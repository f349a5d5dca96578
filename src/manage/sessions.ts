import type { AuditEvent } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import { methodsOf, type Way, waysOf } from '../evidence.ts';
import type { OpenParts, SessionWithAccount } from '../store/types.ts';
import { type ManageContext, recordManaged } from './context.ts';
import { needAccount, needApp, needRealm } from './find.ts';

/** A live session as it is shown: nothing of its secret. Moments in ms. */
export interface SessionView {
  readonly id: string;
  readonly appId: string;
  readonly accountId: string;
  readonly account: string;
  readonly realm: string;
  readonly amr: readonly string[];
  readonly ways: readonly Way[];
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly source: string;
  readonly userAgent: string;
}

/** What `session revoke` is told. */
export type RevokeWish =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'account'; readonly account: string; readonly realm?: string | undefined }
  | { readonly by: 'app'; readonly appId: string }
  | { readonly by: 'all' };

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

/** What was ended goes on record in the transaction that ends it. */
async function recordRevoked(
  ctx: ManageContext,
  tx: OpenParts,
  by: RevokeWish['by'],
  ended: readonly string[],
  about: Pick<AuditEvent, 'accountId' | 'sessionId' | 'appId'>,
): Promise<string[]> {
  await recordManaged(ctx, tx, 'session.revoke', { ...about, detail: { by, sessions: ended.length } });
  return [...ended];
}

async function revokeOne(ctx: ManageContext, id: string): Promise<string[]> {
  const known = await ctx.store.sessions.byId(id);
  return ctx.store.underAccount(known?.accountId ?? '', async (tx) => {
    const ended = await tx.sessions.end({ by: 'id', id }, 'revoked', ctx.clock.now());
    if (known === undefined || ended.length === 0)
      throw new SallyportError('not-found', `there is no live session ${JSON.stringify(id)}`);
    const { accountId, appId } = known;
    return recordRevoked(ctx, tx, 'id', ended, { accountId, appId, sessionId: id });
  });
}

/** Pending sign-ins of the account end too. */
function revokeAccount(ctx: ManageContext, accountId: string): Promise<string[]> {
  return ctx.store.underAccount(accountId, async (tx) => {
    const ended = await tx.sessions.end({ by: 'account', accountId }, 'revoked', ctx.clock.now());
    await tx.pendings.removeOfAccount(accountId);
    return recordRevoked(ctx, tx, 'account', ended, { accountId });
  });
}

/** `appId` may be of an app that is no longer configured and still has sessions; a name that was never one is refused. */
async function revokeApps(ctx: ManageContext, selector: Extract<RevokeWish, { by: 'app' | 'all' }>): Promise<string[]> {
  const appId = selector.by === 'app' ? selector.appId : null;
  if (appId !== null) await checkApp(ctx, appId);
  return ctx.store.underApps(appId === null ? 'all' : { app: appId }, async (tx) => {
    const ended = await tx.sessions.end(selector, 'revoked', ctx.clock.now());
    return recordRevoked(ctx, tx, selector.by, ended, { appId });
  });
}

/**
 * Ends sessions; running servers hear of it and cut what is open. Returns the ids of those that ended. Throws `not-found`
 * for a single session that is not live and for an account that there is not, `usage` for such a realm or app.
 */
export async function revokeSessions(ctx: ManageContext, wish: RevokeWish): Promise<string[]> {
  switch (wish.by) {
    case 'account':
      return revokeAccount(ctx, (await needAccount(ctx, wish.account, wish.realm)).id);
    case 'id':
      return revokeOne(ctx, wish.id);
    case 'app':
    case 'all':
      return revokeApps(ctx, wish);
    default:
      return wish satisfies never;
  }
}
