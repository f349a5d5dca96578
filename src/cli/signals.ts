/** What the process is told from outside while it serves. */
export interface Signals {
  /** Settles with the first Ctrl-C or SIGTERM; a second one ends the process at once. */
  readonly stopped: Promise<void>;
  /** Runs the work on every SIGHUP, one at a time, so that the newest file is the one that stays; `work` never rejects. */
  onReload(work: () => Promise<void>): void;
}

/** Listens from now on: a SIGHUP that comes before there is anything to reload must not end the process. */
export function listenToSignals(): Signals {
  let work: (() => Promise<void>) | undefined;
  let missed = false;
  let turn = Promise.resolve();
  const reload = () => {
    missed = work === undefined;
    if (work !== undefined) turn = turn.then(work);
  };
  process.on('SIGHUP', reload);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        for (const again of ['SIGINT', 'SIGTERM'] as const) process.once(again, () => process.exit(1));
        resolve();
      });
    }
  });
  return {
    stopped,
    onReload: (given) => {
      work = given;
      if (missed) reload();
    },
  };
}
