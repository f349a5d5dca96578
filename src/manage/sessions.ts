import { z } from 'zod';
import { everyApp } from '../config/console.ts';
import { SallyportError } from '../errors.ts';
import { methodsOf, WAYS, waysOf } from '../evidence.ts';
import { covers, ROLES } from '../roles.ts';
import type { AccountStore, SessionWithAccount } from '../store/types.ts';
import { accountForm, administration, findAccount } from './administration.ts';
import type { Warrant } from './authority.ts';
import type { ManageContext } from './context.ts';
import { needAccount, needApp, needRealm, needVisible } from './find.ts';
import { needOrganisation, organisationForm } from './organisations.ts';
import { query } from './query.ts';

/** A live session as it is shown: nothing of its secret. Moments in ms. */
export const sessionView = z.strictObject({
  id: z.string(),
  appId: z.string(),
  accountId: z.string(),
  account: z.string(),
  realm: z.string(),
  amr: z.array(z.string()).readonly(),
  ways: z.array(z.enum(WAYS)).readonly(),
  createdAt: z.number(),
  lastSeenAt: z.number(),
  expiresAt: z.number(),
  source: z.string(),
  userAgent: z.string(),
  /** Requests, streams and sockets that it has open, as the nodes told some seconds ago; null: too many to tell of each. */
  streams: z.number().nullable(),
});
export type SessionView = Readonly<z.infer<typeof sessionView>>;

/** Each as it is shown, with what it has open. */
export async function sessionViews(
  { store, clock }: Pick<ManageContext, 'store' | 'clock'>,
  rows: readonly SessionWithAccount[],
): Promise<readonly SessionView[]> {
  const open = await store.streams.of(
    rows.map(({ id }) => id),
    clock.now(),
  );
  return rows.map((row) => sessionViewOf(row, open.get(row.id) ?? null));
}

function sessionViewOf(row: SessionWithAccount, streams: number | null): SessionView {
  const { id, appId, accountId, account, createdAt, lastSeenAt, expiresAt, userAgent } = row;
  const { name, realm } = account;
  return {
    id,
    appId,
    accountId,
    account: name,
    realm,
    amr: methodsOf(row.proofs),
    ways: waysOf(row.proofs),
    createdAt,
    lastSeenAt,
    expiresAt,
    source: row.source,
    userAgent,
    streams,
  };
}

/** An app that is no longer configured is one while it still has sessions. Throws `usage`. */
async function checkApp(ctx: ManageContext, appId: string): Promise<void> {
  if (everyApp(ctx.config).some((each) => each.id === appId)) return;
  const reach = ctx.reach ?? new Set<string>();
  const left = await ctx.store.sessions.listLive(ctx.clock.now(), { appId, reach });
  if (left.length === 0) needApp(ctx, appId);
}

/** Every live session, oldest first. Throws `usage` for a realm or app that there is not, `not-found` for such an account. */
export const listSessions = query({
  name: 'session.list',
  does: 'who is signed in, at which app, and how',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /sessions/all',
  input: z.strictObject({
    account: z.string().optional(),
    realm: z.string().optional(),
    appId: z.string().optional(),
  }),
  output: z.array(sessionView).readonly(),
  async read(ctx, filter) {
    const { reach } = ctx;
    const realm = filter.realm === undefined ? undefined : needRealm(ctx, filter.realm).id;
    if (filter.appId !== undefined) await checkApp(ctx, filter.appId);
    const account = filter.account === undefined ? undefined : await needAccount(ctx, filter.account, filter.realm);
    const rows = await ctx.store.sessions.listLive(ctx.clock.now(), {
      reach,
      ...(account === undefined ? {} : { accountId: account.id }),
      ...(filter.appId === undefined ? {} : { appId: filter.appId }),
    });
    const wanted = realm === undefined ? rows : rows.filter((row) => row.account.realm === realm);
    return sessionViews(ctx, wanted);
  },
});

/** Ids of the sessions that ended. */
const ended = z.array(z.string()).readonly();

/** Ends one live session. Throws `not-found`. */
export const revokeSession = administration({
  name: 'session.revoke',
  does: 'ends one session',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator', 'help-desk'], of: 'account' },
  http: 'DELETE /sessions/{id}',
  input: z.strictObject({ id: z.string() }),
  output: ended,
  lock: 'account',
  records: ['session.revoke'],
  async find({ ctx, input: { id } }) {
    const known = await ctx.store.sessions.byId(id);
    const what = `live session ${JSON.stringify(id.slice(0, 64))}`;
    return { accountId: await needVisible(ctx, known?.accountId, what), appId: known?.appId ?? null, what };
  },
  async run({ tx, input: { id }, given: { accountId, appId, what }, now }) {
    const value = await tx.sessions.end({ by: 'id', id }, 'revoked', now);
    if (value.length === 0) throw new SallyportError('not-found', `there is no ${what}`);
    const detail = { by: 'id', sessions: value.length };
    return { value, record: [{ kind: 'session.revoke', accountId, appId, sessionId: id, detail }] };
  },
});

