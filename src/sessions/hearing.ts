/** Ids of accounts and sessions whose changes were heard since a moment; `*` for all. */
export type Heard = Set<string>;

/** Whether what was heard is about a session, or its account. */
export function concerns(
  heard: Heard,
  { id, accountId }: { readonly id: string; readonly accountId: string },
): boolean {
  return heard.has('*') || heard.has(id) || heard.has(accountId);
}

/** Who reads or writes sessions right now, and what they would miss; and what was heard of and is not yet in force. */
export class Hearing {
  /** For each who reads or writes, what was heard meanwhile. */
  readonly #listening = new Set<Heard>();
  readonly #pending = new Set<Promise<unknown>>();

  /** Runs work that is told what is heard while it is under way. */
  async listen<T>(work: (heard: Heard) => Promise<T>): Promise<T> {
    const heard: Heard = new Set();
    this.#listening.add(heard);
    try {
      return await work(heard);
    } finally {
      this.#listening.delete(heard);
    }
  }

  /** A change of an account or session was heard. */
  tell(ref: string): void {
    for (const heard of this.#listening) heard.add(ref);
  }

  /** What was heard is in force once this settles. */
  await(work: Promise<unknown>): void {
    this.#pending.add(work);
    const over = () => this.#pending.delete(work);
    work.then(over, over);
  }

  /** Settles once all is in force that was heard before. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }
}
