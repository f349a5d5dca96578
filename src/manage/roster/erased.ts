import { z } from 'zod';
import type { RosterRow } from '../../store/types.ts';
import type { Reading } from '../query.ts';

/** What is told of names that a list has no more. */
export const erasedForm = z.strictObject({
  /** How many of its names. */
  names: z.number(),
  /** None is left: numbers are those of when it was read. */
  whole: z.boolean(),
  /** When the last of them went, ms. null: no entry of the record says so. */
  at: z.number().nullable(),
  /** `retention`: their time was over. `request`: somebody asked. */
  rule: z.enum(['retention', 'request']).nullable(),
  /** The time that they were kept for, or the reason that was given. */
  under: z.string().nullable(),
});
export type ErasedNames = Readonly<z.infer<typeof erasedForm>>;

const said = z.object({ digest: z.string(), rule: erasedForm.shape.rule, under: z.string() });

/** What the record says of names that went from a list; null: nothing, or of another one. */
async function entryOf(
  { store }: Pick<Reading, 'store'>,
  { digest, erasedBy }: Pick<RosterRow, 'digest' | 'erasedBy'>,
) {
  if (erasedBy === null) return null;
  const [entry] = await store.audit.list({ after: erasedBy - 1, limit: 1, kind: 'roster.erased' });
  if (entry?.seq !== erasedBy) return null;
  const { data } = said.safeParse(JSON.parse(entry.detail));
  return data?.digest === digest ? { at: entry.at, rule: data.rule, under: data.under } : null;
}

/** What went of a list that had so many names, of which so many are kept; null: nothing. */
export async function erasedOf(
  ctx: Pick<Reading, 'store'>,
  row: Pick<RosterRow, 'digest' | 'erasedBy' | 'text'>,
  [had, kept]: readonly [had: number, kept: number],
): Promise<ErasedNames | null> {
  if (row.text !== null && had === kept) return null;
  const entry = await entryOf(ctx, row);
  const { at = null, rule = null, under = null } = entry ?? {};
  return { names: had - kept, whole: row.text === null, at, rule, under };
}
