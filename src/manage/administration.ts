import { z } from 'zod';
import type { AuditKind } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import { createNotices } from '../notices/queue.ts';
import type { NoticeKind } from '../notices/types.ts';
import { perform } from '../operations/perform.ts';
import type { Act, Asker, Lock, Operation, Services, Target, Told } from '../operations/types.ts';
import type { AccountRow } from '../store/types.ts';
import type { ManageContext } from './context.ts';
import { needAccount } from './find.ts';

export interface Administrator extends Asker {
  readonly as: 'administrator';
}

export type Managing = ManageContext & Services;

/** An operation of administrators, as it stands in the table. */
export type Administration<I, O> = Act<ManageContext, I, O>;

/** Makes an operation of administrators. */
export function administration<
  const L extends Lock,
  I,
  O,
  G extends Target<L>,
  const K extends AuditKind,
  const N extends NoticeKind = never,
>(operation: Operation<L, Managing, Administrator, I, O, G, K, N>): Administration<I, O> {
  return {
    ...operation,
    perform(ctx, input) {
      const { clock, random, config, actor } = ctx;
      const notices = createNotices({ clock, random, mail: () => config.mail });
      return perform(operation, { ctx: { ...ctx, notices }, by: { as: 'administrator', actor } }, input);
    },
  };
}

/** Which account, by id or name; the realm where several have the name. */
export const accountForm = z.strictObject({ account: z.string(), realm: z.string().optional() });

/** The account that is meant. Throws `not-found`, `usage`. */
export async function findAccount({
  ctx,
  input,
}: {
  readonly ctx: ManageContext;
  readonly input: z.infer<typeof accountForm>;
}): Promise<{ readonly accountId: string }> {
  return { accountId: (await needAccount(ctx, input.account, input.realm)).id };
}

/** The account under its lock; throws `not-found` when it was removed since it was found. */
export function stillThere(account: AccountRow | undefined): AccountRow {
  if (account === undefined) throw new SallyportError('not-found', 'the account was removed meanwhile');
  return account;
}

/** A message to the owner of an account about what an administrator did to it. */
export function toOwner<N extends NoticeKind>(
  { config }: ManageContext,
  account: Pick<AccountRow, 'id' | 'email' | 'realm'>,
  kind: N,
  detail: Readonly<Record<string, string>> = {},
): Told<N> {
  // Nobody stands before an app here; the message names one that the owner knows.
  const app = config.apps.find((each) => each.realm.id === account.realm);
  const where = app === undefined ? {} : { app: app.id };
  return { account, kind, detail: { ...detail, ...where, by: 'administrator' } };
}
