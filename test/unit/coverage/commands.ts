import { addDirectoryAccount, setDirectoryAccount } from '../../../src/manage/directory.ts';
import { beginLockDown, endLockDown } from '../../../src/manage/lock-down.ts';
import {
  addOrganisation,
  moveAccount,
  removeOrganisation,
  restrictOrganisation,
  setOrganisation,
} from '../../../src/manage/organisations.ts';
import { grantRole, revokeRole } from '../../../src/manage/roles.ts';
import { standAccounts, standOrganisations } from '../../../src/manage/stands.ts';
import { issueManyTickets } from '../../../src/manage/tickets-many.ts';
import * as manage from '../../support/manage.ts';
import { PASSWORD } from '../login/world.ts';
import { addAnother, enrol, guessOut, type Hands, invite, pick, signIn, type Town } from './people.ts';

let made = 0;
const fresh = (what: string): string => `${what}${++made}`;

function settle(town: Town, id: string, name: string, realm: string): void {
  const { wiki, portal } = town.world;
  const app = realm === wiki.realm.id ? wiki : portal;
  town.people.push({ id, name, app, secret: null, device: null, codes: [], ticket: null });
}

const someRealm = (town: Town): string => pick(town, ['staff', 'customers']);

async function organisationOf(town: Town, realm: string, made = false): Promise<string> {
  const all = (await town.world.store.organisations.list('all')).filter(
    (each) => each.realm === realm && (!made || !each.id.startsWith('realm.')),
  );
  return pick(town, all).id;
}

const MANY_GROUPS = Array.from({ length: 30 }, (_, n) => `group-with-a-rather-long-name-${n}`);

async function signedIn(town: Town, who: Hands) {
  return (await signIn(town, who, who.secret === null ? 'passkey' : 'totp')).session;
}

async function factorOf(town: Town, who: Hands, kinds: readonly string[]): Promise<string> {
  const rows = await town.world.store.authenticators.ofAccount(who.id);
  return pick(
    town,
    rows.filter(({ kind }) => kinds.includes(kind)),
  ).id;
}

async function invited(town: Town, who: Hands, ...how: Tail<Parameters<typeof enrol>>): Promise<void> {
  await invite(town, who);
  await enrol(town, who, ...how);
}

type Tail<T> = T extends [unknown, unknown, ...infer Rest] ? Rest : never;

const PERSON = {};

type Command = (town: Town, who: Hands) => Promise<unknown>;

