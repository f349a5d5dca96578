import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/types.ts';
import type { Clock } from '../../lib/clock.ts';
import { systemRandom } from '../../lib/random.ts';
import { MACHINE } from '../../manage/authority.ts';
import { beginLockDown } from '../../manage/lock-down.ts';
import type { Store } from '../../store/types.ts';
import { keepRun, sentenceOf } from './outcome.ts';
import { type CanaryParts, runCanary } from './run.ts';
import { type CanaryReport, passed } from './types.ts';

/** After the start, so that what stands in front of us has found us. */
const FIRST_MS = 5 * 60_000;
/** How often it is looked whether a run is due: the configuration may have changed. */
const LOOK_MS = 30_000;

export interface WatchParts extends CanaryParts {
  readonly store: Store;
  /** The configuration in force. */
  readonly config: () => Config;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Hears of a run that could not be put on record. */
  readonly failed: (error: unknown) => void;
}

const REASON = 'A test of this portal’s protection failed. Signing in is closed until it has been looked at.';

/** Runs the canary on its schedule, for each app in turn, never two at a time. A run that is missed is not made up for. */
export class CanaryWatch {
  readonly #parts: WatchParts;
  readonly #ended = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#loop = this.#go().catch((error: unknown) => {
      if (!this.#ended.signal.aborted) this.#parts.failed(error);
    });
  }

  /** Ends a run that is under way, and waits for it. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#loop;
  }

  async #go(): Promise<void> {
    // Counted in turns: a jump of the clock brings no run about, and puts none off.
    for (let waited = 0, due = FIRST_MS; ; waited += LOOK_MS) {
      await sleep(LOOK_MS, undefined, { signal: this.#ended.signal, ref: false });
      const { everyMs } = this.#parts.config().canary;
      if (everyMs === null || waited < due) continue;
      await this.runAll();
      [waited, due] = [0, everyMs];
    }
  }

  /** One run of each app. */
  async runAll(): Promise<readonly CanaryReport[]> {
    const reports: CanaryReport[] = [];
    const config = this.#parts.config();
    for (const app of config.apps) {
      if (this.#ended.signal.aborted) break;
      const report = await runCanary(app, config, { ...this.#parts, signal: this.#ended.signal });
      if (this.#ended.signal.aborted) break;
      reports.push(report);
      await this.#tell(report, config).catch(this.#parts.failed);
    }
    return reports;
  }

  async #tell(report: CanaryReport, config: Config): Promise<void> {
    const { store, clock, log } = this.#parts;
    const { app, asked, failed, unclear, failures } = report;
    const fields = { app, asked, failed, unclear, first: failures[0] };
    if (failed > 0) log.error(fields, `canary failed: ${sentenceOf(report)}`);
    else if (!passed(report)) log.warn(fields, `canary shows nothing: ${sentenceOf(report)}`);
    else log.info(fields, `canary passed: ${sentenceOf(report)}`);
    await keepRun(store.audit, clock, report, 'system');
    if (failed > 0 && config.canary.lockDown) await closeSigningIn(store, clock, config);
  }
}

/** As an administrator would; one that stands already stays as it is. */
async function closeSigningIn(store: Store, clock: Clock, config: Config): Promise<void> {
  if ((await store.lockDown.current()) !== undefined) return;
  const context = {
    store,
    clock,
    random: systemRandom,
    config,
    actor: 'system',
    authority: MACHINE,
    reach: 'all',
  } as const;
  await beginLockDown.perform(context, { reason: REASON, until: null });
}
