import { MACHINE } from '../../../src/manage/authority.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { addDirectoryGroup } from '../../../src/manage/directory-groups.ts';
import { ACTS, issueToken, QUERIES } from '../../../src/manage/operations.ts';
import { addOrganisation } from '../../../src/manage/organisations.ts';
import { grantRole } from '../../../src/manage/roles.ts';
import type { Grant } from '../../../src/roles.ts';
import type { Seal } from '../../../src/store/seal.ts';
import { addAccount, issueTicket, setAppName } from '../../support/manage.ts';
import { credentialRow, passkeyRow, totpRow } from '../../support/rows.ts';
import type { World } from '../login/world.ts';

/** Everything of one organisation that an act or a list can be about. */
export interface Target {
  readonly account: string;
  readonly name: string;
  readonly organisation: string;
  readonly empty: string;
  readonly authenticator: string;
  readonly session: string;
  readonly token: string;
  /** To remove the authenticator. */
  readonly proposal: string;
  /** Of the directory; nobody is in it. */
  readonly group: string;
}

/** Of the passkey that each of them has. */
export const MODEL = 'ee882879-721c-4913-9775-3dfcce97072a';

let n = 0;

/** A person of the organisation with all that a person can have, under names that are nowhere else. */
export async function targetOf(
  {
    manage,
    store,
    clock,
    wiki,
  }: Pick<World, 'manage' | 'store' | 'wiki'> & { readonly clock: Pick<World['clock'], 'now'> },
  organisation: string,
): Promise<Target> {
  n += 1;
  const name = `person${n}`;
  const { id: account } = await addAccount(manage, { name, realm: 'staff', organisation });
  const [authenticator, session] = [`totp-${n}`, `ses-${n}`];
  const now = clock.now();
  await issueTicket(manage, account);
  await setAppName(manage, account, wiki.id, `alias${n}`);
  await store.underAccount(account, async (tx) => {
    await tx.authenticators.insert(totpRow({ id: authenticator, accountId: account }));
    const key = { authenticatorId: `key-${n}`, credentialId: `cred-${n}`, aaguid: MODEL };
    await tx.authenticators.insert(passkeyRow({ id: `key-${n}`, accountId: account }));
    await tx.authenticators.insertCredential(credentialRow(key));
    const limits = { createdAt: now, lastSeenAt: now, expiresAt: now + 1e7, idleMs: 1e7, admittedAt: null };
    const ends = { endedAt: null, endReason: null, source: '192.0.2.1', userAgent: 'test' };
    const of = { accountId: account, appId: wiki.id, proofs: [{ kind: 'totp' as const, at: now }] };
    await tx.sessions.insert({ id: session, hash: `hash-${n}`, ...of, ...limits, ...ends });
  });
  const empty = (await addOrganisation.perform(manage, { name: `Empty ${n}`, realm: 'staff' })).id;
  const operations = ['account.list'];
  const wish = { name: `token ${n}`, role: 'auditor', organisations: [organisation], operations } as const;
  const token = (await issueToken.perform(manage, wish)).id;
  const group = { organisation, displayName: `Group ${n}`, externalId: null };
  const { id: groupId } = await addDirectoryGroup.perform(manage, group);
  const proposal = `proposal-${n}`;
  // Of the machine, so that whoever confirms it is judged by what they hold alone.
  const by = {
    actor: 'cli:other',
    authority: JSON.stringify(MACHINE),
    accountId: account,
    organisationId: organisation,
  };
  const input = JSON.stringify({ id: authenticator });
  const times = { createdAt: now, expiresAt: now + 1e7, endedAt: null };
  await store.proposals.insert({ id: proposal, operation: 'authenticator.remove', input, ...by, ...times });
  return { account, name, organisation, empty, authenticator, session, token, group: groupId, proposal };
}

/** Somebody who holds this and nothing else, as they ask in the console. */
export async function askerWith(world: World, grants: readonly Grant[], fresh = true): Promise<ManageContext> {
  n += 1;
  const { manage, store } = world;
  const { id } = await addAccount(manage, { name: `asker${n}`, realm: 'staff' });
  await store.underAccount(id, (tx) => tx.accounts.update(id, { roles: grants }));
  const { reach: _reach, ...rest } = manage;
  return { ...rest, actor: id, authority: { kind: 'person', accountId: id, fresh } };
}

