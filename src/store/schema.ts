import type { Generated } from 'kysely';

/**
 * The tables as kysely sees them: camelCase here, snake_case in the database (CamelCasePlugin). Moments are milliseconds
 * since the epoch; truth values are 0 or 1; lists are JSON text.
 */
export interface Schema {
  accounts: {
    id: string;
    realm: string;
    name: string;
    passwordHash: string | null;
    groups: string;
    email: string | null;
    admin: number;
    disabledAt: number | null;
    createdAt: number;
  };
  authenticators: {
    id: string;
    accountId: string;
    kind: string;
    label: string;
    secret: string | null;
    lastStep: number;
    failures: number;
    disabledAt: number | null;
    createdAt: number;
    lastUsedAt: number | null;
  };
  recoveryCodes: {
    authenticatorId: string;
    hash: string;
    usedAt: number | null;
  };
  credentials: {
    authenticatorId: string;
    credentialId: string;
    rpId: string;
    publicKey: string;
    signCount: number;
    transports: string;
    backupEligible: number;
    backedUp: number;
    userVerified: number;
    aaguid: string;
  };
  challenges: {
    hash: string;
    purpose: string;
    holder: string;
    appId: string;
    createdAt: number;
    expiresAt: number;
  };
  notices: {
    id: string;
    accountId: string;
    recipient: string;
    kind: string;
    detail: string;
    createdAt: number;
    tries: number;
    nextAt: number;
  };
  tickets: {
    id: string;
    hash: string;
    accountId: string;
    issuedBy: string;
    resetPassword: number;
    createdAt: number;
    expiresAt: number;
    usedAt: number | null;
  };
  pendings: {
    id: string;
    hash: string;
    purpose: string;
    appId: string;
    accountId: string | null;
    claimedName: string;
    proofs: string;
    state: string | null;
    ticketId: string | null;
    next: string;
    createdAt: number;
    expiresAt: number;
  };
  sessions: {
    id: string;
    hash: string;
    accountId: string;
    appId: string;
    proofs: string;
    createdAt: number;
    lastSeenAt: number;
    expiresAt: number;
    idleMs: number;
    admittedAt: number | null;
    endedAt: number | null;
    endReason: string | null;
    source: string;
    userAgent: string;
  };
  jars: {
    id: string;
    appId: string;
    sessionId: string | null;
    version: number;
    state: string;
    expiresAt: number;
  };
  holds: {
    id: string;
    appId: string;
    accountId: string;
    holder: string;
    target: string;
    answer: string;
    jar: string;
    createdAt: number;
    expiresAt: number;
  };
  appNames: {
    accountId: string;
    appId: string;
    name: string;
  };
  signingKeys: {
    id: string;
    publicJwk: string;
    privateJwk: string;
    createdAt: number;
    activeAt: number;
    retiredAt: number | null;
  };
  throttles: {
    key: string;
    failures: number;
    nextAt: number;
    updatedAt: number;
  };
  audit: {
    seq: Generated<number>;
    at: number;
    kind: string;
    outcome: string;
    actor: string;
    accountId: string | null;
    sessionId: string | null;
    appId: string | null;
    source: string | null;
    detail: string;
  };
  changes: {
    seq: Generated<number>;
    topic: string;
    ref: string;
    at: number;
  };
  nodes: {
    id: string;
    name: string;
    trustMs: number;
    seenAt: number;
    heard: number;
  };
  meta: {
    name: string;
    value: string;
  };
  schemaMigrations: {
    name: string;
    appliedAt: number;
  };
}
