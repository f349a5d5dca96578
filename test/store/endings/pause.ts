import type { Kysely, KyselyPlugin, RootOperationNode } from 'kysely';
import type { Database } from '../../../src/store/database.ts';
import type { Schema } from '../../../src/store/schema.ts';
import { type Footprint, footprintOf, type Kin } from './footprint.ts';

/** The work, as it went: what each statement used, and the first and the last statement of each transaction. */
export interface Course {
  readonly steps: readonly Footprint[];
  readonly spans: readonly (readonly [first: number, last: number])[];
}

/** Lets work go on to its n-th answer of the database, and no further until it is told to. Tells how the work went. */
export class Pause {
  readonly #kin: Kin;
  readonly #asked = new WeakMap<object, RootOperationNode>();
  #at = Number.POSITIVE_INFINITY;
  #reached: () => void = () => {};
  #go: Promise<void> = Promise.resolve();
  #steps: (RootOperationNode | undefined)[] = [];
  #spans: (readonly [number, number])[] = [];
  /** Statements that wait for their answer, and transactions that wait to begin. */
  #open = 0;
  #beginning = 0;
  readonly #plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      this.#asked.set(queryId, node);
      this.#open += 1;
      this.#beginning = 0;
      return node;
    },
    transformResult: async ({ result, queryId }) => {
      this.#open -= 1;
      await this.point(this.#asked.get(queryId));
      return result;
    },
  };

  constructor(kin: Kin) {
    this.#kin = kin;
  }

  /** One more answer, or a place that is none. */
  async point(step?: RootOperationNode): Promise<void> {
    this.#steps.push(step);
    if (this.#steps.length !== this.#at) return;
    this.#reached();
    await this.#go;
  }

  /** `reached` settles there; `go` lets it go on. */
  after(n: number): { reached: Promise<void>; go: () => void } {
    const gone = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    this.#at = n;
    this.#steps = [];
    this.#spans = [];
    this.#open = 0;
    this.#beginning = 0;
    this.#go = gone.promise;
    this.#reached = reached.resolve;
    return { reached: reached.promise, go: gone.resolve };
  }

  get course(): Course {
    const steps = this.#steps.map((node) => (node === undefined ? new Map() : footprintOf(node, this.#kin)));
    return { steps, spans: [...this.#spans] };
  }

  /** Statements that were answered. */
  get count(): number {
    return this.#steps.length;
  }

  /** Whether it waits for an answer, or to be let in. */
  get waiting(): boolean {
    return this.#open > 0 || this.#beginning > 0;
  }

  /** The last answer within the transaction that the n-th was in; n itself when it was in none. */
  endOf(n: number): number {
    return this.#spans.find(([first, last]) => first <= n && n <= last)?.[1] ?? n;
  }

  /** The database, all of whose statements and transactions are seen. */
  on(database: Database): Database {
    const db = database.db.withPlugin(this.#plugin);
    const transaction = () => {
      const begun = db.transaction();
      return { execute: <T>(work: Parameters<typeof begun.execute<T>>[0]) => this.#span(() => begun.execute(work)) };
    };
    const get = (of: Kysely<Schema>, name: string | symbol) => {
      const value: unknown = name === 'transaction' ? transaction : Reflect.get(of, name, of);
      return typeof value === 'function' ? value.bind(of) : value;
    };
    return { ...database, db: new Proxy(db, { get }) };
  }

  async #span<T>(work: () => Promise<T>): Promise<T> {
    this.#beginning += 1;
    const first = this.#steps.length + 1;
    let done: T;
    try {
      done = await work();
    } finally {
      this.#beginning = 0;
      this.#spans.push([first, this.#steps.length]);
    }
    // Between this transaction and the next there may be no statement.
    await this.point();
    return done;
  }
}
