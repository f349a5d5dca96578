import { type Proof, type Strength, strengthOf } from '../evidence.ts';
import { type RealmSource, SOURCE_NAMES, sourceOf } from '../sources/table.ts';
import type { AppInForce, InForce } from './in-force.ts';
import type { AccountStanding, Factor, OrganisationState, RecordedState } from './types.ts';

/** How an account stands at an app; each is in exactly one. In the order in which people are told of them. */
export const CELL_CLASSES = ['protected', 'waiting', 'none', 'barred', 'disabled', 'removed', 'unknown'] as const;
export type CellClass = (typeof CELL_CLASSES)[number];

/** What a class means, in a sentence. */
export const CLASS_WORDS: Readonly<Record<CellClass, string>> = {
  protected: 'gets in with a second factor, and not without',
  waiting: 'has no factor that works here and a link by which it can enrol one: cannot get in before it has',
  none: 'has no factor that works here: cannot get in',
  barred: 'may not use the app, whatever it proves',
  disabled: 'is disabled: cannot get in',
  removed: 'was removed: cannot get in',
  unknown: 'the record does not hold all of it',
};

/** Why a cell is in its class, where the class alone does not say. */
export const CELL_REASONS = [
  /** Has nothing at all. */
  'no-factor',
  /** Has passkeys, of another relying party. */
  'elsewhere',
  /** Has a factor; its organisation, or the app on every route, requires a passkey. */
  'too-weak',
  /** All that it has was disabled by guesses. */
  'guessed-out',
  'not-of-organisation',
  'not-a-holder',
  'not-of-group',
  'recovery-codes-only',
  /** The record begins later. */
  'not-on-record',
  /** The policy of its organisation, or the source of its realm, is not on record. */
  'policy-not-on-record',
] as const;
export type CellReason = (typeof CELL_REASONS)[number];

/** An account at an app. */
export interface Cell {
  readonly class: CellClass;
  readonly why: CellReason | null;
  /** Kinds of what works here. */
  readonly factors: readonly ('totp' | 'passkey' | 'recovery')[];
  /** Of the strongest sign-in that they make (evidence.ts): `phr`, `mfa` or `possession`; null: of none. */
  readonly acr: string | null;
  readonly ticketUntil: number | null;
  /** Numbers of the entries by which it is so, growing. */
  readonly basis: readonly number[];
}

/** A moment of the past: what was recorded, what was in force, and whose account is looked at. */
export interface Moment {
  readonly at: number;
  readonly state: RecordedState;
  /** null: not on record. */
  readonly inForce: InForce | null;
}

interface Policy {
  readonly require?: unknown;
  readonly apps?: unknown;
}

function readPolicy({ policy }: OrganisationState): Policy | null {
  if (policy === null) return null;
  try {
    const read: unknown = JSON.parse(policy);
    return typeof read === 'object' && read !== null ? read : null;
  } catch {
    return null;
  }
}

const policies = new WeakMap<OrganisationState, Policy | null>();

/** null: not on record, or nothing that can be read. Read once for all accounts of the organisation. */
function policyOf(organisation: OrganisationState | undefined): Policy | null {
  if (organisation === undefined) return null;
  const known = policies.get(organisation);
  if (known !== undefined) return known;
  const policy = readPolicy(organisation);
  policies.set(organisation, policy);
  return policy;
}

const isSource = (name: string | undefined): name is RealmSource => SOURCE_NAMES.some((each) => each === name);

const sourcesOf = new WeakMap<InForce, ReadonlyMap<string, string>>();

/** By id of the realm. */
function sourceIn(inForce: InForce | null, realm: string): string | undefined {
  if (inForce === null) return undefined;
  // The first of two of one name, as it was written.
  const sources = sourcesOf.get(inForce) ?? new Map(inForce.realms.toReversed().map(({ id, source }) => [id, source]));
  sourcesOf.set(inForce, sources);
  return sources.get(realm);
}

interface Usable {
  readonly kind: 'totp' | 'passkey' | 'recovery';
  readonly strength: Strength;
  readonly seq: number;
}

const strengths = new Map<ReturnType<typeof sourceOf>, Map<number, Strength>>();
const KINDS: readonly Proof['kind'][] = ['totp', 'recovery', 'passkey'];

/** All that makes one proof stronger than another, as one number. */
const likeness = ({ kind, userVerified, deviceBound }: Proof, typed: boolean): number =>
  KINDS.indexOf(kind) * 8 + (userVerified === true ? 4 : 0) + (deviceBound === true ? 2 : 0) + (typed ? 1 : 0);

/** The strength of a sign-in with it, and with the password where one is kept. Reckoned once for all that are alike: there are some dozens. */
function strengthWith(proof: Proof, source: RealmSource, password: boolean | null): Strength {
  const own = sourceOf(source);
  const typed = own.asksPassword && password !== false;
  const alike = strengths.get(own) ?? new Map<number, Strength>();
  strengths.set(own, alike);
  const key = likeness(proof, typed);
  const known = alike.get(key);
  if (known !== undefined) return known;
  const strength = strengthOf(typed ? [{ kind: 'password', at: 0 }, proof] : [proof], source);
  alike.set(key, strength);
  return strength;
}

function proofOf({ kind, userVerified, deviceBound }: Factor): Proof {
  if (kind === 'totp') return { kind, at: 0 };
  // What is not on record counts as the weaker.
  return { kind, at: 0, userVerified: userVerified === true, deviceBound: deviceBound === true };
}

const worksAt = ({ kind, rp, disabledAt }: Factor, app: AppInForce): boolean =>
  disabledAt === null && (kind !== 'passkey' || (app.rp !== null && (rp === null || rp === app.rp)));

