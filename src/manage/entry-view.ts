import { z } from 'zod';
import { type Reach, within } from '../roles.ts';
import type { NamedEntry } from '../store/view-types.ts';

/** An entry of the record as it is shown. Moments in ms. */
export const entryView = z.strictObject({
  seq: z.number(),
  at: z.number(),
  kind: z.string(),
  outcome: z.enum(['ok', 'refused', 'failed']),
  /** Account id, token, `cli:<user>` or `system`, as it stands on record. */
  actor: z.string(),
  /** Its name today, where it is an account that the asker may know of. */
  by: z.string().nullable(),
  accountId: z.string().nullable(),
  /** Its name today; null: of no account, or of one that was removed. */
  account: z.string().nullable(),
  sessionId: z.string().nullable(),
  appId: z.string().nullable(),
  source: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type EntryView = Readonly<z.infer<typeof entryView>>;

/** Where the detail of an entry names an organisation that is not the account's own: what a role is for, whence and whither one moved. */
const ORGANISATIONS = new Set(['for', 'from', 'to', 'organisation']);
const MAY_NAME = /^(role|account|directory)\./;

/** As it stands on record, but for organisations that the asker may not know of: of those it is said that it is another. */
export function entryOf({ detail, ...entry }: NamedEntry, reach: Reach): EntryView {
  // Written as an object of plain values (audit/audit.ts).
  const told = JSON.parse(detail) as EntryView['detail'];
  if (reach === 'all' || !MAY_NAME.test(entry.kind)) return { ...entry, detail: told };
  const shown = Object.entries(told).map(([name, value]) => {
    const hidden = ORGANISATIONS.has(name) && value !== 'everything' && !within(reach, String(value));
    return [name, hidden ? 'another' : value] as const;
  });
  return { ...entry, detail: Object.fromEntries(shown) };
}
