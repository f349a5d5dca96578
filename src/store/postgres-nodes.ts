import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import { SallyportError } from '../errors.ts';
import { storeFault } from './fault.ts';
import type { Schema } from './schema.ts';
import type { RollCall } from './types.ts';

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

const SEEN = `insert into nodes (id, name, trust_ms, seen_at, heard) values ($1, $2, $3, ${NOW}, $4)
  on conflict (id) do update set seen_at = excluded.seen_at, heard = excluded.heard`;

/** This process as a node; written on the connection of its feed. */
export class NodeRow {
  readonly #id = randomBytes(12).toString('base64url');
  readonly #name = `${hostname()} (process ${process.pid})`;
  readonly #trustMs: number;

  constructor(trustMs: number) {
    this.#trustMs = trustMs;
  }

  async seen(client: pg.Client, heard: number): Promise<void> {
    await client.query(SEEN, [this.#id, this.#name, this.#trustMs, heard]);
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
  /** Nothing was written by it for so long. */
  readonly quietMs: number;
}

const QUIET = sql<number>`(${sql.raw(NOW)} - seen_at)`;

function rows(db: Kysely<Schema>) {
  return db.selectFrom('nodes').select(['id', 'name', 'trustMs', 'heard', QUIET.as('quietMs')]);
}

/** Nodes that were heard of lately, those that are not waited for among them. */
async function roll(db: Kysely<Schema>): Promise<readonly Called[]> {
  const named = sql<number>`greatest(${NAMED_MS}, ${GONE_AFTER} * trust_ms)`;
  const found = await rows(db).where(QUIET, '<', named).orderBy('name').execute();
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
 * is after the commit.
 */
export async function callRoll(db: Kysely<Schema>, trustMs: number): Promise<RollCall> {
  const began = performance.now();
  try {
    return await call(db, began);
  } catch (error) {
    await sleep(Math.max(0, began + trustMs - performance.now()));
    const message =
      'It is done, but the database does not answer which nodes have it in force; each refuses by itself until it has.';
    throw new SallyportError('store-unavailable', message, { cause: storeFault(error) });
  }
}

async function call(db: Kysely<Schema>, began: number): Promise<RollCall> {
  const upTo = await newest(db);
  const confirmed: string[] = [];
  const called = await roll(db);
  let waiting = called.filter(({ quietMs, trustMs }) => quietMs < GONE_AFTER * trustMs);
  const gone = called.filter((node) => !waiting.includes(node) && node.heard < upTo);
  for (;;) {
    confirmed.push(...waiting.filter(({ heard }) => heard >= upTo).map(({ name }) => name));
    waiting = waiting.filter(({ heard }) => heard < upTo);
    const passed = performance.now() - began;
    if (waiting.every((node) => passed >= node.trustMs)) break;
    await sleep(ASK_MS);
    const now = new Map((await rowsOf(db, waiting)).map((row) => [row.id, row]));
    // Whose row is gone has left in good order: it serves no more.
    waiting = waiting.flatMap(({ id }) => now.get(id) ?? []);
  }
  const silent = waiting.map(({ name, trustMs }) => ({ name, trustMs }));
  return { confirmed, silent: [...silent, ...gone.map(({ name, trustMs, quietMs }) => ({ name, trustMs, quietMs }))] };
}

function rowsOf(db: Kysely<Schema>, nodes: readonly Called[]): Promise<Called[]> {
  const ids = nodes.map(({ id }) => id);
  return rows(db).where('id', 'in', ids).execute();
}
