import { ROLES } from '../../../roles.ts';
import { Fault } from '../fault.ts';
import type { ConsolePost } from './route.ts';
import { textOf } from './typed.ts';

/** Which role of what, as an act takes it: without an organisation it is for everything. */
interface GrantWish {
  readonly role: (typeof ROLES)[number];
  readonly organisation?: string;
}

/** What a form says of a role. For everything only where it says so in a word: an empty field never is. Throws `Fault`. */
export function grantOf(post: ConsolePost): GrantWish {
  const role = ROLES.find((each) => each === post.form.get('role'));
  if (role === undefined) throw new Fault('role', 'choose');
  if (post.form.get('scope') === 'everything') return { role };
  const organisation = textOf(post, 'organisation');
  if (organisation === undefined) throw new Fault('organisation', 'choose');
  return { role, organisation };
}

/** What can be wrong with it beside what it says. */
export const GRANT_FAULTS = {
  'not-found': ['organisation', 'noOrganisation'],
  usage: ['organisation', 'noOrganisation'],
  conflict: ['role', 'roleConflict'],
  forbidden: ['role', 'roleForbidden'],
} as const;
