import { z } from 'zod';
import { formatDuration } from '../../lib/duration.ts';
import { perform } from '../../operations/perform.ts';
import { withoutNotices } from '../../operations/services.ts';
import {
  type Act,
  type Asker,
  type Operation,
  type Services,
  UNCHANGED,
  type Unlocked,
} from '../../operations/types.ts';
import { keptNames } from '../../rosters/kept.ts';
import type { Store } from '../../store/types.ts';

const form = z.strictObject({ keepMs: z.number().positive() });
type Wish = z.infer<typeof form>;
type Ctx = Pick<Services, 'clock'> & { readonly store: Store };

const DAY = 86_400_000;
/** Lists of one transaction, and such transactions of one turn; a turn comes every ten minutes. */
const BATCH = 5;
const BATCHES = 20;

const operation: Operation<Unlocked, Services, Asker, Wish, number, object, never, never> = {
  name: 'roster.tidy',
  does: 'erases the names of lists that were kept for as long as is configured',
  who: 'sallyport',
  input: form,
  output: z.number(),
  lock: { none: 'no account is concerned' },
  records: { none: 'the entry of each list comes before it, and is written by the store: roster.erased' },
  find: () => ({}),
  async run({ tx, input: { keepMs }, now: at }) {
    const before = Math.floor((at - keepMs) / DAY) * DAY;
    const lists = await tx.rosters.due(before, BATCH);
    for (const list of lists) {
      const { text } = (await tx.rosters.byDigest(list.digest)) ?? { text: null };
      const erased = text === null ? 0 : keptNames(text).names.length;
      const rule = { rule: 'retention', under: formatDuration(keepMs), actor: 'system' } as const;
      await tx.rosters.erase({ list, text: null, at, ...rule, erased, left: 0 });
    }
    return { value: lists.length, record: UNCHANGED };
  },
};

/** Erases the names of some lists whose time is over; each stays in number and digest, and an entry says so. */
export const tidySomeRosters: Act<Ctx, Wish, number> = {
  ...operation,
  perform: (ctx, input) =>
    perform(operation, { ctx: withoutNotices(ctx), by: { as: 'sallyport', actor: 'system' } }, input),
};

/** Erases the names of lists that were last read longer ago than they are kept; up to a day later, as with entries. */
export async function tidyRosters(ctx: Ctx, keepMs: number): Promise<void> {
  for (let left = BATCHES; left > 0; left -= 1) if ((await tidySomeRosters.perform(ctx, { keepMs })) < BATCH) return;
}
