import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import type { AuditRow, Store } from '../store/types.ts';
import { administration } from './administration.ts';

const trialForm = z.strictObject({
  app: z.string(),
  preset: z.string(),
  digest: z.string(),
  product: z.string().max(200).nullable(),
  failed: z.int().min(0),
});

/**
 * Puts on record that the preset of an app was tried on the operator's own product. `digest`: of what was tried
 * (`BoundLogin.digest`); `product`: what it was, with its version, in the operator's words; `failed`: lines of the test that
 * did not hold. Throws `not-found` for an app that there is not.
 */
export const recordTrial = administration({
  name: 'preset.test',
  does: 'puts on record that the preset of an app was tried on its product',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything' },
  http: null,
  input: trialForm,
  output: z.strictObject({}),
  lock: { none: 'no account is concerned' },
  records: ['preset.test'],
  find({ ctx, input: { app } }) {
    if (!ctx.config.apps.some(({ id }) => id === app)) throw new SallyportError('not-found', `there is no app ${app}`);
    return {};
  },
  async run({ input: { app, preset, digest, product, failed } }) {
    const detail = { preset, digest, failed, ...(product === null ? {} : { product }) };
    const outcome = failed === 0 ? ('ok' as const) : ('failed' as const);
    return { value: {}, record: [{ kind: 'preset.test', appId: app, outcome, detail }] };
  },
});

/** The last time that the preset of an app was tried where it stands. */
export interface Trial {
  /** ms since the epoch. */
  readonly at: number;
  readonly preset: string;
  readonly digest: string;
  readonly product: string | null;
  readonly held: boolean;
}

/** Entries that are looked through; of more trials than these the oldest are forgotten. */
const MOST = 1000;

function trialOf({ at, outcome, detail }: AuditRow): Trial {
  // Written by `recordTrial` alone.
  const { preset, digest, product = null } = JSON.parse(detail) as Omit<Trial, 'product'> & { product?: string };
  return { at, preset, digest, product, held: outcome === 'ok' };
}

/** The last trial of each app, by its id, from the record. */
export async function lastTrials(store: Pick<Store, 'audit'>): Promise<ReadonlyMap<string, Trial>> {
  const rows = await store.audit.list({ kind: 'preset.test', limit: MOST });
  return new Map(rows.flatMap((row) => (row.appId === null ? [] : [[row.appId, trialOf(row)] as const])));
}
