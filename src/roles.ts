/** What somebody may do here beside signing in to apps. */
export const ROLES = ['owner', 'administrator', 'help-desk', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** A role, held for one client organisation (its id), or for everything. */
export interface Grant {
  readonly role: Role;
  /** null: everything, organisations that are yet to come too. */
  readonly organisation: string | null;
}

/** Whose accounts an act or a list is about: everybody's, or those of these organisations (ids), and of no other. */
export type Reach = 'all' | ReadonlySet<string>;

/** An owner of everything: who may do all that there is. */
export const OWNER: Grant = Object.freeze({ role: 'owner', organisation: null });

/** Over how much one of these roles is held; null when none of them is. */
export function reachOf(grants: readonly Grant[], roles: readonly Role[]): Reach | null {
  const over = new Set<string>();
  for (const { role, organisation } of grants) {
    if (!roles.includes(role)) continue;
    if (organisation === null) return 'all';
    over.add(organisation);
  }
  return over.size === 0 ? null : over;
}

/** Whether an organisation is within it. */
export function within(reach: Reach, organisation: string): boolean {
  return reach === 'all' || reach.has(organisation);
}

/** What a holder may give to others and take from them: an auditor or a help desk gives nothing. */
const GIVES: Readonly<Record<Role, readonly Role[]>> = {
  owner: ROLES,
  administrator: ['administrator', 'help-desk', 'auditor'],
  'help-desk': [],
  auditor: [],
};

/**
 * Whether whoever holds `mine` may give, take or act upon all of `theirs`: nobody gives more than they hold, nor reaches a
 * person who holds more. Of somebody without a role that is everybody.
 */
export function covers(mine: readonly Grant[], theirs: readonly Grant[]): boolean {
  return theirs.every(({ role, organisation }) =>
    mine.some(
      (held) => GIVES[held.role].includes(role) && (held.organisation === null || held.organisation === organisation),
    ),
  );
}

/** The same grant. */
export function sameGrant(a: Grant, b: Grant): boolean {
  return a.role === b.role && a.organisation === b.organisation;
}
