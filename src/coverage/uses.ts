import type { Cell } from './cells.ts';
import type { AppInForce } from './in-force.ts';
import type { AccountStanding, Use } from './types.ts';

/** Something of an account that signs in, or did before guesses disabled it. Moments in ms. */
export interface Authenticator {
  /** null: recovery codes from before the record named them. */
  readonly id: string | null;
  readonly kind: 'totp' | 'passkey' | 'recovery';
  readonly enrolledAt: number;
  readonly disabledAt: number | null;
  /** Relying party of a passkey. */
  readonly rp: string | null;
  /** The last sign-in or confirmation by it, as far as was read; that it was enrolled is none. */
  readonly used: Use | null;
  /** Number of the entry by which it is there. */
  readonly seq: number;
}

/** All that an account has, by id; recovery codes last. */
export function authenticatorsOf({ factors, recovery, uses }: AccountStanding): Authenticator[] {
  const used = (id: string | null) => (id === null ? null : (uses?.get(id) ?? null));
  const all = [...factors.values()].map(
    ({ id, kind, enrolledAt, disabledAt, rp, seq }): Authenticator => ({
      ...{ id, kind, enrolledAt, disabledAt, rp, used: used(id), seq },
    }),
  );
  all.sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  if (recovery === null) return all;
  const { id, at: enrolledAt, disabledAt, seq } = recovery;
  return [...all, { id, kind: 'recovery', enrolledAt, disabledAt, rp: null, used: used(id), seq }];
}

/** The later of two uses. */
export const later = (a: Use | null, b: Use | null): Use | null =>
  a === null || (b !== null && (b.at > a.at || (b.at === a.at && b.seq > a.seq))) ? b : a;

/** When what protects an account at an app was last used there or anywhere; null: never, or nothing protects it. */
export function lastUseAt(all: readonly Authenticator[], app: Pick<AppInForce, 'rp'>, cell: Cell): Use | null {
  const works = all.filter(
    ({ kind, disabledAt, rp }) =>
      disabledAt === null && cell.factors.includes(kind) && (kind !== 'passkey' || rp === null || rp === app.rp),
  );
  return works.reduce<Use | null>((last, { used }) => later(last, used), null);
}

/** When an account last signed in or confirmed by anything, of what it has today and what it had. */
export function lastUseOf({ uses }: AccountStanding): Use | null {
  return [...(uses?.values() ?? [])].reduce<Use | null>(later, null);
}
