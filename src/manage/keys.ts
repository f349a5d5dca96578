import { z } from 'zod';
import { addSigningKey, type Keyring, LEAD_MS } from '../assertions/keyring.ts';
import type { Clock } from '../lib/clock.ts';
import { perform } from '../operations/perform.ts';
import { withoutNotices } from '../operations/services.ts';
import type { Act, Asker, Described, Operation, Services, Unlocked } from '../operations/types.ts';
import type { Seal } from '../store/seal.ts';
import type { OpenParts, Store } from '../store/types.ts';
import { type Administration, type Faced, warranted } from './administration.ts';
import type { ManageContext } from './context.ts';
import { judge } from './judge.ts';
import { needsSecond, propose } from './second.ts';

/** Whoever needs a new key: an administrator, or Sallyport by itself when one has come of age. */
export interface KeyContext {
  readonly store: Store;
  readonly seal: Seal;
  readonly clock: Clock;
}

const keyForm = z.strictObject({ now: z.boolean() });
const newKey = z.strictObject({ id: z.string(), createdAt: z.number(), activeAt: z.number() });
/** A new key. Moments in ms. */
export type NewKey = Readonly<z.infer<typeof newKey>>;

function rotation<A extends KeyContext>(
  as: Pick<Described, 'name' | 'does' | 'who'>,
  actorOf: (ctx: A) => string,
): Act<A, z.infer<typeof keyForm>, NewKey> {
  const operation: Operation<
    Unlocked,
    KeyContext & Services,
    Asker,
    z.infer<typeof keyForm>,
    NewKey,
    object,
    'key.create' | 'key.rotate',
    never
  > = {
    ...as,
    input: keyForm,
    output: newKey,
    lock: { none: 'keys are no account’s' },
    records: ['key.create', 'key.rotate'],
    find: () => ({}),
    async run({ tx, ctx, input: { now } }) {
      const first = (await tx.keys.list()).length === 0;
      const { id, createdAt, activeAt } = await addSigningKey(tx, ctx.seal, ctx.clock, now || first ? 0 : LEAD_MS);
      const entry = { kind: first ? 'key.create' : 'key.rotate', detail: { kid: id, now } } as const;
      return { value: { id, createdAt, activeAt }, record: [entry] };
    },
  };
  return {
    ...operation,
    perform: (ctx, input) =>
      perform(operation, { ctx: { ...ctx, ...withoutNotices(ctx) }, by: { as: as.who, actor: actorOf(ctx) } }, input),
  };
}

const rotating = rotation<KeyContext & Pick<ManageContext, 'actor' | 'alongside'>>(
  { name: 'key.rotate', does: 'adds a signing key, and lets the older ones retire', who: 'administrator' },
  ({ actor }) => actor,
);

const KEY_NEEDS = {
  needs: { roles: ['owner'], of: 'everything', fresh: true },
  http: 'POST /keys',
} as const satisfies Faced;

type Asking = ManageContext & KeyContext;
const KEY_ACT = { name: rotating.name, ...KEY_NEEDS };

/**
 * Adds a signing key and lets the older ones retire. With `now` it signs at once and every older key is withdrawn, which
 * apps that cache keys notice; else it is published first and signs when every cache can have it.
 */
export const rotateKey: Administration<z.infer<typeof keyForm>, NewKey, Asking> = {
  ...rotating,
  ...KEY_NEEDS,
  perform: (asked, input) =>
    warranted(asked, KEY_ACT, async (ctx) => {
      if (needsSecond(ctx, KEY_ACT.name))
        return propose({ ...ctx, ...withoutNotices(ctx) }, KEY_ACT, keyForm.parse(input), {});
      // Judged again within its transaction, as everything else of administrators is.
      const before = async (tx: OpenParts) => {
        await judge(tx, ctx.authority, KEY_ACT, ctx.clock.now());
        await ctx.alongside?.before?.(tx);
      };
      return rotating.perform({ ...asked, alongside: { ...ctx.alongside, before } }, input);
    }),
  could: async ({ store, authority, clock }) => {
    await judge(store, authority, KEY_ACT, clock.now());
  },
};

/** The same, when it is time. */
export const renewKey = rotation<KeyContext>(
  { name: 'key.renew', does: 'adds a signing key when there is none, or the newest has come of age', who: 'sallyport' },
  () => 'system',
);

/** Keeps a running server's ring of keys: loaded anew on every change and after a failure, rotated when it is time. */
export class KeyDuty {
  readonly #ctx: KeyContext;
  readonly #ring: Keyring;
  readonly #changed: () => void;

  /** `changed` is called around each reading of the ring: what was signed before, or meanwhile, is not handed out any more. */
  constructor(ctx: KeyContext, ring: Keyring, changed: () => void) {
    this.#ctx = ctx;
    this.#ring = ring;
    this.#changed = changed;
  }

  async reload(): Promise<void> {
    this.#changed();
    try {
      await this.#ring.load(this.#ctx.store);
    } finally {
      this.#changed();
    }
  }

  /** Adds a key when the newest is older than `everyMs`, or when there is none. */
  async rotateWhenDue(everyMs: number): Promise<void> {
    if (this.#ring.newestAge() < everyMs) return;
    await renewKey.perform(this.#ctx, { now: false });
    await this.reload();
  }
}
