import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { perform } from '../operations/perform.ts';
import { withoutNotices } from '../operations/services.ts';
import type { Act, Asker, Operation, Services, Unlocked } from '../operations/types.ts';
import type { ManageContext } from './context.ts';
import { needOrganisation } from './organisations.ts';
import { momentForm } from './places.ts';
import { query } from './query.ts';

const DAY = 86_400_000;
const LONGEST = 3653 * DAY;

const wishForm = z.strictObject({
  /** First moment, and first moment after the range, ms. */
  from: momentForm,
  to: momentForm,
  /** By id or name; without it everything, which wants a role for everything. */
  organisation: z.string().optional(),
  realm: z.string().optional(),
  /** Names of people, addresses and sources are hidden. */
  redact: z.boolean().optional(),
});
export type EvidenceWish = Readonly<z.infer<typeof wishForm>>;

const planView = z.strictObject({
  from: z.number(),
  to: z.number(),
  organisation: z.strictObject({ id: z.string(), name: z.string(), realm: z.string() }).nullable(),
  redact: z.boolean(),
  /** Ids of the apps that it speaks of, where it is about one organisation: those of its realm. */
  apps: z.array(z.string()).readonly(),
});
export type EvidencePlan = Readonly<z.infer<typeof planView>>;

function checkRange({ from, to }: EvidenceWish, now: number): void {
  if (from >= to) throw new SallyportError('usage', 'the range ends before it begins');
  if (to - from > LONGEST) throw new SallyportError('usage', 'the range is longer than ten years');
  if (from > now) throw new SallyportError('usage', 'the range begins in the future');
}

/** What an evidence pack would be about, for whoever may have it. Throws `usage`, `not-found`, `forbidden`. */
export const planEvidence = query({
  name: 'evidence.export',
  does: 'whether evidence of a range of days may be exported, and what it would be about',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'reach' },
  http: 'GET /evidence',
  input: wishForm,
  output: planView,
  async read(ctx, wish) {
    checkRange(wish, ctx.clock.now());
    const { from, to, redact = false } = wish;
    if (wish.organisation === undefined) {
      if (ctx.reach !== 'all') throw new SallyportError('usage', 'say which organisation it is about');
      return { from, to, organisation: null, redact, apps: [...ctx.config.apps].map(({ id }) => id) };
    }
    const { id, name, realm } = await needOrganisation(ctx, wish.organisation, wish.realm);
    const apps = [...ctx.config.apps].filter((app) => app.realm.id === realm).map((app) => app.id);
    return { from, to, organisation: { id, name, realm }, redact, apps };
  },
});

/** Moment of the oldest entry that the record still has, ms; undefined while there is none. */
export async function recordBegins({ store }: Pick<ManageContext, 'store'>): Promise<number | undefined> {
  const [first] = await store.audit.list({ after: 0, limit: 1 });
  return first?.at;
}

/** The pack itself, as a face for programs offers it: whoever may ask for the plan may have what was planned. */
export const evidencePack = {
  name: planEvidence.name,
  does: 'makes an evidence pack and hands it out as one ZIP',
  needs: planEvidence.needs,
  http: 'POST /evidence',
  input: wishForm,
  records: ['evidence.export'],
} as const;

const exportedForm = z.strictObject({
  from: z.number(),
  to: z.number(),
  organisation: z.string().nullable(),
  redacted: z.boolean(),
  /** SHA-256 of the manifest. */
  digest: z.string(),
  /** Entries of the record that it rests on. */
  sealed: z.number(),
});
const nothing = z.strictObject({});

const exported: Operation<
  Unlocked,
  Services,
  Asker,
  z.infer<typeof exportedForm>,
  z.infer<typeof nothing>,
  object,
  'evidence.export',
  never
> = {
  name: 'evidence.exported',
  does: 'puts on record that evidence was handed out, to whom, and of what',
  who: 'sallyport',
  input: exportedForm,
  output: nothing,
  lock: { none: 'adds an entry, which tells of what stands by itself' },
  records: ['evidence.export'],
  find: () => ({}),
  async run({ input }) {
    const { organisation, ...told } = input;
    const detail = { ...told, ...(organisation === null ? {} : { organisation }) };
    return { value: {}, record: [{ kind: 'evidence.export', detail }] };
  },
};

/** In whose name it goes on record, and where. */
export type Exporting = Pick<ManageContext, 'store' | 'clock' | 'actor'>;

/** Puts an export on record, in the name of whoever has asked for it; before its last bytes are handed out. */
export const recordEvidence: Act<Exporting, z.infer<typeof exportedForm>, z.infer<typeof nothing>> = {
  ...exported,
  perform: (ctx, input) =>
    perform(exported, { ctx: withoutNotices(ctx), by: { as: 'sallyport', actor: ctx.actor } }, input),
};
