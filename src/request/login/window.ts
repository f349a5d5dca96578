/** Bytes that are kept, before room for more is made. */
const ROOM = 32 * 1024;

/** The last bytes of a body, by their place in it. */
export class Window {
  #bytes = Buffer.alloc(0);
  /** Place of the first byte of `#bytes`, and those of what is kept. */
  #base = 0;
  #from = 0;
  #end = 0;

  /** The place behind the last byte. */
  get end(): number {
    return this.#end;
  }

  /** Takes more in; returns the place of its first byte. */
  add(chunk: Buffer): number {
    const start = this.#end;
    if (this.#end - this.#base + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    chunk.copy(this.#bytes, this.#end - this.#base);
    this.#end += chunk.length;
    return start;
  }

  /** What stands there, a character for each byte; of what was forgotten, nothing. */
  text(from: number, to: number): string {
    const first = Math.max(from, this.#from) - this.#base;
    return this.#bytes.toString('latin1', first, Math.max(first, to - this.#base));
  }

  /** Forgets what stands before that place. */
  keep(from: number): void {
    this.#from = Math.max(this.#from, Math.min(from, this.#end));
  }

  #makeRoom(bytes: number): void {
    const kept = this.#bytes.subarray(this.#from - this.#base, this.#end - this.#base);
    const wider = Buffer.allocUnsafe(Math.max(ROOM, 2 * (kept.length + bytes)));
    kept.copy(wider);
    this.#bytes = wider;
    this.#base = this.#from;
  }
}
