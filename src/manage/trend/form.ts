import { z } from 'zod';
import { countsForm } from '../coverage-form.ts';

export const trendWish = z.strictObject({
  /** The first and the last day, by UTC. Default: today, and 89 days before the last. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  /** Id of an organisation, or its name: its rows in place of those of all. */
  organisation: z.string().max(256).optional(),
  /** Rows of each organisation besides: of the first and the last day, or of every day. */
  each: z.enum(['ends', 'days']).optional(),
});
export type TrendWish = Readonly<z.infer<typeof trendWish>>;

/** Days where no first one is said. */
export const USUAL_DAYS = 90;

const organisation = z.strictObject({ id: z.string(), name: z.string() }).nullable();

const row = z.strictObject({
  day: z.iso.date(),
  /** The moment (ms) of which it is so: the end of the day, or now. */
  at: z.number(),
  /** null: of all that are seen. */
  organisation,
  /** Neither disabled nor removed; and those of them that may use an app. */
  accounts: z.number(),
  expected: z.number(),
  /** How many of these are protected, never rounded up; null: there is nobody. */
  percent: z.number().nullable(),
  counts: countsForm,
  /** Protected accounts by their strongest sign-in: `phr` by a passkey, `mfa`, `possession` where the app asks for the password. */
  strength: z.array(z.strictObject({ acr: z.string(), accounts: z.number() })).readonly(),
  recoveryOnly: z.number(),
  /** Routes that are open without a session, by exemptions; null: not told of single organisations. */
  exempt: z.number().nullable(),
  /** Accounts at apps where a password alone is enough, past Sallyport; null: the record does not settle it. */
  passwordAlone: z.number().nullable(),
});

const change = z.strictObject({ from: z.number(), to: z.number() });

const fall = z.strictObject({
  day: z.iso.date(),
  /** The day that it is compared with. */
  since: z.iso.date(),
  organisation,
  percent: change.nullable(),
  expected: change,
  protected: change,
  passwordAlone: change.nullable(),
  exempt: change.nullable(),
});

export const trendAnswer = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  /** By growing day; of a day all accounts first, then organisations by name. */
  rows: z.array(row).readonly(),
  /** Days on which fewer of those who should be were protected, or more was open without a second factor. */
  falls: z.array(fall).readonly(),
  record: z.strictObject({
    /** Entries that were read; null for whoever may see single organisations alone, since others' are among them. */
    entries: z.number().nullable(),
    /** Decisions from before this moment (ms) are over their time, and no longer on record. */
    droppedBefore: z.number().nullable(),
  }),
});
export type TrendAnswer = Readonly<z.infer<typeof trendAnswer>>;
