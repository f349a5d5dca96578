import type { Clock } from '../lib/clock.ts';
import type { Store } from './types.ts';

const DAY = 86_400_000;
/** Counts of failures that are kept; beyond that those with the fewest go. */
const MAX_THROTTLES = 100_000;
/** How long an answer is kept for a request that is sent once more. */
export const ANSWERS_KEPT_MS = DAY;
/** Answers that are kept; beyond that the oldest go. */
export const MAX_ANSWERS = 10_000;

/**
 * Deletes what is over: pending sign-ins and their challenges, jars, held answers, guesses long forgotten, sessions a month after their end, keys a day after, tokens of
 * programs, links that were sent by e-mail and acts that waited for a second person 90 days after, answers that were kept for a second request a day after.
 */
export async function purge(store: Store, clock: Clock): Promise<void> {
  const now = clock.now();
  await store.pendings.purge(now);
  await store.challenges.purge(now);
  await store.jars.purge(now);
  await store.holds.purge(now);
  await store.throttles.purge(now - 31 * DAY);
  await store.throttles.trim(MAX_THROTTLES);
  await store.sessions.purge(now - 30 * DAY);
  await store.keys.purge(now - DAY);
  await store.proposals.purge(now - 90 * DAY);
  await store.invitations.expire(now);
  await store.invitations.purge(now - 90 * DAY);
  await store.tokens.purge(now - 90 * DAY);
  await store.answers.purge(now - ANSWERS_KEPT_MS);
  await store.answers.trim(MAX_ANSWERS);
}
