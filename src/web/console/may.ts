import type { Needs } from '../../manage/authority.ts';
import { covers, type Grant, reachOf, within } from '../../roles.ts';
import type { AccountRow } from '../../store/types.ts';

/** Whoever reads a page, with what they hold. */
export interface Reader {
  readonly account: Pick<AccountRow, 'id' | 'roles'>;
}

/** An act or a list, by what it needs (manage/operations.ts). */
interface Needing {
  readonly needs: Needs;
}

type Person = Pick<AccountRow, 'id' | 'organisationId'> & { readonly roles: readonly Grant[] };

/*
 * What a page offers. Nothing is decided here: whatever is asked for is judged by manage/judge.ts, whose rules these are, so
 * that people are shown no button that would refuse them.
 */

/** Whether the reader's roles allow it at all, of something. */
export function may({ account }: Reader, { needs }: Needing): boolean {
  const reach = reachOf(account.roles, needs.roles);
  return reach !== null && (needs.of !== 'everything' || reach === 'all');
}

/** Whether they allow it for this organisation. */
export function mayIn({ account }: Reader, { needs }: Needing, organisationId: string): boolean {
  const reach = reachOf(account.roles, needs.roles);
  return reach !== null && within(reach, organisationId);
}

/** Whether they allow it for everything that there is. */
export function mayAll({ account }: Reader, { needs }: Needing): boolean {
  return reachOf(account.roles, needs.roles) === 'all';
}

/** Whether they allow it upon this person. */
export function mayOn({ account }: Reader, { needs }: Needing, person: Person): boolean {
  const grants = account.roles.filter(({ role }) => needs.roles.includes(role));
  const reach = reachOf(grants, needs.roles);
  if (reach === null || !within(reach, person.organisationId)) return false;
  if (person.id === account.id) return needs.fresh !== true;
  return covers(grants, person.roles);
}

/** Whether the reader may give this, or take it away, by an act that needs as much. */
export function mayGive({ account }: Reader, { needs }: Needing, grant: Grant): boolean {
  const grants = account.roles.filter(({ role }) => needs.roles.includes(role));
  return covers(grants, [grant]);
}
