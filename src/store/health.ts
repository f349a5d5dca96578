import { SallyportError } from '../errors.ts';
import { tied } from './fault.ts';
import type { Store } from './types.ts';

const EVERY_MS = 5_000;
const RETRY_MS = 500;

/**
 * Knows whether the store can be read and written now, without asking it for every request. A failed write anywhere is
 * reported here; from then on everything refuses until a trial write succeeds again.
 */
export class StoreHealth {
  readonly #store: Store;
  readonly #onChange: (failure: unknown) => void;
  #failure: unknown = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  /** `onChange` hears of every turn: the failure, or null when it works again. */
  constructor(store: Store, onChange: (failure: unknown) => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  start(): void {
    this.#schedule(EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Throws `store-unavailable` while the last write failed. */
  check(): void {
    if (this.#failure !== null)
      throw new SallyportError('store-unavailable', 'the store cannot be written', { cause: this.#failure });
  }

  /** To be called with the error of any failed write. */
  failed(error: unknown): void {
    if (error instanceof SallyportError && error.code !== 'store-unavailable') return;
    if (this.#failure !== null || tied(error)) return;
    this.#failure = error;
    this.#onChange(error);
    this.#schedule(RETRY_MS);
  }

  /** One trial read and write, now. Rejects when it fails. */
  async probe(): Promise<void> {
    try {
      await this.#store.ping();
    } catch (error) {
      this.failed(error);
      throw error;
    }
    if (this.#failure === null) return;
    this.#failure = null;
    this.#onChange(null);
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.probe().then(
        () => this.#schedule(EVERY_MS),
        () => this.#schedule(RETRY_MS),
      );
    }, ms).unref();
  }
}
