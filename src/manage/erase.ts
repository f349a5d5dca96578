import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { UNCHANGED } from '../operations/types.ts';
import { administration } from './administration.ts';
import { lineForm } from './places.ts';

/** Entries that one entry names, and such entries of one transaction. */
const BATCH = 500;
const BATCHES = 40;

const form = z.strictObject({
  /** Id of an account that was removed. */
  account: lineForm,
  /** Why, for the record: who asked, or by which law. */
  reason: lineForm,
});

const erased = z.strictObject({
  /** How many entries. */
  erased: z.int(),
  /** There is more than is done at once: ask again. */
  more: z.boolean(),
});
/** What was erased of the record. */
export type Erased = Readonly<z.infer<typeof erased>>;

/**
 * Erases what is on record about an account that was removed: the bodies of the entries go, their leaves stay in the tree, and an
 * entry says which they were, who did it and why. What the account did to others stays, under its id. Throws `conflict` while
 * there is the account, or entries about it have no leaf yet.
 */
export const eraseRecord = administration({
  name: 'record.erase',
  does: 'erases what is on record about an account that was removed',
  who: 'administrator',
  needs: { roles: ['owner'], of: 'everything', fresh: true },
  http: null,
  input: form,
  output: erased,
  lock: { none: 'nobody gets in by an account that is removed' },
  records: { none: 'the entry that names what is erased comes before it, and is written by the store: audit.erased' },
  find: () => ({}),
  async run({ tx, ctx, input: { account: accountId, reason }, now }) {
    if ((await tx.accounts.byId(accountId)) !== undefined)
      throw new SallyportError('conflict', 'there is the account still: remove it first');
    const asked = { accountId, reason, actor: ctx.actor, at: now, limit: BATCH };
    let count = 0;
    for (let batch = BATCH, left = BATCHES; batch === BATCH && left > 0; left -= 1) {
      batch = await tx.audit.erase(asked);
      count += batch;
    }
    const left = await tx.audit.list({ accountId, limit: BATCHES + 1 });
    const others = left.filter(({ kind }) => kind !== 'audit.erased').length;
    if (count === 0 && others > 0)
      throw new SallyportError('conflict', 'entries about the account are not sealed yet: ask again in a few seconds');
    return { value: { erased: count, more: others > 0 }, record: UNCHANGED };
  },
});
