import type { Session } from '../sessions/session.ts';
import type { AuthenticatorRow, CredentialRow, SessionWithAccount } from '../store/types.ts';
import { activityOf } from './activity.ts';
import type { EnrolContext } from './context.ts';
import type { OwnAccount, OwnAuthenticator, OwnSession } from './types.ts';

function shownAuthenticator(row: AuthenticatorRow, key: CredentialRow | undefined): OwnAuthenticator {
  const { id, kind, label, createdAt, lastUsedAt, disabledAt } = row;
  return { id, kind, label, createdAt, lastUsedAt, synced: key?.backedUp ?? null, disabled: disabledAt !== null };
}

function shownSession(row: SessionWithAccount, current: Session): OwnSession {
  const { id, appId, createdAt, lastSeenAt, source, userAgent } = row;
  return { id, appId, createdAt, lastSeenAt, source, userAgent, current: id === current.id };
}

/** What the account page shows. */
export async function own(ctx: EnrolContext, session: Session): Promise<OwnAccount> {
  const { store, clock } = ctx;
  const { accountId } = session;
  const rows = await store.authenticators.ofAccount(accountId);
  const keys = new Map((await store.authenticators.credentialsOf(accountId)).map((key) => [key.authenticatorId, key]));
  const sessions = await store.sessions.listLive(clock.now(), { accountId });
  return {
    authenticators: rows
      .filter((row) => row.kind !== 'recovery')
      .map((row) => shownAuthenticator(row, keys.get(row.id))),
    recoveryLeft: await store.authenticators.recoveryLeft(accountId),
    sessions: sessions.map((row) => shownSession(row, session)),
    activity: await activityOf(store, accountId, rows),
  };
}
