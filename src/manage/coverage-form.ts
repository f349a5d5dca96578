import { z } from 'zod';
import { CELL_CLASSES, CELL_REASONS } from '../coverage/cells.ts';
import { WANTING } from '../coverage/summary.ts';
import { cursorForm, limitForm, lineForm, momentForm } from './places.ts';

export const coverageWish = z.strictObject({
  /** Moment of the past, ms; default: now. */
  at: momentForm.optional(),
  /** Id of an app: cells of this one alone. */
  app: lineForm.optional(),
  /** Id of an organisation, or its name then. */
  organisation: z.string().max(256).optional(),
  class: z.enum(CELL_CLASSES).optional(),
  limit: limitForm(5_000).optional(),
  cursor: cursorForm.optional(),
});
export type CoverageWish = Readonly<z.infer<typeof coverageWish>>;

/** Accounts by how they stood. */
export const countsForm = z.strictObject({
  protected: z.number(),
  waiting: z.number(),
  none: z.number(),
  barred: z.number(),
  disabled: z.number(),
  removed: z.number(),
  unknown: z.number(),
});

/** Numbers of entries. */
const basis = z.array(z.number()).readonly();

const cell = z.strictObject({
  app: z.string(),
  class: z.enum(CELL_CLASSES),
  why: z.enum(CELL_REASONS).nullable(),
  factors: z.array(z.enum(['totp', 'passkey', 'recovery'])).readonly(),
  /** Of the strongest sign-in: `phr` by a passkey, `mfa`, `possession` where the app asks for the password; null: none. */
  acr: z.string().nullable(),
  ticketUntil: z.number().nullable(),
  /** When one of the factors that work here was last used, here or at another app. */
  lastUsedAt: z.number().nullable(),
  basis,
});

const authenticator = z.strictObject({
  /** null: recovery codes from before the record named them. */
  id: z.string().nullable(),
  kind: z.enum(['totp', 'passkey', 'recovery']),
  enrolledAt: z.number(),
  disabledAt: z.number().nullable(),
  /** The last sign-in or confirmation by it that is on record; sign-ins are kept for less long than decisions. */
  lastUsedAt: z.number().nullable(),
  /** Number of the entry of that use. */
  lastUsedSeq: z.number().nullable(),
});

/** An account as it stood. Moments in ms; what the record does not say is null. */
const row = z.strictObject({
  id: z.string(),
  realm: z.string().nullable(),
  name: z.string().nullable(),
  organisationId: z.string().nullable(),
  organisation: z.string().nullable(),
  class: z.enum(CELL_CLASSES),
  addedAt: z.number().nullable(),
  disabledAt: z.number().nullable(),
  removedAt: z.number().nullable(),
  /** Of accounts that are still there. */
  lastUsedAt: z.number().nullable(),
  authenticators: z.array(authenticator).readonly(),
  cells: z.array(cell).readonly(),
});
export type CoverageRow = Readonly<z.infer<typeof row>>;

const exception = z.strictObject({ reason: z.string(), owner: z.string(), expires: z.string() });

const route = z.strictObject({
  method: z.string(),
  path: z.string(),
  way: z.enum(['second factor', 'passkey', 'exempt', 'expired exemption', 'surface', 'door']),
  maxAgeMs: z.number().nullable(),
  groups: z.array(z.string()).readonly(),
  exception: exception.nullable(),
});

const finding = z.strictObject({ kind: z.string(), ok: z.boolean(), at: z.number(), seq: z.number() });

const app = z.strictObject({
  id: z.string(),
  hosts: z.array(z.string()).readonly(),
  realm: z.string(),
  bound: z.string(),
  preset: z.string().nullable(),
  order: z.enum(['factor-first', 'login-first']).nullable(),
  unbound: exception.extend({ over: z.boolean() }).nullable(),
  routes: z.array(route).readonly(),
  findings: z.array(finding).readonly(),
  basis,
});
export type CoverageApp = Readonly<z.infer<typeof app>>;

const want = z.strictObject({ what: z.enum(WANTING), app: z.string().nullable(), count: z.number(), basis });

export const coverageAnswer = z.strictObject({
  at: z.number(),
  summary: z.strictObject({
    accounts: countsForm,
    apps: z.array(z.strictObject({ app: z.string(), counts: countsForm })).readonly(),
    organisations: z.array(z.strictObject({ id: z.string(), name: z.string(), counts: countsForm })).readonly(),
    /** Protected accounts by the strongest sign-in that they can make anywhere. */
    strength: z.array(z.strictObject({ acr: z.string(), accounts: z.number() })).readonly(),
    recoveryOnly: z.number(),
    /** Who could get in with a password alone: through Sallyport, and past it at apps that answered others. */
    passwordAlone: z.strictObject({
      through: z.number(),
      past: z.array(z.strictObject({ app: z.string(), accounts: z.number() })).readonly(),
    }),
  }),
  /** Empty for whoever may see single organisations alone. */
  apps: z.array(app).readonly(),
  wanting: z.array(want).readonly(),
  /** What the answer rests on, and what it cannot say. */
  record: z.strictObject({
    /** Entries that were read; null for whoever may see single organisations alone, since others' are among them. */
    entries: z.number().nullable(),
    configuration: z
      .strictObject({
        seq: z.number(),
        at: z.number(),
        /** null, as `meaning`, also for whoever may see single organisations alone. */
        digest: z.string().nullable(),
        meaning: z.string().nullable(),
        sallyport: z.string().nullable(),
        node: z.string().nullable(),
      })
      .nullable(),
    closed: z
      .strictObject({ reason: z.string(), since: z.number(), until: z.number().nullable(), seq: z.number() })
      .nullable(),
    droppedBefore: z.number().nullable(),
    /** This and the kinds: null for whoever may see single organisations alone. */
    outOfOrder: z.number().nullable(),
    unknownKinds: z.array(z.string()).readonly().nullable(),
  }),
  rows: z.array(row).readonly(),
  /** Rows in all, for this wish. */
  total: z.number(),
  next: z.string().nullable(),
});
export type CoverageAnswer = Readonly<z.infer<typeof coverageAnswer>>;
