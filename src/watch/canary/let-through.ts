import { CanaryMarks } from '../../assertions/canary-marks.ts';
import { record } from '../../audit/audit.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../store/types.ts';
import { printable } from './answers.ts';

/** Runs that a node remembers it has told of. */
const MOST_TOLD = 100;
/** By how much the clocks of two nodes may differ, ms. */
const CLOCKS_MS = 10 * 60_000;
const MOST_ENTRIES = 100;

/**
 * Puts on record that a request of the canary was admitted, before it leaves for the app, on whichever node it was: what stands in front may
 * answer the canary with a page of its own. One entry of each run, app and node, so that a token that somebody has seen on its way fills no record.
 */
export class LetThrough {
  readonly #store: Pick<Store, 'audit'>;
  readonly #clock: Clock;
  readonly #told = new Map<string, Promise<unknown>>();

  constructor(store: Pick<Store, 'audit'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** `token`: one of ours; `request`: method and target, as they came. Rejects, for whoever comes next too, until it is on record. */
  async tell(token: string, appId: string, request: string): Promise<void> {
    const run = CanaryMarks.runOf(token);
    const key = `${run} ${appId}`;
    const before = this.#told.get(key);
    if (before !== undefined) return void (await before);
    if (this.#told.size >= MOST_TOLD) this.#told.clear();
    const detail = { letThrough: printable(request), run };
    const event = { kind: 'canary.failed', outcome: 'failed', actor: 'system', appId, detail } as const;
    const told = record(this.#store.audit, this.#clock, event);
    this.#told.set(key, told);
    try {
      await told;
    } catch (error) {
      // What could not be put on record was told of nowhere: the next one is to say so.
      this.#told.delete(key);
      throw error;
    }
  }
}

/** What all nodes have put on record so of a run: the requests, one of each node. `since`: ms. */
export async function letThroughIn(
  { views }: Pick<Store, 'views'>,
  { appId, run, since }: { readonly appId: string; readonly run: string; readonly since: number },
): Promise<readonly string[]> {
  const from = since - CLOCKS_MS;
  const page = await views.record({ reach: 'all', kinds: ['canary.failed'], appId, from, limit: MOST_ENTRIES });
  return page.rows.flatMap(({ detail }) => {
    const said = JSON.parse(detail) as { readonly run?: unknown; readonly letThrough?: unknown }; // written by record()
    return said.run === run && typeof said.letThrough === 'string' ? [said.letThrough] : [];
  });
}
