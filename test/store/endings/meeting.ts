import assert from 'node:assert/strict';
import { SallyportError } from '../../../src/errors.ts';
import { sha256 } from '../../../src/lib/bytes.ts';
import { Session } from '../../../src/sessions/session.ts';
import { createStore } from '../../../src/store/store.ts';
import type { World } from '../../unit/login/world.ts';
import type { Row } from './databases.ts';
import type { Lane } from './lane.ts';
import { type Left, leftOf, linesOf } from './left.ts';
import type { Course } from './pause.ts';
import { on, type Stage } from './stage.ts';
import type { Ending, Operation, Place } from './table.ts';
import { AS_IT_IS, type Removal } from './unlocked.ts';

type Made = { readonly cookie: string; readonly session: Session } | undefined;

/** The session that an operation has opened or renewed, if it is one that does. */
function opened(made: unknown): Made {
  if (typeof made !== 'object' || made === null) return undefined;
  if ('signedIn' in made) return opened(made.signedIn);
  // What a sign-in answers with.
  return 'session' in made && 'cookie' in made && Session.is(made.session) ? (made as Made) : undefined;
}

type Outcome = { readonly error: SallyportError | undefined; readonly made: unknown };

/** A refusal of ours; what is no answer of the product fails the test. */
async function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  try {
    return { made: await call, error: undefined };
  } catch (error) {
    if (error instanceof SallyportError && error.status < 500) return { made: undefined, error };
    throw error;
  }
}

const UNSEEN: Course = { steps: [], spans: [] };

export interface Result {
  /** What is left in the store, who was told what, and what is on record; what came into being is all called `new`. */
  readonly lines: readonly string[];
  readonly left: Left;
  /** Kinds of what is on record as done. */
  readonly kinds: ReadonlySet<string>;
  readonly refused: { readonly operation: boolean; readonly ending: boolean };
  /** The ending was refused because what it changes, or the session that asks, had changed meanwhile. */
  readonly overtaken: boolean;
  /** A session was opened or renewed. */
  readonly opened: boolean;
  /** How the operation went, and the ending, where they were done by turns. */
  readonly operation: Course;
  readonly ending: Course;
}

/** An operation and an ending, at one lane and on one stage. */
export class Meeting {
  readonly #lane: Lane;
  readonly #stage: Stage;
  readonly #operation: Operation;
  readonly #ending: Ending;
  readonly #slow: World;
  readonly #other: World;

  constructor(
    { lane, world, stage }: { readonly lane: Lane; readonly world: World; readonly stage: Stage },
    { operation, ending }: { readonly operation: Operation; readonly ending: Ending },
    removal: Removal = AS_IT_IS,
  ) {
    this.#lane = lane;
    this.#stage = stage;
    this.#operation = operation;
    this.#ending = ending;
    const { one, pause, clock } = lane;
    this.#slow = on(world, removal.store(createStore(pause.on(removal.database(one)), clock)));
    this.#other = on(world, lane.other);
  }

  async #place(node: 0 | 1, services: World): Promise<Place> {
    const { mine, other } = this.#stage;
    const { map } = this.#lane.nodes[node];
    const found = [await map.find(mine), await map.find(other)] as const;
    const session = found[node];
    assert.ok(session, 'both sessions live when a cell begins');
    const lane = this.#lane;
    return {
      ...services,
      stage: this.#stage,
      session,
      get looked() {
        return lane.slowly;
      },
    };
  }

  /** As the product does it: what was opened is taken into memory once it is committed. */
  async #begin(): Promise<{ operate: () => Promise<Outcome>; end: () => Promise<Outcome> }> {
    const { nodes, pause } = this.#lane;
    await this.#lane.reset(this.#stage);
    const [mine, other] = [await this.#place(0, this.#slow), await this.#place(1, this.#other)];
    const work = async () => {
      const made = await this.#operation.run(mine);
      await pause.point();
      return made;
    };
    return {
      operate: () => outcomeOf(nodes[0].map.adopting(work, opened)),
      end: () => outcomeOf(this.#ending.run(other)),
    };
  }

  /** Both by turns, or the one alone. */
  async serial(order: 'operation first' | 'ending first' | 'operation' | 'ending'): Promise<Result> {
    const { operate, end } = await this.#begin();
    const { pause } = this.#lane;
    const none: Outcome = { made: undefined, error: new SallyportError('conflict') };
    if (order === 'operation') return this.#result(await operate(), none, pause.course);
    if (order === 'operation first') {
      const operated = await operate();
      const { course } = pause;
      return this.#result(operated, await end(), course);
    }
    const ended = await end();
    await this.#lane.quiet();
    const operated = order === 'ending' ? none : await operate();
    return this.#result(operated, ended, pause.course);
  }

  /**
   * The ending while the operation stands still after its n-th answer. `next`: the next place that differs: who waits for
   * a lock of a transaction waits for it until that is over.
   */
  async cell(n: number): Promise<Result & { readonly next: number }> {
    const { operate, end } = await this.#begin();
    const { pause } = this.#lane;
    const { reached, go } = pause.after(n);
    const operating = operate();
    const still = await Promise.race([reached.then(() => true), operating.then(() => false)]);
    assert.ok(still, `it never came to its place ${n}`);
    const ended = end();
    let waits = false;
    try {
      waits = await this.#lane.waits(ended);
      // What was opened is committed, and not yet taken into memory: the node has heard of its end first.
      if (!waits) await this.#lane.quiet();
    } finally {
      go();
      await Promise.allSettled([operating, ended]);
    }
    const next = (waits ? pause.endOf(n) : n) + 1;
    return { ...(await this.#result(await operating, await ended)), next };
  }

  async #result(operation: Outcome, ending: Outcome, course?: Course): Promise<Result> {
    await this.#lane.quiet();
    const rows = await this.#lane.held();
    const left = leftOf(rows);
    await this.#agree(left, rows, opened(operation.made)?.cookie);
    const [operated, ended] = [operation, ending].map(({ error }) => error === undefined);
    const told = `told: operation ${operated ? 'done' : 'refused'}, ending ${ended ? 'done' : 'refused'}`;
    return {
      lines: [told, ...linesOf(rows, this.#stage.known)],
      left,
      kinds: new Set(
        (rows.get('audit') ?? []).filter((row) => row['outcome'] === 'ok').map((row) => String(row['kind'])),
      ),
      refused: { operation: !operated, ending: !ended },
      overtaken: ending.error?.code === 'conflict' || ending.error?.code === 'sign-in-required',
      opened: opened(operation.made) !== undefined,
      operation: course ?? UNSEEN,
      ending: course === undefined ? UNSEEN : this.#lane.course.course,
    };
  }

  /** What a node answers to a cookie is what the store says. */
  async #agree(left: Left, rows: ReadonlyMap<string, readonly Row[]>, fresh: string | undefined): Promise<void> {
    const { mine, other } = this.#stage;
    const groups = new Map((rows.get('accounts') ?? []).map((row) => [row['id'], row['groups']]));
    const asked = [mine, other, ...(fresh === undefined ? [] : [fresh])];
    for (const [i, { map }] of this.#lane.awake.entries())
      for (const [cookie, found] of await Promise.all(
        asked.map(async (each) => [each, await map.find(each)] as const),
      )) {
        const live = left.sessions.some((row) => row['hash'] === sha256(cookie));
        assert.equal(found !== undefined, live, `what node ${i} has in memory is not what the store has`);
        if (found === undefined) continue;
        const known = groups.get(found.accountId);
        assert.equal(JSON.stringify(found.groups), known, `node ${i} has other groups than the store`);
      }
  }
}
