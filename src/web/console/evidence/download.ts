import { SallyportError } from '../../../errors.ts';
import type { Pieces } from '../../pour.ts';

/** How often it is asked whether the asker may still have it, ms. */
const JUDGED_EVERY_MS = 1000;

export interface DownloadParts {
  readonly pack: AsyncGenerator<Buffer, void, undefined>;
  /** Ends the making, wherever it is. */
  readonly stop: () => void;
  /** Throws when whoever asked may not have it any more. */
  readonly still: () => Promise<void>;
  /** Told once, before the making is ended: of an error, or null. */
  readonly ended: (error: unknown) => void;
}

/**
 * A pack on its way out. One piece is always held back: the last is handed out when everything was made and the asker may still have
 * it, so that whatever goes wrong before leaves a ZIP without its directory.
 */
export class Download implements Pieces {
  readonly #parts: DownloadParts;
  #held: Buffer | null = null;
  #judgedAt = performance.now();
  #over = false;

  constructor(parts: DownloadParts) {
    this.#parts = parts;
  }

  /** Makes the first piece, so that a refusal can still be told as one. Throws what the export throws. */
  async begin(): Promise<void> {
    try {
      const { value = null } = await this.#parts.pack.next();
      this.#held = value;
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  /** The next piece; null at the end. Rejects where it breaks off. */
  async next(): Promise<Buffer | null> {
    if (this.#over) throw new SallyportError('internal', 'a download that is over');
    try {
      const piece = this.#held;
      if (piece === null) return this.#end();
      const { value = null } = await this.#parts.pack.next();
      if (value === null || performance.now() - this.#judgedAt >= JUDGED_EVERY_MS) {
        await this.#parts.still();
        this.#judgedAt = performance.now();
      }
      this.#held = value;
      return piece;
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  stop(): void {
    this.#end();
  }

  #end(error: unknown = null): null {
    if (this.#over) return null;
    this.#over = true;
    this.#parts.ended(error);
    this.#parts.stop();
    // Whatever the thread says then is heard by nobody.
    void this.#parts.pack.return().catch(() => {});
    return null;
  }
}
