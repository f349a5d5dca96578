import { z } from 'zod';
import { longDetail } from '../../coverage/detail.ts';
import { perform } from '../../operations/perform.ts';
import type { Act, Asker, Operation, Services, Unlocked } from '../../operations/types.ts';

const form = z.strictObject({
  /** Keys of what opened, what is shut again, and all that stands open now. */
  fell: z.array(z.string()).readonly(),
  rose: z.array(z.string()).readonly(),
  standing: z.array(z.string()).readonly(),
  basis: z.array(z.number()).readonly(),
  /** Id of the app, where it is one. */
  app: z.string().nullable(),
});
export type Fall = z.infer<typeof form>;

const operation: Operation<Unlocked, Services, Asker, Fall, void, object, 'coverage.fell', 'coverage-fell'> = {
  name: 'coverage.fall',
  does: 'puts on record, and tells, that something opens past the second factor, or is shut again',
  who: 'sallyport',
  input: form,
  output: z.void(),
  lock: { none: 'whoever compares has marked it as theirs' },
  records: ['coverage.fell'],
  notices: ['coverage-fell'],
  find: () => ({}),
  async run({ tx, input: { fell, rose, standing, basis, app } }) {
    const detail = {
      ...longDetail('fell', JSON.stringify(fell)),
      ...longDetail('rose', JSON.stringify(rose)),
      ...longDetail('standing', JSON.stringify(standing)),
      open: standing.length,
      basis: basis.join(' '),
    };
    const opened = fell.length > 0;
    const people = opened ? await tx.accounts.withRole('all') : [];
    const told = people.filter(
      ({ disabledAt, roles }) =>
        disabledAt === null &&
        roles.some(({ role, organisation }) => organisation === null && (role === 'owner' || role === 'administrator')),
    );
    const about = app === null ? {} : { app };
    return {
      value: undefined,
      record: [{ kind: 'coverage.fell', outcome: opened ? 'failed' : 'ok', appId: app, detail }],
      notices: told.map((account) => ({ account, kind: 'coverage-fell' as const, detail: about })),
    };
  },
};

/** Puts a fall on record, or that what was open is shut again; whoever looks after everything is told of a fall by e-mail. */
export const fallOfCoverage: Act<Services, Fall, void> = {
  ...operation,
  perform: (ctx, input) => perform(operation, { ctx, by: { as: 'sallyport', actor: 'system' } }, input),
};
