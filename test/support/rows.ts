import type {
  AccountRow,
  AuthenticatorRow,
  ChallengeRow,
  CredentialRow,
  HoldRow,
  JarRow,
  NoticeRow,
  SessionRow,
} from '../../src/store/types.ts';

export function accountRow(set: Partial<AccountRow> = {}): AccountRow {
  return {
    id: 'acc-1',
    realm: 'local',
    name: 'ada',
    passwordHash: null,
    groups: [],
    email: null,
    organisationId: 'realm.local',
    roles: [],
    disabledAt: null,
    createdAt: 1000,
    ...(set.realm === undefined ? {} : { organisationId: `realm.${set.realm}` }),
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

/** An authenticator of kind `passkey`; its credential is `credentialRow`. */
export function passkeyRow(set: Partial<AuthenticatorRow> = {}): AuthenticatorRow {
  return totpRow({ id: 'key-1', kind: 'passkey', label: 'security key', secret: null, ...set });
}

export function credentialRow(set: Partial<CredentialRow> = {}): CredentialRow {
  return {
    authenticatorId: 'key-1',
    credentialId: 'Y3JlZC0x',
    rpId: 'portal.test',
    publicKey: 'cHVibGlj',
    signCount: 0,
    transports: ['usb', 'nfc'],
    backupEligible: false,
    backedUp: false,
    userVerified: true,
    aaguid: '00000000-0000-0000-0000-000000000000',
    ...set,
  };
}

export function challengeRow(set: Partial<ChallengeRow> = {}): ChallengeRow {
  return {
    hash: 'challenge-1',
    purpose: 'second',
    holder: 'pen-1',
    appId: 'portal',
    createdAt: 1000,
    expiresAt: 5000,
    ...set,
  };
}

export function noticeRow(set: Partial<NoticeRow> = {}): NoticeRow {
  return {
    id: 'not-1',
    accountId: 'acc-1',
    recipient: 'ada@example.org',
    kind: 'authenticator-added',
    detail: '{"label":"phone"}',
    createdAt: 1000,
    tries: 0,
    nextAt: 1000,
    ...set,
  };
}

export function jarRow(set: Partial<JarRow> = {}): JarRow {
  return {
    id: 'ses-1',
    appId: 'portal',
    sessionId: 'ses-1',
    version: 1,
    state: 'sealed',
    expiresAt: 100_000,
    ...set,
  };
}

export function holdRow(set: Partial<HoldRow> = {}): HoldRow {
  return {
    id: 'hold-1',
    appId: 'portal',
    accountId: 'acc-1',
    holder: 'pen-1',
    target: '/login?next=%2F',
    answer: 'sealed answer',
    jar: 'sealed jar',
    createdAt: 1000,
    expiresAt: 5000,
    ...set,
  };
}
