import { z } from 'zod';
import type { AuditKind } from '../audit/audit.ts';
import { recordRefused } from '../audit/ration.ts';
import { SallyportError } from '../errors.ts';
import { createNotices } from '../notices/queue.ts';
import type { NoticeKind } from '../notices/types.ts';
import { perform } from '../operations/perform.ts';
import type { Act, Asker, Lock, Operation, Services, Target, Told, Under } from '../operations/types.ts';
import { within } from '../roles.ts';
import type { AccountRow } from '../store/types.ts';
import type { Needs, Warrant } from './authority.ts';
import type { ManageContext } from './context.ts';
import { needAccount } from './find.ts';
import { type Asked, judge, judgeAccount } from './judge.ts';
import { needMeant, needsSecond, propose } from './second.ts';

export interface Administrator extends Asker {
  readonly as: 'administrator';
}

export type Managing = ManageContext & Services & Warrant;

/** How an act or a list is asked for over HTTP: method and path, whose `{names}` are of its input. */
export type Http = `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`;

/** What the faces know of it besides. */
export interface Faced {
  readonly needs: Needs;
  /** null: it tells of what was done, or can be done, only where it is called from. */
  readonly http: Http | null;
  /** Done in several transactions, one for each thing that it is about: nothing can be kept in the one of it all. */
  readonly apart?: true;
}

/** An operation of administrators, as it stands in the table. */
export type Administration<I, O, C extends ManageContext = ManageContext> = Act<C, I, O> &
  Faced & {
    /**
     * That its asker could do it now: nothing of it is done. Throws what the act throws before it writes; absent: it is never put off
     * until a second person confirms it.
     */
    readonly could?: (asked: C, input: unknown) => Promise<void>;
  };

/** Under the lock it is judged again: the asker's roles, and the account, may have changed since. */
async function judgeAgain(
  asked: Asked & { readonly lock: Lock },
  on: Pick<Under<Lock, Managing, Administrator, unknown, object>, 'ctx' | 'now' | 'given'> & {
    readonly tx: Parameters<typeof judge>[0];
    readonly account: AccountRow | undefined;
  },
): Promise<Warrant> {
  const { tx, ctx, given, account, now } = on;
  const warrant = await judge(tx, ctx.authority, asked, now);
  if (asked.needs.of === 'account') {
    if (asked.lock !== 'account') throw new SallyportError('internal', `${asked.name} holds no account`);
    // Without an account there is nothing to judge by, and so nothing to do.
    judgeAccount(stillThere(account), asked, warrant, ctx.authority);
  }
  if (asked.needs.of === 'organisation') {
    const { organisationId } = given as { readonly organisationId?: string };
    if (organisationId === undefined) throw new SallyportError('internal', `${asked.name} names no organisation`);
    if (!within(warrant.reach, organisationId)) throw new SallyportError('not-found', 'there is no such organisation');
  }
  return warrant;
}

/** Whoever asked for what they may not do stands on record; in a flood they are counted. */
async function recordForbidden({ store, clock, actor }: ManageContext, { name }: Asked, why: unknown): Promise<void> {
  if (!(why instanceof SallyportError) || why.code !== 'forbidden') return;
  const event = {
    kind: 'manage.refused',
    outcome: 'refused',
    actor,
    detail: { operation: name, why: why.message },
  } as const;
  await recordRefused({ store, audit: store.audit, clock }, event);
}

/** Judges, and runs the work within what was allowed. What is forbidden goes on record, and is thrown again. */
export async function warranted<T>(
  ctx: ManageContext,
  asked: Asked,
  work: (within: ManageContext & Warrant) => Promise<T>,
): Promise<T> {
  try {
    const warrant = await judge(ctx.store, ctx.authority, asked, ctx.clock.now());
    return await work({ ...ctx, ...warrant });
  } catch (error) {
    await recordForbidden(ctx, asked, error);
    throw error;
  }
}

/** What an act is about, once it is known that its asker could do it; nothing is done. Throws what the act throws before it writes. */
async function couldDo<L extends Lock, I, O, G extends Target<L>, K extends AuditKind, N extends NoticeKind>(
  operation: Operation<L, Managing, Administrator, I, O, G, K, N> & Faced,
  { ctx, by }: { readonly ctx: Managing; readonly by: Administrator },
  asked: unknown,
): Promise<{ readonly input: I; readonly about: object }> {
  const input = operation.input.safeParse(asked);
  if (!input.success) throw new SallyportError('usage', `${operation.name}: not of the form that it has`);
  const about: object = await operation.find({ ctx, by, input: input.data });
  if (operation.needs.of === 'account') {
    const row = 'accountId' in about ? await ctx.store.accounts.byId(String(about.accountId)) : undefined;
    judgeAccount(stillThere(row), operation, ctx, ctx.authority);
  }
  return { input: input.data, about };
}

function askerOf(ctx: ManageContext & Warrant) {
  const { clock, random, config, actor } = ctx;
  const notices = createNotices({ clock, random, mail: () => config.mail });
  return { ctx: { ...ctx, notices }, by: { as: 'administrator', actor } } as const;
}

/**
 * Makes an operation of administrators: judged by what its asker holds before anything is looked for, and again under the
 * lock. `find` sees no account outside of the asker's reach.
 */
export function administration<
  const L extends Lock,
  I,
  O,
  G extends Target<L>,
  const K extends AuditKind,
  const N extends NoticeKind = never,
>(operation: Operation<L, Managing, Administrator, I, O, G, K, N> & Faced): Administration<I, O> {
  const judged: typeof operation = {
    ...operation,
    async run(on) {
      const about: object = on.given;
      needMeant(on.ctx, operation.name, about, on.input);
      const warrant = await judgeAgain(operation, on);
      return operation.run({ ...on, ctx: { ...on.ctx, ...warrant } });
    },
  };
  return {
    ...operation,
    perform: (asked, input) =>
      warranted(asked, operation, async (ctx) => {
        const asker = askerOf(ctx);
        if (!needsSecond(ctx, operation.name)) return perform(judged, asker, input);
        const could = await couldDo(operation, asker, input);
        return propose(asker.ctx, operation, could.input, could.about);
      }),
    async could(asked, input) {
      const warrant = await judge(asked.store, asked.authority, operation, asked.clock.now());
      await couldDo(operation, askerOf({ ...asked, ...warrant }), input);
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
