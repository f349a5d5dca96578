import { RETENTION } from '../audit/retention.ts';
import { SallyportError } from '../errors.ts';
import type { AuditRow } from '../store/types.ts';
import type { ManageContext } from './context.ts';
import { needAccount, noSuch } from './find.ts';

type Context = Pick<ManageContext, 'store' | 'config' | 'reach'>;

/** Which entries are asked for, in the words of whoever asks. */
export interface TailWish {
  readonly kind?: string | undefined;
  readonly account?: string | undefined;
  /** Of `account`, where there are several. */
  readonly realm?: string | undefined;
}

/** The same, once it is known that there is such a thing: an account that is removed meanwhile stays the one that is meant. */
export interface TailFilter {
  readonly kind?: string;
  readonly accountId?: string;
}

export interface TailQuery extends TailFilter {
  /** Rows after this one, to follow the record. */
  readonly after?: number | undefined;
  /** At most so many, the newest. Default 50, at most 10,000. */
  readonly limit?: number | undefined;
}

/**
 * The id of the account that is meant. One that was removed is asked for by its id, for as long as it is on record, by whoever may
 * know of all accounts. Throws `not-found`, `usage`.
 */
export async function recordedAccount(ctx: Context, account: string, realm: string | undefined): Promise<string> {
  try {
    return (await needAccount(ctx, account, realm)).id;
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'not-found' || realm !== undefined) throw error;
    if (ctx.reach !== 'all') throw error;
    const [entry] = await ctx.store.audit.list({ limit: 1, accountId: account });
    if (entry !== undefined) return account;
    throw new SallyportError('not-found', `${error.message}, and no entry has that as the id of one that was removed`);
  }
}

/**
 * What a wish asks for. Throws `usage` for a kind or realm that there is not and for a realm without an account,
 * `not-found` for an account that there neither is nor was.
 */
export async function tailFilter(ctx: Context, { kind, account, realm }: TailWish): Promise<TailFilter> {
  const kinds = Object.keys(RETENTION);
  if (kind !== undefined && !kinds.includes(kind)) throw noSuch('kind of entry', kind, kinds);
  if (realm !== undefined && account === undefined)
    throw new SallyportError('usage', '--realm says which account is meant: give --account NAME beside it');
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(account === undefined ? {} : { accountId: await recordedAccount(ctx, account, realm) }),
  };
}

/** The end of the record, oldest row first. */
export async function tailAudit(ctx: Pick<Context, 'store'>, query: TailQuery = {}): Promise<AuditRow[]> {
  const { limit: most = 50, after, ...filter } = query;
  const limit = Math.min(Math.max(Math.trunc(most) || 1, 1), 10_000);
  return ctx.store.audit.list({ limit, ...filter, ...(after === undefined ? {} : { after }) });
}
