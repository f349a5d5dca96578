import { placeEntries } from '../../src/audit/place.ts';
import type { CheckpointRow, LogStore, SaltedRow, SealedRow, TreeState } from '../../src/store/log-types.ts';
import type { AuditRow, AuditStore } from '../../src/store/types.ts';
import { ED25519, privateKeyOf, type Signer, signer } from '../../src/tlog/key.ts';

/** A key for logs of tests. */
export const KEY: Signer = signer('sallyport.record/test', ED25519, privateKeyOf(Buffer.alloc(32, 5)));

/** A log in memory, each part of which a test may alter. */
export interface MemoryLog {
  rows: SealedRow[];
  state: TreeState;
  checkpoints: CheckpointRow[];
  unsealed: SaltedRow[];
}

const KINDS = ['sign-in.second', 'account.add', 'role.grant', 'request.refused'];

export function entryOf(seq: number, set: Partial<SaltedRow> = {}): SaltedRow {
  return {
    seq,
    at: 1_764_460_800_000 + 1000 * seq,
    kind: KINDS[seq % KINDS.length] ?? 'sign-out',
    outcome: seq % 5 === 0 ? 'refused' : 'ok',
    actor: `actor-${seq % 7}`,
    accountId: seq % 3 === 0 ? null : `account-${seq % 11}`,
    sessionId: seq % 2 === 0 ? `session-${seq}` : null,
    appId: seq % 4 === 0 ? 'portal' : null,
    source: '192.0.2.7',
    detail: JSON.stringify({ method: 'totp', nr: seq, first: seq % 2 === 0 }),
    salt: Buffer.alloc(16, seq % 251).toString('hex'),
    ...set,
  };
}

/** Seals entries as a sealer does, in batches; every so many heads are kept. */
export function sealedLog(entries: readonly SaltedRow[], batch = 5, keepEvery = 2): MemoryLog {
  let state: TreeState = { size: 0, frontier: '', note: null };
  const rows: SealedRow[] = [];
  const checkpoints: CheckpointRow[] = [];
  for (let at = 0, turn = 0; at < entries.length; at += batch, turn += 1) {
    const some = entries.slice(at, at + batch);
    const placed = placeEntries(state, some, KEY, {
      at: 1_764_470_000_000 + 1000 * turn,
      keep: turn % keepEvery === 0,
    });
    rows.push(...placed.leaves.map((leaf, i) => ({ ...leaf, entry: some[i] ?? null })));
    state = { ...placed.tree, note: placed.note };
    if (placed.keep) checkpoints.push({ size: state.size, at: placed.at, note: placed.note });
  }
  return { rows, state, checkpoints, unsealed: [] };
}

type Reads = Pick<LogStore, 'state' | 'leaves' | 'hashes' | 'checkpoints' | 'indexesOf' | 'waiting'>;

/** The part of a store that a verifier reads, on such a log. */
export function storeOf(log: MemoryLog): { readonly log: LogStore; readonly audit: Pick<AuditStore, 'list'> } {
  const from = (at: number, limit: number) => log.rows.filter(({ idx }) => idx >= at).slice(0, limit);
  const reads: Reads = {
    state: async () => log.state,
    leaves: async ({ from: at, limit }) => from(at, limit),
    hashes: async ({ from: at, limit }) => from(at, limit),
    checkpoints: async ({ after, limit }) => log.checkpoints.filter(({ size }) => size > after).slice(0, limit),
    indexesOf: async (seqs) =>
      new Map(log.rows.filter(({ seq }) => seqs.includes(seq)).map(({ seq, idx }) => [seq, idx])),
    waiting: async () => ({ count: log.unsealed.length, oldest: log.unsealed[0]?.at ?? null }),
  };
  const entries = () => [...log.rows.flatMap(({ entry }) => entry ?? []), ...log.unsealed];
  const audit: Pick<AuditStore, 'list'> = {
    list: async ({ after = 0, limit, kind }): Promise<AuditRow[]> =>
      entries()
        .filter((row) => row.seq > after && (kind === undefined || row.kind === kind))
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit),
  };
  // A verifier reads, and asks nothing else.
  return { log: reads as LogStore, audit };
}
