import { z } from 'zod';
import { everyTarget, targetKey } from '../accounts/throttle.ts';
import type { AuditKind } from '../audit/audit.ts';
import { isFactor } from '../factors/usable.ts';
import { ROLES, reachOf, within } from '../roles.ts';
import type { AccountRow, AuthenticatorRow } from '../store/types.ts';
import { stateForm } from './account-find.ts';
import { accountView, view } from './account-view.ts';
import { accountForm } from './administration.ts';
import { authenticatorView, authenticatorViewOf } from './authenticators.ts';
import { entryOf, entryView } from './entry-view.ts';
import { needAccount } from './find.ts';
import { query, type Reading } from './query.ts';
import { sessionView, sessionViews } from './sessions.ts';
import { ticketView, ticketViewOf } from './tickets.ts';

const NEWEST = 20;

/** What a help desk sees of the record: how somebody signed in and enrolled, or tried to. */
const HELPED = [
  'sign-in.begin',
  'sign-in.second',
  'sign-in.step-up',
  'sign-out',
  'session.open',
  'enrol.open',
  'enrol.password',
  'enrol.authenticator',
  'enrol.finish',
  'authenticator.disabled',
] as const satisfies readonly AuditKind[];

const shownAuthenticator = authenticatorView.extend({
  /** Model, as the passkey says; null: it does not, or it is none. */
  aaguid: z.string().nullable(),
  /** May be synced between devices; null: it is no passkey. */
  synced: z.boolean().nullable(),
});

const page = z.strictObject({
  account: accountView,
  organisation: z.string().nullable(),
  state: stateForm,
  /** When one of its authenticators was last used. */
  lastUsedAt: z.number().nullable(),
  authenticators: z.array(shownAuthenticator).readonly(),
  recoveryCodes: z.number(),
  sessions: z.array(sessionView).readonly(),
  /** Until when somebody who guesses at it has to wait; null: nobody has to. */
  waitsUntil: z.number().nullable(),
  names: z.array(z.strictObject({ accountId: z.string(), appId: z.string(), name: z.string() })).readonly(),
  tickets: z.array(ticketView).readonly(),
  /** The newest entries about it; `history: sign-ins`: of how it signed in and enrolled alone. */
  record: z.array(entryView).readonly(),
  history: z.enum(['all', 'sign-ins']),
});
export type AccountPageView = Readonly<z.infer<typeof page>>;

const NO_MODEL = '00000000-0000-0000-0000-000000000000';

async function authenticatorsOf({ store }: Reading, id: string, rows: readonly AuthenticatorRow[]) {
  const credentials = new Map(
    (await store.authenticators.credentialsOf(id)).map((each) => [each.authenticatorId, each]),
  );
  return rows.map((row) => {
    const credential = credentials.get(row.id);
    const aaguid = credential === undefined || credential.aaguid === NO_MODEL ? null : credential.aaguid;
    return { ...authenticatorViewOf(row), aaguid, synced: credential?.backupEligible ?? null };
  });
}

/** By what the asker holds over this account's organisation. */
function historyFor({ grants }: Reading, { organisationId }: AccountRow): 'all' | 'sign-ins' {
  const reach = reachOf(grants, ['owner', 'administrator', 'auditor']);
  return reach !== null && within(reach, organisationId) ? 'all' : 'sign-ins';
}

function stateOf({ disabledAt }: AccountRow, factors: number, tickets: number): z.infer<typeof stateForm> {
  if (disabledAt !== null) return 'disabled';
  if (factors > 0) return 'protected';
  return tickets > 0 ? 'invited' : 'none';
}

/** The last of the waits that wrong guesses have grown, which `account.unlock` ends. */
async function waitsUntil({ store, clock }: Reading, { realm, name }: AccountRow): Promise<number | null> {
  const rows = await store.throttles.byKeys(everyTarget(realm, name).map(targetKey));
  const last = Math.max(0, ...rows.map(({ nextAt }) => nextAt));
  return last > clock.now() ? last : null;
}

/** All that is known of one account. Throws `not-found`, `usage`. */
export const showAccountPage = query({
  name: 'account.page',
  does: 'one account with its authenticators, sessions, tickets, names and history',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /accounts/{account}/page',
  input: accountForm,
  output: page,
  async read(ctx, { account, realm }) {
    const { store, clock, reach } = ctx;
    const row = await needAccount(ctx, account, realm);
    const { id: accountId, organisationId } = row;
    const owned = await store.authenticators.ofAccount(accountId);
    const recoveryCodes = await store.authenticators.recoveryLeft(accountId);
    const sessions = await store.sessions.listLive(clock.now(), { accountId, reach });
    const tickets = await store.tickets.listOpen(clock.now(), { accountId, reach });
    const history = historyFor(ctx, row);
    const kinds = history === 'all' ? {} : { kinds: HELPED };
    const { rows } = await store.views.record({ reach, accountId, limit: NEWEST, ...kinds });
    const signedIn = await store.views.record({ reach, accountId, limit: 1, kinds: ['session.open'] });
    const factors = owned.filter(isFactor).length;
    const uses = owned.flatMap(({ lastUsedAt }) => (lastUsedAt === null ? [] : [lastUsedAt]));
    return {
      account: view(row, reach, { standing: { factors, recoveryCodes }, lastSignIn: signedIn.rows[0]?.at }),
      organisation: (await store.organisations.byId(organisationId))?.name ?? null,
      state: stateOf(row, factors, tickets.length),
      lastUsedAt: uses.length === 0 ? null : Math.max(...uses),
      authenticators: await authenticatorsOf(ctx, accountId, owned),
      recoveryCodes,
      sessions: await sessionViews(ctx, sessions),
      waitsUntil: await waitsUntil(ctx, row),
      names: await store.appNames.ofAccount(accountId),
      tickets: tickets.map(ticketViewOf),
      record: rows.map((row) => entryOf(row, reach)),
      history,
    };
  },
});