/** Ends every session of an account, and what it has begun. Throws `not-found`, `usage`. */
export const revokeAccountSessions = administration({
  name: 'session.revoke-of-account',
  does: 'ends every session of an account, and its sign-ins under way',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator', 'help-desk'], of: 'account' },
  http: 'DELETE /accounts/{account}/sessions',
  input: accountForm,
  output: ended,
  lock: 'account',
  records: ['session.revoke'],
  find: findAccount,
  async run({ tx, given: { accountId }, now }) {
    const value = await tx.sessions.end({ by: 'account', accountId }, 'revoked', now);
    await tx.pendings.removeOfAccount(accountId);
    const detail = { by: 'account', sessions: value.length };
    return { value, record: [{ kind: 'session.revoke', accountId, detail }] };
  },
});

/** Whose sessions an asker ends at once: of those within reach, but for people who hold more than the asker gives. */
async function whose(tx: { readonly accounts: Pick<AccountStore, 'withRole'> }, { reach, grants }: Warrant) {
  const above = (await tx.accounts.withRole(reach)).filter(({ roles }) => !covers(grants, roles));
  return { reach, spared: above.map(({ id }) => id) };
}

/** Ends every session of an app, also of one that is no longer configured and still has some. Throws `usage`. */
export const revokeAppSessions = administration({
  name: 'session.revoke-of-app',
  does: 'ends every session of an app',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'reach' },
  http: 'DELETE /apps/{app}/sessions',
  input: z.strictObject({ app: z.string() }),
  output: ended,
  lock: 'apps',
  records: ['session.revoke'],
  async find({ ctx, input: { app } }) {
    await checkApp(ctx, app);
    return { apps: { app } };
  },
  async run({ tx, ctx, input: { app: appId }, now }) {
    const value = await tx.sessions.end({ by: 'app', appId, ...(await whose(tx, ctx)) }, 'revoked', now);
    return { value, record: [{ kind: 'session.revoke', appId, detail: { by: 'app', sessions: value.length } }] };
  },
});

/** Ends every session that there is. */
export const revokeAllSessions = administration({
  name: 'session.revoke-all',
  does: 'ends every session',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'reach', fresh: true },
  http: 'DELETE /sessions',
  input: z.strictObject({}),
  output: ended,
  lock: 'apps',
  records: ['session.revoke'],
  find: () => ({ apps: 'all' as const }),
  async run({ tx, ctx, now }) {
    const value = await tx.sessions.end({ by: 'all', ...(await whose(tx, ctx)) }, 'revoked', now);
    return { value, record: [{ kind: 'session.revoke', detail: { by: 'all', sessions: value.length } }] };
  },
});

/** Ends every session of the people of an organisation. Throws `not-found`, `usage`. */
export const revokeOrganisationSessions = administration({
  name: 'session.revoke-of-organisation',
  does: 'ends every session of the people of a client organisation',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'organisation' },
  http: 'DELETE /organisations/{organisation}/sessions',
  input: organisationForm,
  output: ended,
  lock: 'apps',
  records: ['session.revoke'],
  async find({ ctx, input: { organisation, realm } }) {
    const { id, name } = await needOrganisation(ctx, organisation, realm);
    return { apps: 'all' as const, organisationId: id, name };
  },
  async run({ tx, ctx, given: { organisationId, name }, now }) {
    const { spared } = await whose(tx, ctx);
    const value = await tx.sessions.end({ by: 'all', reach: new Set([organisationId]), spared }, 'revoked', now);
    const detail = { by: 'organisation', organisation: organisationId, name, sessions: value.length };
    return { value, record: [{ kind: 'session.revoke', detail }] };
  },
});

const MODEL = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether it is the AAGUID of a model, in any case; 0 throughout is none. */
export function isModel(text: string): boolean {
  return MODEL.test(text.toLowerCase()) && /[1-9a-f]/i.test(text);
}

/**
 * Ends every session of people who have a passkey of one model (AAGUID, WebAuthn §6.5.1), however they signed in: when a model is found to
 * be weak, what it has opened is not told apart from what was opened beside it. Throws `usage`.
 */
export const revokeModelSessions = administration({
  name: 'session.revoke-of-model',
  does: 'ends every session of people who have a passkey of one model (AAGUID)',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'reach' },
  http: 'POST /sessions/revoke-of-model',
  input: z.strictObject({ aaguid: z.string() }),
  output: ended,
  lock: 'apps',
  records: ['session.revoke'],
  find({ input: { aaguid } }) {
    const model = aaguid.toLowerCase();
    if (!isModel(model))
      throw new SallyportError('usage', 'a model is an AAGUID, such as ee882879-721c-4913-9775-3dfcce97072a');
    return { apps: 'all' as const, model };
  },
  async run({ tx, ctx, given: { model }, now }) {
    const value = await tx.sessions.end({ by: 'all', aaguid: model, ...(await whose(tx, ctx)) }, 'revoked', now);
    return { value, record: [{ kind: 'session.revoke', detail: { by: 'model', model, sessions: value.length } }] };
  },
});
