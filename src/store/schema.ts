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
    /** 1: holds a role. Kept beside `roles`, for the index. */
    admin: number;
    /** JSON list of grants. */
    roles: string;
    /** Never null once written by this version. */
    organisationId: string | null;
    disabledAt: number | null;
    createdAt: number;
    /** What works for it, as bits: 1 one-time code, 2 passkey, 4 recovery codes. Kept by triggers (migration 0010). */
    factors: Generated<number>;
  };
  organisations: {
    id: string;
    realm: string;
    name: string;
    contact: string;
    policy: string;
    createdAt: number;
  };
  organisationLogos: {
    organisationId: string;
    /** SHA-256 of the bytes, in hexadecimal digits: what its address holds. */
    hash: string;
    type: string;
    width: number;
    height: number;
    /** base64. */
    body: string;
  };
  organisationHosts: {
    host: string;
    organisationId: string;
  };
  invitations: {
    /** Of its ticket. */
    id: string;
    accountId: string;
    batch: string;
    state: string;
    /** Of the ticket, sealed; null once it is not needed any more. */
    secret: string | null;
    reason: string;
    createdAt: number;
    changedAt: number;
    expiresAt: number;
  };
  apiTokens: {
    id: string;
    hash: string;
    name: string;
    createdBy: string;
    accountId: string | null;
    grants: string;
    operations: string;
    createdAt: number;
    expiresAt: number;
    lastUsedAt: number | null;
    revokedAt: number | null;
  };
  directoryAccounts: {
    accountId: string;
    organisationId: string;
    externalId: string | null;
    /** JSON object. */
    person: string;
    inactiveAt: number | null;
  };
  directoryGroups: {
    id: string;
    organisationId: string;
    name: string;
    displayName: string;
    externalId: string | null;
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
    salt: string;
  };
  leaves: {
    idx: number;
    seq: number;
    hash: string;
    sealedAt: number;
  };
  tree: {
    id: number;
    size: number;
    frontier: string;
    note: string | null;
  };
  checkpoints: {
    size: number;
    at: number;
    note: string;
  };
  cosignatures: {
    size: number;
    name: string;
    line: string;
  };
  logKeys: {
    id: string;
    publicKey: string;
    privateKey: string;
    createdAt: number;
  };
  documents: {
    digest: string;
    kind: string;
    text: string;
    at: number;
  };
  rosters: {
    digest: string;
    appId: string | null;
    readAt: number;
    text: string | null;
    erasedBy: number | null;
  };
  /** On SQLite alone, and kept by triggers: sign-ins and refusals of the accounts of an organisation (migration 0018). */
  entriesByDay: {
    organisationId: string;
    kind: string;
    outcome: string;
    /** Since the epoch, UTC. */
    day: number;
    entries: number;
  };
  receivers: {
    name: string;
    position: number;
    state: string;
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
    cuts: string | null;
  };
  lockDown: {
    id: number;
    reason: string;
    begunAt: number;
    begunBy: string;
    until: number | null;
  };
  answers: {
    seq: Generated<number>;
    id: string;
    fingerprint: string;
    answer: string;
    createdAt: number;
  };
  proposals: {
    id: string;
    operation: string;
    input: string;
    actor: string;
    authority: string;
    accountId: string | null;
    organisationId: string | null;
    createdAt: number;
    expiresAt: number;
    endedAt: number | null;
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
