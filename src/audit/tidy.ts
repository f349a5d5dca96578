import type { Retention } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { AuditStore } from '../store/types.ts';
import { membersOf, type RetentionClass } from './retention.ts';

const DAY = 86_400_000;
/** Entries that go at once, with an entry that names them: some 10 ms of the database's time. */
const BATCH = 500;
/** Batches of a class in one turn; a turn comes every ten minutes. */
const BATCHES = 40;

/**
 * Takes what is over its time out of the record, each class by itself, in batches. Whole days go, so that the record tells
 * of it once a day: an entry stays as long as is configured, and up to a day longer.
 */
export async function tidyRecord(audit: Pick<AuditStore, 'drop'>, clock: Clock, keep: Retention): Promise<void> {
  // The keys are those of the type: the configuration is built from a literal of it.
  for (const name of Object.keys(keep) as RetentionClass[]) {
    const what = membersOf(name);
    const before = Math.floor((clock.now() - keep[name]) / DAY) * DAY;
    for (let left = BATCHES; left > 0; left -= 1)
      if ((await audit.drop({ name, what, before, at: clock.now(), limit: BATCH })) < BATCH) break;
  }
}
