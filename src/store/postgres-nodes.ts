import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import { SallyportError } from '../errors.ts';
import { type Confirmed, readCuts, rollCall, writeCuts } from './cuts.ts';
import { storeFault } from './fault.ts';
import type { Schema } from './schema.ts';
import type { Cut, RollCall } from './types.ts';

/**
 * The nodes of a shared database: each writes with every heartbeat that it lives, by the database's clock, and up to which
 * change it has everything in force.
 */

/** Silent for so many times its trust, a node is not waited for: it has refused everything for long, or is gone. */
const GONE_AFTER = 3;
/** It is named all the same, for so long: it may be frozen, or its line may be cut, and its people are refused, ms. */
const NAMED_MS = 60_000;
/** A node of which nothing was heard for so long is forgotten, ms. */
const FORGET_MS = 3_600_000;
const ASK_MS = 10;

/** Milliseconds by the clock of the database, the same for all nodes. */
const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

const SEEN = `insert into nodes (id, name, trust_ms, seen_at, heard, cuts) values ($1, $2, $3, ${NOW}, $4, $5)
  on conflict (id) do update set seen_at = excluded.seen_at, heard = excluded.heard, cuts = excluded.cuts`;

/** This process as a node; written on the connection of its feed. */
export class NodeRow {
  readonly #id = randomBytes(12).toString('base64url');
  readonly #name = `${hostname()} (process ${process.pid})`;
  readonly #trustMs: number;

  constructor(trustMs: number) {
    this.#trustMs = trustMs;
  }

  async seen(client: pg.Client, heard: number, cuts: readonly Cut[] | undefined): Promise<void> {
    await client.query(SEEN, [this.#id, this.#name, this.#trustMs, heard, writeCuts(cuts)]);
  }

  /** It serves no more, and nobody waits for it. */
  async leave(client: pg.Client): Promise<void> {
    await client.query('delete from nodes where id = $1', [this.#id]);
  }
}

export async function purgeNodes(db: Kysely<Schema>): Promise<void> {
  await db
    .deleteFrom('nodes')
    .where('seenAt', '<', sql<number>`${sql.raw(NOW)} - ${FORGET_MS}`)
    .execute();
}

interface Called {
  readonly id: string;
  readonly name: string;
  readonly trustMs: number;
  readonly heard: number;
  /** As it wrote them then. */
  readonly cuts: string | null;
  /** Nothing was written by it for so long. */
  readonly quietMs: number;
}

const QUIET = sql<number>`(${sql.raw(NOW)} - seen_at)`;

function rows(db: Kysely<Schema>) {
  return db.selectFrom('nodes').select(['id', 'name', 'trustMs', 'heard', 'cuts', QUIET.as('quietMs')]);
}

/** Nodes that were heard of lately, those that are not waited for among them. */
async function roll(db: Kysely<Schema>): Promise<readonly Called[]> {
  const named = sql<number>`greatest(${NAMED_MS}, ${GONE_AFTER} * trust_ms)`;
  return asCalled(await rows(db).where(QUIET, '<', named).orderBy('name').execute());
}

/** The driver gives the difference of two numbers as text. */
function asCalled(found: readonly Called[]): Called[] {
  return found.map((row) => ({ ...row, quietMs: Number(row.quietMs) }));
}

async function newest(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom('changes')
    .select((e) => e.fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
}

/**
 * Waits until every node that lives has everything in force that was committed by now, or trusts its memory no more: what
 * it trusts was read after the last heartbeat that it wrote, and no longer than its trust ago. Counted from here on, which
 * is after the commit; what is measured, from `since`.
 */
export async function callRoll(db: Kysely<Schema>, trustMs: number, since: number): Promise<RollCall> {
  const began = performance.now();
  try {
    return await call(db, began, since);
  } catch (error) {
    await sleep(Math.max(0, began + trustMs - performance.now()));
    const message =
      'It is done, but the database does not answer which nodes have it in force; each refuses by itself until it has.';
    throw new SallyportError('store-unavailable', message, { cause: storeFault(error) });
  }
}

/** What a row says of a node that has everything in force: its moments are as long ago as the row, and more. */
function confirmedBy({ name, cuts, quietMs }: Called, at: number): Confirmed {
  const read = readCuts(cuts);
  return { name, at, cuts: read?.map(({ count, agoMs }) => ({ count, agoMs: agoMs + quietMs })) ?? null };
}

async function call(db: Kysely<Schema>, began: number, since: number): Promise<RollCall> {
  const upTo = await newest(db);
  const confirmed: Confirmed[] = [];
  let left = false;
  const called = await roll(db);
  let waiting = called.filter(({ quietMs, trustMs }) => quietMs < GONE_AFTER * trustMs);
  const gone = called.filter((node) => !waiting.includes(node) && node.heard < upTo);
  for (;;) {
    const at = performance.now();
    confirmed.push(...waiting.filter(({ heard }) => heard >= upTo).map((node) => confirmedBy(node, at)));
    waiting = waiting.filter(({ heard }) => heard < upTo);
    const passed = performance.now() - began;
    if (waiting.every((node) => passed >= node.trustMs)) break;
    await sleep(ASK_MS);
    const now = new Map((await rowsOf(db, waiting)).map((row) => [row.id, row]));
    // Whose row is gone has left in good order: it serves no more, and nobody says what it cut.
    left ||= waiting.some(({ id }) => !now.has(id));
    waiting = waiting.flatMap(({ id }) => now.get(id) ?? []);
  }
  const silent = waiting.map(({ name, trustMs }) => ({ name, trustMs }));
  const unheard = gone.map(({ name, trustMs, quietMs }) => ({ name, trustMs, quietMs }));
  return rollCall(since, confirmed, [...silent, ...unheard], left);
}

async function rowsOf(db: Kysely<Schema>, nodes: readonly Called[]): Promise<Called[]> {
  const ids = nodes.map(({ id }) => id);
  return asCalled(await rows(db).where('id', 'in', ids).execute());
}
