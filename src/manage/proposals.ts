import { z } from 'zod';
import { record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import { type Reach, ROLES, within } from '../roles.ts';
import type { ProposalRow } from '../store/proposal-types.ts';
import { type Administration, administration, warranted } from './administration.ts';
import type { Authority } from './authority.ts';
import type { ManageContext } from './context.ts';
import { type Asked, type Holdings, judge } from './judge.ts';
import { query } from './query.ts';
import { CONFIRMING } from './second.ts';

/** Shown at once; more than people wait for. */
const MOST = 500;

/** An act as confirming asks for it. */
export type Confirmable = Pick<Administration<unknown, unknown>, 'name' | 'needs' | 'perform' | 'could'>;

/** An act that waits for a second person, as it is shown. Moments in ms. */
const proposalView = z.strictObject({
  id: z.string(),
  operation: z.string(),
  /** As it was asked for: names and choices, nothing secret. */
  input: z.record(z.string(), z.unknown()),
  actor: z.string(),
  /** Name of whoever proposed it, or made the token that did; null: no account, or none that whoever asks may know of. */
  by: z.string().nullable(),
  /** Name of the account that it is about, today; null: none, or one that is gone. */
  account: z.string().nullable(),
  accountId: z.string().nullable(),
  organisationId: z.string().nullable(),
  /** Name of the organisation that the input has by its id, today; null: it has none, or none that whoever asks may know of. */
  organisation: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
  /** Whoever asks has proposed it, or made the token that did: another person confirms it. */
  own: z.boolean(),
});
export type ProposalView = Readonly<z.infer<typeof proposalView>>;

/** For one organisation to whoever looks after it; for everything to whoever looks after everything. */
function isVisible({ organisationId }: ProposalRow, reach: Reach): boolean {
  return organisationId === null ? reach === 'all' : within(reach, organisationId);
}

/** Written from the same type. */
const authorityOf = ({ authority }: Pick<ProposalRow, 'authority'>): Authority => JSON.parse(authority) as Authority;

/** The account of whoever has proposed each of these, of a token whoever made it; null: none. */
async function proposersOf({ tokens }: Pick<Holdings, 'tokens'>, rows: readonly ProposalRow[]) {
  const makers = new Map<string, string | null>();
  const proposers = new Map<string, string | null>();
  for (const row of rows) {
    const authority = authorityOf(row);
    if (authority.kind !== 'token') {
      proposers.set(row.id, authority.kind === 'person' ? authority.accountId : null);
      continue;
    }
    const { tokenId } = authority;
    const maker = makers.has(tokenId) ? makers.get(tokenId) : (await tokens.byId(tokenId))?.accountId;
    makers.set(tokenId, maker ?? null);
    proposers.set(row.id, maker ?? null);
  }
  return proposers;
}

/** How many acts wait that this account could confirm, having proposed none of them by itself or by a token: of 500 that it sees. */
export async function waitingFor(
  { store, clock }: Pick<ManageContext, 'store' | 'clock'>,
  reach: Reach,
  self: string | null,
): Promise<number> {
  const rows = await store.proposals.open(clock.now(), reach, MOST);
  const proposers = await proposersOf(store, rows);
  return rows.filter(({ id }) => self === null || proposers.get(id) !== self).length;
}

const noSuch = () => new SallyportError('not-found', 'there is no such act that waits');

async function needOpen(ctx: ManageContext & { readonly reach: Reach }, id: string): Promise<ProposalRow> {
  const row = await ctx.store.proposals.byId(id);
  if (row === undefined || row.endedAt !== null || row.expiresAt <= ctx.clock.now() || !isVisible(row, ctx.reach))
    throw noSuch();
  return row;
}

async function organisationNamed(
  { organisations }: ManageContext['store'],
  reach: Reach,
  id: unknown,
): Promise<string | null> {
  const row = typeof id === 'string' && within(reach, id) ? await organisations.byId(id) : undefined;
  return row?.name ?? null;
}

/** Acts that wait for a second person, oldest first. */
export const listProposals = query({
  name: 'proposal.list',
  does: 'acts that wait for a second person',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /proposals',
  input: z.strictObject({}),
  output: z.array(proposalView).readonly(),
  async read({ store, clock, reach, actor, self }) {
    const rows = await store.proposals.open(clock.now(), reach, MOST);
    const proposers = await proposersOf(store, rows);
    return Promise.all(
      rows.map(async ({ authority: _, endedAt: __, input, ...row }) => {
        const account = row.accountId === null ? undefined : await store.accounts.byId(row.accountId);
        const person = proposers.get(row.id) ?? null;
        const proposer = person === null ? undefined : await store.accounts.byId(person);
        const known = proposer !== undefined && within(reach, proposer.organisationId);
        // Written as an object that the act's own form has read.
        const asked = JSON.parse(input) as Record<string, unknown>;
        const named = await organisationNamed(store, reach, asked['organisation']);
        const names = { by: known ? proposer.name : null, account: account?.name ?? null, organisation: named };
        return { ...row, input: asked, ...names, own: row.actor === actor || (person !== null && person === self) };
      }),
    );
  },
});

/** Takes an act back that waits: whoever proposed it, or whoever could confirm it. Throws `not-found`. */
export const withdrawProposal = administration({
  name: 'proposal.withdraw',
  does: 'takes back an act that waits for a second person',
  who: 'administrator',
  needs: { roles: CONFIRMING, of: 'reach' },
  http: 'DELETE /proposals/{id}',
  input: z.strictObject({ id: z.string() }),
  output: z.strictObject({ id: z.string(), operation: z.string() }),
  lock: { none: 'of two that end a proposal, one does' },
  records: ['proposal.withdraw'],
  find: async ({ ctx, input: { id } }) => ({ row: await needOpen(ctx, id) }),
  async run({ tx, given: { row }, now }) {
    if (!(await tx.proposals.end(row.id, now))) throw noSuch();
    const { id, operation, accountId } = row;
    return {
      value: { id, operation },
      record: [{ kind: 'proposal.withdraw', accountId, detail: { proposal: id, operation } }],
    };
  },
});

const described = {
  name: 'proposal.confirm',
  does: 'does an act that somebody else has proposed',
  who: 'administrator',
  needs: { roles: CONFIRMING, of: 'reach', fresh: true },
  http: 'POST /proposals/{id}/confirm',
  input: z.strictObject({ id: z.string() }),
  output: z.unknown(),
  lock: { none: 'that of the act which it does' },
  records: ['proposal.confirm'],
} as const;

/** By what it was proposed. The factor was judged then. */
function proposedBy(row: ProposalRow): Pick<ManageContext, 'actor' | 'authority'> {
  const authority = authorityOf(row);
  return { actor: row.actor, authority: authority.kind === 'person' ? { ...authority, fresh: true } : authority };
}

/** The proposal ends, and its confirmation goes on record, in the transaction of the act. */
function endedBy(
  { alongside, clock, actor }: ManageContext,
  row: ProposalRow,
  act: Asked,
): NonNullable<ManageContext['alongside']> {
  const { id, operation, actor: proposed, accountId } = row;
  return {
    async before(tx) {
      await alongside?.before?.(tx);
      // Whoever proposed it may have lost their role, or the token its life, since it was looked at.
      await judge(tx, proposedBy(row).authority, act, clock.now());
      if (!(await tx.proposals.end(id, clock.now()))) throw noSuch();
    },
    async after(tx, value) {
      await alongside?.after?.(tx, value);
      const detail = { proposal: id, operation, proposed };
      await record(tx.audit, clock, { kind: 'proposal.confirm', outcome: 'ok', actor, accountId, detail });
    },
  };
}

/**
 * Does what another person has proposed: whoever proposed it must be able to still, as if they asked for it now, and so must be whoever
 * confirms it; in one transaction with the end of the proposal, so that it happens once. Throws `not-found`, `forbidden` for whoever
 * proposed it, by a token too, and for programs, `conflict`, and what the act throws.
 */
export function proposalConfirm(acts: () => readonly Confirmable[]): Administration<{ id: string }, unknown> {
  return {
    ...described,
    perform: (asked, input) =>
      warranted(asked, described, async (ctx) => {
        if (ctx.authority.kind === 'token') throw new SallyportError('forbidden', 'a person confirms, and no program');
        const row = await needOpen(ctx, described.input.parse(input).id);
        const act = acts().find(({ name }) => name === row.operation);
        if (act?.could === undefined) throw noSuch();
        const meant: unknown = JSON.parse(row.input);
        if (row.actor === ctx.actor || (await proposersOf(ctx.store, [row])).get(row.id) === (ctx.self ?? ctx.actor))
          throw new SallyportError('forbidden', 'another person confirms than the one who proposed it');
        await act.could({ ...asked, ...proposedBy(row) }, meant);
        const confirming = { alongside: endedBy(ctx, row, act), confirmed: row.operation, meant: row.accountId };
        return act.perform({ ...asked, ...confirming }, meant);
      }),
  };
}
