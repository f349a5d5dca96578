import { z } from 'zod';
import { CLASSES } from '../../coverage/reconcile.ts';
import { SallyportError } from '../../errors.ts';
import type { Random } from '../../lib/random.ts';
import { MOST_NAME, MOST_NAMES } from '../../rosters/fault.ts';
import { isUnsalted, keepNames, provenNames } from '../../rosters/kept.ts';
import type { OpenParts, RosterRow } from '../../store/types.ts';
import { disableDormantAccount } from '../accounts.ts';
import { type Administration, administration, warranted } from '../administration.ts';
import type { ManageContext } from '../context.ts';
import { compare, needRosterApp } from './compare.ts';

const form = z.strictObject({
  app: z.string(),
  /** What the app calls its accounts. */
  names: z.array(z.string().min(1).max(MOST_NAME)).min(1).max(MOST_NAMES).readonly(),
  /** Where they are from; default: somebody brought them. */
  from: z.enum(['upload', 'file', 'url', 'sqlite', 'postgres', 'ldap']).optional(),
});
export type RosterWish = Readonly<z.infer<typeof form>>;

/** Accounts that one reading disables; the next goes on. */
export const MOST_DISABLED = 5000;

const counts = z.strictObject(Object.fromEntries(CLASSES.map((name) => [name, z.number()] as const)));

const told = z.strictObject({
  app: z.string(),
  /** Of the list as it is kept, by which entries name it: SHA-256, hexadecimal. */
  digest: z.string(),
  names: z.number(),
  counts,
  dormant: z.number(),
  doubled: z.number(),
});
const done = told.extend({
  /** Dormant accounts that were disabled. */
  disabled: z.number(),
});
export type RosterRead = Readonly<z.infer<typeof done>>;

/** The names of the list that was read last; null: none that could stand for another, such as one that was altered meanwhile. */
function namesBefore({ digest, text, erasedBy }: RosterRow): readonly string[] | null {
  if (text === null || erasedBy !== null || isUnsalted(text)) return null;
  try {
    return provenNames({ digest, text }).names;
  } catch {
    return null;
  }
}

/** Keeps a list; where the app had just these names when it was read last, that list stands for it. */
async function keep(
  { rosters }: Pick<OpenParts, 'rosters'>,
  { app, names, now, random }: { app: string; names: readonly string[]; now: number; random: Random },
): Promise<string> {
  const last = await rosters.newest(app);
  const before = last === undefined ? null : namesBefore(last);
  if (last !== undefined && before !== null) {
    const same = before.length === names.length && before.every((name, i) => name === names[i]);
    if (same && (last.readAt === now || (await rosters.again(last.digest, now)))) return last.digest;
  }
  const { digest, text } = keepNames(names, random);
  await rosters.put({ digest, appId: app, readAt: now, text });
  return digest;
}

/** One name for the whole and for each of its steps, since it is what a token lists. */
const NAME = 'roster.read';

/** Puts a list on record, with what came of comparing it, and keeps it; and says who may be disabled for it. */
const putRoster = administration({
  name: NAME,
  does: 'puts on record how the accounts of an app compare with ours',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything' },
  http: null,
  input: form,
  output: z.strictObject({ told, dormant: z.array(z.string()).readonly() }),
  lock: { none: 'nothing of an account is changed' },
  records: ['roster.read'],
  async find({ ctx, input: { app: id, names } }) {
    const app = needRosterApp(ctx, id);
    return { app, found: await compare(ctx.store, app, names, ctx.clock.now()) };
  },
  async run({ tx, ctx, input: { names: given, from = 'upload' }, given: { app, found }, now }) {
    const names = [...new Set(given)].sort();
    const digest = await keep(tx, { app: app.id, names, now, random: ctx.random });
    const { counts: of, dormant, doubled, lines } = found;
    const sums = Object.fromEntries(CLASSES.map((name) => [name.replace('-', '_'), of[name]]));
    const detail = { digest, from, names: names.length, ...sums, dormant, doubled };
    // Whoever looks after others is left to people: nobody is to find the door closed with all who could open it outside.
    const idle = lines.filter((line) => line.dormant && line.account?.role === false);
    const ids = idle.slice(0, MOST_DISABLED).flatMap(({ account }) => account?.id ?? []);
    return {
      value: { told: { app: app.id, digest, names: detail.names, counts: { ...of }, dormant, doubled }, dormant: ids },
      record: [{ kind: 'roster.read', appId: app.id, detail }],
    };
  },
});

/** Disables each that is still dormant, by the act that does it for one; how many. */
async function disable(ctx: ManageContext, ids: readonly string[], unusedSince: number): Promise<number> {
  let disabled = 0;
  for (const account of ids) {
    try {
      await disableDormantAccount.perform(ctx, { account, unusedSince });
      disabled += 1;
    } catch (error) {
      // Used, removed or given a role meanwhile.
      const meanwhile = ['not-found', 'conflict', 'forbidden'];
      if (!(error instanceof SallyportError) || !meanwhile.includes(error.code)) throw error;
    }
  }
  return disabled;
}

async function readRoster(whole: ManageContext, asked: RosterWish): Promise<RosterRead> {
  // What is done alongside is of one transaction, and here there are many.
  const { alongside: _alongside, ...asking } = whole;
  return warranted(asking, readRosterOf, async (ctx) => {
    const { told: kept, dormant } = await putRoster.perform(asking, asked);
    const { dormantAfterMs = null, disableDormant = false } = needRosterApp(ctx, asked.app).roster ?? {};
    const disabled =
      disableDormant && dormantAfterMs !== null ? await disable(asking, dormant, ctx.clock.now() - dormantAfterMs) : 0;
    return { ...kept, disabled };
  });
}

/**
 * Compares an app's own list of accounts with ours: keeps it, puts on record how many are what, and, where the configuration says so, disables
 * those that were not used for so long, each by `account.disable`, at most `MOST_DISABLED` at a time and nobody with a role. Throws `usage`.
 */
export const readRosterOf: Administration<RosterWish, RosterRead> = {
  name: NAME,
  does: 'compares the accounts that an app has with ours',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything' },
  http: 'POST /apps/{app}/roster',
  apart: true,
  input: form,
  output: done,
  lock: { none: 'each account is disabled under its own lock' },
  records: ['roster.read', 'account.disable'],
  notices: ['account-disabled'],
  perform: readRoster,
};
