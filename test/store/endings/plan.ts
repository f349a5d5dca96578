import assert from 'node:assert/strict';
import type { Kind } from './databases.ts';
import { APPS, conflict, together } from './footprint.ts';
import { type Places, placesOf, type Serial } from './judge.ts';
import type { Lane } from './lane.ts';
import { Meeting, type Result } from './meeting.ts';
import type { Course } from './pause.ts';
import type { Source } from './table.ts';
import { type Pair, pairsOf, type Theatre } from './theatre.ts';

/** Where something is done. */
export interface Where {
  readonly kind: Kind;
  readonly source: Source;
}

/** How each operation and each ending goes by itself. */
class Alone {
  readonly #operations = new Map<string, Result>();
  readonly #endings = new Map<string, Result>();

  static async at(theatre: Theatre, where: Where): Promise<Alone> {
    const made = new Alone();
    const { world } = theatre;
    const stage = theatre.stage(where.source);
    const pairs = pairsOf(where.source);
    const one = (of: (pair: Pair) => string) => [...new Map(pairs.map((pair) => [of(pair), pair])).values()];
    await theatre.each(
      where,
      one(({ what }) => what),
      async (lane, pair) => {
        made.#operations.set(pair.what, await new Meeting({ lane, world, stage }, pair).serial('operation'));
      },
    );
    await theatre.each(
      where,
      one(({ how }) => how),
      async (lane, pair) => {
        made.#endings.set(pair.how, await new Meeting({ lane, world, stage }, pair).serial('ending'));
      },
    );
    return made;
  }

  operation({ what }: Pair): Result {
    const found = this.#operations.get(what);
    assert.ok(found, what);
    return found;
  }

  ending({ how }: Pair): Result {
    const found = this.#endings.get(how);
    assert.ok(found, how);
    return found;
  }

  /** The way of both, statement by statement; undefined where one is not done here. */
  wayOf({ what, how }: Pair): string | undefined {
    const [operation, ending] = [this.#operations.get(what), this.#endings.get(how)];
    if (operation === undefined || ending === undefined) return undefined;
    const way = ({ steps, spans }: Course) => [steps.map((step) => [...step]), spans];
    return JSON.stringify([way(operation.operation), way(ending.ending)]);
  }
}

const known = new Map<string, Promise<Alone>>();

export function alone(theatre: Theatre, where: Where): Promise<Alone> {
  const key = `${where.kind} ${where.source}`;
  const found = known.get(key) ?? Alone.at(theatre, where);
  known.set(key, found);
  return found;
}

/**
 * Pairs of which one changes a table that the other uses: the others cannot tell who was first. What goes the same way at
 * both kinds of app, statement by statement, meets at the one that checks the password itself.
 */
export async function chosen(theatre: Theatre, source: Source): Promise<readonly Pair[]> {
  const here = await alone(theatre, { kind: 'sqlite', source });
  const there = await alone(theatre, { kind: 'sqlite', source: 'app' });
  return pairsOf(source).filter((pair) => {
    const [operation, ending] = [here.operation(pair).operation, here.ending(pair).ending];
    if (!conflict(together(operation.steps), together(ending.steps))) return false;
    return source === 'app' || here.wayOf(pair) !== there.wayOf(pair);
  });
}

const turns = new Map<string, Promise<Serial>>();

/** What comes out when the two are done by turns, on SQLite: PostgreSQL is to have the same. */
export function serialOf(theatre: Theatre, lane: Lane, source: Source, pair: Pair): Promise<Serial> {
  const key = `${source} ${pair.name}`;
  const found = turns.get(key) ?? takeTurns(theatre, lane, source, pair);
  turns.set(key, found);
  return found;
}

async function takeTurns(theatre: Theatre, lane: Lane, source: Source, pair: Pair): Promise<Serial> {
  const { world } = theatre;
  const meeting = new Meeting({ lane, world, stage: theatre.stage(source) }, pair);
  const before = await meeting.serial('operation first');
  const after = await meeting.serial('ending first');
  const each = await alone(theatre, { kind: 'sqlite', source });
  return { before, after, alone: each.ending(pair), operation: each.operation(pair) };
}

/** The places of an operation that goes as it goes by itself, on that database. */
export async function placesIn(
  theatre: Theatre,
  where: Where,
  pair: Pair,
  { before, after }: Serial,
  which: Places,
): Promise<number[]> {
  const here = await alone(theatre, where);
  const { operation, opened } = here.operation(pair);
  const ended = [here.ending(pair), before, after].flatMap(({ ending }) => ending.steps);
  return placesOf(operation, { steps: ended, spans: [] }, which, opened);
}

/** Whether an ending is of whole apps, beside the locks of accounts: it takes their lock, where the database has one. */
export async function ofApps(theatre: Theatre, where: Where, pair: Pair): Promise<boolean> {
  const { ending } = (await alone(theatre, where)).ending(pair);
  return ending.steps.some((step) => step.get(APPS) === 'write');
}
