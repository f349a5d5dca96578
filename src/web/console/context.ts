import { SallyportError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import type { Login, Offer } from '../../login/types.ts';
import type { ManageContext } from '../../manage/context.ts';
import { type LockDownView, showLockDown } from '../../manage/lock-down.ts';
import { listProposals, waitingFor } from '../../manage/proposals.ts';
import type { Alongside } from '../../operations/types.ts';
import type { Cosigner } from '../../receivers/witness/cosigner.ts';
import { userAgentOf } from '../../request/head.ts';
import { reachOf } from '../../roles.ts';
import type { Session } from '../../sessions/session.ts';
import type { Seal } from '../../store/seal.ts';
import type { AccountRow, Store } from '../../store/types.ts';
import type { Exports } from './evidence/exports.ts';
import type { Entry } from './inside.ts';
import type { StreamPlaces } from './live/places.ts';

/** Who changes who can get in has used a factor within this time, ms. */
export const FRESH_MS = 5 * 60_000;

/** What the console needs of the rest of the house. */
export interface ConsoleParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly seal: Seal;
  readonly login: Pick<Login, 'offers'>;
  readonly cosigner: Pick<Cosigner, 'addCheckpoint'>;
  readonly exports: Exports;
  readonly streams: StreamPlaces;
  /** Told of every failure that is ours rather than the person's. */
  readonly log: { error(fields: object, message: string): void };
}

/** A request of somebody who may be here, as every page and act is given it. */
export interface ConsoleContext extends Omit<Entry, 'admission'> {
  readonly session: Session;
  readonly account: AccountRow;
  /** Milliseconds since the epoch; the same for all of one answer. */
  readonly now: number;
  /** A factor of the kind that the console requires was used within five minutes. */
  readonly fresh: boolean;
  /** For what is done in the name of this account. */
  readonly manage: ManageContext;
  readonly exports: Exports;
  readonly streams: StreamPlaces;
  /** Signing in is closed; null: it is not. */
  readonly lockDown: LockDownView | null;
  /** Acts that others have proposed and that wait for a second person, of those that the account sees. */
  readonly waiting: number;
  /** The ways by which the person could confirm here. */
  readonly ways: () => Promise<readonly Offer[]>;
}

/** A code typed a minute ago does not make an old passkey fresh where passkeys are required. */
function isFresh({ strength }: Session, site: Entry['site'], now: number): boolean {
  const passkey = site.config.console?.app.rules.some(({ require }) => require === 'passkey') !== false;
  return now - (passkey ? strength.lastPasskeyAt : strength.lastFactorAt) <= FRESH_MS;
}

/** The same ways as the sign-in pages show, but for those that prove too little here. */
async function waysOf({ login }: ConsoleParts, entry: Entry, session: Session): Promise<readonly Offer[]> {
  const { admission, client, headers, cookies, frame } = entry;
  const { app } = admission;
  const caller = { app, source: client.address, userAgent: userAgentOf(headers), browser: cookies.browser };
  const only = app.rules.some(({ require }) => require === 'passkey');
  const offers = await login.offers(caller, null, session);
  return offers.filter((offer) => (offer === 'passkey' ? frame.passkeys : !only));
}

/** What was begun by a session that has ended since is not done: a body may come late, and a lock be waited for. */
function whileLive(session: Session): Alongside {
  return {
    before: async () => {
      if (session.ended) throw new SallyportError('sign-in-required', 'ended meanwhile');
    },
  };
}

/** Who stands there. Throws `sign-in-required` when the account is no more. */
export async function contextFor(parts: ConsoleParts, entry: Entry): Promise<ConsoleContext> {
  const { store, clock, random, seal } = parts;
  const { session } = entry.admission;
  const account = session === null ? undefined : await store.accounts.byId(session.accountId);
  if (session === null || account === undefined || account.disabledAt !== null)
    throw new SallyportError('sign-in-required', 'no account of this session');
  const now = clock.now();
  const fresh = isFresh(session, entry.site, now);
  const authority = { kind: 'person', accountId: account.id, fresh } as const;
  const { admission: _spent, ...asked } = entry;
  const manage: ManageContext = {
    ...{ store, clock, random, seal, config: entry.site.config, actor: account.id, authority },
    alongside: whileLive(session),
  };
  // Who has no role is told nothing of it.
  const lockDown = account.roles.length === 0 ? null : await showLockDown.ask(manage, {});
  const reach = reachOf(account.roles, listProposals.needs.roles);
  const waiting = reach === null ? 0 : await waitingFor(manage, reach, account.id);
  return {
    ...asked,
    session,
    account,
    now,
    fresh,
    manage,
    exports: parts.exports,
    streams: parts.streams,
    lockDown,
    waiting,
    ways: () => waysOf(parts, entry, session),
  };
}
