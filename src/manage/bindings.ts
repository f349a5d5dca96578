import { boundState, type OneAccount, type QueryRule } from '../config/login-types.ts';
import { isOver } from '../config/over.ts';
import type { AppConfig } from '../config/types.ts';
import { readablePath, readableQuery } from '../presets/readable.ts';

/** How an app's own login is bound, as `check` and `doctor` say it. */
export interface BindingRow {
  readonly app: string;
  readonly bound: ReturnType<typeof boundState>;
  readonly preset: string | null;
  /** null without a preset; empty: written from documentation. */
  readonly tested: readonly string[] | null;
  /** When and with what the operator has tried it where it stands, as it is now; null: not, or not looked up. */
  readonly tried: string | null;
  readonly order: 'factor-first' | 'login-first' | null;
  readonly unbound: {
    readonly owner: string;
    readonly reason: string;
    readonly expires: string;
    readonly expired: boolean;
  } | null;
  /** What the preset cannot carry, and other things worth knowing. */
  readonly notes: readonly string[];
}

/** Who holds the app's one account. */
function heldText({ accounts, groups, passwordFile }: OneAccount): string {
  const who = [accounts.join(', '), groups.length === 0 ? '' : `whoever is in ${groups.join(' or ')}`];
  const held = who.filter((each) => each !== '').join(', and ') || 'nobody';
  const password = passwordFile === null ? 'typed by them' : 'kept here';
  return `It has one account for all, held by ${held}, its password ${password}; which of them did something there is known here alone.`;
}

/** `now` in ms since the epoch. */
export function bindingOf(
  { id, login }: Pick<AppConfig, 'id' | 'login'>,
  now: number,
  tried: string | null = null,
): BindingRow {
  const base = {
    app: id,
    bound: boundState(login),
    preset: null,
    tested: null,
    tried,
    order: null,
    unbound: null,
    notes: [],
  };
  if (login.kind === 'none') return base;
  if (login.kind === 'unbound') {
    const { owner, reason, expires } = login;
    return { ...base, unbound: { owner, reason, expires, expired: isOver(login, now) } };
  }
  const { preset, tested, order, limits, one } = login;
  return { ...base, preset, tested, order, notes: [...(one === null ? [] : [heldText(one)]), ...limits] };
}

/** A part of an app that may be seen before anybody has signed in. */
export interface SurfaceRow {
  readonly method: string;
  /** Path and query, with wildcards. */
  readonly place: string;
  readonly kind: 'sign-in surface' | 'sign-in step';
}

function shown(query: QueryRule): string {
  const parameters = readableQuery(query);
  return parameters === null || query === 'any' ? '' : `?${parameters}`;
}

/** What stands open with `order: login-first`, as far as something is forwarded; nothing with any other order. */
export function surfacesOf({ login }: AppConfig): readonly SurfaceRow[] {
  if (login.kind !== 'bound' || login.order !== 'login-first') return [];
  const pages = login.anon
    .filter(({ toEntry }) => !toEntry)
    .map(({ path, query }): SurfaceRow => {
      return { method: 'GET', place: `${readablePath(path.source)}${shown(query)}`, kind: 'sign-in surface' };
    });
  const steps = login.steps.flatMap(({ on }) =>
    on.paths.map((path): SurfaceRow => {
      return { method: on.method, place: `${readablePath(path.source)}${shown(on.query)}`, kind: 'sign-in step' };
    }),
  );
  return [...pages, ...steps];
}
