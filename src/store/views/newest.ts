import { type RawBuilder, sql } from 'kysely';
import { chunks } from '../columns.ts';
import type { Scope } from '../database.ts';
import type { ViewStore } from '../view-types.ts';

/** Apps of one statement. */
const AT_ONCE = 500;
/** In the very words of the index of such entries (migration 0017). */
const FOUND = ['canary.passed', 'canary.failed', 'origin.checked', 'origin.log-read', 'roster.read'];
const ALONG_INDEX = sql.raw(`kind in (${FOUND.map((kind) => `'${kind}'`).join(', ')})`);

const ofKind = (kind: string): RawBuilder<unknown> =>
  FOUND.includes(kind) ? sql`kind = ${kind} and ${ALONG_INDEX}` : sql`kind = ${kind}`;

/** A look at the index for each app and kind, however long the record is. */
async function newestOf({ db }: Scope, kind: string, appIds: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (const part of chunks(appIds, AT_ONCE)) {
    const asked = part.map((id) => sql`select cast(${id} as text) as app_id`);
    const { rows } = await sql<{ readonly seq: number | null }>`select
      (select seq from audit where ${ofKind(kind)} and audit.app_id = asked.app_id order by seq desc limit 1) as seq
      from (${sql.join(asked, sql` union all `)}) as asked`.execute(db);
    for (const { seq } of rows) if (seq !== null) found.push(Number(seq));
  }
  return found;
}

export function newestViews(scope: Scope): Pick<ViewStore, 'newestOfApps'> {
  return {
    async newestOfApps(kinds, appIds) {
      const found: number[] = [];
      for (const kind of kinds) found.push(...(await newestOf(scope, kind, appIds)));
      return found;
    },
  };
}
