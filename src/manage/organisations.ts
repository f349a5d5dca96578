import { z } from 'zod';
import { parseProxyBlock } from '../config/hosts.ts';
import { policyDetail } from '../coverage/detail.ts';
import { SallyportError } from '../errors.ts';
import { randomToken } from '../lib/random.ts';
import { OWNER, ROLES, sameGrant, within } from '../roles.ts';
import { type PolicyText, readPolicy } from '../sessions/policy.ts';
import { ownOrganisation } from '../store/organisations.ts';
import type { AccountRow, AccountStore, OrganisationRow } from '../store/types.ts';
import { accountView } from './account-view.ts';
import { accountForm, administration, findAccount, stillThere } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needApp, needRealm, organisationText } from './find.ts';
import { endInvitations } from './invitations.ts';
import { query } from './query.ts';

const policyView = z.strictObject({
  require: z.literal('passkey').exactOptional(),
  idleMs: z.number().exactOptional(),
  absoluteMs: z.number().exactOptional(),
  apps: z.array(z.string()).readonly().exactOptional(),
  networks: z.array(z.string()).readonly().exactOptional(),
});

/** An organisation as it is shown. Moments in ms. */
const organisationView = z.strictObject({
  id: z.string(),
  realm: z.string(),
  name: z.string(),
  contact: z.string(),
  createdAt: z.number(),
  /** What is stricter for its people; empty: nothing. */
  policy: policyView,
});
export type OrganisationView = Readonly<z.infer<typeof organisationView>>;

/** A logo without its bytes, which anybody can fetch by its hash. */
export const logoView = z.strictObject({
  hash: z.string(),
  type: z.string(),
  width: z.number(),
  height: z.number(),
});

/** With what people see of it. */
const seenView = organisationView.extend({
  logo: logoView.nullable(),
  /** Hosts whose sign-in pages show it. */
  hosts: z.array(z.string()).readonly(),
});

/** What people see of each, by its id. */
async function seen({ store, reach = new Set<string>() }: ManageContext) {
  const logos = new Map(
    (await store.looks.logos(reach)).map(({ organisationId, ...logo }) => [organisationId, logo] as const),
  );
  const hosts = Map.groupBy(await store.looks.hosts(reach), ({ organisationId }) => organisationId);
  return (id: string) => ({
    logo: logos.get(id) ?? null,
    hosts: (hosts.get(id) ?? []).map(({ host }) => host),
  });
}

function view({ policy, ...shown }: OrganisationRow): OrganisationView {
  return { ...shown, policy: readPolicy(policy) };
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const NAME_MOST = 100;
const CONTACT_MOST = 200;

/** What is wrong with the text of a name or a contact; undefined when nothing is. */
export function textFault(what: string, text: string, most: number): string | undefined {
  if (text !== text.trim() || text.length > most || !text.isWellFormed() || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))
    return `${what} is one line of at most ${most} characters, without blanks at its ends`;
  return undefined;
}

function checkText({
  name,
  contact,
}: {
  readonly name?: string | undefined;
  readonly contact?: string | undefined;
}): void {
  const fault =
    (name === undefined ? undefined : name === '' ? 'the name is empty' : textFault('the name', name, NAME_MOST)) ??
    (contact === undefined ? undefined : textFault('the contact', contact, CONTACT_MOST));
  if (fault !== undefined) throw new SallyportError('usage', fault);
}

/** The organisation that is meant by an id or a name, within the asker's reach. Throws `not-found`, `usage`. */
export async function needOrganisation(ctx: ManageContext, idOrName: string, realm?: string): Promise<OrganisationRow> {
  const { reach = new Set<string>() } = ctx;
  // Ids are nobody's choice, names are: one that is called as another's id must not be taken for it.
  const byId = await ctx.store.organisations.byId(idOrName);
  if (byId !== undefined && within(reach, byId.id) && (realm === undefined || byId.realm === realm)) return byId;
  const realms = realm === undefined ? [...ctx.config.realms.keys()] : [realm];
  const named = await Promise.all(realms.map((each) => ctx.store.organisations.byName(each, idOrName)));
  const found = named.filter((each) => each !== undefined && within(reach, each.id));
  if (found.length > 1)
    throw new SallyportError(
      'usage',
      `several realms have an organisation ${organisationText(idOrName)}: say which realm`,
    );
  const [row] = found;
  if (row === undefined)
    throw new SallyportError('not-found', `there is no organisation ${organisationText(idOrName)}`);
  return row;
}

