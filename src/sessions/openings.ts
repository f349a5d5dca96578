/** Requests, streams and sockets that are open, each with how it is cut and what was judged when it was opened. */
export class Openings {
  readonly #open = new Map<() => void, unknown>();

  get size(): number {
    return this.#open.size;
  }

  /** Registers one; returns how to unregister. `about` null: it stands while its holder does. */
  onEnd(close: () => void, about: unknown): () => void {
    this.#open.set(close, about);
    return () => this.forget(close);
  }

  forget(close: () => void): boolean {
    return this.#open.delete(close);
  }

  /** Cuts each that does not stand any more. */
  rejudge(stands: (about: unknown) => boolean): void {
    for (const [close, about] of this.#open) {
      if (about === null || stands(about)) continue;
      this.#open.delete(close);
      close();
    }
  }

  end(): void {
    const open = [...this.#open.keys()];
    this.#open.clear();
    for (const close of open) close();
  }

  moveTo(next: { onEnd(close: () => void, about: unknown): unknown }): void {
    for (const [close, about] of this.#open) next.onEnd(close, about);
    this.#open.clear();
  }
}
