import { z } from 'zod';
import { perform } from '../../operations/perform.ts';
import { withoutNotices } from '../../operations/services.ts';
import type { Act, Asker, Operation, Services, Unlocked } from '../../operations/types.ts';
import type { Store } from '../../store/types.ts';

const form = z.strictObject({ app: z.string(), from: z.string(), why: z.string() });
type Failure = z.infer<typeof form>;
type Ctx = Pick<Services, 'clock'> & { readonly store: Store };

const operation: Operation<Unlocked, Services, Asker, Failure, void, object, 'roster.read', never> = {
  name: 'roster.fail',
  does: 'puts on record that the list of an app could not be read',
  who: 'sallyport',
  input: form,
  output: z.void(),
  lock: { none: 'no account is concerned' },
  records: ['roster.read'],
  find: () => ({}),
  async run({ input: { app, from, why } }) {
    const entry = { kind: 'roster.read', outcome: 'failed', appId: app, detail: { from, why } } as const;
    return { value: undefined, record: [entry] };
  },
};

/** Puts on record that the list of an app could not be read, and why. */
export const failRoster: Act<Ctx, Failure, void> = {
  ...operation,
  perform: (ctx, input) =>
    perform(operation, { ctx: withoutNotices(ctx), by: { as: 'sallyport', actor: 'system' } }, input),
};
