import { tidyRecord } from '../../../src/audit/tidy.ts';
import { rotateKey } from '../../../src/manage/keys.ts';
import { beginLockDown, endLockDown } from '../../../src/manage/lock-down.ts';
import { addOrganisation, restrictOrganisation, setOrganisation } from '../../../src/manage/organisations.ts';
import { revokeAppSessions } from '../../../src/manage/sessions.ts';
import { purge } from '../../../src/store/purge.ts';
import { type Doing, type Hands, idIn, REALM } from './hands.ts';

async function tidy({ estate: { clock, app, config } }: Hands): Promise<void> {
  await purge(app.store, clock);
  await tidyRecord(app.store.audit, clock, config.retention);
}

/** What concerns everybody. */
export const OFFICE: Doing<
  | 'configuration'
  | 'configuration-refused'
  | 'organisation'
  | 'rename-organisation'
  | 'restrict'
  | 'revoke-app'
  | 'lock-down'
  | 'lock-down-over'
  | 'new-key'
  | 'tidy'
> = {
  configuration: ({ estate }, { text }) => estate.reload(text),
  'configuration-refused': ({ estate }, { why }) => estate.app.refuseReload(why),
  async organisation({ estate, organisations }, { name }) {
    organisations.set(name, (await addOrganisation.perform(estate.office, { name, realm: REALM })).id);
  },
  'rename-organisation': ({ estate, organisations }, { name, to }) =>
    setOrganisation.perform(estate.office, { organisation: idIn(organisations, name), name: to }),
  restrict: ({ estate, organisations }, { organisation, restriction }) => {
    const wish = { organisation: idIn(organisations, organisation), policy: restriction };
    return restrictOrganisation.perform(estate.office, wish);
  },
  'revoke-app': ({ estate }, { app }) => revokeAppSessions.perform(estate.office, { app }),
  async 'lock-down'({ estate }, { reason, until }) {
    await beginLockDown.perform(estate.office, { reason, until });
    await estate.lockDown.load();
  },
  async 'lock-down-over'({ estate }) {
    await endLockDown.perform(estate.office, {});
    await estate.lockDown.load();
  },
  'new-key': ({ estate }) => rotateKey.perform({ ...estate.office, seal: estate.app.seal }, { now: false }),
  tidy,
};