/** Everything that is done to accounts, by the operations that do it. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  'account.add': async (town) => {
    const realm = someRealm(town);
    const name = fresh('person');
    const groups = town.below(2) === 0 ? ['ops'] : MANY_GROUPS;
    const row = await manage.addAccount(town.world.manage, { name, realm, groups, admin: town.below(4) === 0 });
    settle(town, row.id, name, realm);
  },
  'account.import': async (town, who) => {
    const name = fresh('imported');
    const organisation = await organisationOf(town, 'customers');
    const change = who.app.realm.id === 'customers' ? `${who.name},customers,${organisation},ops\n` : '';
    const text = `account,realm,organisation,groups\n${name},customers,${organisation},ops;night\n${change}`;
    const { added, faults } = await manage.importAccounts(town.world.manage, text);
    if (faults.length > 0) throw new Error(JSON.stringify(faults));
    for (const each of added) settle(town, each.id, each.name, each.realm);
  },
  'directory.account-add': async (town) => {
    const organisation = await organisationOf(town, 'customers');
    const name = fresh('pushed');
    const wish = { organisation, name, externalId: fresh('x'), person: PERSON, active: town.below(2) === 0 };
    const { id } = await addDirectoryAccount.perform(town.world.manage, wish);
    settle(town, id, name, 'customers');
  },
  'directory.account-set': (town, who) => {
    const active = town.below(2) === 0;
    const wish = { account: who.id, externalId: null, person: PERSON, active };
    return setDirectoryAccount.perform(town.world.manage, wish);
  },
  'account.set': (town, who) => {
    const groups = pick(town, [[], ['ops'], ['ops', 'night'], MANY_GROUPS]);
    return manage.setAccount(town.world.manage, who.id, { groups });
  },
  'account.disable': (town, who) => manage.disableAccount(town.world.manage, who.id),
  'account.enable': (town, who) => manage.enableAccount(town.world.manage, who.id),
  'account.remove': (town, who) => manage.removeAccount(town.world.manage, who.id),
  'account.move': async (town, who) => {
    const organisation = await organisationOf(town, who.app.realm.id);
    return moveAccount.perform(town.world.manage, { account: who.id, organisation });
  },
  'organisation.add': (town) =>
    addOrganisation.perform(town.world.manage, { name: fresh('Organisation '), realm: someRealm(town) }),
  'organisation.set': async (town) => {
    const organisation = await organisationOf(town, someRealm(town), true);
    return setOrganisation.perform(town.world.manage, { organisation, name: fresh('Renamed ') });
  },
  'organisation.restrict': async (town) => {
    const networks = Array.from({ length: 80 }, (_, n) => `192.0.2.${n}`);
    const policy = pick(town, [{ require: 'passkey' as const }, { apps: ['wiki'] }, { require: null }, { networks }]);
    const organisation = await organisationOf(town, someRealm(town));
    return restrictOrganisation.perform(town.world.manage, { organisation, policy });
  },
  'organisation.remove': async (town) => {
    const organisation = await organisationOf(town, someRealm(town), true);
    return removeOrganisation.perform(town.world.manage, { organisation });
  },
  'role.grant': async (town, who) => {
    const organisation = town.below(2) === 0 ? undefined : await organisationOf(town, who.app.realm.id);
    const role = pick(town, ['auditor', 'help-desk', 'administrator'] as const);
    return grantRole.perform(town.world.manage, { account: who.id, role, organisation });
  },
  'role.revoke': async (town, who) => {
    const held = (await town.world.store.accounts.byId(who.id))?.roles ?? [];
    const { role, organisation } = pick(town, held);
    const of = organisation === null ? {} : { organisation };
    return revokeRole.perform(town.world.manage, { account: who.id, role, ...of });
  },
  'app-name.set': (town, who) => manage.setAppName(town.world.manage, who.id, who.app.id, fresh('alias')),
  'app-name.remove': (town, who) => manage.removeAppName(town.world.manage, who.id, who.app.id),
  'ticket.issue': (town, who) => invite(town, who),
  'ticket.issue-many': async (town, who) => {
    const { issued } = await issueManyTickets.perform(town.world.manage, { accounts: [who.id] });
    who.ticket = issued[0]?.secret ?? null;
  },
  'ticket.revoke': (town, who) => manage.revokeTickets(town.world.manage, who.id),
  'authenticator.remove': async (town, who) => {
    const id = await factorOf(town, who, ['totp', 'passkey', 'recovery']);
    return manage.removeAuthenticator(town.world.manage, id);
  },
  'lock-down.begin': (town) => {
    const until = town.below(2) === 0 ? null : town.world.clock.at + 3_600_000;
    return beginLockDown.perform(town.world.manage, { reason: 'drill', until });
  },
  'lock-down.end': (town) => endLockDown.perform(town.world.manage, {}),
  'enrol.open': (town, who) => invited(town, who, 'totp', 'opened'),
  'enrol.confirm-code': (town, who) => invited(town, who, 'totp', 'added'),
  'enrol.add-passkey': (town, who) => invited(town, who, 'passkey', 'added'),
  'enrol.finish': (town, who) => invited(town, who, pick(town, ['totp', 'passkey'] as const), 'finished'),
  'enrol.add': (town, who) => addAnother(town, who, pick(town, ['totp', 'passkey'] as const)),
  'own.renew-recovery-codes': async (town, who) => {
    const session = await signedIn(town, who);
    who.codes = [...(await town.world.enrol.newRecoveryCodes(town.world.caller(who.app), session))];
  },
  'own.rename-authenticator': async (town, who) => {
    const session = await signedIn(town, who);
    const id = await factorOf(town, who, ['totp', 'passkey']);
    return town.world.enrol.renameAuthenticator(town.world.caller(who.app), session, id, fresh('My phone '));
  },
  'own.remove-authenticator': async (town, who) => {
    const session = await signedIn(town, who);
    const id = await factorOf(town, who, ['totp', 'passkey']);
    return town.world.enrol.removeAuthenticator(town.world.caller(who.app), session, id);
  },
  'own.change-password': async (town, who) => {
    const session = await signedIn(town, who);
    const typed = { current: PASSWORD, password: PASSWORD };
    return town.world.enrol.changePassword(town.world.caller(who.app), session, typed);
  },
  'sign-in.second-by-code': (town, who) => signIn(town, who, pick(town, ['totp', 'recovery'] as const)),
  'sign-in.by-passkey': (town, who) => signIn(town, who, 'passkey'),
  'step-up.by-code': async (town, who) => {
    const session = await signedIn(town, who);
    return town.world.login.stepUp(town.world.caller(who.app), session, 'recovery', who.codes.shift() ?? 'none');
  },
  'coverage.stand-accounts': ({ world }, who) => standAccounts.perform(world, { ids: [who.id] }),
  'coverage.stand-organisations': async (town) =>
    standOrganisations.perform(town.world, { ids: [await organisationOf(town, someRealm(town))] }),
  'sign-in.refuse-guess': (town, who) => guessOut(town, who, pick(town, ['totp', 'recovery'] as const)),
};