/** What is asked of each, about this target. */
export const INPUTS: Readonly<Record<string, (target: Target) => unknown>> = {
  'account.add': ({ name, organisation }) => ({ name: `new-${name}`, realm: 'staff', organisation }),
  'account.import': ({ name, organisation }) => ({
    text: `account,realm,organisation\nimported-${name},staff,${organisation}\n`,
  }),
  'account.import-preview': ({ name, organisation }) => ({
    text: `account,realm,organisation\nimported-${name},staff,${organisation}\n`,
  }),
  'account.set': ({ account }) => ({ account, groups: ['ops'] }),
  'account.move': ({ account, organisation }) => ({ account, organisation }),
  'account.list': () => ({}),
  'account.find': () => ({}),
  'record.find': () => ({}),
  'record.checkpoint': () => ({}),
  'coverage.show': () => ({}),
  'coverage.trend': () => ({}),
  'overview.show': () => ({}),
  'me.show': () => ({}),
  'app.list': () => ({}),
  'app.explain': () => ({ method: 'GET', url: 'https://wiki.example.org/a' }),
  'evidence.export': ({ organisation }) => ({ from: 0, to: 86_400_000, organisation }),
  'session.find': () => ({}),
  'app-name.set': ({ account, name }) => ({ account, app: 'wiki', name: `other-${name}` }),
  'app-name.remove': ({ account }) => ({ account, app: 'wiki' }),
  'authenticator.remove': ({ authenticator: id }) => ({ id }),
  'ticket.issue-many': ({ organisation }) => ({ organisation }),
  'ticket.list': () => ({}),
  'invitation.list': () => ({}),
  'session.revoke': ({ session: id }) => ({ id }),
  'session.revoke-of-app': () => ({ app: 'wiki' }),
  'session.revoke-of-organisation': ({ organisation }) => ({ organisation }),
  'session.revoke-of-model': () => ({ aaguid: MODEL }),
  'session.revoke-all': () => ({}),
  'session.stopped': () => ({ what: 'id', sessions: 1, ms: 1, streams: 0, silent: [] }),
  'session.list': () => ({}),
  'directory.account-add': ({ name, organisation }) => ({
    organisation,
    name: `pushed-${name}`,
    externalId: `ext-${name}`,
    person: {},
    active: true,
  }),
  'directory.account-set': ({ account }) => ({
    account,
    externalId: null,
    person: { displayName: 'D' },
    active: false,
  }),
  'directory.group-add': ({ name, organisation }) => ({ organisation, displayName: `Of ${name}`, externalId: null }),
  'directory.group-set': ({ name, organisation, group }) => ({
    organisation,
    group,
    displayName: `Renamed ${name}`,
    externalId: null,
  }),
  'directory.group-remove': ({ organisation, group }) => ({ organisation, group }),
  'directory.accounts': ({ organisation }) => ({ organisation }),
  'directory.groups': ({ organisation }) => ({ organisation }),
  'directory.members': ({ organisation, group }) => ({ organisation, group }),
  'lock-down.begin': () => ({ reason: 'a list goes round', until: null }),
  'lock-down.end': () => ({}),
  'lock-down.show': () => ({}),
  'organisation.add': ({ name }) => ({ name: `Of ${name}`, realm: 'staff' }),
  'organisation.set': ({ organisation }) => ({ organisation, contact: 'reception' }),
  'organisation.set-logo': ({ organisation }) => ({ organisation, logo: null }),
  'organisation.set-hosts': ({ organisation }) => ({ organisation, hosts: [] }),
  'organisation.remove': ({ empty: organisation }) => ({ organisation }),
  'organisation.restrict': ({ organisation }) => ({ organisation, policy: { require: 'passkey' } }),
  'organisation.list': () => ({}),
  'organisation.show': ({ organisation }) => ({ organisation }),
  'role.grant': ({ account, organisation }) => ({ account, role: 'auditor', organisation }),
  'role.revoke': ({ account, organisation }) => ({ account, role: 'auditor', organisation }),
  'role.list': () => ({}),
  'token.issue': ({ name, organisation }) => ({
    name,
    role: 'auditor',
    organisations: [organisation],
    operations: ['account.list'],
  }),
  'token.revoke': ({ token: id }) => ({ id }),
  'token.list': () => ({}),
  'key.rotate': () => ({ now: false }),
  'record.erase': () => ({ account: 'nobody-any-more', reason: 'asked for' }),
  'roster.read': () => ({ app: 'wiki', names: ['alice'] }),
  'roster.erase': () => ({ names: [{ name: 'nobody', app: null }], reason: 'asked for' }),
  'roster.show': () => ({ app: 'wiki' }),
  'proposal.list': () => ({}),
  'proposal.confirm': ({ proposal: id }) => ({ id }),
  'proposal.withdraw': ({ proposal: id }) => ({ id }),
  'preset.test': () => ({ app: 'wiki', preset: 'p', digest: 'd', product: null, failed: 0 }),
};

/** What must be so before it is asked. */
export const BEFORE: Readonly<Record<string, (world: Pick<World, 'manage'>, target: Target) => Promise<unknown>>> = {
  'role.revoke': ({ manage }, { account, organisation }) =>
    grantRole.perform(manage, { account, role: 'auditor', organisation }),
};

type Asked = (ctx: ManageContext & { readonly seal: Seal }, input: unknown) => Promise<unknown>;

/** Every act and every list, by its name, as a face asks for it. */
export const ALL: ReadonlyMap<string, Asked> = new Map<string, Asked>([
  // Each reads its own input strictly: what has another form is refused, and fails the test.
  ...ACTS.map((act) => [act.name, act.perform as Asked] as const),
  ...QUERIES.map((query) => [query.name, query.ask as Asked] as const),
]);

/** What is asked of this one; about the account, where nothing else is said. */
export function inputOf(name: string, target: Target): unknown {
  return (INPUTS[name] ?? (({ account }: Target) => ({ account })))(target);
}
