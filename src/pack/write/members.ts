import type { AuditRow, AuditStore } from '../../store/types.ts';

/** Kinds of entries that say where an account belongs. */
const PLACING = ['account.add', 'account.stands', 'account.move', 'account.remove'];
const PAGE = 5000;

/** Whose entries a pack of one organisation is about, and up to which of them. */
export interface Members {
  /** Whether an entry of that account, of that number, is its business. */
  has(accountId: string, seq: number): boolean;
  /** Whether the account was ever its own. */
  isOwn(accountId: string): boolean;
}

type Detail = Readonly<Record<string, unknown>>;

/** Where an account belongs after the entry; undefined: the entry does not say. */
function placeAfter({ kind }: AuditRow, detail: Detail): string | undefined {
  const place = kind === 'account.move' ? detail['to'] : kind === 'account.remove' ? undefined : detail['organisation'];
  return typeof place === 'string' ? place : undefined;
}

async function* placing(audit: AuditStore, to: number): AsyncGenerator<AuditRow, void, undefined> {
  for (const kind of PLACING)
    for (let after = 0; ; ) {
      const rows = await audit.list({ kind, after, limit: PAGE });
      for (const row of rows) if (row.at < to && row.outcome === 'ok') yield row;
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      after = last.seq;
    }
}

/**
 * The accounts of an organisation until `to`, by the record; where it does not say, by `now`, the ids of those that belong to it
 * today. Of who has gone to another everything counts until then, and nothing after.
 */
export async function membersOf(
  audit: AuditStore,
  { organisation, to }: { readonly organisation: string; readonly to: number },
  now: ReadonlySet<string>,
): Promise<Members> {
  const moves = new Map<string, { seq: number; place: string }[]>();
  for await (const row of placing(audit, to)) {
    if (row.accountId === null) continue;
    // Written as an object by `record`.
    const place = placeAfter(row, JSON.parse(row.detail) as Detail);
    const known = moves.get(row.accountId) ?? [];
    if (place !== undefined) known.push({ seq: row.seq, place });
    moves.set(row.accountId, known);
  }
  const until = new Map<string, number>();
  for (const id of now) if ((moves.get(id) ?? []).length === 0) until.set(id, Number.POSITIVE_INFINITY);
  for (const [id, places] of moves) {
    places.sort((a, b) => a.seq - b.seq);
    const last = places.findLastIndex(({ place }) => place === organisation);
    if (last >= 0) until.set(id, places[last + 1]?.seq ?? Number.POSITIVE_INFINITY);
  }
  return { has: (id, seq) => seq <= (until.get(id) ?? -1), isOwn: (id) => until.has(id) };
}