/** To which organisation a new account of a realm belongs. Throws `usage` where it must be said, `not-found`. */
export async function organisationFor(ctx: ManageContext, realm: string, asked: string | undefined): Promise<string> {
  if (asked !== undefined) return (await needOrganisation(ctx, asked, realm)).id;
  const { reach = new Set<string>() } = ctx;
  const own = ownOrganisation(realm);
  if (within(reach, own)) return own;
  const mine = (await ctx.store.organisations.list(reach)).filter((each) => each.realm === realm);
  const [only, second] = mine;
  if (only === undefined || second !== undefined)
    throw new SallyportError('usage', 'say which organisation it belongs to');
  return only.id;
}

/** After the account was demoted, disabled or removed: somebody must be left who may do everything. Throws `conflict`. */
export async function needOwnerLeft(
  tx: { readonly accounts: Pick<AccountStore, 'owners'> },
  before: AccountRow,
): Promise<void> {
  if (before.disabledAt !== null || !before.roles.some((each) => sameGrant(each, OWNER))) return;
  if ((await tx.accounts.owners()).length > 0) return;
  throw new SallyportError('conflict', `${before.name} is the last owner: make another account an owner first`);
}

/** The name of the realm is kept for the organisation that is made with the first account of which nothing else is said. Throws `usage`. */
function checkNotRealm(name: string | undefined, { id, realm }: Pick<OrganisationRow, 'id' | 'realm'>): void {
  if (name === realm && id !== ownOrganisation(realm))
    throw new SallyportError(
      'usage',
      `${organisationText(name)} is called as its realm: that is where accounts without another belong`,
    );
}

const nameForm = z.strictObject({ name: z.string(), realm: z.string().optional(), contact: z.string().optional() });

/** Adds a client organisation of a realm. Throws `usage`, `conflict`. */
export const addOrganisation = administration({
  name: 'organisation.add',
  does: 'adds a client organisation',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything' },
  http: 'POST /organisations',
  input: nameForm,
  output: organisationView,
  lock: { none: 'adds an organisation, to which nobody belongs yet' },
  records: ['organisation.add'],
  find({ ctx, input }) {
    checkText(input);
    const { id: realm } = needRealm(ctx, input.realm);
    const { name, contact = '' } = input;
    const row = { id: randomToken(ctx.random, 16), realm, name, contact, policy: '{}', createdAt: ctx.clock.now() };
    checkNotRealm(name, row);
    return { row };
  },
  async run({ tx, given: { row } }) {
    await tx.organisations.insert(row);
    const { id: organisation, realm, name } = row;
    return { value: view(row), record: [{ kind: 'organisation.add', detail: { organisation, realm, name } }] };
  },
});

/** Which organisation, by id or name; the realm where several have the name. */
export const organisationForm = z.strictObject({ organisation: z.string(), realm: z.string().optional() });

