import { configFromArguments } from '../../../src/config/load.ts';
import type { AppConfig, Config } from '../../../src/config/types.ts';
import { systemRandom as random } from '../../../src/lib/random.ts';
import { MACHINE } from '../../../src/manage/authority.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import type { Grant } from '../../../src/roles.ts';
import type { AccountRow, AuthenticatorRow, NewAuditRow, WholeStore } from '../../../src/store/types.ts';
import { StillClock } from '../../support/clock.ts';
import { accountRow, sessionRow, totpRow } from '../../support/rows.ts';

export const NOW = Date.parse('2026-05-20T12:00:00Z');
export const DAY = 86_400_000;

const arrived = configFromArguments({ upstream: 'http://127.0.0.1:9' });
const [first] = arrived.apps;
if (first === undefined) throw new Error('no app');
const realm = { ...first.realm, id: 'local' };
export const APP: AppConfig = { ...first, id: 'portal', realm };

/** What is asked here: of one app, in one realm. */
export const CONFIG: Config = { ...arrived, realms: new Map([['local', realm]]), apps: [APP], tls: null };

export function askerOf(store: WholeStore, authority: ManageContext['authority'] = MACHINE): ManageContext {
  const actor = authority.kind === 'person' ? authority.accountId : 'cli:test';
  return { store, clock: new StillClock(NOW), random, config: CONFIG, actor, authority };
}

/** Somebody who holds these, at the console. */
export async function personWith(store: WholeStore, id: string, roles: readonly Grant[]): Promise<ManageContext> {
  await person(store, { id, name: id, organisationId: 'home', roles });
  return askerOf(store, { kind: 'person', accountId: id, fresh: true });
}

export async function organisation(store: WholeStore, id: string, name = `Practice ${id}`): Promise<string> {
  await store.organisations.insert({ id, realm: 'local', name, contact: '', policy: '{}', createdAt: 1 });
  return id;
}

interface Having {
  readonly factors?: readonly Partial<AuthenticatorRow>[];
  /** Its open ticket ends then. */
  readonly ticketUntil?: number;
  readonly session?: boolean;
}

/** An account with what it has. */
export async function person(store: WholeStore, set: Partial<AccountRow>, having: Having = {}): Promise<string> {
  const row = accountRow({ createdAt: NOW - 100 * DAY, ...set });
  await store.accounts.insert(row);
  const { id: accountId } = row;
  await store.underAccount(accountId, async (tx) => {
    for (const [i, each] of (having.factors ?? []).entries())
      await tx.authenticators.insert(totpRow({ id: `${accountId}-${i}`, accountId, ...each }));
    if (having.ticketUntil !== undefined) {
      const of = { id: `ticket-${accountId}`, hash: `ticket-${accountId}`, accountId, issuedBy: 'cli:test' };
      await tx.tickets.insert({
        ...of,
        resetPassword: false,
        createdAt: 1,
        expiresAt: having.ticketUntil,
        usedAt: null,
      });
    }
    if (having.session === true) {
      const times = { createdAt: NOW - 1000, lastSeenAt: NOW, expiresAt: NOW + DAY, idleMs: DAY };
      await tx.sessions.insert(
        sessionRow({ id: `session-${accountId}`, hash: `session-${accountId}`, accountId, ...times }),
      );
    }
  });
  return accountId;
}

/** Something on record. */
export function entry(store: WholeStore, set: Partial<NewAuditRow> = {}): Promise<void> {
  const nobody = { accountId: null, sessionId: null, appId: null, source: null, detail: '{}' };
  return store.audit.append({ at: NOW, kind: 'session.open', outcome: 'ok', actor: 'system', ...nobody, ...set });
}
