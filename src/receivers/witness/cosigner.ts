import type { AuditEvent } from '../../audit/audit.ts';
import type { WitnessedLog } from '../../config/record-types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LogStore, ReceiverRow } from '../../store/log-types.ts';
import { fromBase64 } from '../../tlog/base64.ts';
import { type Checkpoint, parseCheckpoint } from '../../tlog/checkpoint.ts';
import { cosign } from '../../tlog/cosignature.ts';
import { LogFault } from '../../tlog/fault.ts';
import { parseVerifierKey, type Signer } from '../../tlog/key.ts';
import { parseNote, verifyNote } from '../../tlog/note.ts';
import { verifyConsistency } from '../../tlog/proofs.ts';
import { EMPTY_ROOT, HASH_BYTES } from '../../tlog/tree.ts';
import { type AddCheckpoint, parseRequest, SIZE_TYPE } from './message.ts';

export interface CosignerParts {
  readonly store: { readonly log: LogStore };
  readonly clock: Clock;
  /** The key that we cosign with. */
  readonly key: () => Promise<Signer>;
  /** Whose heads we cosign, asked each time. */
  readonly logs: () => readonly WitnessedLog[];
  /** Puts it on record. */
  readonly note: (event: AuditEvent) => Promise<void>;
}

/** An answer of HTTP. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The row of a log in the table of receivers: how far it has come to us. No receiver has a name with a blank. */
export const rowOf = (origin: string) => `witness for ${origin}`;

const HOUR = 3_600_000;
/** Of two heads at once one is first, and the other is asked for anew; a third time is no accident. */
const TRIES = 3;

const said = (status: number, body: string): Answered => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
});
const sizeAnswer = (size: number): Answered => ({ status: 409, type: SIZE_TYPE, body: `${size}\n` });

/** The head that we have cosigned last; of the empty log before the first. */
function latestOf(row: ReceiverRow | undefined): { size: number; root: Buffer } {
  if (row === undefined) return { size: 0, root: EMPTY_ROOT };
  const { root } = JSON.parse(row.state) as { root: string }; // as it was written
  const bytes = fromBase64(root, HASH_BYTES);
  if (bytes === undefined) throw new TypeError('the row of a witnessed log holds no root');
  return { size: row.position, root: bytes };
}

/**
 * A witness (C2SP tlog-witness): cosigns heads of logs that it knows, each if it begins with the one before. What it has seen is one
 * row for each log, moved by whoever knows where it stands, before anything is signed: so that no two roots of one size are signed,
 * by however many at once, and whenever the process is killed.
 */
export class Cosigner {
  readonly #parts: CosignerParts;
  /** By origin, when a conflict was put on record last: once an hour. Of logs that are known, so few. */
  readonly #told = new Map<string, number>();

  constructor(parts: CosignerParts) {
    this.#parts = parts;
  }

  /** `add-checkpoint`. Rejects where the store or the key does not do, and then nothing is signed. */
  async addCheckpoint(body: string): Promise<Answered> {
    const request = parseRequest(body);
    if (request === undefined) return said(400, 'This is no request to add a checkpoint.');
    try {
      const note = parseNote(request.checkpoint);
      const head = parseCheckpoint(note.text);
      const log = this.#parts.logs().find(({ origin }) => origin === head.origin);
      if (log === undefined) return said(404, 'This log is not known here.');
      verifyNote(note, [parseVerifierKey(log.key)]);
      if (request.old > head.size) return said(400, 'The old size is larger than the new one.');
      return await this.#add(request, head, note.text);
    } catch (error) {
      if (!(error instanceof LogFault)) throw error;
      return error.why === 'signature'
        ? said(403, 'The checkpoint is not signed by the key of its log.')
        : said(400, 'The checkpoint is not in its form.');
    }
  }

  async #add({ old, proof }: AddCheckpoint, head: Checkpoint, text: string): Promise<Answered> {
    const { store, clock, key } = this.#parts;
    const name = rowOf(head.origin);
    const signer = await key();
    let size = 0;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const row = await store.log.receiver(name);
      const latest = latestOf(row);
      size = latest.size;
      if (old !== latest.size) return sizeAnswer(latest.size);
      // What we cosigned ourselves, with another proof than none, says nothing of the log: anybody has that head.
      const isSame = head.size === latest.size && head.root.equals(latest.root);
      if (isSame && proof.length > 0) return said(422, 'Between two heads of one size there is no proof.');
      if (head.size === latest.size && !isSame) return this.#conflict(head);
      // A larger head of the log may be shown by anybody, with a proof that is none: that it does not follow is not shown by it.
      if (!verifyConsistency(latest, head, proof))
        return said(422, 'The proof does not show that the log was only appended to.');
      const next = { name, position: head.size, state: JSON.stringify({ root: head.root.toString('base64') }) };
      const stands = row !== undefined && row.position === head.size;
      if (stands || (await store.log.moveReceiver(next, row ?? null))) {
        const line = cosign(text, Math.floor(clock.now() / 1000), signer);
        return { status: 200, type: 'text/plain; charset=utf-8', body: line };
      }
    }
    return sizeAnswer(size);
  }

  /** Two heads of one size with two roots, both signed by the log: a fork, or a rewritten past, which anybody can check. */
  async #conflict({ origin, size, root }: Checkpoint): Promise<Answered> {
    const { clock, note } = this.#parts;
    const now = clock.monotonic();
    const before = this.#told.get(origin);
    if (before === undefined || now - before >= HOUR) {
      this.#told.set(origin, now);
      const detail = { log: origin, size, root: root.toString('base64') };
      await note({ kind: 'witness.conflict', outcome: 'refused', actor: 'system', detail });
    }
    return sizeAnswer(size);
  }
}
