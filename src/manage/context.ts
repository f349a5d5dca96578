import { type AuditEvent, type AuditKind, record } from '../audit/audit.ts';
import type { Config } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Store, StoreParts } from '../store/types.ts';

/** What an administrator's operation needs; the same for the command line and the console. */
export interface ManageContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Pick<Config, 'realms' | 'apps'>;
  /** Who does it, for the record: an account id or `cli:<user>`. */
  readonly actor: string;
}

/** Puts an administrator's change on record, in the transaction that makes it. */
export async function recordManaged(
  ctx: ManageContext,
  tx: Pick<StoreParts, 'audit'>,
  kind: AuditKind,
  about: Pick<AuditEvent, 'accountId' | 'sessionId' | 'appId' | 'detail'>,
): Promise<void> {
  await record(tx.audit, ctx.clock, { kind, outcome: 'ok', actor: ctx.actor, ...about });
}