/** Changes name or contact of an organisation. Throws `usage`, `not-found`, `conflict`. */
export const setOrganisation = administration({
  name: 'organisation.set',
  does: 'changes name or contact of a client organisation',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'organisation' },
  http: 'PATCH /organisations/{organisation}',
  input: organisationForm.extend({ name: z.string().optional(), contact: z.string().optional() }),
  output: organisationView,
  lock: { none: 'nobody gets in by what an organisation is called' },
  records: ['organisation.set'],
  async find({ ctx, input }) {
    checkText(input);
    const row = await needOrganisation(ctx, input.organisation, input.realm);
    checkNotRealm(input.name, row);
    const renamed = input.name !== undefined && input.name !== row.name;
    // Whether a name is another's in the realm is for those alone who may see the others.
    if (renamed && ctx.reach !== 'all')
      throw new SallyportError('forbidden', 'another name is given by who may do so for everything');
    return { organisationId: row.id };
  },
  async run({ tx, input: { name, contact }, given: { organisationId: id } }) {
    const set = { ...(name === undefined ? {} : { name }), ...(contact === undefined ? {} : { contact }) };
    const done = await tx.organisations.update(id, set);
    const row = await tx.organisations.byId(id);
    if (!done || row === undefined) throw new SallyportError('not-found', 'the organisation was removed meanwhile');
    const detail = { organisation: id, name: row.name, ...(contact === undefined ? {} : { contact: 'changed' }) };
    return { value: view(row), record: [{ kind: 'organisation.set', detail }] };
  },
});

/** What can be stricter for an organisation than for everybody, as it is asked for. */
export const policyForm = z.strictObject({
  /** null: what everybody may sign in with. */
  require: z.literal('passkey').nullable().optional(),
  idleMs: z.int().min(MINUTE).max(DAY).nullable().optional(),
  absoluteMs: z
    .int()
    .min(5 * MINUTE)
    .max(30 * DAY)
    .nullable()
    .optional(),
  /** Ids. */
  apps: z.array(z.string().max(64)).max(100).readonly().nullable().optional(),
  networks: z.array(z.string().max(64)).max(100).readonly().nullable().optional(),
});
type PolicyWish = z.infer<typeof policyForm>;

function checkPolicy(ctx: ManageContext, { apps, networks }: PolicyWish): void {
  for (const app of apps ?? []) needApp(ctx, app);
  for (const block of networks ?? []) {
    const parsed = parseProxyBlock(block);
    if ('fault' in parsed)
      throw new SallyportError('usage', `${organisationText(block)} is no address or CIDR block such as 192.0.2.0/24`);
  }
}

/** What is said in place of what was; null takes it away. Keys stand in one order, so that the same policy is the same text. */
function merged(old: PolicyText, wish: PolicyWish): string {
  const keys = ['require', 'idleMs', 'absoluteMs', 'apps', 'networks'] as const;
  const entries = keys.map((key) => [key, wish[key] === undefined ? old[key] : wish[key]] as const);
  return JSON.stringify(Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null)));
}

/**
 * Makes an organisation's policy stricter than everybody's, or takes that back: in force on every node at once, for live sessions too. What
 * the configuration demands stays demanded. Throws `usage`, `not-found`.
 */
export const restrictOrganisation = administration({
  name: 'organisation.restrict',
  does: 'sets what is stricter for the people of an organisation than for everybody',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything', fresh: true },
  http: 'POST /organisations/{organisation}/policy',
  input: organisationForm.extend({ policy: policyForm }),
  output: organisationView,
  lock: { none: 'it only ever takes away; each request is judged by what is in force' },
  records: ['organisation.restrict'],
  async find({ ctx, input }) {
    checkPolicy(ctx, input.policy);
    return { organisation: (await needOrganisation(ctx, input.organisation, input.realm)).id };
  },
  async run({ tx, input: { policy: wish }, given: { organisation: id } }) {
    const old = await tx.organisations.byId(id);
    if (old === undefined) throw new SallyportError('not-found', 'the organisation was removed meanwhile');
    const policy = merged(readPolicy(old.policy), wish);
    await tx.organisations.update(id, { policy });
    const detail = { organisation: id, name: old.name, ...policyDetail(policy) };
    return { value: view({ ...old, policy }), record: [{ kind: 'organisation.restrict', detail }] };
  },
});

