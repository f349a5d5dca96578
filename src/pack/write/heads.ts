import { SallyportError } from '../../errors.ts';
import type { CheckpointRow, LogStore } from '../../store/log-types.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../tlog/checkpoint.ts';
import { LogFault } from '../../tlog/fault.ts';
import type { VerifierKey } from '../../tlog/key.ts';
import type { Levels } from '../../tlog/proofs.ts';

const PAGE = 1000;
const DAY = 86_400_000;
/** Older heads that a pack has at most; verifiers take 4,000. */
const MOST = 3000;

export interface Head extends SignedCheckpoint {
  /** The note, whole, with the lines of witnesses. */
  readonly whole: string;
}

/** The newest signed head, with what witnesses have signed of it. Throws `conflict` when nothing is sealed yet. */
export async function newestHead(log: LogStore, key: VerifierKey): Promise<Head> {
  const { note } = await log.state();
  if (note === null) throw new SallyportError('conflict', 'Nothing is sealed yet: start the server, and try again');
  const head = openCheckpoint(note, key);
  return { ...head, whole: await cosigned(log, { size: head.size, at: 0, note }) };
}

/** A kept head with what witnesses have signed of it. */
async function cosigned(log: LogStore, { size, note }: CheckpointRow): Promise<string> {
  return note + (await log.cosignatures(size)).map(({ line }) => (line.endsWith('\n') ? line : `${line}\n`)).join('');
}

/** The last kept head of each day. */
async function daily(log: LogStore, size: number): Promise<CheckpointRow[]> {
  const kept: CheckpointRow[] = [];
  for (let after = 0; ; ) {
    const rows = await log.checkpoints({ after, limit: PAGE });
    for (const row of rows) {
      if (row.size >= size) return kept;
      const before = kept.at(-1);
      if (before !== undefined && Math.floor(before.at / DAY) === Math.floor(row.at / DAY)) kept.pop();
      kept.push(row);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return kept;
    after = last.size;
  }
}

/** A head that a reader holds. Throws `usage` for one that is none of this log, or says more than the record has. */
export function heldHead(text: string, key: VerifierKey, size: number): CheckpointRow {
  try {
    const head = openCheckpoint(text, key);
    if (head.size > size)
      throw new SallyportError('usage', `The checkpoint is of ${head.size} entries, and ${size} are sealed`);
    return { size: head.size, at: 0, note: text };
  } catch (error) {
    if (error instanceof LogFault)
      throw new SallyportError('usage', `The checkpoint is none of this log: ${error.message}`);
    throw error;
  }
}

/** Lines of `checkpoints.ndjson`: older heads by size, each with the proof that the record begins with it. */
export async function olderHeads(log: LogStore, held: CheckpointRow | null, levels: Levels): Promise<string[]> {
  const rows = (await daily(log, levels.size)).slice(-MOST);
  if (held !== null && held.size < levels.size && !rows.some(({ size }) => size === held.size)) rows.push(held);
  const lines: string[] = [];
  for (const row of rows.sort((a, b) => a.size - b.size)) {
    const { size } = row;
    if (size === 0) continue;
    const proof = levels.consistency(size).map((hash) => hash.toString('base64'));
    lines.push(`${JSON.stringify({ size, note: await cosigned(log, row), proof })}\n`);
  }
  return lines;
}
