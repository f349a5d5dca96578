import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { isFactor } from '../factors/usable.ts';
import type { Entry, Parts, Under } from '../operations/types.ts';
import type { AuthenticatorRow } from '../store/types.ts';
import { did, type Owner, toOwner } from './askers.ts';
import { replaceCodes } from './codes.ts';
import type { EnrolContext } from './context.ts';
import { readLabel } from './labels.ts';
import { LastAuthenticator } from './refusals.ts';
import { ownersChange } from './steps.ts';
import type { EnrolCaller } from './types.ts';

/** The authenticator, which must be the account's own; recovery codes are not one by themselves. */
function needOwn(rows: readonly AuthenticatorRow[], id: string): AuthenticatorRow {
  const row = rows.find((each) => each.id === id && each.kind !== 'recovery');
  if (row === undefined) throw new SallyportError('not-found', 'no such authenticator of this account');
  return row;
}

/** Those of an account that sign in at this app: a passkey of another relying party does not. */
async function worksHere(
  tx: Pick<Parts<'account'>, 'authenticators'>,
  { app }: EnrolCaller,
  rows: readonly AuthenticatorRow[],
  accountId: string,
): Promise<AuthenticatorRow[]> {
  const keys = await tx.authenticators.credentialsOf(accountId);
  const here = new Set(keys.filter((key) => key.rpId === app.relyingParty?.id).map((key) => key.authenticatorId));
  return rows.filter((row) => isFactor(row) && (row.kind !== 'passkey' || here.has(row.id)));
}

/** Ten new recovery codes. */
export const renewCodes = ownersChange({
  name: 'own.renew-recovery-codes',
  does: 'makes ten new recovery codes; all older ones end',
  input: z.strictObject({}),
  output: z.array(z.string()).readonly(),
  records: ['recovery.replace'],
  notices: ['recovery-codes-replaced'],
  prepare: () => null,
  async run(on) {
    const { codes, record, notices } = await replaceCodes(on, on.owner);
    return { value: codes, record: [record], notices };
  },
});

/** Gives an authenticator another name. */
export const renameOwn = ownersChange({
  name: 'own.rename-authenticator',
  does: 'gives an authenticator another name',
  input: z.strictObject({ id: z.string(), label: z.string() }),
  output: z.void(),
  records: ['authenticator.rename'],
  prepare: () => null,
  async run({ tx, owner, input: { id, label: typed } }) {
    const label = readLabel(typed);
    if (label === '') throw new SallyportError('bad-body', 'an empty label');
    const { label: was } = needOwn(await tx.authenticators.ofAccount(owner.id), id);
    if (!(await tx.authenticators.rename(id, owner.id, label))) throw new SallyportError('conflict', 'gone meanwhile');
    return { value: undefined, record: [did(owner, 'authenticator.rename', { authenticator: id, label, was })] };
  },
});

/** Whoever removes a lost device means the sessions that it opened too; the one that removes stays. */
async function endOpenedWith(
  { tx, by: { session }, now }: Under<'account', EnrolContext, Owner, unknown, unknown>,
  authenticatorId: string,
): Promise<Entry<'session.revoke'>[]> {
  const { accountId } = session;
  const live = await tx.sessions.listLive(now, { accountId });
  const opened = live.filter(
    ({ id, proofs }) => id !== session.id && proofs.some((proof) => proof.authenticatorId === authenticatorId),
  );
  for (const { id } of opened) await tx.sessions.end({ by: 'id', id }, 'authenticator-removed', now);
  const detail = { sessions: opened.length, cause: 'authenticator-removed' };
  return opened.length === 0 ? [] : [did({ id: accountId }, 'session.revoke', detail)];
}

/** Removes an authenticator, unless it is the last that works here, and ends the other sessions that it opened. */
export const removeOwn = ownersChange({
  name: 'own.remove-authenticator',
  does: 'removes an authenticator, unless it is the last, and ends the other sessions that it opened',
  input: z.strictObject({ id: z.string() }),
  output: z.void(),
  records: ['authenticator.remove', 'session.revoke'],
  notices: ['authenticator-removed'],
  prepare: () => null,
  async run(on) {
    const { tx, by, owner, input } = on;
    const rows = await tx.authenticators.ofAccount(owner.id);
    const { id, kind, label } = needOwn(rows, input.id);
    const left = await worksHere(tx, by.caller, rows, owner.id);
    if (!left.some((each) => each.id !== id)) throw new LastAuthenticator();
    if (!(await tx.authenticators.remove(id))) throw new SallyportError('conflict', 'removed meanwhile');
    const removed = did(owner, 'authenticator.remove', { authenticator: id, kind, label });
    return {
      value: undefined,
      record: [removed, ...(await endOpenedWith(on, id))],
      notices: [toOwner(by.caller, owner, 'authenticator-removed', label)],
    };
  },
});
