import type { AppConfig } from '../../config/types.ts';
import { asSallyportError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { RosterFault } from '../../rosters/fault.ts';
import { readRoster } from '../../rosters/read.ts';
import type { Store } from '../../store/types.ts';
import { MACHINE } from '../authority.ts';
import type { ManageContext } from '../context.ts';
import { failRoster } from './fail.ts';
import { readRosterOf } from './read.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: () => ManageContext['config'];
  /** Told of failures that are not the list's. */
  readonly failed: (error: unknown) => void;
}

/** What was begun, and not finished, by a node that died is begun again after this time, ms; what failed, too. */
const AGAIN_MS = 30 * 60_000;
const STOP_MS = 5000;

/** Reads the lists of apps when it is time: one at a time, and on one node of several. */
export class RosterDuty {
  readonly #parts: Parts;
  #now: Promise<void> | null = null;
  #stopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Looks whether a list is due, unless one is being read. Never rejects. */
  look(): Promise<void> {
    this.#now ??= this.#all().finally(() => {
      this.#now = null;
    });
    return this.#now;
  }

  /** Reads no further list; waits a little for the one that is being read. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#now === null) return;
    await Promise.race([this.#now, new Promise((resolve) => setTimeout(resolve, STOP_MS).unref())]);
  }

  async #all(): Promise<void> {
    for (const app of this.#parts.config().apps) {
      if (this.#stopped) return;
      try {
        if (await this.#claim(app)) await this.#read(app);
      } catch (error) {
        if (!this.#stopped) this.#parts.failed(error);
      }
    }
  }

  /** Whether it is due, and ours to do: of all nodes one finds the mark as it was. */
  async #claim({ id, roster }: AppConfig): Promise<boolean> {
    if (roster === null || roster.source === null) return false;
    const { store, clock } = this.#parts;
    const name = `roster ${id}`;
    const now = clock.now();
    const [last] = (await store.views.record({ reach: 'all', appId: id, kinds: ['roster.read'], limit: 1 })).rows;
    const wait = last?.outcome === 'ok' ? roster.everyMs : Math.min(roster.everyMs, AGAIN_MS);
    if (last !== undefined && now - last.at < wait) return false;
    const begun = await store.meta.get(name);
    if (begun === undefined) return store.meta.putIfAbsent(name, String(now));
    return (
      Math.abs(now - Number(begun)) >= Math.min(roster.everyMs, AGAIN_MS) &&
      store.meta.replace(name, begun, String(now))
    );
  }

  async #read({ id, roster }: AppConfig): Promise<void> {
    const source = roster?.source ?? null;
    if (roster === null || source === null) return;
    const { store, clock, random, config } = this.#parts;
    try {
      const names = await readRoster(source, roster.column);
      const ctx = {
        store,
        clock,
        random,
        config: config(),
        actor: 'system',
        authority: MACHINE,
        reach: 'all',
      } as const;
      await readRosterOf.perform(ctx, { app: id, names, from: source.kind });
    } catch (error) {
      const why = error instanceof RosterFault ? error.message : asSallyportError(error).message;
      if (!(error instanceof RosterFault)) this.#parts.failed(error);
      await failRoster.perform({ store, clock }, { app: id, from: source.kind, why });
    }
  }
}
