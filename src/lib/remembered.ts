/** Entries of each half, and characters of the longest key. */
const HALF = 512;
const MAX_LENGTH = 256;

/**
 * What was worked out for a text lately: at most 1024 results, the older half of which is forgotten when it is full, so that
 * nothing others send keeps out what comes every day.
 */
export class Remembered<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  get(text: string): T | undefined {
    return this.#young.get(text) ?? this.#old.get(text);
  }

  set(text: string, result: T): void {
    if (text.length > MAX_LENGTH) return;
    if (this.#young.size >= HALF) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    // A text cut out of a request would keep the whole request in memory, and so its secrets.
    this.#young.set(Buffer.from(text, 'utf16le').toString('utf16le'), result);
  }
}
