import type { BoundLogin } from '../../config/login-types.ts';
import { compilePreset } from '../../config/preset/compile.ts';
import { presetSchema } from '../../config/preset/schema.ts';
import { CommandRefused } from '../../terminal/exit.ts';

/** Parts of a predicate as a preset file writes them. */
export interface DraftPredicate {
  readonly status?: number;
  readonly location?: string;
  readonly cookie?: string;
  readonly nocookie?: string;
  readonly body?: string;
  readonly json?: Readonly<Record<string, string>>;
  readonly probe?: boolean;
}

export interface DraftStep {
  readonly id: string;
  readonly on: { method: string; path: string[]; query?: Record<string, string[] | '*'>; shared?: true };
  readonly type: string;
  readonly script?: true;
  readonly need?: Readonly<Record<string, string>>;
  readonly account?: string;
  readonly secret?: readonly string[];
  readonly pass?: readonly string[];
  readonly ok?: DraftPredicate | readonly DraftPredicate[];
  readonly fail?: DraftPredicate | readonly DraftPredicate[];
  readonly next?: { step: string; when: DraftPredicate };
}

export interface DraftWhoami {
  readonly get: string;
  readonly find?: string;
  readonly header?: string;
  readonly json?: string;
  readonly location?: string;
  readonly accept?: string;
  readonly anonymous: readonly DraftPredicate[];
  readonly renews?: true;
}

/** A proposal, in the form of a preset file. */
export interface Draft {
  readonly preset: 1;
  readonly id: string;
  readonly title: string;
  readonly tested: readonly string[];
  readonly entry: string;
  /** Bytes of the longest line that the app's server reads as one; left out: it cuts none. */
  readonly longest_line?: number;
  readonly anon: readonly Readonly<Record<string, unknown>>[];
  readonly login: readonly DraftStep[];
  readonly whoami?: DraftWhoami;
  readonly assurance?: 'login-form';
  readonly account:
    | { readonly fold: readonly string[]; readonly strip?: readonly string[] }
    /** The app has one account and no names. */
    | { readonly one: string };
  readonly session: {
    readonly cookies: readonly string[];
    readonly rolling?: true;
    readonly vault?: readonly object[];
  };
  readonly browser_cookies?: readonly string[];
  readonly logout?: readonly Readonly<Record<string, unknown>>[];
  readonly lost?: readonly DraftPredicate[];
  readonly guard?: { readonly fields?: readonly string[]; readonly sets?: readonly (readonly string[])[] };
  readonly doors?: readonly Readonly<Record<string, unknown>>[];
  readonly rewrite?: Readonly<Record<string, unknown>>;
}

/** A proposal as it would be in force for an app at `origin`. Throws CommandRefused with what the form of presets does not take. */
export function compileDraft(draft: Draft, origin: string): BoundLogin {
  const parsed = presetSchema.safeParse(draft);
  if (!parsed.success)
    throw new CommandRefused(
      `What was recorded cannot be written as a preset: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' ')}`,
    );
  const choice = {
    order: 'factor-first',
    recheckMs: 60_000,
    fill: undefined,
    params: {},
    doors: [],
    anon: [],
    whoami: undefined,
  } as const;
  const { login, faults } = compilePreset(parsed.data, choice, origin);
  const [fault] = faults;
  if (fault !== undefined)
    throw new CommandRefused(
      `What was recorded cannot be written as a preset: ${fault.path.join('.')}: ${fault.message}`,
    );
  return login;
}

/** A text as a literal in a pattern. `$` and `{` would be parameters of a preset. */
export function literal(text: string): string {
  return text.replace(/[\\^.*+?()[\]|-]/g, '\\$&').replace(/[${}]/g, (c) => `[${c}]`);
}

/** Whether a value is made anew for each page or session: long, and no word. */
export function isToken(value: string): boolean {
  return /^[A-Za-z0-9+/_=.:-]{16,}$/.test(value) && /\d/.test(value);
}

/** A target without parameters that are made anew. */
export function steadyTarget(target: string): string {
  const [path = '/', query] = target.split('?', 2);
  const pairs = [...new URLSearchParams(query ?? '')].filter(([, value]) => !isToken(value));
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

const ORDER: readonly (keyof Draft)[] = [
  ...([
    'preset',
    'id',
    'title',
    'tested',
    'entry',
    'longest_line',
    'login',
    'whoami',
    'assurance',
    'account',
    'session',
  ] as const),
  ...(['browser_cookies', 'logout', 'lost', 'guard', 'doors', 'rewrite', 'anon'] as const),
];

/** The parts in the order in which people read them. */
export function inOrder(draft: Draft): Draft {
  const parts = ORDER.filter((name) => draft[name] !== undefined).map((name) => [name, draft[name]]);
  return Object.fromEntries(parts) as Draft; // the same parts under the same names
}
