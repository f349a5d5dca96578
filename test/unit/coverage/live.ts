import type { Replay } from '../../../src/coverage/replay.ts';
import type { AccountStanding } from '../../../src/coverage/types.ts';
import type { AccountRow, WholeStore } from '../../../src/store/types.ts';

/** What tables and record must agree upon, in one form. */
export interface Told {
  readonly realm: string | null;
  readonly name: string | null;
  readonly organisation: string | null;
  readonly groups: readonly string[] | null;
  readonly roles: readonly string[] | null;
  readonly password: boolean | null;
  readonly disabledAt: number | null;
  readonly factors: readonly unknown[];
  readonly recovery: unknown;
  readonly tickets: readonly unknown[];
  readonly names: Readonly<Record<string, string>>;
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

async function accountInTables(store: WholeStore, row: AccountRow, now: number): Promise<Told> {
  const rows = await store.authenticators.ofAccount(row.id);
  const keys = new Map((await store.authenticators.credentialsOf(row.id)).map((key) => [key.authenticatorId, key]));
  const codes = rows.find(({ kind }) => kind === 'recovery');
  const factors = rows
    .filter(({ kind }) => kind !== 'recovery')
    .map(({ id, kind, label, createdAt, disabledAt, lastUsedAt }) => {
      const key = keys.get(id);
      const { rpId: rp = null, userVerified = null, backupEligible } = key ?? {};
      const deviceBound = backupEligible === undefined ? null : !backupEligible;
      return { id, kind, label, enrolledAt: createdAt, disabledAt, lastUsedAt, rp, userVerified, deviceBound };
    });
  const tickets = await store.tickets.listOpen(now, { accountId: row.id });
  const left = await store.authenticators.recoveryLeft(row.id);
  return {
    realm: row.realm,
    name: row.name,
    organisation: row.organisationId,
    groups: [...row.groups].sort(),
    roles: row.roles.map(({ role, organisation }) => `${role} ${organisation ?? 'everything'}`).sort(),
    password: row.passwordHash !== null,
    disabledAt: row.disabledAt,
    factors: factors.sort(byId),
    // Codes of an authenticator that is disabled are none.
    recovery:
      codes === undefined
        ? null
        : {
            ...{ id: codes.id, disabledAt: codes.disabledAt, left: codes.disabledAt === null ? left : 0 },
            lastUsedAt: codes.lastUsedAt,
          },
    tickets: tickets.map(({ id, expiresAt, resetPassword }) => ({ id, until: expiresAt, resetPassword })),
    names: Object.fromEntries((await store.appNames.ofAccount(row.id)).map(({ appId, name }) => [appId, name])),
  };
}

function accountOnRecord(standing: AccountStanding, now: number): Told {
  const { recovery, ticket } = standing;
  // That it was enrolled proved that it works: tables count it as a use, and the record has it as the enrolment.
  const usedAt = (id: string | null) => standing.uses?.get(id ?? '')?.at ?? null;
  const open = ticket === null || ticket.until <= now ? [] : [ticket];
  return {
    realm: standing.realm,
    name: standing.name,
    organisation: standing.organisation,
    groups: standing.groups === null ? null : [...standing.groups].sort(),
    roles: standing.roles,
    password: standing.password,
    disabledAt: standing.disabledAt,
    factors: [...standing.factors.values()]
      .map(({ seq: _seq, disabledSeq: _disabled, backedUp: _backed, ...factor }) => {
        return { ...factor, lastUsedAt: usedAt(factor.id) ?? factor.enrolledAt };
      })
      .sort(byId),
    recovery:
      recovery === null
        ? null
        : {
            id: recovery.id,
            disabledAt: recovery.disabledAt,
            left: recovery.disabledAt === null ? recovery.left : 0,
            lastUsedAt: usedAt(recovery.id),
          },
    tickets: open.map(({ id, until, resetPassword }) => ({ id, until, resetPassword })),
    names: Object.fromEntries([...standing.names].sort()),
  };
}

interface Organisation {
  readonly id: string;
  readonly realm: string;
  readonly name: string;
  readonly policy: unknown;
}

export interface Everything {
  readonly accounts: Readonly<Record<string, Told>>;
  readonly organisations: readonly Organisation[];
  readonly closed: string | null;
}

/** What the tables say now. */
export async function inTables(store: WholeStore, now: number): Promise<Everything> {
  const accounts = new Map<string, Told>();
  for (const row of await store.accounts.list()) accounts.set(row.id, await accountInTables(store, row, now));
  const organisations = await store.organisations.list('all');
  const lockDown = await store.lockDown.current();
  const over = lockDown === undefined || (lockDown.until !== null && lockDown.until <= now);
  return {
    accounts: Object.fromEntries([...accounts].sort()),
    organisations: organisations.map(({ id, realm, name, policy }) => ({ id, realm, name, policy })).sort(byId),
    closed: over ? null : lockDown.reason,
  };
}

/** What the record says. Accounts that were removed are not in it. */
export function onRecord(replay: Replay, now: number): Everything {
  const { accounts, organisations, closed } = replay.state();
  const there = [...accounts].filter(([, { removedAt }]) => removedAt === null);
  const over = closed === null || (closed.until !== null && closed.until <= now);
  return {
    accounts: Object.fromEntries(there.map(([id, each]) => [id, accountOnRecord(each, now)] as const).sort()),
    organisations: [...organisations.values()]
      .map(({ id, realm, name, policy }) => ({ id, realm, name, policy }))
      .sort(byId),
    closed: over ? null : closed.reason,
  };
}
