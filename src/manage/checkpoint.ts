import { z } from 'zod';
import { groupsOf } from '../receivers/heads/shown.ts';
import { receiverViews } from '../receivers/view.ts';
import type { CheckpointRow, LogStore } from '../store/log-types.ts';
import { query } from './query.ts';

const receiver = z.strictObject({
  name: z.string(),
  kind: z.enum(['webhook', 'syslog', 'file', 'mail', 'witness']),
  entries: z.boolean(),
  to: z.string(),
  position: z.int(),
  waiting: z.int(),
  sentAt: z.number().nullable(),
  trouble: z.strictObject({ since: z.number(), cause: z.string(), tries: z.int() }).nullable(),
});

const view = z.strictObject({
  /** Entries that are sealed. */
  size: z.int(),
  /** Entries that are written and not sealed yet. */
  unsealed: z.int(),
  /** The newest signed head, of all that is sealed; null before the first, and of one that cannot be read. */
  head: z
    .strictObject({
      size: z.int(),
      /** When it was kept, to be sent and cosigned; null: it is newer than what is. */
      at: z.number().nullable(),
      /** The root, as 64 hexadecimal digits. */
      root: z.string(),
      note: z.string(),
      /** Names of the witnesses that have cosigned it. */
      witnesses: z.array(z.string()).readonly(),
    })
    .nullable(),
  receivers: z.array(receiver).readonly(),
});
export type CheckpointView = Readonly<z.infer<typeof view>>;

type Newest = Pick<CheckpointRow, 'size' | 'note'> & { readonly at: number | null };

async function headOf(log: LogStore, newest: Newest | undefined): Promise<CheckpointView['head']> {
  const root = newest === undefined ? null : (groupsOf(newest.note)?.join('') ?? null);
  if (newest === undefined || root === null) return null;
  const { size, at, note } = newest;
  const witnesses = at === null ? [] : (await log.cosignatures(size)).map(({ name }) => name);
  return { size, at, root, note, witnesses };
}

/** The newest head of the record, as it is written down, and where the record goes. */
export const showCheckpoint = query({
  name: 'record.checkpoint',
  does: 'the newest signed head of the record, how far sealing has come, and where the record goes',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'everything' },
  http: 'GET /record/checkpoint',
  input: z.strictObject({}),
  output: view,
  async read({ store, config }) {
    const { log } = store;
    const [{ size, note }, kept, receivers, { count: unsealed }] = await Promise.all([
      log.state(),
      log.newestCheckpoint(),
      receiverViews(log, config),
      log.waiting(),
    ]);
    const head = await headOf(log, note === null || kept?.size === size ? kept : { size, at: null, note });
    const told = receivers.map(({ trouble, ...rest }) => ({
      ...rest,
      trouble: trouble === null ? null : { since: trouble.since, cause: trouble.cause, tries: trouble.tries },
    }));
    return { size, unsealed, head, receivers: told };
  },
});
