import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { act } from '../operations/perform.ts';
import type { Session } from '../sessions/session.ts';
import { type Owner, owner } from './askers.ts';
import type { LoginContext } from './context.ts';
import { checkSession, needStanding } from './open.ts';
import type { Caller } from './types.ts';

const ofSession = ({ by: { session } }: { readonly by: Owner }) => ({ accountId: session.accountId });

const outForm = z.strictObject({ everywhere: z.boolean() });

/** Ends this session, or every one of its account; answers how many ended. One that has ended may end once more. */
export const leave = act<
  'account',
  LoginContext,
  Owner,
  z.infer<typeof outForm>,
  number,
  { accountId: string },
  'sign-out',
  never
>({
  name: 'session.sign-out',
  does: 'ends the session of whoever asks, or all of their account',
  who: 'owner',
  input: outForm,
  output: z.number(),
  lock: 'account',
  records: ['sign-out'],
  find: ofSession,
  async run({ tx, by, input: { everywhere }, now }) {
    const { accountId, id } = by.session;
    const selector = everywhere ? ({ by: 'account', accountId } as const) : ({ by: 'id', id } as const);
    const ended = await tx.sessions.end(selector, everywhere ? 'sign-out-everywhere' : 'sign-out', now);
    const detail = { sessions: ended.length };
    return { value: ended.length, record: [{ kind: 'sign-out', accountId, sessionId: id, detail }] };
  },
});

const idForm = z.strictObject({ id: z.string() });

/** Ends one other session of the account, at whichever app. Throws `not-found`, `sign-in-required`. */
export const endAnother = act<
  'account',
  LoginContext,
  Owner,
  z.infer<typeof idForm>,
  number,
  { accountId: string },
  'session.revoke',
  never
>({
  name: 'session.end-another',
  does: 'ends one other session of the account of whoever asks',
  who: 'owner',
  input: idForm,
  output: z.number(),
  lock: 'account',
  records: ['session.revoke'],
  find: ofSession,
  async run({ tx, by: { session }, input: { id }, now }) {
    const { accountId } = session;
    await needStanding(tx, session);
    // A public id is no secret: it is looked for among the live sessions of the account, and the own one is not another.
    const live = await tx.sessions.listLive(now, { accountId });
    if (id === session.id || !live.some((row) => row.id === id))
      throw new SallyportError('not-found', 'no other live session of this account has that id');
    const { length: sessions } = await tx.sessions.end({ by: 'id', id }, 'signed-out-elsewhere', now);
    if (sessions === 0) throw new SallyportError('not-found', 'the session ended meanwhile');
    const entry = { kind: 'session.revoke', accountId, sessionId: id, detail: { by: 'id', sessions } } as const;
    return { value: sessions, record: [entry] };
  },
});

/** Ends all other sessions of the account. Throws `sign-in-required`. */
export const endAllOthers = act<
  'account',
  LoginContext,
  Owner,
  Record<string, never>,
  number,
  { accountId: string },
  'session.revoke',
  never
>({
  name: 'session.end-others',
  does: 'ends all other sessions of the account of whoever asks',
  who: 'owner',
  input: z.strictObject({}),
  output: z.number(),
  lock: 'account',
  records: ['session.revoke'],
  find: ofSession,
  async run({ tx, by: { session }, now }) {
    const { accountId, id } = session;
    await needStanding(tx, session);
    const others = { by: 'account', accountId, except: id } as const;
    const { length: sessions } = await tx.sessions.end(others, 'signed-out-elsewhere', now);
    const entry = { kind: 'session.revoke', accountId, sessionId: id, detail: { by: 'others', sessions } } as const;
    return { value: sessions, record: [entry] };
  },
});

/** Ends this session, or every one of its account; returns how many ended. */
export function signOut(ctx: LoginContext, caller: Caller, session: Session, everywhere: boolean): Promise<number> {
  return leave.perform({ ctx, by: owner(caller, session) }, { everywhere });
}

/** Ends one other session of the account, at whichever app, or all others. Errors as in types.ts. */
export async function endOthers(
  ctx: LoginContext,
  caller: Caller,
  session: Session,
  which: { readonly id: string } | 'all',
): Promise<number> {
  checkSession(ctx, caller, session);
  const asked = { ctx, by: owner(caller, session) };
  return which === 'all' ? endAllOthers.perform(asked, {}) : endAnother.perform(asked, { id: which.id });
}
