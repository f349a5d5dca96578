import { handOver } from '../signals.mjs';

/** What the process is told from outside while it serves. */
export interface Signals {
  /** Settles with the first Ctrl-C or SIGTERM; a second one ends the process at once. */
  readonly stopped: Promise<void>;
  /** Runs the work on every SIGHUP, one at a time, so that the newest file is the one that stays; `work` never rejects. */
  onReload(work: () => Promise<void>): void;
}

/** A SIGHUP that comes before there is anything to reload is kept until there is. */
export function listenForReload(): Pick<Signals, 'onReload'> {
  let work: (() => Promise<void>) | undefined;
  let missed = false;
  let turn = Promise.resolve();
  const reload = () => {
    missed = work === undefined;
    if (work !== undefined) turn = turn.then(work);
  };
  process.on('SIGHUP', reload);
  return {
    onReload: (given) => {
      work = given;
      if (missed) reload();
    },
  };
}

/**
 * From now on SIGINT and SIGTERM stop in good order. Not before everything is open: until then there is nothing to put in
 * order, and the kernel's own way ends the process whatever it waits for (src/signals.mjs).
 */
export function listenForStop(): Pick<Signals, 'stopped'> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        for (const again of ['SIGINT', 'SIGTERM'] as const) process.once(again, () => process.exit(1));
        resolve();
      });
    }
  });
  handOver();
  return { stopped };
}
