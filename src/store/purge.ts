import type { Clock } from '../lib/clock.ts';
import type { Store } from './types.ts';

const DAY = 86_400_000;

/** Deletes what is over: pending sign-ins and their challenges, jars, held answers, guesses long forgotten, sessions a month after their end, keys a day after. */
export async function purge(store: Store, clock: Clock): Promise<void> {
  const now = clock.now();
  await store.pendings.purge(now);
  await store.challenges.purge(now);
  await store.jars.purge(now);
  await store.holds.purge(now);
  await store.throttles.purge(now - 7 * DAY);
  await store.sessions.purge(now - 30 * DAY);
  await store.keys.purge(now - DAY);
}
