import type { IdReader } from '../../../assertions/request-ids.ts';
import { formatOf, readerOf } from '../formats.ts';
import { Groups } from '../groups.ts';
import { type LineReader, type LoggedRequest, ownOfApache } from '../types.ts';
import { alikeOf } from './alike.ts';
import { Heap } from './heap.ts';
import { Matcher } from './matcher.ts';
import { Merged, type Teller, type Told } from './merged.ts';
import { type OurLine, ourReader } from './ours.ts';
import { MOST_SKEW_MS, type Moment, SAMPLE, skewOf } from './skew.ts';

/** Our own log, and how it is compared. */
export interface OursParts {
  readonly files: readonly string[];
  readonly appId: string;
  /** By how much the two logs may differ, ms, besides what the clocks do. */
  readonly toleranceMs: number;
}

interface TimeParts {
  readonly ids: IdReader;
  readonly isOurs: (address: string) => boolean;
  readonly since: number | null;
  readonly ours: OursParts;
}

/** How far what was told by time can be relied on. */
export interface TimeReport {
  readonly toleranceMs: number;
  /** By how much the app's clock is ahead of ours, ms, as the logs show it; null: they do not, and it is taken for the same. */
  readonly skewMs: number | null;
  /** From when to when our own log reaches, ms; null: it has no line with a time. */
  readonly covered: { readonly from: number; readonly to: number } | null;
  /** Requests that our own log does not reach to. */
  readonly notTold: number;
  /** Lines of our own log that cannot be read. */
  readonly unreadableOurs: number;
  /** Requests of ours that were not compared, since there were too many at once. */
  readonly beyondOurs: number;
}

/** Lines are written in the order in which answers end, and may name the moment at which they began. */
const OUT_OF_ORDER_MS = 60_000;
const MOST_OUT_OF_ORDER = 200_000;
/** How far ours is read ahead of theirs: what takes longer finds its explanation when it is over. */
const AHEAD_MS = 2 * 60_000;
const SECOND = 1000;

type Request = { readonly request: LoggedRequest; readonly where: string };

/** A reader of requests in one of their files. What has no time is told of where it stands. */
function theirTeller(since: number | null): Teller<LoggedRequest> {
  let reader: LineReader | undefined;
  let last = 0;
  return (line) => {
    if (line === undefined || line.trim() === '') return null;
    reader ??= readerOf(formatOf(line));
    const request = reader(line);
    if (request === null || request === undefined || ownOfApache(request)) return null;
    if (since !== null && request.at !== null && request.at < since) return null;
    last = request.at ?? last;
    return { at: last, what: request };
  };
}

const alikeIn = ({ method, path }: LoggedRequest): string | null =>
  method === null || path === null ? null : alikeOf(method, path);

/** Two logs that are gone through side by side. */
class ByTime {
  readonly #parts: TimeParts;
  readonly #skew: number;
  readonly #ours: Merged<OurLine>;
  readonly #matcher: Matcher<Request & { readonly at: number }>;
  readonly #waiting = new Heap<Told<LoggedRequest>>(({ at }) => at);
  readonly groups = new Groups();
  #latest = Number.NEGATIVE_INFINITY;
  #from: number | null = null;
  #to: number | null = null;
  notTold = 0;

  constructor(parts: TimeParts, ours: Merged<OurLine>, skew: number) {
    this.#parts = parts;
    this.#skew = skew;
    this.#ours = ours;
    const { toleranceMs } = parts.ours;
    this.#matcher = new Matcher({ toleranceMs, unexplained: (what) => this.#unexplained(what) });
  }

  get explained(): number {
    return this.#matcher.explained;
  }

  get beyondOurs(): number {
    return this.#matcher.beyond;
  }

  get covered(): TimeReport['covered'] {
    return this.#from === null || this.#to === null ? null : { from: this.#from, to: this.#to };
  }

