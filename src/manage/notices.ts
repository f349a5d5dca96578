import { z } from 'zod';
import { perform } from '../operations/perform.ts';
import { withoutNotices } from '../operations/services.ts';
import { type Act, type Asker, type Operation, type Services, UNCHANGED, type Unlocked } from '../operations/types.ts';
import type { Store } from '../store/types.ts';

const message = z.strictObject({
  id: z.string(),
  accountId: z.string(),
  kind: z.string(),
  tries: z.number(),
  cause: z.string(),
});

type Message = z.infer<typeof message>;
type Ctx = Pick<Services, 'clock'> & { readonly store: Store };

const operation: Operation<Unlocked, Services, Asker, Message, boolean, object, 'notice.failed', never> = {
  name: 'notice.give-up',
  does: 'takes a message that nobody will receive from the queue',
  who: 'sallyport',
  input: message,
  output: z.boolean(),
  lock: { none: 'of two that take a message away, one does' },
  records: ['notice.failed'],
  find: () => ({}),
  async run({ tx, input: { id, accountId, kind, tries, cause } }) {
    if (!(await tx.notices.remove(id))) return { value: false, record: UNCHANGED };
    const detail = { notice: kind, tries, cause };
    return { value: true, record: [{ kind: 'notice.failed', outcome: 'failed', accountId, detail }] };
  },
};

/** Takes a message that nobody will receive from the queue. Whether it was still there. */
export const giveUpNotice: Act<Ctx, Message, boolean> = {
  ...operation,
  perform: (ctx, input) =>
    perform(operation, { ctx: withoutNotices(ctx), by: { as: 'sallyport', actor: 'system' } }, input),
};
