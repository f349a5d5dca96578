import { detailOf, longOf } from '../../coverage/detail.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Notices } from '../../notices/types.ts';
import type { Store } from '../../store/types.ts';
import { fallOfCoverage } from './fall.ts';
import { lastOpening, standsOpen } from './stands-open.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly notices: Notices;
  /** Ids of the apps in force. */
  readonly apps: () => readonly string[];
  readonly failed: (error: unknown) => void;
}

/** In `meta`: up to which entry was looked, by whom it is being looked at, and since when. */
const MARK = 'coverage alert';
/** What was begun by a node that died is begun again after this time, ms. */
const AGAIN_MS = 2 * 60_000;
/** Of those that an entry names; the coverage page has all. */
const MOST = 200;

interface Mark {
  readonly seq: number;
  /** When it was begun, ms; null: it is done. */
  readonly begun: number | null;
}

function markOf(text: string | undefined): Mark {
  const [seq, begun] = (text ?? '').split(' ').map(Number);
  return { seq: seq !== undefined && Number.isSafeInteger(seq) ? seq : 0, begun: begun === undefined ? null : begun };
}

const textOf = ({ seq, begun }: Mark): string => (begun === null ? String(seq) : `${seq} ${begun}`);

/** The keys of a list that was put on record; none where it was cut. */
function keysIn(text: string | null): readonly string[] {
  if (text === null) return [];
  const keys: unknown = JSON.parse(text);
  return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === 'string') : [];
}

/**
 * Looks, whenever an entry could have changed it, whether something lets people in without a second factor that did not before, and says so
 * once. What stood open is read from the entry before: whatever is interrupted is neither missed nor told twice.
 */
export class CoverageAlert {
  readonly #parts: Parts;
  #now: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Looks, unless it is being looked. Never rejects. */
  look(): Promise<void> {
    this.#now ??= this.#look()
      .catch(this.#parts.failed)
      .finally(() => {
        this.#now = null;
      });
    return this.#now;
  }

  /** Waits for what is being looked at. */
  async stop(): Promise<void> {
    await this.#now;
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#parts;
    const seq = await lastOpening(store);
    const before = await store.meta.get(MARK);
    const mark = markOf(before);
    if (seq === mark.seq && mark.begun === null) return;
    if (mark.begun !== null && Math.abs(clock.now() - mark.begun) < AGAIN_MS) return;
    const mine = textOf({ seq: mark.seq, begun: clock.now() });
    const taken =
      before === undefined ? await store.meta.putIfAbsent(MARK, mine) : await store.meta.replace(MARK, before, mine);
    if (!taken) return;
    // What could not be told is looked at again: the mark is as one that a node left when it died.
    if (!(await this.#compare())) return;
    await store.meta.replace(MARK, mine, textOf({ seq, begun: null }));
  }

  /** Whether it could be told: not while the configuration in force cannot be read from the record. */
  async #compare(): Promise<boolean> {
    const { store, clock, notices, apps } = this.#parts;
    const open = await standsOpen(store, apps(), clock.now());
    if (open === undefined) return false;
    const [last] = (await store.views.record({ reach: 'all', kinds: ['coverage.fell'], limit: 1 })).rows;
    const [row] = last === undefined ? [] : await store.views.entriesByNumber([last.seq]);
    const before = new Set(row === undefined ? [] : keysIn(longOf(detailOf(row), 'standing')));
    const standing = open.slice(0, MOST);
    const now = new Set(standing.map(({ key }) => key));
    const fell = standing.filter(({ key }) => !before.has(key));
    const rose = [...before].filter((key) => !now.has(key));
    if (fell.length === 0 && rose.length === 0) return true;
    const where = new Set(fell.map(({ app }) => app));
    const [app = null] = where.size === 1 ? where : [];
    const basis = [...new Set(fell.flatMap((each) => each.basis))].sort((a, b) => a - b);
    await fallOfCoverage.perform(
      { store, clock, notices },
      { fell: fell.map(({ key }) => key), rose, standing: [...now], basis, app },
    );
    return true;
  }
}
