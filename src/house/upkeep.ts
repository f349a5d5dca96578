import { tidyRecord } from '../audit/tidy.ts';
import { tidyRosters } from '../manage/roster/tidy.ts';
import { purge } from '../store/purge.ts';
import type { Core } from './core.ts';
import type { Rooms } from './furnish.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What is done from time to time; none of it holds the process. */
export function keepHouse(
  { store, clock, sites }: Core,
  { doors, sessions, clockGuard, ring, keys, lockDown, rosters, alert, failed }: Rooms,
): NodeJS.Timeout[] {
  const rotate = () => keys.rotateWhenDue(sites.live.site.config.keys.rotateMs);
  const timers = [
    setInterval(() => clockGuard.trusted(), SECOND),
    setInterval(() => {
      // What has expired with nobody's doing: an exemption; rarer, the declaration that an app is unbound.
      doors.rejudge();
    }, 10 * SECOND),
    setInterval(() => sessions.rejudge(), 10 * MINUTE),
    setInterval(() => {
      if (!clockGuard.trusted()) return;
      void rosters.look();
      void alert.look();
    }, MINUTE),
    setInterval(() => {
      // A key that could not be opened is tried again until it can, and a lock-down that could not be read.
      if (ring.failed) void keys.reload().catch(() => {});
      if (lockDown.failed) void lockDown.load().catch(() => {});
    }, SECOND),
    setInterval(() => {
      // By a clock that has jumped, what is over cannot be told from what is not.
      if (!clockGuard.trusted()) return;
      void rotate().catch(failed);
      void purge(store, clock)
        .then(() => tidyRecord(store.audit, clock, sites.live.site.config.retention))
        .then(() => tidyRosters({ store, clock }, sites.live.site.config.keepRostersMs))
        .catch(failed);
    }, 10 * MINUTE),
  ];
  for (const timer of timers) timer.unref();
  return timers;
}
