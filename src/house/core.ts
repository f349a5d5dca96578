import type { Logger } from 'pino';
import { type AuditEvent, record } from '../audit/audit.ts';
import type { Config } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Sites } from '../sites.ts';
import { StoreHealth } from '../store/health.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';
import type { createConsole } from '../web/console/console.ts';
import type { OwnParts } from '../web/own.ts';

/** What every room is built from. */
export interface Core {
  readonly config: Config;
  readonly log: Logger;
  readonly access: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
  readonly seal: Seal;
  readonly sites: Sites;
  /** null: there is no console, and nothing of it was read. */
  readonly createConsole: typeof createConsole | null;
}

/** Where failures of the store go, and what tells of them. */
export function faultsOf({ store, clock, log }: Core) {
  const health = new StoreHealth(store, (failure) => {
    if (failure === null) log.info('the store works again');
    else log.error({ err: failure }, 'the store does not work; everything is refused until it does');
  });
  const failed = (error: unknown) => {
    health.failed(error);
    log.error({ err: error }, 'a write in the background failed');
  };
  const note = (event: AuditEvent) => record(store.audit, clock, event).catch(failed);
  return { health, failed, note };
}

export type Faults = ReturnType<typeof faultsOf>;

/** What our own pages log is a failure of the store where it has a cause. */
export function pageLog({ log }: Core, { health }: Faults): OwnParts['log'] {
  return {
    error: (fields, message) => {
      if ('err' in fields) health.failed(fields.err);
      log.error(fields, message);
    },
  };
}
