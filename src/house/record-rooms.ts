import { type AuditEvent, record } from '../audit/audit.ts';
import { Refusals } from '../audit/refusals.ts';
import { Sealer } from '../audit/sealer.ts';
import { rememberedLogKey } from '../manage/log-key.ts';
import { StandingDuty } from '../manage/standing.ts';
import { Receivers } from '../receivers/receivers.ts';
import { Cosigner } from '../receivers/witness/cosigner.ts';
import { witnessKey } from '../receivers/witness/key.ts';
import type { Signer } from '../tlog/key.ts';
import type { Core, Faults } from './core.ts';

/** Seals what is on record. That it cannot is told, and stops nobody: what was acknowledged is written. */
function sealerOf({ store, clock, config, log }: Core, key: () => Promise<Signer>): Sealer {
  return new Sealer({ store, clock, key, ordered: config.store.kind === 'sqlite' }, (behind) => {
    if (behind === null) log.info('the record is sealed again up to its newest entry');
    else
      log.error(
        { err: behind.error, behind_ms: behind.ms },
        'the record is written and not sealed; that is tried again',
      );
  });
}

/** Where the record goes outside, and whose heads are cosigned here. */
function receiverRooms(
  { store, clock, random, log, sites, config }: Core,
  { failed }: Faults,
  key: () => Promise<Signer>,
) {
  const note = (event: AuditEvent) => record(store.audit, clock, event);
  const live = () => sites.live.site.config;
  const shared = config.store.kind === 'postgres';
  const receivers = new Receivers({ store, clock, random, shared, note, log, failed, live });
  const logs = () => live().record.witnessFor;
  const cosigner = new Cosigner({ store, clock, note, logs, key: async () => witnessKey(await key()) });
  return { receivers, cosigner };
}

/** The record: what is gathered for it, sealed, sent outside, and said anew of every account. */
export function recordRooms(core: Core, faults: Faults) {
  const { store, clock, sites } = core;
  const { failed } = faults;
  const key = rememberedLogKey(core);
  const retention = () => sites.live.site.config.retention;
  return {
    refusals: new Refusals(store, clock, failed),
    sealer: sealerOf(core, key),
    ...receiverRooms(core, faults, key),
    duty: new StandingDuty({ store, clock }, retention, failed),
  };
}
