import { SallyportError } from '../errors.ts';
import type { AuditRow } from '../store/types.ts';
import type { ManageContext } from './context.ts';
import { needAccount } from './find.ts';

export interface TailQuery {
  /** Rows after this one, to follow the record. */
  readonly after?: number | undefined;
  /** At most so many, the newest. Default 50, at most 10,000. */
  readonly limit?: number | undefined;
  readonly kind?: string | undefined;
  readonly account?: string | undefined;
  readonly realm?: string | undefined;
}

/** The end of the record, oldest row first. An account that was removed is asked for by its id. */
export async function tailAudit(
  ctx: Pick<ManageContext, 'store' | 'config'>,
  query: TailQuery = {},
): Promise<AuditRow[]> {
  const limit = Math.min(Math.max(Math.trunc(query.limit ?? 50) || 1, 1), 10_000);
  const accountId = query.account === undefined ? undefined : await idOf(ctx, query.account, query.realm);
  return ctx.store.audit.list({
    limit,
    ...(query.after === undefined ? {} : { after: query.after }),
    ...(query.kind === undefined ? {} : { kind: query.kind }),
    ...(accountId === undefined ? {} : { accountId }),
  });
}

async function idOf(
  ctx: Pick<ManageContext, 'store' | 'config'>,
  account: string,
  realm: string | undefined,
): Promise<string> {
  try {
    return (await needAccount(ctx, account, realm)).id;
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'not-found') return account;
    throw error;
  }
}
