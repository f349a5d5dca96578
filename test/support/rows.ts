import type { AccountRow, AuthenticatorRow, SessionRow } from '../../src/store/types.ts';

export function accountRow(set: Partial<AccountRow> = {}): AccountRow {
  return {
    id: 'acc-1',
    realm: 'local',
    name: 'ada',
    passwordHash: null,
    groups: [],
    email: null,
    admin: false,
    disabledAt: null,
    createdAt: 1000,
    ...set,
  };
}

export function totpRow(set: Partial<AuthenticatorRow> = {}): AuthenticatorRow {
  return {
    id: 'auth-1',
    accountId: 'acc-1',
    kind: 'totp',
    label: 'phone',
    secret: 'sealed',
    lastStep: 0,
    failures: 0,
    disabledAt: null,
    createdAt: 1000,
    lastUsedAt: null,
    ...set,
  };
}

export function sessionRow(set: Partial<SessionRow> = {}): SessionRow {
  return {
    id: 'ses-1',
    hash: 'hash-1',
    accountId: 'acc-1',
    appId: 'portal',
    proofs: [{ kind: 'password', at: 900 }],
    createdAt: 1000,
    lastSeenAt: 1000,
    expiresAt: 100_000,
    idleMs: 10_000,
    admittedAt: null,
    endedAt: null,
    endReason: null,
    source: '192.0.2.1',
    userAgent: 'test',
    ...set,
  };
}
