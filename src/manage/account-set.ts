import { z } from 'zod';
import { longDetail } from '../coverage/detail.ts';
import { SallyportError } from '../errors.ts';
import { UNCHANGED } from '../operations/types.ts';
import type { AccountRow } from '../store/types.ts';
import { accountView } from './account-view.ts';
import { fieldFault, viewAfter } from './accounts.ts';
import { accountForm, administration, findAccount, stillThere, toOwner } from './administration.ts';
import { endMailed } from './invitations.ts';

const names = z.array(z.string()).readonly().optional();

/** Which account, and what is to be changed of it; what is left out stays. */
const form = accountForm.extend({
  /** In place of those it has. */
  groups: names,
  addGroups: names,
  removeGroups: names,
  /** null: none any more. */
  email: z.string().nullable().optional(),
});
type AccountWish = z.infer<typeof form>;

function wishFault({ groups = [], addGroups = [], removeGroups = [], email }: AccountWish): string | undefined {
  const both = removeGroups.find((each) => groups.includes(each) || addGroups.includes(each));
  if (both !== undefined) return `the group ${JSON.stringify(both)} cannot be given and removed at once`;
  return fieldFault(email ?? undefined, [...groups, ...addGroups, ...removeGroups]);
}

function groupsAfter(row: AccountRow, wish: AccountWish): readonly string[] {
  const removed = new Set(wish.removeGroups);
  return [...new Set([...(wish.groups ?? row.groups), ...(wish.addGroups ?? [])])].filter((each) => !removed.has(each));
}

const differ = (a: readonly string[], b: readonly string[]): boolean =>
  a.length !== b.length || a.some((each) => !b.includes(each));

/** What differs; undefined when nothing does. */
function changesOf(row: AccountRow, wish: AccountWish): Partial<Pick<AccountRow, 'groups' | 'email'>> | undefined {
  const groups = groupsAfter(row, wish);
  const email = wish.email === undefined ? row.email : wish.email;
  const regrouped = differ(groups, row.groups);
  const readdressed = email !== row.email;
  if (!regrouped && !readdressed) return undefined;
  return { ...(regrouped ? { groups } : {}), ...(readdressed ? { email } : {}) };
}

/**
 * Changes groups and e-mail address, in force on every node at once; the old address is told that it is none any more, and a link that went
 * to it by e-mail ends. The record says that an address changed, and keeps none. Throws `usage`, `not-found`.
 */
export const setAccount = administration({
  name: 'account.set',
  does: 'changes groups or e-mail address of an account',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account' },
  http: 'PATCH /accounts/{account}',
  input: form,
  output: accountView.extend({ changed: z.boolean() }),
  lock: 'account',
  records: ['account.set', 'ticket.revoke'],
  notices: ['email-changed'],
  find(on) {
    const fault = wishFault(on.input);
    if (fault !== undefined) throw new SallyportError('usage', fault);
    return findAccount(on);
  },
  async run({ tx, ctx, account, input, now }) {
    const row = stillThere(account);
    const changes = changesOf(row, input);
    if (changes === undefined)
      return { value: { ...(await viewAfter(tx, row, ctx.reach)), changed: false }, record: UNCHANGED };
    await tx.accounts.update(row.id, changes);
    const { groups, email } = changes;
    const ended = email === undefined ? [] : await endMailed(tx, row, now);
    const detail = {
      name: row.name,
      ...(groups === undefined ? {} : longDetail('groups', groups.join(' '))),
      ...(email === undefined ? {} : { email: email === null ? 'removed' : 'changed' }),
    };
    return {
      value: { ...(await viewAfter(tx, row, ctx.reach)), changed: true },
      record: [{ kind: 'account.set', accountId: row.id, detail }, ...ended],
      notices: email === undefined ? [] : [toOwner(ctx, row, 'email-changed')],
    };
  },
});
