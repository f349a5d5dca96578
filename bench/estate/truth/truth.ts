import { type AppId, type AppPlan, DAY, type Plan } from '../plan/types.ts';
import type { Account, Owned } from './account.ts';
import { follow, newWorld, type World } from './world.ts';

/**
 * Who could get in, how and why, derived from the plan alone. This program and the report share no code: both are written from the
 * same words (docs/decisions/0055, 0057), and one checks the other.
 */

/** An account at an app, in the words of the report. */
export interface TrueCell {
  readonly class: 'protected' | 'waiting' | 'none' | 'barred' | 'disabled' | 'removed';
  readonly why: 'recovery-codes-only' | 'not-of-organisation' | 'too-weak' | 'guessed-out' | 'no-factor' | null;
  readonly factors: readonly ('passkey' | 'recovery' | 'totp')[];
  readonly acr: 'phr' | 'possession' | null;
  readonly ticketUntil: number | null;
  /** When what protects it was last used, anywhere. */
  readonly lastUsedAt: number | null;
}

export interface TrueDevice {
  readonly name: string;
  readonly kind: Owned['kind'];
  readonly since: number;
  readonly endedAt: number | null;
}

export interface TrueAccount {
  readonly who: string;
  readonly organisation: string;
  readonly joinedAt: number;
  readonly disabledAt: number | null;
  readonly goneAt: number | null;
  readonly signedInAt: number | null;
  readonly devices: readonly TrueDevice[];
  readonly codes: number | null;
  readonly cells: ReadonlyMap<AppId, TrueCell>;
}

export interface TrueException {
  readonly method: string;
  readonly path: string;
  readonly over: boolean;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
}

export interface TrueApp {
  readonly id: AppId;
  readonly bound: string;
  readonly unbound: {
    readonly owner: string;
    readonly reason: string;
    readonly expires: string;
    readonly over: boolean;
  } | null;
  readonly exceptions: readonly TrueException[];
  readonly rules: AppPlan['rules'];
}

export interface TrueDay {
  readonly at: number;
  readonly accounts: ReadonlyMap<string, TrueAccount>;
  readonly organisations: readonly string[];
  readonly apps: readonly TrueApp[];
  /** Text of the configuration in force, as the plan has it, and since when. */
  readonly text: string;
  readonly since: number;
  readonly closed: boolean;
}

const NOTHING = { factors: [], acr: null, ticketUntil: null, lastUsedAt: null } as const;

/** A day that is written as the last on which something holds is over with its last millisecond, UTC. */
const isOver = (expires: string, at: number): boolean => at >= Date.parse(`${expires}T00:00:00Z`) + DAY;

/** What of it signs in. Every passkey of the estate works at every app, and each app leaves the password to itself. */
function working({ devices, codes }: Account): ('passkey' | 'recovery' | 'totp')[] {
  const kinds = new Set([...devices.values()].flatMap(({ kind, endedAt }) => (endedAt === null ? [kind] : [])));
  return [
    ...(kinds.has('passkey') ? (['passkey'] as const) : []),
    ...(codes !== null && codes > 0 ? (['recovery'] as const) : []),
    ...(kinds.has('totp') ? (['totp'] as const) : []),
  ];
}

/** The last sign-in with anything of these kinds that works. */
function lastUse({ devices, codeUsedAt }: Account, factors: TrueCell['factors']): number | null {
  const works = [...devices.values()].filter(({ kind, endedAt }) => endedAt === null && factors.includes(kind));
  const uses = [...works.map(({ usedAt }) => usedAt), factors.includes('recovery') ? codeUsedAt : null];
  return uses.reduce((last, at) => (at !== null && (last === null || at > last) ? at : last), null);
}

function whyNone(account: Account, weak: boolean): TrueCell['why'] {
  if (weak) return 'too-weak';
  return account.devices.size === 0 ? 'no-factor' : 'guessed-out';
}

function cellOf(world: World, account: Account, app: AppId, at: number): TrueCell {
  if (account.goneAt !== null) return { class: 'removed', why: null, ...NOTHING };
  if (account.disabledAt !== null) return { class: 'disabled', why: null, ...NOTHING };
  const { require, apps } = world.organisations.get(account.organisation)?.restriction ?? { require: null, apps: null };
  if (apps !== null && !apps.includes(app)) return { class: 'barred', why: 'not-of-organisation', ...NOTHING };
  const all = working(account);
  const factors = require === 'passkey' ? all.filter((kind) => kind === 'passkey') : all;
  const acr = factors.includes('passkey') ? 'phr' : 'possession';
  const alone = factors.length === 1 && factors[0] === 'recovery';
  if (factors.length > 0) {
    const lastUsedAt = lastUse(account, factors);
    return {
      class: 'protected',
      why: alone ? 'recovery-codes-only' : null,
      factors,
      acr,
      ticketUntil: null,
      lastUsedAt,
    };
  }
  const why = whyNone(account, all.length > 0);
  const { link } = account;
  if (link === null || link <= at) return { class: 'none', why, ...NOTHING };
  return { class: 'waiting', why, ...NOTHING, ticketUntil: link };
}

const WORDS = { whoami: 'bound, proven by whoami', form: 'bound, login form only', unbound: 'unbound' } as const;

function appOf({ id, binding, exemptions, rules }: AppPlan, at: number): TrueApp {
  const unbound =
    binding.kind === 'unbound'
      ? { owner: binding.owner, reason: binding.reason, expires: binding.expires, over: isOver(binding.expires, at) }
      : null;
  const exceptions = exemptions.map((each) => ({ ...each, over: isOver(each.expires, at) }));
  return { id, bound: WORDS[binding.kind], unbound, exceptions, rules };
}

function accountOf(world: World, account: Account, at: number): TrueAccount {
  const apps = world.configuration?.said.apps.map(({ id }) => id) ?? [];
  const devices = [...account.devices].map(([name, { usedAt: _usedAt, ...owned }]) => ({ name, ...owned }));
  const cells = new Map(apps.map((app) => [app, cellOf(world, account, app, at)]));
  // As it is called by now: an organisation that was renamed is the same.
  const organisation = world.organisations.get(account.organisation)?.name ?? account.organisation;
  return { ...account, organisation, devices, cells };
}

function dayOf(world: World, at: number): TrueDay {
  const { configuration, closed } = world;
  return {
    at,
    accounts: new Map([...world.accounts].map(([who, account]) => [who, accountOf(world, account, at)])),
    organisations: [...world.organisations.values()].map(({ name }) => name).sort(),
    apps: configuration?.said.apps.map((app) => appOf(app, at)) ?? [],
    text: configuration?.text ?? '',
    since: configuration?.at ?? 0,
    closed: closed !== null && closed.until > at,
  };
}

/** How everything stood at each of the moments, which grow, once all that was planned for until then has happened. */
export function* truthAt({ steps }: Plan, moments: readonly number[]): Generator<TrueDay> {
  const world = newWorld();
  let next = 0;
  for (const at of moments) {
    for (let step = steps[next]; step !== undefined && step.at <= at; step = steps[next]) {
      follow(world, step);
      next += 1;
    }
    yield dayOf(world, at);
  }
}
