import { sql } from 'kysely';
import { chunks } from '../columns.ts';
import type { Scope } from '../database.ts';
import type { FactorUse, ViewStore } from '../view-types.ts';

/** Pairs of one statement: two parameters each. */
const AT_ONCE = 400;

const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

interface Found {
  readonly accountId: string;
  readonly authenticator: string;
  readonly at: number;
  readonly seq: number;
}

/** From the moment backwards along the entries of each account, as far as the last that names its authenticator. */
async function usesOf({ db }: Scope, asked: readonly FactorUse[], at: number): Promise<Found[]> {
  const found: Found[] = [];
  for (const part of chunks(asked, AT_ONCE)) {
    const pairs = part.map(({ accountId, authenticator }) => {
      // As `record` writes it; the quotes of a text within a text are escaped, so that none looks like it.
      const like = `%"authenticator":${escaped(JSON.stringify(authenticator))}%`;
      return sql`select ${accountId} as account_id, ${authenticator} as authenticator, ${like} as looks`;
    });
    const { rows } = await sql<Found>`select asked.account_id, asked.authenticator, a.at, a.seq
      from (${sql.join(pairs, sql` union all `)}) as asked join audit a on a.seq = (
        select u.seq from audit u where u.account_id = asked.account_id and u.at <= ${at} and u.outcome = 'ok'
        and u.kind in ('sign-in.second', 'sign-in.step-up') and u.detail like asked.looks escape '\\'
        order by u.at desc, u.seq desc limit 1)`.execute(db);
    for (const { accountId, authenticator, at: used, seq } of rows)
      found.push({ accountId, authenticator, at: Number(used), seq: Number(seq) });
  }
  return found;
}

export function useViews(scope: Scope): Pick<ViewStore, 'factorUses'> {
  return { factorUses: (asked, at) => usesOf(scope, asked, at) };
}
