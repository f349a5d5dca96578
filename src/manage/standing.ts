import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Retention } from '../config/types.ts';
import { detailOf, textOf } from '../coverage/detail.ts';
import type { RecordedEntry } from '../coverage/types.ts';
import type { Clock } from '../lib/clock.ts';
import { rest } from '../lib/rest.ts';
import type { Store } from '../store/types.ts';
import { standAccounts, standOrganisations } from './stands.ts';

interface Ctx {
  readonly store: Store;
  readonly clock: Clock;
  /** Whether to leave off. */
  readonly stopped?: () => boolean;
}

/** Accounts of one transaction: some ms of the database's time, in which no request is served on SQLite. And ids that are read at once. */
const BATCH = 10;
const PAGE = 2_000;
const AT_ONCE = 900;

/** From when on entries hold all that coverage asks of them. */
const SINCE = 'coverage.since';

/** The moment at which this version, or a later one, first ran on this store, ms. */
async function sinceWhen({ store, clock }: Ctx): Promise<number> {
  await store.meta.putIfAbsent(SINCE, String(clock.now()));
  const since = Number(await store.meta.get(SINCE));
  return Number.isFinite(since) ? since : clock.now();
}

/** What entries of these kinds tell of, from the moment on. */
async function toldOf(
  { store, clock }: Ctx,
  kinds: readonly string[],
  since: number,
  whose: (row: RecordedEntry) => string | null,
): Promise<Set<string>> {
  const what = kinds.map((kind) => ({ kind, outcome: 'ok' as const }));
  const ask = { what, from: since, until: clock.now() };
  const seqs = await store.views.entryNumbers(ask);
  const found = new Set<string>();
  for (let from = 0; from < seqs.length; from += AT_ONCE) {
    for (const row of await store.views.entriesByNumber(seqs.slice(from, from + AT_ONCE))) found.add(whose(row) ?? '');
    await othersTurn();
  }
  return found;
}

async function inBatches(
  { stopped }: Ctx,
  ids: readonly string[],
  work: (ids: readonly string[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < ids.length && stopped?.() !== true; from += BATCH) {
    const begun = performance.now();
    await work(ids.slice(from, from + BATCH));
    await rest(performance.now() - begun);
  }
}

/**
 * Sees to it that the record by itself tells how everybody stands: of accounts and organisations whose beginning is not on record, or
 * from before the record held all of it, or older than half the time for which decisions are kept, it is put on record how they
 * stand now. Once more it finds nothing to do. One batch is a transaction: interrupted, it goes on where it was.
 */
export async function keepStanding(ctx: Ctx, { decisions }: Pick<Retention, 'decisions'>): Promise<void> {
  const { store, clock } = ctx;
  const since = Math.max(await sinceWhen(ctx), clock.now() - decisions / 2);
  const organisation = (row: RecordedEntry) => textOf(detailOf(row), 'organisation');
  const kept = await toldOf(ctx, ['organisation.add', 'organisation.stands'], since, organisation);
  const organisations = (await store.organisations.list('all')).map(({ id }) => id).filter((id) => !kept.has(id));
  await inBatches(ctx, organisations, (ids) => standOrganisations.perform(ctx, { ids }));
  const known = await toldOf(ctx, ['account.add', 'account.stands'], since, ({ accountId }) => accountId);
  for (let after = ''; ctx.stopped?.() !== true; ) {
    const page = await store.views.accountIds(after, PAGE);
    const due = page.filter((id) => !known.has(id));
    await inBatches(ctx, due, (ids) => standAccounts.perform(ctx, { ids }));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}

const EVERY_MS = 6 * 3_600_000;

/** Does so for as long as a server runs: at its start, and every six hours. */
export class StandingDuty {
  readonly #ctx: Ctx;
  readonly #retention: () => Pick<Retention, 'decisions'>;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(
    ctx: Omit<Ctx, 'stopped'>,
    retention: () => Pick<Retention, 'decisions'>,
    onError: (error: unknown) => void,
  ) {
    this.#ctx = { ...ctx, stopped: () => this.#stopped };
    this.#retention = retention;
    this.#onError = onError;
  }

  start(): void {
    this.#timer = setInterval(() => this.#run(), EVERY_MS).unref();
    this.#run();
  }

  #run(): void {
    this.#running ??= keepStanding(this.#ctx, this.#retention())
      .catch(this.#onError)
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Once it settles nothing more is written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }
}
