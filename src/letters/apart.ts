import { Worker } from 'node:worker_threads';
import type { Letter, LettersOptions } from './types.ts';

/** What the thread says: a piece of the PDF with how many letters are done, its end, or what went wrong. */
export type Said =
  | { readonly piece: Uint8Array; readonly done: number }
  | { readonly over: true }
  | { readonly failed: string };

export interface Ordered {
  readonly items: readonly Letter[];
  readonly madeAt: number;
  readonly language: LettersOptions['language'];
}

/**
 * The same as `letters`, written by a thread of its own where they are more than a few, so that nobody waits for a page. Ends the thread
 * when whoever reads it stops. Throws as `letters` does, a `RangeError` as an `Error`.
 */
export async function* lettersApart(
  items: readonly Letter[],
  { madeAt, language, onProgress }: LettersOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ordered: Ordered = { items, madeAt, language };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: ordered });
  const heard: Said[] = [];
  let wake: () => void = () => undefined;
  const hear = (said: Said) => {
    heard.push(said);
    wake();
  };
  worker.on('message', hear);
  worker.on('error', (error) => hear({ failed: error.message }));
  worker.on('exit', () => hear({ failed: 'the thread that writes letters has ended' }));
  try {
    for (;;) {
      const said = heard.shift();
      if (said === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if ('failed' in said) throw new Error(said.failed);
      if ('over' in said) return;
      yield said.piece;
      onProgress?.(said.done);
    }
  } finally {
    await worker.terminate();
  }
}
