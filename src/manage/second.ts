import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { randomToken } from '../lib/random.ts';
import { perform } from '../operations/perform.ts';
import type { Asker, Operation, Services } from '../operations/types.ts';
import type { Role } from '../roles.ts';
import type { Warrant } from './authority.ts';
import type { ManageContext } from './context.ts';
import type { Asked } from './judge.ts';

const LONGEST_INPUT = 16_384;

/** What an act is about, as its `find` has found it. */
interface About {
  readonly accountId?: unknown;
  readonly organisationId?: unknown;
  /** Id of the organisation that the act's input names; null: it names none. */
  readonly organisation?: string | null;
}

/** Whether this act of this asker waits for a second person: whoever has the machine has its files, and is not held up. */
export function needsSecond({ config, authority, confirmed }: ManageContext, name: string): boolean {
  return authority.kind !== 'machine' && confirmed !== name && config.console?.twoPerson.acts.includes(name) === true;
}

const accountOf = ({ accountId }: Pick<About, 'accountId'>): string | null =>
  typeof accountId === 'string' ? accountId : null;

/**
 * That a confirmed act is about the account and the organisation that it was proposed about: names change hands meanwhile. The input that
 * was kept names the organisation by its id (`byIds`), which no other has; its name may be one today. Throws `conflict`.
 */
export function needMeant({ confirmed, meant }: ManageContext, name: string, about: About, input: unknown): void {
  if (confirmed !== name) return;
  if (accountOf(about) !== meant)
    throw new SallyportError('conflict', 'the account of that name is another than when it was proposed');
  const { organisation } = byIds(input, about) as { readonly organisation?: unknown };
  if (organisation !== (input as { readonly organisation?: unknown }).organisation)
    throw new SallyportError('conflict', 'the organisation is no more for which it was proposed');
}

/** The input with the organisation that it names by its id in place of its name. */
export function byIds(input: unknown, { organisation }: About): object {
  const asked = input as object; // every act's input is an object
  return typeof organisation === 'string' && 'organisation' in asked ? { ...asked, organisation } : asked;
}

const MOST_OF_ONE = 50;

const kept = z.strictObject({
  operation: z.string(),
  input: z.string().max(LONGEST_INPUT),
  authority: z.string(),
  accountId: z.string().nullable(),
  organisationId: z.string().nullable(),
  withinMs: z.number(),
});
type Kept = z.infer<typeof kept>;

/** `self`: the account of whoever asks, by a token too. */
type Proposing = ManageContext & Services & Pick<Warrant, 'self'>;

/** Keeps an act for a second person; answers with the id of the proposal. Throws `conflict` for whoever has as many waiting as one may have. */
export const makeProposal: Operation<
  { readonly none: string },
  Proposing,
  Asker & { readonly as: 'administrator' },
  Kept,
  string,
  { readonly id: string },
  'proposal.make',
  never
> = {
  name: 'proposal.make',
  does: 'keeps an act until a second person confirms it',
  who: 'administrator',
  input: kept,
  output: z.string(),
  lock: { none: 'nothing is done yet' },
  records: ['proposal.make'],
  find: ({ ctx }) => ({ id: randomToken(ctx.random, 12) }),
  async run({ tx, ctx: { self }, by: { actor }, input: { withinMs, ...row }, given: { id }, now }) {
    if ((await tx.proposals.countOf(actor, self, now)) >= MOST_OF_ONE)
      throw new SallyportError('conflict', `${MOST_OF_ONE} acts of yours wait for a second person already`);
    const expiresAt = now + withinMs;
    await tx.proposals.insert({ id, actor, ...row, createdAt: now, expiresAt, endedAt: null });
    const { operation, accountId } = row;
    const detail = { proposal: id, operation, until: new Date(expiresAt).toISOString() };
    return { value: id, record: [{ kind: 'proposal.make', accountId, detail }] };
  },
};

/** Who can confirm anything: what an auditor may ask for changes nothing. */
export const CONFIRMING = ['owner', 'administrator', 'help-desk'] as const satisfies readonly Role[];

/** Whoever proposed it by a program or a command sees no page: who confirms it, where, and until when. */
function whereAndWhen({ config }: ManageContext, { needs }: Asked, { id, organisationId, until }: WaitsAs): string {
  const roles = CONFIRMING.filter((role) => needs.roles.includes(role)).join(' or ');
  const whose = organisationId === null ? 'of everything' : 'of its organisation or of everything';
  const where = config.console === null ? 'in the console' : `at ${config.console.app.origin}/waiting`;
  const time = `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `Somebody else confirms it, ${roles} ${whose}, ${where}, until ${time}. There it is ${id}.`;
}

/** An act is kept, and waits: told to people in their own language, and to programs by `shown`. */
export class WaitsForSecond extends SallyportError {
  /** Until when it may be confirmed, ms. */
  readonly until: number;

  constructor(message: string, shown: string, until: number) {
    super('second-person', message, { shown });
    this.name = 'WaitsForSecond';
    this.until = until;
  }
}

interface WaitsAs {
  readonly id: string;
  readonly organisationId: string | null;
  /** ms */
  readonly until: number;
}

/** Keeps an act for a second person, and says so: always throws, `second-person` when it is kept. */
export async function propose(ctx: Proposing, act: Asked, asked: unknown, about: About): Promise<never> {
  const { name } = act;
  const input = JSON.stringify(byIds(asked, about));
  if (input.length > LONGEST_INPUT)
    throw new SallyportError('usage', `${name}: more than can wait for a second person`);
  const accountId = accountOf(about);
  const account = accountId === null ? undefined : await ctx.store.accounts.byId(accountId);
  const organisationId =
    typeof about.organisationId === 'string' ? about.organisationId : (account?.organisationId ?? null);
  const withinMs = ctx.config.console?.twoPerson.withinMs ?? 0;
  const row = { operation: name, input, authority: JSON.stringify(ctx.authority), accountId, organisationId, withinMs };
  const by = { as: 'administrator', actor: ctx.actor } as const;
  const id = await perform(makeProposal, { ctx, by }, row);
  const until = ctx.clock.now() + withinMs;
  const shown = whereAndWhen(ctx, act, { id, organisationId, until });
  throw new WaitsForSecond(`${name} waits for a second person, as ${id}`, shown, until);
}