/** What of an account signs in at the app. */
function usableAt(account: AccountStanding, app: AppInForce, source: RealmSource): Usable[] {
  const usable: Usable[] = [];
  const add = (kind: Usable['kind'], proof: Proof, seq: number) => {
    const strength = strengthWith(proof, source, account.password);
    if (strength.opensSession) usable.push({ kind, strength, seq });
  };
  for (const factor of account.factors.values())
    if (worksAt(factor, app)) add(factor.kind, proofOf(factor), factor.seq);
  const { recovery } = account;
  if (recovery !== null && recovery.disabledAt === null && recovery.left !== 0)
    add('recovery', { kind: 'recovery', at: 0 }, recovery.seq);
  return usable;
}

const ACR_ORDER = ['possession', 'mfa', 'phr'];

function strongest(usable: readonly Usable[]): string | null {
  const order = usable.map(({ strength }) => ACR_ORDER.indexOf(strength.acr));
  return ACR_ORDER[Math.max(-1, ...order)] ?? null;
}

/** Each once, growing. */
function sorted(seqs: readonly (number | null | undefined)[]): number[] {
  const all = seqs.filter((seq) => typeof seq === 'number').sort((a, b) => a - b);
  return all.filter((seq, i) => seq !== all[i - 1]);
}

const nothing = { factors: [], acr: null, ticketUntil: null } as const;

/** Why it has nothing that works here. */
function lacking(account: AccountStanding, tooWeak: boolean): CellReason {
  if (tooWeak) return 'too-weak';
  const all = [...account.factors.values()];
  if (all.some(({ disabledAt }) => disabledAt === null)) return 'elsewhere';
  return all.length > 0 ? 'guessed-out' : 'no-factor';
}

/** Whether something holds on every route of the app: there is a rule for all of it, and none that lets it go again. */
function everywhere({ rules }: AppInForce, holds: (rule: AppInForce['rules'][number]) => boolean): boolean {
  return rules.some(({ path }) => path === '/**') && rules.every(holds);
}

/** Whether the app is not for this account, wherever in it. */
function barredFrom(account: AccountStanding, app: AppInForce, policy: Policy): CellReason | null {
  if (Array.isArray(policy.apps) && !policy.apps.includes(app.id)) return 'not-of-organisation';
  const groups = account.groups ?? [];
  const { holders } = app;
  if (
    holders !== null &&
    !holders.accounts.includes(account.name ?? '') &&
    !holders.groups.some((g) => groups.includes(g))
  )
    return 'not-a-holder';
  return everywhere(app, (rule) => rule.groups.length > 0 && !rule.groups.some((g) => groups.includes(g)))
    ? 'not-of-group'
    : null;
}

/** Whether the record holds enough of it to be judged; the reason when it does not. */
function notKnown(account: AccountStanding, policy: Policy | null, source: string | undefined): CellReason | null {
  if (account.knownFrom === null) return 'not-on-record';
  return policy === null || !isSource(source) ? 'policy-not-on-record' : null;
}

/** Apps of its realm. Of an account whose realm is not on record it is not known whether any is. */
export function appsOf(account: Pick<AccountStanding, 'realm'>, apps: readonly AppInForce[]): readonly AppInForce[] {
  return apps.filter(({ realm }) => account.realm === null || realm === account.realm);
}

/** An account of the app's realm at an app. The basis are the entries of the account, its organisation, and the configuration. */
export function cellOf({ at, state, inForce }: Moment, account: AccountStanding, app: AppInForce): Cell {
  const { basis, removedAt, disabledAt } = account;
  const began = [basis.began, basis.state];
  if (removedAt !== null) return { class: 'removed', why: null, ...nothing, basis: sorted(began) };
  if (disabledAt !== null) return { class: 'disabled', why: null, ...nothing, basis: sorted(began) };
  const organisation = state.organisations.get(account.organisation ?? '');
  const policy = policyOf(organisation);
  const source = sourceIn(inForce, app.realm);
  const unknown = notKnown(account, policy, source);
  if (unknown !== null || policy === null || !isSource(source))
    return { class: 'unknown', why: unknown, ...nothing, basis: sorted(began) };
  const place = [...began, basis.place, organisation?.policySeq, state.configuration?.seq];
  const barred = barredFrom(account, app, policy);
  if (barred !== null) return { class: 'barred', why: barred, ...nothing, basis: sorted(place) };
  const all = usableAt(account, app, source);
  const passkeyOnly = policy.require === 'passkey' || everywhere(app, ({ require }) => require === 'passkey');
  const usable = passkeyOnly ? all.filter(({ strength }) => strength.phishingResistant) : all;
  if (usable.length > 0) {
    const factors = [...new Set(usable.map(({ kind }) => kind))].sort();
    const only = factors.length === 1 && factors[0] === 'recovery';
    const seqs = sorted([...place, ...usable.map(({ seq }) => seq)]);
    const why = only ? 'recovery-codes-only' : null;
    return { class: 'protected', why, factors, acr: strongest(usable), ticketUntil: null, basis: seqs };
  }
  const why = lacking(account, all.length > 0);
  const had = [...account.factors.values()].flatMap(({ seq, disabledSeq }) => [seq, disabledSeq]);
  const { ticket } = account;
  if (ticket === null || ticket.until <= at)
    return { class: 'none', why, ...nothing, basis: sorted([...place, ...had]) };
  return {
    class: 'waiting',
    why,
    ...nothing,
    ticketUntil: ticket.until,
    basis: sorted([...place, ...had, ticket.seq]),
  };
}
