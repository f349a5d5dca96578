import type { JarChange, JarStore } from '../store/types.ts';

/** Limits of one transaction: nobody else writes meanwhile. */
const MOST = 500;
const MOST_CHARACTERS = 4 * 1024 * 1024;
/** Turns of the event loop for which changes are gathered before they are written, at most. */
const MOST_TURNS = 8;

interface Wish {
  readonly change: JarChange;
  readonly resolve: (done: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes changes of jars: those that are asked for at one time in one transaction, since what a transaction costs is paid for
 * once then, the wait for the disk above all. Who asked is answered when its change is in the store, or is known not to be.
 * At most one waits for each request that is open.
 */
export class JarWriter {
  readonly #store: Pick<JarStore, 'update'>;
  #waiting: Wish[] = [];
  #writing = false;

  constructor(store: Pick<JarStore, 'update'>) {
    this.#store = store;
  }

  /** False when the store has another version than the one that it was changed from. Rejects with `store-unavailable`. */
  update(change: JarChange): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject });
      if (this.#writing) return;
      this.#writing = true;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gathered();
      const batch = this.#next();
      try {
        const written = await this.#store.update(batch.map(({ change }) => change));
        for (const { change, resolve } of batch) resolve(written.has(change.id));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = false;
  }

  /**
   * Settles once no more come: all answers that have arrived are looked at in a turn of the event loop, and while each turn brings
   * others, so does the next. Who comes alone waits for one turn.
   */
  async #gathered(): Promise<void> {
    for (let turns = 0, before = 1; turns < MOST_TURNS; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#waiting.length <= before || this.#waiting.length >= MOST) return;
      before = this.#waiting.length;
    }
  }

  /** The first ones that wait, one of each jar: whether it was written is said by its id. */
  #next(): Wish[] {
    const batch = new Map<string, Wish>();
    const later: Wish[] = [];
    let characters = 0;
    for (const wish of this.#waiting) {
      const { id, state } = wish.change;
      characters += state.length;
      const fits = batch.size === 0 || (batch.size < MOST && characters <= MOST_CHARACTERS);
      if (fits && !batch.has(id)) batch.set(id, wish);
      else later.push(wish);
    }
    this.#waiting = later;
    return [...batch.values()];
  }
}
