import { z } from 'zod';
import { record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import { type Reach, ROLES, within } from '../roles.ts';
import type { ProposalRow } from '../store/proposal-types.ts';
import { type Administration, administration, warranted } from './administration.ts';
import type { Authority } from './authority.ts';
import type { ManageContext } from './context.ts';
import { type Asked, judge } from './judge.ts';
import { query } from './query.ts';
import { CONFIRMING } from './second.ts';

/** Shown at once; more than people wait for. */
const MOST = 500;

/** An act as confirming asks for it. */
export type Confirmable = Pick<Administration<unknown, unknown>, 'name' | 'needs' | 'perform'>;

/** An act that waits for a second person, as it is shown. Moments in ms. */
const proposalView = z.strictObject({
  id: z.string(),
  operation: z.string(),
  /** As it was asked for: names and choices, nothing secret. */
  input: z.record(z.string(), z.unknown()),
  actor: z.string(),
  /** Name of whoever proposed it; null: no account, or none that whoever asks may know of. */
  by: z.string().nullable(),
  /** Name of the account that it is about, today; null: none, or one that is gone. */
  account: z.string().nullable(),
  accountId: z.string().nullable(),
  organisationId: z.string().nullable(),
  /** Name of the organisation that the input has by its id, today; null: it has none, or none that whoever asks may know of. */
  organisation: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
  /** Whoever asks has proposed it: another person confirms it. */
  own: z.boolean(),
});
export type ProposalView = Readonly<z.infer<typeof proposalView>>;

/** For one organisation to whoever looks after it; for everything to whoever looks after everything. */
function isVisible({ organisationId }: ProposalRow, reach: Reach): boolean {
  return organisationId === null ? reach === 'all' : within(reach, organisationId);
}

/** How many acts wait that somebody else than this account has proposed, of those that it sees: up to 500 are looked at. */
export async function waitingFor(
  { store, clock }: Pick<ManageContext, 'store' | 'clock'>,
  reach: Reach,
  actor: string,
): Promise<number> {
  const rows = await store.proposals.open(clock.now(), MOST);
  return rows.filter((row) => row.actor !== actor && isVisible(row, reach)).length;
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
  async read({ store, clock, reach, actor }) {
    const rows = (await store.proposals.open(clock.now(), MOST)).filter((row) => isVisible(row, reach));
    return Promise.all(
      rows.map(async ({ authority: _, endedAt: __, input, ...row }) => {
        const account = row.accountId === null ? undefined : await store.accounts.byId(row.accountId);
        const proposer = await store.accounts.byId(row.actor);
        const known = proposer !== undefined && within(reach, proposer.organisationId);
        // Written as an object that the act's own form has read.
        const asked = JSON.parse(input) as Record<string, unknown>;
        const named = await organisationNamed(store, reach, asked['organisation']);
        const names = { by: known ? proposer.name : null, account: account?.name ?? null, organisation: named };
        return { ...row, input: asked, ...names, own: row.actor === actor };
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

/** Whoever proposed it must be allowed to still. Throws `forbidden`. */
async function judgeProposer({ store, clock }: ManageContext, row: ProposalRow, act: Asked): Promise<string | null> {
  // Written from the same type. The factor was judged when it was proposed.
  const authority = JSON.parse(row.authority) as Authority;
  const standing = authority.kind === 'person' ? { ...authority, fresh: true } : authority;
  return (await judge(store, standing, act, clock.now())).self;
}

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

/**
 * Does what another person has proposed: judged as theirs and as one's own, in one transaction with the end of the proposal, so that it
 * happens once. Throws `not-found`, `forbidden` for whoever proposed it and for programs, `conflict`, and what the act throws.
 */
export function proposalConfirm(acts: () => readonly Confirmable[]): Administration<{ id: string }, unknown> {
  return {
    ...described,
    perform: (asked, input) =>
      warranted(asked, described, async (ctx) => {
        if (ctx.authority.kind === 'token') throw new SallyportError('forbidden', 'a person confirms, and no program');
        const { id } = described.input.parse(input);
        const row = await needOpen(ctx, id);
        const act = acts().find(({ name }) => name === row.operation);
        if (act === undefined) throw noSuch();
        const proposer = await judgeProposer(ctx, row, act);
        if (row.actor === ctx.actor || (proposer !== null && proposer === ctx.self))
          throw new SallyportError('forbidden', 'another person confirms than the one who proposed it');
        const { before, after } = ctx.alongside ?? {};
        const alongside: ManageContext['alongside'] = {
          before: async (tx) => {
            await before?.(tx);
            if (!(await tx.proposals.end(id, ctx.clock.now()))) throw noSuch();
          },
          after: async (tx, value) => {
            await after?.(tx, value);
            const { operation, actor, accountId } = row;
            const detail = { proposal: id, operation, proposed: actor };
            await record(tx.audit, ctx.clock, {
              kind: 'proposal.confirm',
              outcome: 'ok',
              actor: ctx.actor,
              accountId,
              detail,
            });
          },
        };
        const confirming = { alongside, confirmed: row.operation, meant: row.accountId };
        return act.perform({ ...asked, ...confirming }, JSON.parse(row.input));
      }),
  };
}
