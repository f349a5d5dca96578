import { parentPort, workerData } from 'node:worker_threads';
import { configFromArguments } from '../src/config/load.ts';
import { systemRandom as random } from '../src/lib/random.ts';
import { MACHINE } from '../src/manage/authority.ts';
import type { TrendWish } from '../src/manage/trend/form.ts';
import { wholeTrend } from '../src/manage/trend/show.ts';
import { openStore } from '../src/store/open.ts';
import { StillClock } from '../test/support/clock.ts';

/** The thread of coverage.ts: reads a trend with a connection of its own, as fast as it can. */
const { place, now, wish } = workerData as {
  readonly place: { readonly kind: 'sqlite'; readonly path: string };
  readonly now: number;
  readonly wish: TrendWish;
};
const clock = new StillClock(now);
const store = await openStore(place, { clock });
try {
  const config = configFromArguments({ upstream: 'http://127.0.0.1:9' });
  const ctx = { store, clock, random, config, actor: 'cli:bench', authority: MACHINE };
  parentPort?.postMessage((await wholeTrend(ctx, wish)).rows.length);
} finally {
  await store.close();
}
