import { z } from 'zod';
import { longDetail, policyDetail } from '../coverage/detail.ts';
import { standsDetail } from '../coverage/stands.ts';
import { perform } from '../operations/perform.ts';
import { withoutNotices } from '../operations/services.ts';
import {
  type Act,
  type Asker,
  type Entry,
  type Operation,
  type Parts,
  type Services,
  UNCHANGED,
  type Unlocked,
} from '../operations/types.ts';
import type { AccountRow, Store } from '../store/types.ts';

type Ctx = Pick<Services, 'clock'> & { readonly store: Store };

const ids = z.strictObject({ ids: z.array(z.string()).max(100).readonly() });
type Ids = z.infer<typeof ids>;

/** What an account can prove itself with: its authenticators, and its recovery codes by themselves. */
async function provesBy(tx: Parts<'accounts'>, accountId: string) {
  const rows = await tx.authenticators.ofAccount(accountId);
  const keys = new Map((await tx.authenticators.credentialsOf(accountId)).map((key) => [key.authenticatorId, key]));
  const codes = rows.find(({ kind }) => kind === 'recovery');
  const factors = rows.flatMap(({ id, kind, label, createdAt: enrolledAt, disabledAt }) => {
    const key = keys.get(id);
    const { rpId: rp = null, userVerified = null, backedUp = null } = key ?? {};
    const deviceBound = key === undefined ? null : !key.backupEligible;
    return kind === 'recovery'
      ? []
      : [{ id, kind, label, enrolledAt, disabledAt, rp, userVerified, deviceBound, backedUp }];
  });
  const recovery =
    codes === undefined
      ? null
      : {
          id: codes.id,
          left: await tx.authenticators.recoveryLeft(accountId),
          disabledAt: codes.disabledAt,
          at: codes.createdAt,
        };
  return { factors, recovery };
}

/** All of an account that decides whether it gets in, as fields of an entry. Nothing secret, and no address. */
async function standingOf(tx: Parts<'accounts'>, row: AccountRow, now: number): Promise<Entry<'account.stands'>> {
  const proofs = await provesBy(tx, row.id);
  const [ticket] = await tx.tickets.listOpen(now, { accountId: row.id });
  const names = await tx.appNames.ofAccount(row.id);
  const detail = {
    realm: row.realm,
    name: row.name,
    organisation: row.organisationId,
    added: row.createdAt,
    password: row.passwordHash !== null,
    ...longDetail('groups', row.groups.join(' ')),
    ...longDetail(
      'roles',
      row.roles.map(({ role, organisation }) => `${role} ${organisation ?? 'everything'}`).join(','),
    ),
    ...(row.disabledAt === null ? {} : { disabled: row.disabledAt }),
    ...standsDetail({
      ...proofs,
      ticket:
        ticket === undefined ? null : { id: ticket.id, until: ticket.expiresAt, resetPassword: ticket.resetPassword },
      names: new Map(names.map(({ appId, name }) => [appId, name])),
    }),
  };
  return { kind: 'account.stands', accountId: row.id, detail };
}

/** Nothing is on record where there was nothing to tell. */
function recorded<E>(entries: readonly E[]): readonly [E, ...E[]] | typeof UNCHANGED {
  const [first, ...rest] = entries;
  return first === undefined ? UNCHANGED : [first, ...rest];
}

const accounts: Operation<
  'accounts',
  Services,
  Asker,
  Ids,
  number,
  { accountIds: readonly string[] },
  'account.stands',
  never
> = {
  name: 'coverage.stand-accounts',
  does: 'puts on record how accounts stand, of which the record does not hold all',
  who: 'sallyport',
  input: ids,
  output: z.number(),
  lock: 'accounts',
  records: ['account.stands'],
  find: ({ input }) => ({ accountIds: input.ids }),
  async run({ tx, accounts: held, now }) {
    const entries: Entry<'account.stands'>[] = [];
    for (const row of held.values()) entries.push(await standingOf(tx, row, now));
    return { value: entries.length, record: recorded(entries) };
  },
};

const organisations: Operation<Unlocked, Services, Asker, Ids, number, object, 'organisation.stands', never> = {
  name: 'coverage.stand-organisations',
  does: 'puts on record how organisations stand, of which the record does not hold all',
  who: 'sallyport',
  input: ids,
  output: z.number(),
  lock: { none: 'each organisation is held from before it is read until it is on record' },
  records: ['organisation.stands'],
  find: () => ({}),
  async run({ tx, input }) {
    const entries: Entry<'organisation.stands'>[] = [];
    for (const id of input.ids) {
      await tx.organisations.hold(id);
      const row = await tx.organisations.byId(id);
      if (row === undefined) continue;
      const { realm, name, policy } = row;
      const detail = { organisation: id, realm, name, ...policyDetail(policy) };
      entries.push({ kind: 'organisation.stands', detail });
    }
    return { value: entries.length, record: recorded(entries) };
  },
};

const bySallyport = { as: 'sallyport', actor: 'system' } as const;

/** Puts on record how accounts stand (ids, 100 at most); answers of how many there are. */
export const standAccounts: Act<Ctx, Ids, number> = {
  ...accounts,
  perform: (ctx, input) => perform(accounts, { ctx: withoutNotices(ctx), by: bySallyport }, input),
};

/** The same of organisations. */
export const standOrganisations: Act<Ctx, Ids, number> = {
  ...organisations,
  perform: (ctx, input) => perform(organisations, { ctx: withoutNotices(ctx), by: bySallyport }, input),
};