/** Removes an organisation that nobody belongs to any more, and for which nobody holds a role. Throws `not-found`, `usage`, `conflict`. */
export const removeOrganisation = administration({
  name: 'organisation.remove',
  does: 'removes a client organisation without accounts',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything', fresh: true },
  http: 'DELETE /organisations/{organisation}',
  input: organisationForm,
  output: organisationView,
  lock: { none: 'removed only while nobody belongs to it' },
  records: ['organisation.remove'],
  async find({ ctx, input }) {
    const row = await needOrganisation(ctx, input.organisation, input.realm);
    return { row, organisation: row.id };
  },
  async run({ tx, given: { row } }) {
    // Nobody is given a role for it meanwhile.
    await tx.organisations.hold(row.id);
    const helpers = await tx.accounts.withRole();
    if (helpers.some(({ roles }) => roles.some(({ organisation }) => organisation === row.id)))
      throw new SallyportError('conflict', `somebody holds a role for ${row.name}: take it away first`);
    if (!(await tx.organisations.remove(row.id)))
      throw new SallyportError('conflict', `accounts belong to ${row.name}: move or remove them first`);
    return {
      value: view(row),
      record: [{ kind: 'organisation.remove', detail: { organisation: row.id, name: row.name } }],
    };
  },
});

/** Moves an account to another organisation of its realm; links that the old one has issued end. Throws `not-found`, `usage`. */
export const moveAccount = administration({
  name: 'account.move',
  does: 'moves an account to another organisation of its realm',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account', fresh: true },
  http: 'POST /accounts/{account}/move',
  input: accountForm.extend({ organisation: z.string() }),
  output: accountView.pick({ id: true, realm: true, name: true, organisationId: true }),
  lock: 'account',
  records: ['account.move'],
  async find(on) {
    const { accountId } = await findAccount(on);
    const row = await on.ctx.store.accounts.byId(accountId);
    const to = await needOrganisation(on.ctx, on.input.organisation, row?.realm);
    return { accountId, to, organisation: to.id };
  },
  async run({ tx, ctx, account, given: { to }, now }) {
    const row = stillThere(account);
    if (!within(ctx.reach, to.id)) throw new SallyportError('not-found', 'there is no such organisation');
    await tx.accounts.update(row.id, { organisationId: to.id });
    const ticketsEnded = to.id === row.organisationId ? 0 : await endInvitations(tx, row.id, now);
    const { id, realm, name } = row;
    const detail = { name, from: row.organisationId, to: to.id, ticketsEnded };
    const value = { id, realm, name, organisationId: to.id };
    return { value, record: [{ kind: 'account.move', accountId: id, detail }] };
  },
});

const counted = seenView.extend({ accounts: z.number() });
export type CountedOrganisation = Readonly<z.infer<typeof counted>>;

/** Organisations with the number of their accounts, by realm and name. Throws `usage`. */
export const listOrganisations = query({
  name: 'organisation.list',
  does: 'client organisations, with the number of their accounts',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /organisations',
  input: z.strictObject({ realm: z.string().optional() }),
  output: z.array(counted).readonly(),
  async read(ctx, { realm: asked }) {
    const realm = asked === undefined ? undefined : needRealm(ctx, asked).id;
    const rows = (await ctx.store.organisations.list(ctx.reach)).filter(
      (row) => realm === undefined || row.realm === realm,
    );
    const counts = await ctx.store.organisations.counts(ctx.reach);
    const looks = await seen(ctx);
    return rows.map((row) => ({ ...view(row), ...looks(row.id), accounts: counts.get(row.id) ?? 0 }));
  },
});

/** One organisation, by id or name. Throws `not-found`, `usage`. */
export const showOrganisation = query({
  name: 'organisation.show',
  does: 'one client organisation, and what is stricter for it',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /organisations/{organisation}',
  input: organisationForm,
  output: seenView,
  async read(ctx, { organisation, realm }) {
    const row = await needOrganisation(ctx, organisation, realm);
    const looks = await seen({ ...ctx, reach: new Set([row.id]) });
    return { ...view(row), ...looks(row.id) };
  },
});
