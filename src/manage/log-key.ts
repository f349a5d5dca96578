import { z } from 'zod';
import { logSigner, logVerifier, newLogKey } from '../audit/log-key.ts';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { perform } from '../operations/perform.ts';
import { withoutNotices } from '../operations/services.ts';
import { type Act, type Asker, type Operation, type Services, UNCHANGED, type Unlocked } from '../operations/types.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';
import { formatVerifierKey, type Signer } from '../tlog/key.ts';

/** What the key of the log is made with. */
export interface LogKeyContext {
  readonly store: Store;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly random: Random;
}

const form = z.strictObject({});
const answer = z.strictObject({ id: z.string() });

const making: Operation<
  Unlocked,
  LogKeyContext & Services,
  Asker,
  z.infer<typeof form>,
  z.infer<typeof answer>,
  object,
  'log.key',
  never
> = {
  name: 'log.make-key',
  does: 'makes the key that signs heads of the record, where there is none',
  who: 'sallyport',
  input: form,
  output: answer,
  lock: { none: 'the store takes one key, and no second' },
  records: ['log.key'],
  find: () => ({}),
  async run({ tx, ctx, now }) {
    const row = newLogKey(ctx.seal, ctx.random, now);
    if (await tx.log.putKey(row)) {
      const key = formatVerifierKey(logVerifier(row));
      return { value: { id: row.id }, record: [{ kind: 'log.key', detail: { key } }] };
    }
    const [older] = await tx.log.keys();
    return { value: { id: older?.id ?? '' }, record: UNCHANGED };
  },
};

/** Makes the key of the log unless there is one; it goes on record, so that whoever keeps the record knows it. */
export const makeLogKey: Act<LogKeyContext, z.infer<typeof form>, z.infer<typeof answer>> = {
  ...making,
  perform: (ctx, input) =>
    perform(making, { ctx: { ...ctx, ...withoutNotices(ctx) }, by: { as: 'sallyport', actor: 'system' } }, input),
};

/** The key that signs heads of the record, made at first use. Throws when it cannot be opened. */
export async function logKeyOf(ctx: LogKeyContext): Promise<Signer> {
  if ((await ctx.store.log.keys()).length === 0) await makeLogKey.perform(ctx, {});
  const [row] = await ctx.store.log.keys();
  if (row === undefined) throw new SallyportError('keys-unavailable', 'the record has no key');
  return logSigner(row, ctx.seal);
}

/** The same, opened once; again after a failure. */
export function rememberedLogKey(ctx: LogKeyContext): () => Promise<Signer> {
  let key: Signer | null = null;
  return async () => {
    key ??= await logKeyOf(ctx);
    return key;
  };
}
