import { enrolling, owner } from './askers.ts';
import { removeOwn, renameOwn, renewCodes } from './changes.ts';
import type { EnrolContext } from './context.ts';
import { addedIn, finish } from './finish.ts';
import { findLive } from './live.ts';
import { add, open, peek } from './open.ts';
import { own } from './own.ts';
import { adviseOwner, changePassword, needOwnPassword } from './own-password.ts';
import { passkey, passkeyOptions } from './passkey.ts';
import { advise, password, passwordStep } from './password.ts';
import { chooseAgain, confirm, extend, totp, uriOf } from './totp.ts';
import type { Enrol, EnrolCaller, EnrolState } from './types.ts';

async function state(ctx: EnrolContext, caller: EnrolCaller, cookie: string | null): Promise<EnrolState | undefined> {
  const live = await findLive(ctx, caller, cookie);
  if (live === undefined) return undefined;
  const { account, progress } = live;
  const { secret } = progress;
  const added = addedIn(live);
  return {
    accountName: account.name,
    organisationId: account.organisationId,
    password: passwordStep(live, caller),
    totp: secret === null ? null : { secret, uri: uriOf(caller, account, secret) },
    confirmed: added.length > 0,
    added,
    adding: progress.sessionId !== null,
  };
}

/** Enrolment and the owner's changes of factors. Errors and answers as in types.ts. */
export function createEnrol(ctx: EnrolContext): Enrol {
  return {
    peek: (caller, ticket) => peek(ctx, caller, ticket),
    open: (caller, ticket) => open(ctx, caller, ticket),
    add: (caller, session, next = '/') => add.perform(owner(ctx, caller, session), { next }),
    state: (caller, pending) => state(ctx, caller, pending),
    password: (caller, pending, typed) => password.perform(enrolling(ctx, caller, pending), { password: typed }),
    advise: (caller, pending, typed) => advise(ctx, caller, pending, typed),
    totp: (caller, pending) => totp.perform(enrolling(ctx, caller, pending), {}),
    confirm: (caller, pending, code, label) => confirm(enrolling(ctx, caller, pending), { code, label }),
    passkeyOptions: (caller, pending) => passkeyOptions(ctx, caller, pending),
    passkey: (caller, pending, response, label) => passkey(enrolling(ctx, caller, pending), { response, label }),
    chooseAgain: (caller, pending) => chooseAgain.perform(enrolling(ctx, caller, pending), {}),
    extend: (caller, pending) => extend.perform(enrolling(ctx, caller, pending), {}),
    finish: (caller, pending, opens) => finish(ctx, caller, pending, opens),
    own: (_caller, session) => own(ctx, session),
    newRecoveryCodes: (caller, session) => renewCodes.perform(owner(ctx, caller, session), {}),
    recoveryLeft: (session) => ctx.store.authenticators.recoveryLeft(session.accountId),
    needOwnPassword: (caller, session) => needOwnPassword(ctx, caller, session),
    changePassword: (caller, session, typed) => changePassword.perform(owner(ctx, caller, session), typed),
    adviseOwner: (caller, session, typed) => adviseOwner(ctx, caller, session, typed),
    renameAuthenticator: (caller, session, id, label) => renameOwn.perform(owner(ctx, caller, session), { id, label }),
    removeAuthenticator: (caller, session, id) => removeOwn.perform(owner(ctx, caller, session), { id }),
  };
}
