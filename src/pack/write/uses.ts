import { detailOf, textOf } from '../../coverage/detail.ts';
import { USES } from '../../coverage/effects.ts';
import type { AuditRow, AuditStore } from '../../store/types.ts';
import type { Members } from './members.ts';
import type { Sight, Wish } from './shown.ts';

const PAGE = 5000;

interface Last {
  readonly at: number;
  readonly seq: number;
}

/** As a key of a map; undefined: the entry names no authenticator. */
function usedIn({ accountId, detail }: AuditRow): string | undefined {
  const authenticator = textOf(detailOf({ detail }), 'authenticator');
  return accountId === null || authenticator === null ? undefined : `${accountId} ${authenticator}`;
}

const isOwn = (members: Members | null, { accountId, seq }: AuditRow): boolean =>
  members === null || (accountId !== null && members.has(accountId, seq));

/**
 * Numbers of the entries that a pack shows of all sign-ins and confirmations: the last by each authenticator before the end of the range, of
 * those that its reader may see. Reads each of them; memory for each authenticator.
 */
export async function lastUses(
  audit: AuditStore,
  { to, organisation }: Pick<Wish, 'to' | 'organisation'>,
  { members, apps }: Sight,
): Promise<ReadonlySet<number>> {
  const last = new Map<string, Last>();
  const see = (row: AuditRow) => {
    const { at, seq, outcome, appId } = row;
    if (outcome !== 'ok' || at >= to || !isOwn(members, row)) return;
    if (organisation !== null && appId !== null && !apps.has(appId)) return;
    const key = usedIn(row);
    const known = key === undefined ? undefined : last.get(key);
    if (key === undefined || (known !== undefined && (known.at > at || (known.at === at && known.seq > seq)))) return;
    last.set(key, { at, seq });
  };
  for (const kind of USES)
    for (let after = 0; ; ) {
      const rows = await audit.list({ kind, after, limit: PAGE });
      for (const row of rows) see(row);
      const end = rows.at(-1);
      if (end === undefined || rows.length < PAGE) break;
      after = end.seq;
    }
  return new Set([...last.values()].map(({ seq }) => seq));
}
