import type { Kysely } from 'kysely';
import type { Clock } from '../lib/clock.ts';
import { purgeChanges } from './changes.ts';
import type { Feed, NodeTimes } from './database.ts';
import { type ChangeRow, PAGE, Position, PURGE_EVERY_MS } from './feed.ts';
import { openNodeSocket } from './node-sockets.ts';
import type { Schema } from './schema.ts';
import { SqliteFile } from './sqlite-file.ts';
import type { FeedListener } from './types.ts';

/** A look costs some 10 µs where nobody has committed (docs/decisions/0021). */
const LOOK_MS = 25;

interface Options {
  readonly path: string;
  readonly clock: Clock;
  readonly times: NodeTimes;
  readonly db: Kysely<Schema>;
  readonly listener: FeedListener;
  readonly stopped: () => void;
}

/**
 * Looks every 25 ms, and when another process calls (node-sockets.ts), on a reading connection of its own, whether anybody
 * has committed (`PRAGMA data_version`: it tells of all other connections, the writing one of this process included) and
 * reads the new changes then. SQLite has one writer, so that changes become visible in the order of their seq.
 */
export async function followSqlite(options: Options): Promise<Feed & { poll(): void }> {
  const { trustMs, heartbeatMs } = options.times;
  const look = new Look(options);
  const asked = { inForce: () => look.inForce(), cuts: () => options.listener.cuts?.() };
  const socket = await openNodeSocket(options.path, trustMs, asked).catch((error: unknown) => {
    look.close();
    throw error;
  });
  const timer = setInterval(
    () => {
      look.poll();
      look.purge();
      socket.beat();
    },
    Math.min(LOOK_MS, heartbeatMs),
  );
  return {
    trustMs,
    poll: () => void look.poll(),
    freshAt: () => look.freshAt(),
    stop: async () => {
      clearInterval(timer);
      socket.close();
      look.close();
      options.stopped();
    },
  };
}

class Look {
  readonly #options: Options;
  readonly #file: SqliteFile;
  readonly #position: Position;
  #seen = -1;
  #generation: number;
  #freshAt: number;
  #purgedAt: number;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#freshAt = options.clock.monotonic();
    this.#purgedAt = this.#freshAt;
    this.#file = new SqliteFile(options.path, { readOnly: true });
    this.#generation = this.#file.generation;
    this.#position = new Position(options.listener, newest(this.#file));
  }

  /** A process that was held up, or stood still, looks before it says that it knows nothing. */
  freshAt(): number {
    const { clock, times } = this.#options;
    if (clock.monotonic() - this.#freshAt >= times.trustMs) this.poll();
    return this.#freshAt;
  }

  /** Whether everything that was committed before has been told. Then the listener has it in memory, if not all in force. */
  poll(): boolean {
    if (this.#closed) return false;
    try {
      this.#look();
      return true;
    } catch {
      // Not fresh: freshAt stands still, callers refuse by it, and the next look hears everything again.
      this.#position.interrupted();
      this.#seen = -1;
      return false;
    }
  }

  async inForce(): Promise<boolean> {
    if (!this.poll()) return false;
    await this.#options.listener.settled?.();
    return true;
  }

  purge(): void {
    const { clock, db } = this.#options;
    if (clock.monotonic() - this.#purgedAt < PURGE_EVERY_MS) return;
    this.#purgedAt = clock.monotonic();
    purgeChanges(db, clock.now()).catch(() => {
      // Only housekeeping; the next round tries again.
    });
  }

  close(): void {
    this.#closed = true;
    this.#file.close();
  }

  #look(): void {
    const at = this.#options.clock.monotonic();
    const file = this.#file;
    file.ensure();
    if (file.generation !== this.#generation) this.#position.interrupted();
    const version = dataVersion(file);
    if (version !== this.#seen || file.generation !== this.#generation) {
      deliver(file, this.#position);
      this.#seen = version;
      this.#generation = file.generation;
    }
    this.#freshAt = at;
  }
}

function dataVersion(file: SqliteFile): number {
  // A pragma of one integer column.
  const [row] = file.prepare('pragma data_version').all([]) as { data_version: number }[];
  return row?.data_version ?? -1;
}

function deliver(file: SqliteFile, position: Position): void {
  for (;;) {
    const rows = file
      .prepare('select seq, topic, ref, at from changes where seq >= ? order by seq limit ?')
      // The columns of the table `changes`.
      .all([position.from, PAGE]) as ChangeRow[];
    if (position.take(rows) === 'restart') position.moveTo(newest(file));
    else if (rows.length < PAGE) return;
  }
}

function newest(file: SqliteFile): ChangeRow | undefined {
  // The columns of the table `changes`.
  return file.prepare('select seq, topic, ref, at from changes order by seq desc limit 1').all([])[0] as
    | ChangeRow
    | undefined;
}
