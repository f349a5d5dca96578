import type { Kysely } from 'kysely';
import type { Clock } from '../lib/clock.ts';
import { purgeChanges } from './changes.ts';
import type { Feed } from './database.ts';
import { type ChangeRow, PAGE, Position, PURGE_EVERY_MS } from './feed.ts';
import type { Schema } from './schema.ts';
import { SqliteFile } from './sqlite-file.ts';
import type { FeedListener } from './types.ts';

const POLL_MS = 100;

interface Options {
  readonly path: string;
  readonly clock: Clock;
  readonly db: Kysely<Schema>;
  readonly listener: FeedListener;
  readonly stopped: () => void;
}

/**
 * Looks every 100 ms, on a reading connection of its own, whether anybody has committed (`PRAGMA data_version`: it tells
 * of all other connections, the writing one of this process included) and reads the new changes then. SQLite has one
 * writer, so that changes become visible in the order of their seq.
 */
export function followSqlite(options: Options): Feed & { poll(): void } {
  const { clock, listener } = options;
  const file = new SqliteFile(options.path, { readOnly: true });
  const position = new Position(listener, newest(file));
  let seen = -1;
  let generation = file.generation;
  let freshAt = clock.monotonic();
  let purgedAt = freshAt;

  function look(): void {
    const at = clock.monotonic();
    file.ensure();
    if (file.generation !== generation) position.interrupted();
    const version = dataVersion(file);
    if (version !== seen || file.generation !== generation) {
      deliver(file, position);
      seen = version;
      generation = file.generation;
    }
    freshAt = at;
  }

  function poll(): void {
    try {
      look();
    } catch {
      // Not fresh: freshAt stands still, callers refuse by it, and the next look hears everything again.
      position.interrupted();
      seen = -1;
    }
  }

  const timer = setInterval(() => {
    poll();
    if (clock.monotonic() - purgedAt < PURGE_EVERY_MS) return;
    purgedAt = clock.monotonic();
    purgeChanges(options.db, clock.now()).catch(() => {
      // Only housekeeping; the next round tries again.
    });
  }, POLL_MS);
  return {
    poll,
    freshAt: () => freshAt,
    stop: async () => {
      clearInterval(timer);
      file.close();
      options.stopped();
    },
  };
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
