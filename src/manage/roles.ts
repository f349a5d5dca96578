import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import type { Parts } from '../operations/types.ts';
import { covers, type Grant, ROLES, sameGrant } from '../roles.ts';
import type { AccountRow } from '../store/types.ts';
import { accountView, grantForm, viewOf } from './account-view.ts';
import { viewAfter } from './accounts.ts';
import { accountForm, administration, findAccount, type Managing, stillThere } from './administration.ts';
import { endInvitations } from './invitations.ts';
import { needOrganisation, needOwnerLeft } from './organisations.ts';
import { query } from './query.ts';

/** Which role of which account; without an organisation, for everything. */
const form = accountForm.extend({ role: z.enum(ROLES), organisation: z.string().optional() });
type Wish = z.infer<typeof form>;

/** An organisation id is meant as well as a name; one of any realm, since who helps its people may be of another. */
async function findGrant(on: {
  readonly ctx: Managing;
  readonly input: Wish;
}): Promise<{ accountId: string; grant: Grant; organisation: string | null }> {
  const { ctx, input } = on;
  const { accountId } = await findAccount(on);
  const of = input.organisation === undefined ? null : await needOrganisation(ctx, input.organisation);
  const organisation = of?.id ?? null;
  return { accountId, grant: { role: input.role, organisation }, organisation };
}

/** What is held for an organisation that is no more is meant by its id. */
async function findHeld(on: Parameters<typeof findGrant>[0]): ReturnType<typeof findGrant> {
  const { role, organisation } = on.input;
  const gone = organisation !== undefined && (await on.ctx.store.organisations.byId(organisation)) === undefined;
  if (gone) {
    const { accountId } = await findAccount(on);
    const held = (await on.ctx.store.accounts.byId(accountId))?.roles.some(
      (each) => each.organisation === organisation,
    );
    if (held === true) return { accountId, grant: { role, organisation }, organisation };
  }
  return findGrant(on);
}

/** Throws `forbidden`. */
function needGiven({ grants }: Managing, grant: Grant): void {
  if (!covers(grants, [grant])) throw new SallyportError('forbidden', 'nobody gives a role that they do not hold');
}

/** That the organisation is there, and stays until the end of the transaction. Throws `not-found`. */
async function holdOrganisation({ organisations }: Parts<'account'>, { organisation }: Grant): Promise<void> {
  if (organisation === null) return;
  await organisations.hold(organisation);
  if ((await organisations.byId(organisation)) === undefined)
    throw new SallyportError('not-found', 'the organisation was removed meanwhile');
}

const MOST = 200;

/** What the account holds from now on: in force for every act, and its sessions at the console end. */
async function hold(tx: Parts<'account'>, row: AccountRow, roles: readonly Grant[], now: number): Promise<number> {
  await tx.accounts.update(row.id, { roles });
  const ended = await tx.sessions.end({ by: 'account', accountId: row.id, appId: 'console' }, 'role-changed', now);
  return ended.length;
}

const changed = accountView.extend({ sessionsEnded: z.number() });

/**
 * Gives a role, for one organisation or for everything. Nobody gives more than they hold, nor to themselves. Links of the account
 * end: a help desk may hold them, which acts upon nobody with a role. Throws `not-found`, `usage`, `forbidden`, `conflict` for an account that holds it.
 */
export const grantRole = administration({
  name: 'role.grant',
  does: 'gives an account a role, for one organisation or for everything',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account', fresh: true },
  http: 'POST /accounts/{account}/roles',
  input: form,
  output: changed.extend({ ticketsEnded: z.number() }),
  lock: 'account',
  records: ['role.grant'],
  async find(on) {
    const found = await findGrant(on);
    // Before it waits for a second person too, who may hold more.
    needGiven(on.ctx, found.grant);
    return found;
  },
  async run({ tx, ctx, account, given: { grant }, now }) {
    const row = stillThere(account);
    needGiven(ctx, grant);
    if (row.roles.some((each) => sameGrant(each, grant)))
      throw new SallyportError('conflict', `${row.name} holds that role already`);
    if (row.roles.length >= MOST) throw new SallyportError('conflict', `an account holds at most ${MOST} roles`);
    await holdOrganisation(tx, grant);
    const ended = {
      sessionsEnded: await hold(tx, row, [...row.roles, grant], now),
      ticketsEnded: await endInvitations(tx, row.id, now),
    };
    const detail = { name: row.name, role: grant.role, for: grant.organisation ?? 'everything', ...ended };
    const value = { ...(await viewAfter(tx, row, ctx.reach)), ...ended };
    return { value, record: [{ kind: 'role.grant', accountId: row.id, detail }] };
  },
});

/** Takes a role away. Throws `not-found`, `usage`, `forbidden`, `conflict` for the last owner. */
export const revokeRole = administration({
  name: 'role.revoke',
  does: 'takes a role from an account; its sessions at the console end',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account', fresh: true },
  http: 'POST /accounts/{account}/roles/revoke',
  input: form,
  output: changed,
  lock: 'account',
  records: ['role.revoke'],
  find: findHeld,
  async run({ tx, ctx, account, given: { grant }, now }) {
    const row = stillThere(account);
    const left = row.roles.filter((each) => !sameGrant(each, grant));
    if (left.length === row.roles.length) throw new SallyportError('not-found', `${row.name} does not hold that role`);
    const sessionsEnded = await hold(tx, row, left, now);
    await needOwnerLeft(tx, row);
    const detail = { name: row.name, role: grant.role, for: grant.organisation ?? 'everything', sessionsEnded };
    const value = { ...(await viewAfter(tx, row, ctx.reach)), sessionsEnded };
    return { value, record: [{ kind: 'role.revoke', accountId: row.id, detail }] };
  },
});

/** Everybody within reach who holds a role, by realm and name. */
export const listRoles = query({
  name: 'role.list',
  does: 'who holds which role, and for what',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'reach' },
  http: 'GET /roles',
  input: z.strictObject({}),
  output: z.array(accountView.extend({ roles: z.array(grantForm).readonly() })).readonly(),
  async read({ store, reach }) {
    const rows = await store.accounts.withRole(reach);
    return Promise.all(rows.map((row) => viewOf(store, row, reach)));
  },
});
