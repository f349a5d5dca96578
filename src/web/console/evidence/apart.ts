import { Worker } from 'node:worker_threads';
import type { Config } from '../../../config/types.ts';
import { type ErrorCode, SallyportError } from '../../../errors.ts';
import type { EvidencePlan } from '../../../manage/evidence.ts';

/** The installation's database and the key of its secrets, as its configuration names them. */
export type StorePlace = Pick<Config, 'store' | 'masterKeyFile' | 'nodes'>;

/** What the thread is told. */
export interface Ordered {
  readonly place: StorePlace;
  readonly plan: EvidencePlan;
  /** In whose name the export goes on record. */
  readonly actor: string;
  /** The time by our clock, ms. */
  readonly now: number;
}

/** What the thread says each time that it is asked for more. */
export type Said =
  | { readonly piece: Uint8Array<ArrayBuffer> }
  | { readonly over: true }
  | { readonly failed: string; readonly code: ErrorCode };

/** What one pack may take of memory, MB: past that its thread ends, and nothing else does. */
const MOST_HEAP = 2048;

/**
 * The pack that was planned, made by a thread of its own with a connection of its own, so that nobody waits for a page or an app
 * meanwhile; piece by piece, as it is asked for. `signal` ends the thread wherever it is, and rejects what was asked. Throws what
 * `exportEvidence` throws.
 */
export async function* packApart(order: Ordered, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP },
  });
  let hear: (said: Said) => void = () => undefined;
  const fail = (failed: string, code: ErrorCode = 'internal') => hear({ failed, code });
  worker.on('message', (said: Said) => hear(said));
  worker.on('error', (error) => fail(error.message));
  worker.on('exit', () => fail('the thread that writes evidence has ended'));
  // By nobody of ours: whoever was to have it is gone.
  const stopped = () => fail('the export was stopped', 'bad-request');
  signal.addEventListener('abort', stopped);
  try {
    for (;;) {
      const said = await new Promise<Said>((resolve) => {
        hear = resolve;
        if (signal.aborted) stopped();
        else worker.postMessage('more');
      });
      if ('failed' in said) throw new SallyportError(said.code, said.failed);
      if ('over' in said) return;
      yield Buffer.from(said.piece.buffer, said.piece.byteOffset, said.piece.byteLength);
    }
  } finally {
    signal.removeEventListener('abort', stopped);
    await worker.terminate();
  }
}
