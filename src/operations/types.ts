import type { ZodType } from 'zod';
import type { Place } from '../accounts/throttle.ts';
import type { AuditEvent, AuditKind } from '../audit/audit.ts';
import type { Clock } from '../lib/clock.ts';
import type { NoticeKind, Notices } from '../notices/types.ts';
import type { AccountParts, AccountRow, AppParts, AppsLock, OpenParts, Store } from '../store/types.ts';

/** Who may ask for an operation; each kind of asker is another type, so that nobody passes for another. */
export type Who =
  /** Runs the installation. */
  | 'administrator'
  /** Signed in, of their own account; `fresh`: a factor was used within five minutes. */
  | 'owner'
  /** Holds an enrolment that was opened by a ticket or by an owner. */
  | 'enrolling'
  /** Whoever comes to the sign-in pages, known or not. */
  | 'anybody'
  /** Sallyport by itself. */
  | 'sallyport';

/** Who asks, and from where, as the record has it. `actor`: an account id, `cli:<user>`, `anonymous` or `system`. */
export interface Asker {
  readonly as: Who;
  readonly actor: string;
  readonly appId?: string | null;
  readonly source?: string | null;
  /** The place of a guess that is being judged, where one is. */
  readonly place?: Place | null;
}

/** What a face does in the transaction of an act, each time that it runs. Neither may have effects but those in `tx`. */
export interface Alongside {
  /** Under the lock, before it is judged again; what it throws refuses. */
  readonly before?: (tx: OpenParts) => Promise<void>;
  /** When it is done; what it throws undoes it. */
  readonly after?: (tx: OpenParts, value: unknown) => Promise<void>;
}

/** What every operation needs of its surroundings; each room has more. */
export interface Services {
  readonly store: Store;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly alongside?: Alongside;
}

/** That an operation takes no lock, and why nothing can come between what it reads and what it writes. */
export interface Unlocked {
  readonly none: string;
}

/** `account`: of the account that `find` names. `accounts`: of several, all or none. `apps`: of everything that opens a session of an app, or of all. */
export type Lock = 'account' | 'accounts' | 'apps' | Unlocked;

/** What `find` must name for the lock to be taken. */
export type Target<L extends Lock> = L extends 'account'
  ? { readonly accountId: string }
  : L extends 'accounts'
    ? { readonly accountIds: readonly string[] }
    : L extends 'apps'
      ? { readonly apps: AppsLock }
      : object;

/** Written by the runner alone, after everything else. */
type Last = { readonly audit: 'append'; readonly notices: 'insert' };
type Kept<P extends OpenParts> = {
  readonly [K in keyof P]: K extends keyof Last ? Omit<P[K], Last[K]> : P[K];
};

/** What may be read and written under a lock: what needs one that is not held is not there, nor is the record. */
export type Parts<L extends Lock = Unlocked> = Kept<
  L extends 'account' | 'accounts' ? AccountParts : L extends 'apps' ? AppParts : OpenParts
>;

/** One entry of the record. What it does not say is the asker's: actor, app, source; the outcome is `ok`. */
export interface Entry<K extends AuditKind = AuditKind> extends Partial<Omit<AuditEvent, 'kind'>> {
  readonly kind: K;
  /** A stranger can cause it as often as they like: in a flood it is counted, and told together (audit/ration.ts). */
  readonly rationed?: true;
}

/** A message to the owner of an account. */
export interface Told<N extends NoticeKind = NoticeKind> {
  readonly account: Pick<AccountRow, 'id' | 'email'>;
  readonly kind: N;
  readonly detail: Readonly<Record<string, string>>;
}

/** Said where an entry would stand, when everything was as it should be already, or as the operation declares. */
export const UNCHANGED = 'nothing changed';

/** What became of an operation: its answer, and what goes on record for it. There is no answer without. */
export interface Done<O, K extends AuditKind = AuditKind, N extends NoticeKind = NoticeKind> {
  readonly value: O;
  readonly record: readonly [Entry<K>, ...Entry<K>[]] | readonly [...Entry<K>[], Entry<K>] | typeof UNCHANGED;
  readonly notices?: readonly Told<N>[];
}

/** What is counted of guesses and sources, by the runner. */
export interface Throttle {
  /** `held off`: nothing is done while the source must wait. `counted`: the source has failed, in the same transaction. */
  readonly source?: 'held off' | 'counted';
  /** What became of the guess at `place`, in the same transaction. */
  readonly guess?: 'right' | 'wrong';
}

/** What can be told of an operation without running it: for lists, documents and the faces. */
export interface Described<L extends Lock = Lock, K extends AuditKind = AuditKind, N extends NoticeKind = NoticeKind> {
  /** Unique, dotted; for ever, once it is out. */
  readonly name: `${string}.${string}`;
  /** What it does, in a few words. */
  readonly does: string;
  readonly who: Who;
  /** The asker must have used a factor within five minutes. */
  readonly fresh?: true;
  readonly lock: L;
  readonly throttle?: Throttle;
  /** Kinds of entries that it may put on record; or why it leaves none. */
  readonly records: readonly [K, ...K[]] | { readonly none: string };
  /** What the owner of the account may be told. */
  readonly notices?: readonly N[];
}

/** Before the lock. What is read here may have changed when the lock is held. */
export interface Before<C, B, I> {
  readonly ctx: C;
  readonly by: B;
  readonly input: I;
}

/** Under the lock. */
export interface Under<L extends Lock, C, B, I, G> extends Before<C, B, I> {
  readonly tx: Parts<L>;
  /** The account as it is now; undefined when there is none (any more), or the lock is another. */
  readonly account: L extends 'account' ? AccountRow | undefined : undefined;
  /** Those of the accounts that there are, as they are now, by id. */
  readonly accounts: L extends 'accounts' ? ReadonlyMap<string, AccountRow> : undefined;
  /** What `find` has found. */
  readonly given: G;
  readonly now: number;
}

/**
 * One act that changes something. L: lock; C: context of its room; B: asker; I, O: input and output; G: what is found before the
 * lock; K, N: kinds of entries and messages.
 */
export interface Operation<
  L extends Lock,
  C extends Services,
  B extends Asker,
  I,
  O,
  G extends Target<L>,
  K extends AuditKind,
  N extends NoticeKind,
> extends Described<L, K, N> {
  readonly who: B['as'];
  readonly input: ZodType<I>;
  /** Judged within the transaction: an answer of another form, with a secret in it perhaps, undoes everything. */
  readonly output: ZodType<O>;
  /** What it is about, and whatever takes long. Throws when it cannot be done; nothing is written then. */
  find(on: Before<C, B, I>): Promise<G> | G;
  /** Judges again, and does it. Has no effects but those in `tx`: the database may ask for it several times. */
  run(
    on: Under<L, C, B, I, NoInfer<G>>,
  ): Promise<Done<NoInfer<O>, NoInfer<K>, NoInfer<N>>> | Done<NoInfer<O>, NoInfer<K>, NoInfer<N>>;
}

/** An operation in a table of many. */
export interface Listed extends Described {
  readonly input: ZodType;
  readonly output: ZodType;
}

/** An operation as the faces have it. `A`: who asks, and in what surroundings, as its room says. */
export interface Act<A, I, O> extends Listed {
  readonly input: ZodType<I>;
  readonly output: ZodType<O>;
  /** Does it, whole or not at all (operations/perform.ts). */
  perform(asked: A, input: I): Promise<O>;
}
