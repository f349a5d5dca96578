import { z } from 'zod';
import { RETENTION } from '../audit/retention.ts';
import { recordedAccount } from './audit.ts';
import { entryOf, entryView } from './entry-view.ts';
import { noSuch } from './find.ts';
import { cursorForm, cursorOf, limitForm, lineForm, momentForm, placeIn } from './places.ts';
import { query } from './query.ts';

const AT_ONCE = 50;

const form = z.strictObject({
  /** By id or name; one that was removed by its id. */
  account: z.string().optional(),
  /** Of the account, where several have the name. */
  realm: z.string().optional(),
  app: lineForm.optional(),
  kind: z.string().optional(),
  outcome: z.enum(['ok', 'refused', 'failed']).optional(),
  /** From this moment on, and before that one, ms. */
  from: momentForm.optional(),
  to: momentForm.optional(),
  /** Part of who did it. */
  actor: lineForm.optional(),
  /** Only what came after the entry of this number. */
  after: z.int().min(0).optional(),
  limit: limitForm(500).optional(),
  cursor: cursorForm.optional(),
});
export type RecordWish = Readonly<z.infer<typeof form>>;

const page = z.strictObject({
  /** Newest first. Fewer than asked for, with a `next`: so much was looked through that the rest comes with the next page. */
  rows: z.array(entryView).readonly(),
  next: z.string().nullable(),
});
export type RecordEntries = Readonly<z.infer<typeof page>>;

const placeForm = z.tuple([z.int(), z.int()]);

/**
 * Entries of the record. Whoever is asked for single organisations sees those about their accounts, and none about an account that
 * was removed or about none. Throws `usage`, `not-found`.
 */
export const findRecord = query({
  name: 'record.find',
  does: 'entries of the record, by account, app, kind, outcome, time or who did it',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'reach' },
  http: 'GET /record',
  input: form,
  output: page,
  async read(ctx, wish) {
    const { account, realm, app, kind, outcome, from, to, actor = '', after, limit = AT_ONCE } = wish;
    const kinds = Object.keys(RETENTION);
    if (kind !== undefined && !kinds.includes(kind)) throw noSuch('kind of entry', kind, kinds);
    const place = placeIn(wish.cursor, placeForm);
    const accountId = account === undefined ? undefined : await recordedAccount(ctx, account, realm);
    const { rows, next } = await ctx.store.views.record({
      reach: ctx.reach,
      limit,
      ...(accountId === undefined ? {} : { accountId }),
      ...(app === undefined ? {} : { appId: app }),
      ...(kind === undefined ? {} : { kinds: [kind] }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(actor.trim() === '' ? {} : { actor: actor.trim() }),
      ...(after === undefined ? {} : { after }),
      ...(place === undefined ? {} : { before: { at: place[0], seq: place[1] } }),
    });
    return {
      rows: rows.map((row) => entryOf(row, ctx.reach)),
      next: next === null ? null : cursorOf([next.at, next.seq]),
    };
  },
});
