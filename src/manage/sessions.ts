import { SallyportError } from '../errors.ts';
import { type RealmSource, strengthOf } from '../evidence.ts';
import type { SessionSelector, SessionWithAccount } from '../store/types.ts';
import { type ManageContext, recordManaged } from './context.ts';
import { needAccount } from './find.ts';

/** A live session as it is shown: nothing of its secret. Moments in ms. */
export interface SessionView {
  readonly id: string;
  readonly appId: string;
  readonly accountId: string;
  readonly account: string;
  readonly realm: string;
  readonly amr: readonly string[];
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

function view(row: SessionWithAccount, source: RealmSource): SessionView {
  const { id, appId, accountId, account, createdAt, lastSeenAt, expiresAt, userAgent } = row;
  const { amr } = strengthOf(row.proofs, source);
  const { name, realm } = account;
  return {
    id,
    appId,
    accountId,
    account: name,
    realm,
    amr,
    createdAt,
    lastSeenAt,
    expiresAt,
    source: row.source,
    userAgent,
  };
}

/** Live sessions, oldest first. */
export async function listSessions(
  ctx: ManageContext,
  filter: { account?: string; realm?: string; appId?: string } = {},
): Promise<SessionView[]> {
  const account = filter.account === undefined ? undefined : await needAccount(ctx, filter.account, filter.realm);
  const rows = await ctx.store.sessions.listLive(ctx.clock.now(), {
    ...(account === undefined ? {} : { accountId: account.id }),
    ...(filter.appId === undefined ? {} : { appId: filter.appId }),
  });
  return rows.map((row) => view(row, ctx.config.realms.get(row.account.realm)?.source ?? 'app'));
}

async function selectorOf(ctx: ManageContext, wish: RevokeWish): Promise<SessionSelector> {
  switch (wish.by) {
    case 'account':
      return { by: 'account', accountId: (await needAccount(ctx, wish.account, wish.realm)).id };
    case 'app':
      // An app that is no longer configured may still have sessions; a name that was never one has none.
      return { by: 'app', appId: wish.appId };
    case 'id':
      return { by: 'id', id: wish.id };
    case 'all':
      return { by: 'all' };
    default:
      return wish satisfies never;
  }
}

/**
 * Ends sessions; running servers hear of it and cut what is open. Returns the ids of those that ended. Pending sign-ins of
 * a revoked account end too. Throws `not-found` for a single session that is not live.
 */
export async function revokeSessions(ctx: ManageContext, wish: RevokeWish): Promise<string[]> {
  const selector = await selectorOf(ctx, wish);
  return ctx.store.transaction(async (tx) => {
    const session = selector.by === 'id' ? await tx.sessions.byId(selector.id) : undefined;
    const ended = await tx.sessions.end(selector, 'revoked', ctx.clock.now());
    if (selector.by === 'id' && ended.length === 0) {
      throw new SallyportError('not-found', `there is no live session ${JSON.stringify(selector.id)}`);
    }
    if (selector.by === 'account') await tx.pendings.removeOfAccount(selector.accountId);
    await recordManaged(ctx, tx, 'session.revoke', {
      accountId: selector.by === 'account' ? selector.accountId : (session?.accountId ?? null),
      sessionId: selector.by === 'id' ? selector.id : null,
      appId: selector.by === 'app' ? selector.appId : (session?.appId ?? null),
      detail: { by: selector.by, sessions: ended.length },
    });
    return ended;
  });
}