  async take(told: Told<LoggedRequest>): Promise<void> {
    const at = told.at - this.#skew;
    this.#latest = Math.max(this.#latest, at);
    this.#waiting.push({ ...told, at });
    await this.#readOurs(this.#latest + AHEAD_MS);
    for (let first = this.#waiting.first; first !== undefined; first = this.#waiting.first) {
      if (first.at > this.#latest - OUT_OF_ORDER_MS && this.#waiting.size <= MOST_OUT_OF_ORDER) break;
      this.#judge(first);
      this.#waiting.pop();
    }
  }

  async #readOurs(until: number): Promise<void> {
    for (;;) {
      if (!this.#ours.ready) await this.#ours.fill();
      const { head } = this.#ours;
      if (head === undefined || head.at > until) return;
      this.#ours.take();
      this.#from ??= head.at;
      this.#to = Math.max(this.#to ?? head.at, head.at);
      const { sent } = head.what;
      if (sent !== null) this.#matcher.ours(sent, alikeOf(sent.method, sent.path));
    }
  }

  #judge({ at, what: request, where }: Told<LoggedRequest>): void {
    const { client } = request;
    const alike = alikeIn(request);
    const what = { request, where, at };
    if (client !== null && !this.#parts.isOurs(client)) this.groups.add('another address', request, where);
    else if (request.at === null) this.groups.add('no time', request, where);
    else if (alike === null) this.#unexplained(what);
    else this.#matcher.theirs({ at, alike, open: request.status === 101, what });
  }

  #unexplained({ request, where, at }: Request & { readonly at: number }): void {
    const margin = this.#parts.ours.toleranceMs + SECOND;
    const { covered } = this;
    const isCovered = covered !== null && at >= covered.from + margin && at <= covered.to - margin;
    if (isCovered) this.groups.add('not in our log', request, where);
    else this.notTold += 1;
  }

  async end(): Promise<void> {
    await this.#readOurs(Number.POSITIVE_INFINITY);
    for (let first = this.#waiting.pop(); first !== undefined; first = this.#waiting.pop()) this.#judge(first);
    this.#matcher.end();
  }
}

/** The first requests of both logs from where both have some, as far as needed to compare the clocks. */
async function measure(theirs: Merged<LoggedRequest>, ours: Merged<OurLine>, isOurs: TimeParts['isOurs']) {
  await theirs.fill();
  await ours.fill();
  const from = Math.max(theirs.head?.at ?? 0, ours.head?.at ?? 0) - MOST_SKEW_MS;
  const own = await momentsOf(ours, from, ({ sent }) => (sent === null ? null : alikeOf(sent.method, sent.path)));
  const other = await momentsOf(theirs, from, (request) =>
    request.client === null || isOurs(request.client) ? alikeIn(request) : null,
  );
  await ours.close();
  await theirs.close();
  return skewOf(own, other);
}

async function momentsOf<T>(merged: Merged<T>, from: number, alike: (what: T) => string | null): Promise<Moment[]> {
  const found: Moment[] = [];
  while (found.length < SAMPLE) {
    if (!merged.ready) await merged.fill();
    const told = merged.take();
    if (told === undefined) break;
    const same = told.at < from ? null : alike(told.what);
    if (same !== null) found.push({ at: told.at, alike: same });
  }
  return found;
}

/**
 * Finds the requests in an app's logs that nothing in our own log explains: each of ours explains one of theirs, of the same method and path, at
 * the same time. Weaker than ids (docs/decisions/0060). Streams both; rejects when a file cannot be read.
 */
export async function readByTime(
  files: readonly string[],
  parts: TimeParts,
): Promise<TimeReport & { readonly groups: Groups; readonly explained: number }> {
  const { ids, since, ours } = parts;
  let unreadableOurs = 0;
  const read = ourReader(ours.appId, ids);
  const ourTeller = (): Teller<OurLine> => (line) => {
    const said = line === undefined ? undefined : read(line);
    if (said === undefined) unreadableOurs += 1;
    return said == null ? null : { at: said.at, what: said };
  };
  const open = () => new Merged(files, () => theirTeller(since));
  const skewMs = await measure(open(), new Merged(ours.files, ourTeller), parts.isOurs);
  unreadableOurs = 0;
  const byTime = new ByTime(parts, new Merged(ours.files, ourTeller), skewMs ?? 0);
  const theirs = open();
  for (;;) {
    if (!theirs.ready) await theirs.fill();
    const told = theirs.take();
    if (told === undefined) break;
    await byTime.take(told);
  }
  await byTime.end();
  const { groups, explained, notTold, covered, beyondOurs } = byTime;
  const { toleranceMs } = ours;
  return { groups, explained, toleranceMs, skewMs, covered, notTold, unreadableOurs, beyondOurs };
}
