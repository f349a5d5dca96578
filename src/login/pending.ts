import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import { randomToken } from '../lib/random.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountParts, AccountRow, OpenParts, PendingRow } from '../store/types.ts';
import { type Carried, opened, unsealed } from './carried.ts';
import type { LoginContext } from './context.ts';
import { type Caller, PENDING_LIFE } from './types.ts';

/** A row that stands against what a browser still carries is there for longer than that, whatever the clocks of the nodes say. */
const USED_LIFE = PENDING_LIFE + 5 * 60_000;

/**
 * A sign-in between its first step and its last. `carried`: nothing is proven yet, so its browser carries it and nothing of
 * it is kept; null: it has a row.
 */
export interface PendingSignIn extends PendingRow {
  readonly carried: Carried | null;
}

/** A sign-in whose password was right, checked by us or by the app: the value of its cookie, and its row. `life`: ms. */
export function newPending(
  { clock, random }: LoginContext,
  caller: Caller,
  account: Pick<AccountRow, 'id' | 'name'>,
  { next, life }: { readonly next: string; readonly life: number },
): { readonly cookie: string; readonly pending: PendingRow } {
  const cookie = randomToken(random, 32);
  const now = clock.now();
  const pending: PendingRow = {
    id: randomToken(random, 16),
    hash: sha256(cookie),
    purpose: 'sign-in',
    appId: caller.app.id,
    accountId: account.id,
    claimedName: account.name,
    proofs: [{ kind: 'password', at: now }],
    state: null,
    ticketId: null,
    next,
    createdAt: now,
    expiresAt: now + life,
  };
  return { cookie, pending };
}

type Readable = Pick<OpenParts, 'pendings' | 'challenges' | 'accounts'>;

const usedHash = (id: string): string => sha256(`sign-in ${id}`);

/** Whether a sign-in that is carried has opened a session, and whether it was ended with all those of its account. */
async function fateOf(from: Readable, { id, ended }: Carried, accountId: string | null) {
  const used = await from.challenges.byHash(usedHash(id));
  const now = await from.pendings.endedOf(accountId ?? '');
  return { used: used !== undefined, ended: now !== '' && now !== ended };
}

/**
 * What was carried, with the account of the name as it is now. Costs and looks the same whether there is one: a sign-in that
 * was ended with those of its account is nobody's from then on, since that it is over would tell that there is an account.
 */
async function carriedSignIn(caller: Caller, carried: Carried, from: Readable): Promise<PendingSignIn | undefined> {
  const { id, name, next, at } = carried;
  const { realm, id: appId } = caller.app;
  const account = await from.accounts.byName(realm.id, name);
  const { used, ended } = await fateOf(from, carried, account?.id ?? null);
  if (used) return undefined;
  return {
    id,
    hash: '',
    purpose: 'sign-in',
    appId,
    accountId: standsIn(account, realm) && !ended ? account.id : null,
    claimedName: name,
    proofs: [],
    state: null,
    ticketId: null,
    next,
    createdAt: at,
    expiresAt: at + PENDING_LIFE,
    carried,
  };
}

async function rowOf(caller: Caller, cookie: string, from: Readable): Promise<PendingRow | undefined> {
  const row = await from.pendings.byHash(sha256(cookie));
  return row?.purpose === 'sign-in' && row.appId === caller.app.id ? row : undefined;
}

/** The sign-in of this app that the cookie names and that still waits; else undefined. `from`: a transaction under way. */
export async function loadPending(
  ctx: LoginContext,
  caller: Caller,
  cookie: string | null,
  from: Readable = ctx.store,
): Promise<PendingSignIn | undefined> {
  if (cookie === null) return undefined;
  const carried = opened(ctx, caller, cookie);
  if (carried !== undefined) return carriedSignIn(caller, carried, from);
  const row = await rowOf(caller, cookie, from);
  return row !== undefined && ctx.clock.now() < row.expiresAt ? { ...row, carried: null } : undefined;
}

/** Id of the sign-in of this app that the cookie names, over or not; null when that is not known any more. */
export async function namedBy(ctx: LoginContext, caller: Caller, cookie: string | null): Promise<string | null> {
  if (cookie === null) return null;
  return unsealed(ctx, caller, cookie)?.id ?? (await rowOf(caller, cookie, ctx.store))?.id ?? null;
}

/**
 * Throws `pending-expired` when the sign-in waits no more; where it is carried and was ended with those of its account since it
 * was looked up, `wrong-credentials`, as from the next time on.
 */
export async function needWaiting(tx: Readable, pending: PendingSignIn): Promise<void> {
  const { carried, hash, accountId } = pending;
  if (carried === null) {
    if ((await tx.pendings.byHash(hash)) === undefined) throw new SallyportError('pending-expired');
    return;
  }
  const { used, ended } = await fateOf(tx, carried, accountId);
  if (used) throw new SallyportError('pending-expired');
  if (ended) throw new SallyportError('wrong-credentials', 'ended meanwhile');
}

/**
 * Takes the sign-in that waits, now that something is proven. Asked of the database, not of what was read before: one
 * pending opens one session, on whichever node, whoever carries it.
 */
export async function takePending(
  tx: Pick<AccountParts, 'pendings' | 'challenges' | 'accounts'>,
  pending: PendingSignIn,
): Promise<void> {
  const { id, appId, createdAt, carried } = pending;
  if (carried !== null) await needWaiting(tx, pending);
  const used = { hash: usedHash(id), purpose: 'sign-in', holder: id, appId, createdAt } as const;
  const taken =
    carried === null
      ? await tx.pendings.remove(id)
      : await tx.challenges.use({ ...used, expiresAt: createdAt + USED_LIFE });
  if (!taken) throw new SallyportError('pending-expired');
}

/** For the entry of the step that comes after: what was begun without a proof has none of its own. */
export function begunOf(pending: PendingSignIn, caller: Caller): Readonly<Record<string, string>> {
  if (pending.carried === null) return {};
  const { at, source } = pending.carried;
  const begun = new Date(at).toISOString();
  return source === caller.source ? { begun } : { begun, begunFrom: source };
}
