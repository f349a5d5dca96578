import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import pg from 'pg';
import type { Clock } from '../lib/clock.ts';
import { CHANNEL, purgeChanges } from './changes.ts';
import type { Feed, NodeTimes } from './database.ts';
import { type ChangeRow, PAGE, Position, PURGE_EVERY_MS } from './feed.ts';
import { NodeRow, purgeNodes } from './postgres-nodes.ts';
import type { Schema } from './schema.ts';
import type { FeedListener } from './types.ts';

const BACKOFF_MS = [50, 100, 200, 500, 1000];

interface Options {
  readonly config: pg.ClientConfig;
  readonly clock: Clock;
  readonly times: NodeTimes;
  readonly db: Kysely<Schema>;
  readonly listener: FeedListener;
  readonly stopped: () => void;
}

/**
 * Follows the table of changes on a connection of its own: with every heartbeat, and at once when a notification of the
 * channel arrives. With each look the node writes that it lives, and what it has in force. The table is the truth; a notification carries nothing. A lost connection is made anew, and the listener told.
 */
export async function followPostgres(options: Options): Promise<Feed & { poll(): void }> {
  const follower = new Follower(options);
  await follower.start();
  return follower;
}

class Follower implements Feed {
  readonly #options: Options;
  #client: pg.Client | undefined;
  #position: Position | undefined;
  #freshAt = Number.NEGATIVE_INFINITY;
  #purgedAt: number;
  #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};
  #woken = false;
  readonly #node: NodeRow;
  /** Up to which change everything is in force here. */
  #inForce = 0;
  #settling = false;
  readonly trustMs: number;

  constructor(options: Options) {
    this.#options = options;
    this.trustMs = options.times.trustMs;
    this.#node = new NodeRow(this.trustMs);
    this.#purgedAt = options.clock.monotonic();
  }

  /** Rejects when the database cannot be reached now. */
  async start(): Promise<void> {
    await this.#connect();
    this.#loop = this.#run();
  }

  freshAt(): number {
    return this.#freshAt;
  }

  poll(): void {
    this.#woken = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#wake();
    await this.#loop;
    // It may be gone; then the row is forgotten with time.
    if (this.#client !== undefined) await this.#node.leave(this.#client).catch(() => {});
    await this.#drop();
    this.#options.stopped();
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...this.#options.config, query_timeout: this.trustMs });
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined;
      this.#position?.interrupted();
      this.poll();
    });
    client.on('notification', () => this.poll());
    try {
      await client.connect();
      // A heartbeat that is lost in a crash of the database was of no use any more.
      await client.query(`set synchronous_commit = off; listen ${CHANNEL}`);
      // On the roll before it knows anything: whoever calls later waits for us.
      await this.#node.seen(client, this.#inForce, this.#options.listener.cuts?.());
      const at = this.#options.clock.monotonic();
      this.#position ??= new Position(this.#options.listener, await newest(client));
      this.#client = client;
      if (this.#freshAt === Number.NEGATIVE_INFINITY) this.#freshAt = at;
      return client;
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // A broken connection cannot be closed in good order.
    await client?.end().catch(() => {});
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        const client = this.#client ?? (await this.#connect());
        await this.#look(client);
        failures = 0;
      } catch {
        // Not fresh: freshAt stands still and callers refuse by it; after the next connection the listener reads anew.
        this.#position?.interrupted();
        void this.#drop();
        const pause = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 1000;
        failures += 1;
        await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => {});
        continue;
      }
      await this.#rest();
    }
  }

  async #look(client: pg.Client): Promise<void> {
    const position = this.#position;
    if (position === undefined) return;
    this.#woken = false;
    const at = this.#options.clock.monotonic();
    // First: what is read after it is trusted no longer than the roll says.
    await this.#node.seen(client, this.#inForce, this.#options.listener.cuts?.());
    for (;;) {
      const rows = await page(client, position.from);
      if (this.#stopping.signal.aborted) return;
      if (position.take(rows) === 'restart') position.moveTo(await newest(client));
      else if (rows.length < PAGE) break;
    }
    this.#freshAt = at;
    this.#settle(position.from);
    this.#purge();
  }

  /** What was told comes into force; the next look, at once, says so on the roll. */
  #settle(upTo: number): void {
    if (this.#settling || upTo === this.#inForce) return;
    this.#settling = true;
    const settled = this.#options.listener.settled?.() ?? Promise.resolve();
    void settled.then(() => {
      this.#inForce = upTo;
      this.#settling = false;
      this.poll();
    });
  }

  #purge(): void {
    const { clock, db } = this.#options;
    if (clock.monotonic() - this.#purgedAt < PURGE_EVERY_MS) return;
    this.#purgedAt = clock.monotonic();
    Promise.all([purgeChanges(db, clock.now()), purgeNodes(db)]).catch(() => {
      // Only housekeeping; the next round tries again.
    });
  }

  /** Until the next look is due, or a notification came. */
  #rest(): Promise<void> {
    if (this.#woken || this.#stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.times.heartbeatMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function page(client: pg.Client, from: number): Promise<ChangeRow[]> {
  const query = 'select seq, topic, ref, at from changes where seq >= $1 order by seq limit $2';
  return (await client.query<ChangeRow>(query, [from, PAGE])).rows;
}

async function newest(client: pg.Client): Promise<ChangeRow | undefined> {
  return (await client.query<ChangeRow>('select seq, topic, ref, at from changes order by seq desc limit 1')).rows[0];
}
