import { addAccount, disableAccount, enableAccount, removeAccount } from '../../../src/manage/accounts.ts';
import { listAuthenticators, removeAuthenticator } from '../../../src/manage/authenticators.ts';
import { importAccounts } from '../../../src/manage/import.ts';
import { moveAccount } from '../../../src/manage/organisations.ts';
import { revokeAccountSessions } from '../../../src/manage/sessions.ts';
import { issueTicket, revokeTickets } from '../../../src/manage/tickets.ts';
import { type Doing, type Hands, idIn, type Of, REALM } from './hands.ts';

const HOUR = 3_600_000;
/** Lines that an import does at once. */
const LINES = 5_000;

async function importAll({ estate, organisations, accounts }: Hands, { people }: Of<'import'>): Promise<void> {
  for (let at = 0; at < people.length; at += LINES) {
    const lines = people
      .slice(at, at + LINES)
      .map(({ who, organisation }) => `${who},${REALM},${idIn(organisations, organisation)}`);
    const text = ['account,realm,organisation', ...lines].join('\n');
    const { added, faults } = await importAccounts.perform(estate.office, { text, newOnly: true });
    if (faults.length > 0) throw new Error(`the list has faults: ${JSON.stringify(faults.slice(0, 3))}`);
    for (const { id, name } of added) accounts.set(name, id);
  }
}

async function removeDevice({ estate, people, accounts }: Hands, { who, name }: Of<'remove-device'>): Promise<void> {
  const own = await listAuthenticators.ask(estate.office, { account: idIn(accounts, who) });
  const found = own.find(({ label }) => label === name);
  if (found === undefined) throw new Error(`${who} has no device ${name}`);
  await removeAuthenticator.perform(estate.office, { id: found.id });
  people.forget(who, name);
}

/** What administrators do to accounts. */
export const DESK: Doing<
  'import' | 'join' | 'invite' | 'uninvite' | 'remove-device' | 'revoke' | 'disable' | 'enable' | 'leave' | 'move'
> = {
  import: importAll,
  async join({ estate, organisations, accounts }, { person: { who, organisation } }) {
    const wish = { name: who, realm: REALM, organisation: idIn(organisations, organisation) };
    accounts.set(who, (await addAccount.perform(estate.office, wish)).id);
  },
  async invite({ estate, people, accounts }, { who, hours }) {
    const wish = { account: idIn(accounts, who), ttlMs: hours * HOUR };
    people.hand(who, (await issueTicket.perform(estate.office, wish)).secret);
  },
  uninvite: ({ estate, accounts }, { who }) => revokeTickets.perform(estate.office, { account: idIn(accounts, who) }),
  'remove-device': removeDevice,
  revoke: ({ estate, accounts }, { who }) =>
    revokeAccountSessions.perform(estate.office, { account: idIn(accounts, who) }),
  disable: ({ estate, accounts }, { who }) => disableAccount.perform(estate.office, { account: idIn(accounts, who) }),
  enable: ({ estate, accounts }, { who }) => enableAccount.perform(estate.office, { account: idIn(accounts, who) }),
  leave: ({ estate, accounts }, { who }) => removeAccount.perform(estate.office, { account: idIn(accounts, who) }),
  move: ({ estate, accounts, organisations }, { who, organisation }) => {
    const wish = { account: idIn(accounts, who), organisation: idIn(organisations, organisation) };
    return moveAccount.perform(estate.office, wish);
  },
};
