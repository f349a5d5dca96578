/** Names that one set holds, and characters of the longest. */
const MAX_NAMES = 1024;
const MAX_LENGTH = 64;

/**
 * Names that were looked at once and need no second look. It holds the first 1024 that are not long, and no more: what
 * others send cannot fill the memory, nor drive out what comes every day.
 */
export class KnownNames {
  readonly #names = new Set<string>();

  has(name: string): boolean {
    return this.#names.has(name);
  }

  add(name: string): void {
    if (this.#names.size >= MAX_NAMES || name.length > MAX_LENGTH) return;
    // A name cut out of a request would keep the whole request in memory, and so its secrets.
    this.#names.add(Buffer.from(name, 'utf16le').toString('utf16le'));
  }
}
