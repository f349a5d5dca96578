import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';

/** How much stands in the database that is measured. */
export interface Size {
  readonly accounts: number;
  readonly organisations: number;
  readonly sessions: number;
  /** Sign-ins and refusals on record, over the last 30 days. */
  readonly entries: number;
}

const FIRST = [
  'ada',
  'bronwen',
  'carys',
  'dai',
  'elin',
  'ffion',
  'gwen',
  'huw',
  'idris',
  'jac',
  'kai',
  'lowri',
  'mair',
  'nia',
];
const LAST = [
  'bevan',
  'cadwallader',
  'davies',
  'evans',
  'griffiths',
  'hughes',
  'jenkins',
  'llewellyn',
  'morgan',
  'owen',
  'parry',
];
const DAY = 86_400_000;
const ROWS = 500;

/** The same each time. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function inRows<T>(count: number, make: (i: number) => readonly T[], put: (rows: T[]) => Promise<unknown>) {
  for (let at = 0; at < count; at += ROWS) {
    const rows: T[] = [];
    for (let i = at; i < Math.min(at + ROWS, count); i += 1) rows.push(...make(i));
    if (rows.length > 0) await put(rows);
  }
}

export const nameOf = (i: number): string =>
  `${FIRST[i % FIRST.length]}.${LAST[Math.floor(i / FIRST.length) % LAST.length]}${i}`;

async function people(db: Kysely<Schema>, size: Size, now: number): Promise<void> {
  const organisation = (i: number) => `org-${i % size.organisations}`;
  await inRows(
    size.organisations,
    (i) => [{ id: `org-${i}`, realm: 'staff', name: `Practice ${i}`, contact: '', policy: '{}', createdAt: 1 }],
    (rows) => db.insertInto('organisations').values(rows).execute(),
  );
  await inRows(
    size.accounts,
    (i) => [
      {
        id: `account-${i}`,
        realm: 'staff',
        name: nameOf(i),
        passwordHash: null,
        groups: i % 40 === 0 ? '["ops"]' : '[]',
        email: `${nameOf(i)}@practice${i % size.organisations}.example`,
        admin: 0,
        roles: '[]',
        organisationId: organisation(i),
        disabledAt: i % 50 === 0 ? now - DAY : null,
        createdAt: now - 200 * DAY,
      },
    ],
    (rows) => db.insertInto('accounts').values(rows).execute(),
  );
}

/** Nearly everybody has something: six in ten a passkey, three a one-time code; of the rest a few have an open ticket. */
async function factors(db: Kysely<Schema>, size: Size, now: number, random: () => number): Promise<void> {
  const base = { label: 'phone', secret: null, lastStep: 0, failures: 0, disabledAt: null, createdAt: now - 100 * DAY };
  const kindsOf = (i: number) => (i % 100 < 60 ? ['passkey', 'recovery'] : i % 100 < 97 ? ['totp', 'recovery'] : []);
  await inRows(
    size.accounts,
    (i) =>
      kindsOf(i).map((kind) => {
        const lastUsedAt = kind === 'recovery' ? null : now - Math.floor(random() * 120 * DAY);
        return { ...base, id: `${kind}-${i}`, accountId: `account-${i}`, kind, lastUsedAt };
      }),
    (rows) => db.insertInto('authenticators').values(rows).execute(),
  );
  await inRows(
    size.accounts,
    (i) => {
      if (i % 100 !== 97) return [];
      const of = { id: `ticket-${i}`, hash: `ticket-${i}`, accountId: `account-${i}`, issuedBy: 'cli:bench' };
      return [{ ...of, resetPassword: 0, createdAt: now - 1000, expiresAt: now + DAY, usedAt: null }];
    },
    (rows) => db.insertInto('tickets').values(rows).execute(),
  );
}

async function history(db: Kysely<Schema>, size: Size, now: number, random: () => number): Promise<void> {
  await inRows(
    size.sessions,
    (i) => {
      const accountId = `account-${(i * 19) % size.accounts}`;
      const ends = { expiresAt: now + DAY, idleMs: DAY, admittedAt: null, endedAt: null, endReason: null };
      const of = { id: `session-${i}`, hash: `session-${i}`, accountId, appId: 'portal', proofs: '[]' };
      return [{ ...of, ...ends, createdAt: now - i * 1000, lastSeenAt: now, source: '192.0.2.1', userAgent: 'bench' }];
    },
    (rows) => db.insertInto('sessions').values(rows).execute(),
  );
  await inRows(
    size.entries,
    (i) => {
      const accountId = `account-${Math.floor(random() * size.accounts)}`;
      const at = now - Math.floor((1 - i / size.entries) * 30 * DAY);
      const what =
        i % 10 === 0 ? { kind: 'sign-in.second', outcome: 'refused' } : { kind: 'session.open', outcome: 'ok' };
      const of = { accountId, actor: accountId, sessionId: null, appId: 'portal', source: '192.0.2.1' };
      return [{ at, ...what, ...of, detail: '{"way":"passkey"}', salt: i.toString(16).padStart(32, '0') }];
    },
    (rows) => db.insertInto('audit').values(rows).execute(),
  );
}

/** Fills an empty, migrated database. */
export async function seed({ db, kind }: Database, size: Size, now: number): Promise<void> {
  const random = sequence(11);
  await people(db, size, now);
  await factors(db, size, now, random);
  await history(db, size, now, random);
  // As a database is found that somebody looks after, or that does so by itself.
  await (kind === 'postgres' ? sql`vacuum analyze` : sql`analyze`).execute(db);
}
