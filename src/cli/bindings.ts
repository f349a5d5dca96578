import { boundState, type QueryRule } from '../config/login-types.ts';
import { isOver } from '../config/over.ts';
import type { AppConfig } from '../config/types.ts';
import type { Column } from '../terminal/output.ts';
import { readablePath, readableQuery } from '../workbench/direct/literal.ts';
import { testedText } from '../workbench/preset/words.ts';

/** How an app's own login is bound, as `check` and `doctor` say it. */
export interface BindingRow {
  readonly app: string;
  readonly bound: ReturnType<typeof boundState>;
  readonly preset: string | null;
  /** null without a preset; empty: written from documentation. */
  readonly tested: readonly string[] | null;
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

/** `now` in ms since the epoch. */
export function bindingOf({ id, login }: Pick<AppConfig, 'id' | 'login'>, now: number): BindingRow {
  const base = { app: id, bound: boundState(login), preset: null, tested: null, order: null, unbound: null, notes: [] };
  if (login.kind === 'none') return base;
  if (login.kind === 'unbound') {
    const { owner, reason, expires } = login;
    return { ...base, unbound: { owner, reason, expires, expired: isOver(login, now) } };
  }
  const { preset, tested, order, limits } = login;
  return { ...base, preset, tested, order, notes: limits };
}

export const BINDING_COLUMNS: readonly Column<BindingRow>[] = [
  { name: 'app', of: (row) => row.app },
  { name: 'own login', of: (row) => row.bound },
  { name: 'preset', of: (row) => row.preset },
  {
    name: 'tested',
    of: (row) => row.tested,
    shown: ({ tested }) => (tested === null ? null : testedText(tested)),
  },
  { name: 'order', of: (row) => row.order },
  { name: 'owner', of: (row) => row.unbound?.owner },
  { name: 'reason', of: (row) => row.unbound?.reason },
  {
    name: 'expires',
    of: (row) => row.unbound?.expires,
    shown: ({ unbound }) => (unbound === null ? null : `${unbound.expires}${unbound.expired ? ' EXPIRED' : ''}`),
  },
];

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
