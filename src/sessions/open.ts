import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { type Proof, strengthOf } from '../evidence.ts';
import { sha256 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { type Random, randomToken } from '../lib/random.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountParts, AccountRow } from '../store/types.ts';
import { Session } from './session.ts';

const NO_POLICY = '{}';

export interface NewSession {
  readonly account: AccountRow;
  readonly app: AppConfig;
  readonly proofs: readonly Proof[];
  readonly source: string;
  readonly userAgent: string;
}

/**
 * Opens a session: 256-bit secret for the cookie (its SHA-256 in the store), 128-bit public id.
 * Throws `forbidden` unless the proofs suffice for the app's realm and the account is of that realm and enabled.
 * Only login/ calls this.
 */
export async function openSession(
  tx: Pick<AccountParts, 'sessions' | 'organisations'>,
  clock: Clock,
  random: Random,
  wish: NewSession,
): Promise<{ cookie: string; session: Session }> {
  const { account, app, proofs } = wish;
  const allowed = standsIn(account, app.realm) && strengthOf(proofs, app.realm.source).opensSession;
  if (!allowed) throw new SallyportError('forbidden', 'the proofs do not suffice for a session');
  const now = clock.now();
  const policy = (await tx.organisations.byId(account.organisationId))?.policy ?? NO_POLICY;
  const cookie = randomToken(random, 32);
  const row = {
    id: randomToken(random, 16),
    hash: sha256(cookie),
    accountId: account.id,
    appId: app.id,
    proofs,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + app.sessions.absoluteMs,
    idleMs: app.sessions.idleMs,
    admittedAt: null,
    endedAt: null,
    endReason: null,
    source: wish.source,
    userAgent: wish.userAgent.slice(0, 200),
  };
  await tx.sessions.insert(row);
  const session = Session.fromRow({ ...row, account: { ...account, policy } }, app.realm.source);
  if (session === undefined) throw new SallyportError('internal', 'a new session was not live');
  return { cookie, session };
}

/** New secret and proofs for a live session; throws `conflict` when it changed or ended meanwhile. Only login/ calls this. */
export async function rotateSession(
  tx: Pick<AccountParts, 'sessions'>,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  old: Session,
  { app, proofs }: { readonly app: AppConfig; readonly proofs: readonly Proof[] },
): Promise<{ cookie: string; session: Session }> {
  const cookie = randomToken(random, 32);
  const rotated = await tx.sessions.rotate(old.id, old.hash, { hash: sha256(cookie), proofs, lastSeenAt: clock.now() });
  const row = rotated ? await tx.sessions.byId(old.id) : undefined;
  const session = row === undefined ? undefined : Session.fromRow(row, app.realm.source);
  if (session === undefined) throw new SallyportError('conflict', 'the session changed meanwhile');
  return { cookie, session };
}
