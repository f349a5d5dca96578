import { everyApp } from '../config/console.ts';
import { CoverageAlert } from '../manage/alert/duty.ts';
import { giveUpNotice } from '../manage/notices.ts';
import { RosterDuty } from '../manage/roster/duty.ts';
import { Delivery } from '../notices/deliver.ts';
import { createNotices } from '../notices/queue.ts';
import type { Core, Faults } from './core.ts';

/** What is mailed, and what sends it. */
export function mailRooms({ store, seal, clock, random, log, sites }: Core, { failed }: Faults) {
  const config = () => {
    const live = sites.live.site.config;
    return { ...live, apps: everyApp(live) };
  };
  const delivery = new Delivery({
    store,
    seal,
    clock,
    config,
    giveUp: (message) => giveUpNotice.perform({ store, clock }, message),
    log,
    failed,
  });
  const notices = createNotices({ clock, random, mail: () => config().mail, queued: () => delivery.wake() });
  return { delivery, notices };
}

/** What looks by itself whether anything lets somebody in past the second factor. */
export function watchRooms(
  { store, clock, random, sites }: Core,
  { failed }: Faults,
  notices: ReturnType<typeof mailRooms>['notices'],
) {
  const config = () => sites.live.site.config;
  const apps = () => config().apps.map(({ id }) => id);
  return {
    rosters: new RosterDuty({ store, clock, random, config, failed }),
    alert: new CoverageAlert({ store, clock, notices, apps, failed }),
  };
}
