import { fieldFault } from '../../../manage/accounts.ts';
import { Fault } from '../fault.ts';

/** Names of groups, by blanks or commas. */
export function groupsOf(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,;]+/).filter((each) => each !== '');
}

/** That an address and groups are some. Throws `Fault`. */
export function checkContact(email: string | undefined, groups: readonly string[]): void {
  if (email !== undefined && fieldFault(email, []) !== undefined) throw new Fault('email', 'email');
  if (fieldFault(undefined, groups) !== undefined) throw new Fault('groups', 'group');
}
