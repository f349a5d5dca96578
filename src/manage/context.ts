import { type AuditEvent, type AuditKind, record } from '../audit/audit.ts';
import type { Config } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { createNotices } from '../notices/queue.ts';
import type { NoticeKind } from '../notices/types.ts';
import type { AccountRow, OpenParts, Store } from '../store/types.ts';

/** What an administrator's operation needs; the same for the command line and the console. */
export interface ManageContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Pick<Config, 'realms' | 'apps' | 'mail'>;
  /** Who does it, for the record: an account id or `cli:<user>`. */
  readonly actor: string;
}

/** Puts an administrator's change on record, in the transaction that makes it. */
export async function recordManaged(
  ctx: ManageContext,
  tx: Pick<OpenParts, 'audit'>,
  kind: AuditKind,
  about: Pick<AuditEvent, 'accountId' | 'sessionId' | 'appId' | 'detail'>,
): Promise<void> {
  await record(tx.audit, ctx.clock, { kind, outcome: 'ok', actor: ctx.actor, ...about });
}

/** Tells the owner of an account, by e-mail, what an administrator did to it, in the transaction that does it. */
export async function tellOwner(
  ctx: ManageContext,
  tx: Pick<OpenParts, 'notices'>,
  account: Pick<AccountRow, 'id' | 'email' | 'realm'>,
  kind: NoticeKind,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { clock, random, config } = ctx;
  // Nobody stands before an app here; the message names one that the owner knows.
  const app = config.apps.find((each) => each.realm.id === account.realm);
  const where = app === undefined ? {} : { app: app.id };
  const notices = createNotices({ clock, random, mail: () => config.mail });
  await notices.tell(tx, account, { kind, detail: { ...detail, ...where, by: 'administrator' } });
}
