import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { networksOf } from '../lib/networks.ts';

/** For whom a piece of work is done. */
export interface Asker {
  /** Client address. */
  readonly source: string;
  /** Whose proof it is: any text that tells accounts apart, whether they exist or not. */
  readonly account: string;
  /** 0: a browser that the account knows, and so on downwards: who has failed lately comes after who has not. */
  readonly rank: number;
}

export interface FairQueueLimits {
  readonly atOnce: number;
  /** All that may wait. */
  readonly waiting: number;
  /** From one source (an IPv4 address, a /64 of IPv6). */
  readonly perSource: number;
  readonly perAccount: number;
  /** Whoever has waited longer is told to come again, ms. */
  readonly patienceMs: number;
}

interface Job {
  readonly path: readonly string[];
  readonly asker: Asker;
  readonly since: number;
  readonly begin: () => void;
  readonly giveUp: () => void;
}

/** A network, or at the end of the way an account within it. */
interface Branch {
  readonly branches: Map<string, Branch>;
  /** Whose turn it is, first to last. */
  turns: string[];
  readonly jobs: Job[];
}

const RANKS = 5;
/** Where more wait than a second's work, whoever comes new goes before those who came in one rush. */
const RUSH = 48;

const branch = (): Branch => ({ branches: new Map(), turns: [], jobs: [] });
const isEmpty = ({ branches, jobs }: Branch): boolean => branches.size === 0 && jobs.length === 0;

function place(root: Branch, job: Job, rush: boolean): void {
  let at = root;
  for (const key of job.path) {
    let next = at.branches.get(key);
    if (next === undefined) {
      next = branch();
      at.branches.set(key, next);
      if (rush) at.turns.unshift(key);
      else at.turns.push(key);
    }
    at = next;
  }
  at.jobs.push(job);
}

/** The next one: each network has its turn, within it each narrower one, within the source each account. */
function take(at: Branch): Job | undefined {
  const key = at.turns.shift();
  if (key === undefined) return at.jobs.shift();
  const next = at.branches.get(key);
  if (next === undefined) return undefined;
  const job = take(next);
  if (isEmpty(next)) at.branches.delete(key);
  else at.turns.push(key);
  return job;
}

function remove(at: Branch, job: Job, depth = 0): void {
  const key = job.path[depth];
  if (key === undefined) {
    at.jobs.splice(at.jobs.indexOf(job), 1);
    return;
  }
  const next = at.branches.get(key);
  if (next === undefined) return;
  remove(next, job, depth + 1);
  if (!isEmpty(next)) return;
  at.branches.delete(key);
  at.turns = at.turns.filter((turn) => turn !== key);
}

function busy(why: string): SallyportError {
  return new SallyportError('busy', why, { retryAfter: 2 });
}

/**
 * Costly work, a few at a time, shared fairly: known browsers first, then who has not failed lately; among them every network
 * in turn, from the widest to the narrowest, and within a source every account. A flood from one network, or for one account,
 * so has one place in the row, however many there are of it. Bounded in all, by source and by account: one more throws `busy`
 * (retry after 2 s), which is nobody's failure. A full queue has room for whoever goes before the last in it.
 */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #ranks: readonly Branch[] = Array.from({ length: RANKS }, branch);
  /** Everybody who waits, who came first first. */
  readonly #line = new Set<Job>();
  readonly #counts = new Map<string, number>();
  #running = 0;

  constructor(limits: FairQueueLimits, clock: Pick<Clock, 'monotonic'>) {
    this.#limits = limits;
    this.#clock = clock;
  }

  async run<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limits.atOnce) await this.#wait(asker);
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #wait(asker: Asker): Promise<void> {
    const networks = networksOf(asker.source).map(({ key }) => key);
    const own = networks.at(-1) ?? '';
    const of = [`source ${own}`, `account ${asker.account}`] as const;
    const { perSource, perAccount, waiting } = this.#limits;
    if (this.#count(of[0]) >= perSource) throw busy('one source has as many guesses waiting as it may have');
    if (this.#count(of[1]) >= perAccount) throw busy('one account has as many guesses waiting as it may have');
    const rank = Math.max(0, Math.min(RANKS - 1, asker.rank));
    if (this.#line.size >= waiting && !this.#makeRoom(rank)) throw busy('the password queue is full');
    return new Promise((begin, reject) => {
      const job: Job = {
        path: [...networks, asker.account],
        asker: { ...asker, rank },
        since: this.#clock.monotonic(),
        begin,
        giveUp: () => reject(busy('waited too long for a password to be looked at')),
      };
      this.#line.add(job);
      for (const key of of) this.#counts.set(key, this.#count(key) + 1);
      place(this.#rank(rank), job, this.#line.size > RUSH);
    });
  }

  #count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  #rank(rank: number): Branch {
    const root = this.#ranks[rank];
    if (root === undefined) throw new SallyportError('internal', 'a rank that is not there');
    return root;
  }

  /** Sends away one of a later rank. */
  #makeRoom(rank: number): boolean {
    for (let last = RANKS - 1; last > rank; last -= 1) {
      const job = take(this.#rank(last));
      if (job === undefined) continue;
      this.#forget(job);
      job.giveUp();
      return true;
    }
    return false;
  }

  #forget(job: Job): void {
    this.#line.delete(job);
    const own = job.path.at(-2) ?? '';
    for (const key of [`source ${own}`, `account ${job.asker.account}`]) {
      const left = this.#count(key) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    }
  }

  #next(): void {
    this.#dismissLate();
    for (const root of this.#ranks) {
      const job = take(root);
      if (job === undefined) continue;
      this.#forget(job);
      job.begin();
      return;
    }
    this.#running--;
  }

  #dismissLate(): void {
    const before = this.#clock.monotonic() - this.#limits.patienceMs;
    for (const job of this.#line) {
      if (job.since >= before) return;
      this.#forget(job);
      remove(this.#rank(job.asker.rank), job);
      job.giveUp();
    }
  }
}
