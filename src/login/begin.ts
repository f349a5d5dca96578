import { z } from 'zod';
import { canonicalName } from '../accounts/name.ts';
import { checkSource } from '../accounts/throttle.ts';
import { rationOf } from '../audit/ration.ts';
import { SallyportError } from '../errors.ts';
import { act } from '../operations/perform.ts';
import { sourceOf, standsIn } from '../sources/table.ts';
import type { AccountRow, PendingRow } from '../store/types.ts';
import { type Visitor, visitor } from './askers.ts';
import { knowsBrowser } from './browser.ts';
import { carry } from './carried.ts';
import { ANONYMOUS, type LoginContext } from './context.ts';
import { behindLockDown } from './lock-down.ts';
import { offersOf, pendingOffers } from './offers.ts';
import { newPending } from './pending.ts';
import { proveInVain, provePassword } from './prove.ts';
import { refuseStep } from './refusals.ts';
import { type Caller, PENDING_LIFE, type PendingStarted } from './types.ts';

/** The canonical name; throws `wrong-credentials`, on record, for what can be nobody's. */
async function nameOf(ctx: LoginContext, caller: Caller, typed: string): Promise<string> {
  const name = canonicalName(typed, caller.app.realm);
  if (name !== undefined) return name;
  const refusal = { kind: 'sign-in.begin', accountId: null, detail: { cause: 'name-refused' } } as const;
  await refuseStep.perform({ ctx, by: visitor(caller) }, refusal);
  throw new SallyportError('wrong-credentials', 'the account name is not in an accepted form');
}

/** Whose password was right just now, and the sign-in that it begins. */
interface Proven extends Visitor {
  readonly found: AccountRow;
  readonly pending: PendingRow;
}

/** From here on there is a row, unless the account was changed since the password was compared. */
export const beginSignIn = act<
  'account',
  LoginContext,
  Proven,
  Record<string, never>,
  void,
  { accountId: string },
  'sign-in.begin',
  never
>({
  name: 'sign-in.begin',
  does: 'begins a sign-in whose password was right',
  who: 'anybody',
  input: z.strictObject({}),
  output: z.void(),
  lock: 'account',
  records: ['sign-in.begin'],
  find: ({ by }) => ({ accountId: by.found.id }),
  async run({ tx, by: { caller, found, pending }, account }) {
    const { realm } = caller.app;
    // What was typed was compared with the password of then.
    if (sourceOf(realm.source).changed(found, account))
      throw new SallyportError('wrong-credentials', 'the password was changed meanwhile');
    if (!standsIn(account, realm)) throw new SallyportError('wrong-credentials', 'disabled meanwhile');
    await tx.pendings.insert(pending);
    const entry = { kind: 'sign-in.begin', accountId: account.id, detail: { usable: true } } as const;
    return { value: undefined, record: [entry] };
  },
});

async function byPassword(
  ctx: LoginContext,
  caller: Caller,
  name: string,
  form: { password: string; next: string },
): Promise<PendingStarted> {
  const { realm } = caller.app;
  const found = await ctx.store.accounts.byName(realm.id, name);
  const account = standsIn(found, realm) ? found : undefined;
  const who = { realm: realm.id, name, accountId: found?.id ?? null, proven: false };
  await provePassword(ctx, caller, { who, account, password: form.password });
  // No password is right for an account that may not sign in.
  if (account === undefined) throw new SallyportError('internal', 'a password was right for nobody');
  const { cookie, pending } = newPending(ctx, caller, account, { next: form.next, life: PENDING_LIFE });
  await beginSignIn.perform({ ctx, by: { ...visitor(caller), found: account, pending } }, {});
  return { cookie, offer: await pendingOffers(ctx, caller.app, pending) };
}

/** A name alone proves nothing: its browser carries the sign-in, and nothing is kept but a count. */
async function byName(ctx: LoginContext, caller: Caller, name: string, next: string): Promise<PendingStarted> {
  const { accounts, pendings } = ctx.store;
  const account = await accounts.byName(caller.app.realm.id, name);
  const ended = await pendings.endedOf(account?.id ?? '');
  const detail = { cause: 'nothing-proven' };
  const event = { kind: 'sign-in.begin', outcome: 'ok', actor: ANONYMOUS, appId: caller.app.id, detail } as const;
  rationOf(ctx.store).counts(event, ctx.clock.now());
  return { cookie: carry(ctx, caller, { name, next, ended }), offer: offersOf(caller.app) };
}

interface FirstForm {
  readonly account: string;
  readonly password: string | undefined;
  readonly next: string;
}

/** The first step. Errors as in types.ts. */
export function begin(ctx: LoginContext, caller: Caller, form: FirstForm): Promise<PendingStarted> {
  const { realm } = caller.app;
  // A name alone tells nobody anything, nor does it prove anything: the second step is closed.
  if (!sourceOf(realm.source).asksPassword) return beginOpen(ctx, caller, form);
  const name = canonicalName(form.account, realm);
  const typed = {
    kind: 'sign-in.begin',
    whose: async () => (name === undefined ? undefined : ctx.store.accounts.byName(realm.id, name)),
    inVain: () => {
      const who = { realm: realm.id, name: name ?? '', accountId: null, proven: false };
      return proveInVain(ctx, caller, who, form.password ?? '');
    },
  } as const;
  return behindLockDown(ctx, caller, typed, () => beginOpen(ctx, caller, form));
}

async function beginOpen(ctx: LoginContext, caller: Caller, form: FirstForm): Promise<PendingStarted> {
  const { next } = form;
  await checkSource(ctx.store.throttles, caller.source, ctx.clock.now());
  const password = sourceOf(caller.app.realm.source).begin(form.password);
  const name = await nameOf(ctx, caller, form.account);
  return password === null ? byName(ctx, caller, name, next) : byPassword(ctx, caller, name, { password, next });
}

/** As in types.ts. */
export async function knows(ctx: LoginContext, caller: Caller, typed: string): Promise<boolean> {
  const { realm } = caller.app;
  const name = canonicalName(typed, realm);
  const account = name === undefined ? undefined : await ctx.store.accounts.byName(realm.id, name);
  return knowsBrowser(ctx.seal, caller.browser, account?.id ?? null, ctx.clock.now());
}
