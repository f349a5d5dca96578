import assert from 'node:assert/strict';
import { UNSETTLED } from '../../../src/coverage/summary.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { showCoverage } from '../../../src/manage/coverage.ts';
import type { TrendAnswer } from '../../../src/manage/trend/form.ts';

type Row = TrendAnswer['rows'][number];

/** What coverage of a moment says, in the form of a row. */
async function shown(ctx: ManageContext, at: number) {
  const { summary, apps, wanting, record } = await showCoverage.ask(ctx, { at, limit: 1 });
  const { past } = summary.passwordAlone;
  const unsettled =
    wanting.some(({ what }) => what === 'configuration-not-on-record') ||
    (past.length === 0 && wanting.some(({ what }) => UNSETTLED.includes(what)));
  const exempt = apps.flatMap(({ routes }) => routes.filter(({ way }) => way === 'exempt')).length;
  return {
    record,
    organisations: summary.organisations,
    row: {
      counts: summary.accounts,
      strength: summary.strength,
      recoveryOnly: summary.recoveryOnly,
      passwordAlone: unsettled ? null : past.reduce((sum, { accounts }) => sum + accounts, 0),
      exempt: record.entries === null ? null : exempt,
    },
  };
}

const countedOf = ({ counts, strength, recoveryOnly, passwordAlone, exempt }: Row) => ({
  ...{ counts, strength, recoveryOnly, passwordAlone, exempt },
});

/** Holds every row of a trend against coverage of that moment. */
export async function holds(ctx: ManageContext, answer: TrendAnswer, told: string): Promise<void> {
  const days = Map.groupBy(answer.rows, ({ at }) => at);
  for (const [at, rows] of days) {
    const { row, organisations, record } = await shown(ctx, at);
    const where = `${told}, ${new Date(at).toISOString()}`;
    const [all, ...each] = rows;
    assert.ok(all !== undefined && all.organisation === null, where);
    assert.deepEqual(countedOf(all), row, where);
    const named = each.map(({ organisation: of, counts }) => ({ ...of, counts }));
    assert.deepEqual(
      named.sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1)),
      [...organisations].sort((a, b) => (a.id < b.id ? -1 : 1)),
      where,
    );
    assert.equal(answer.record.droppedBefore, record.droppedBefore, where);
    if (at === answer.rows.at(-1)?.at) assert.equal(answer.record.entries, record.entries, where);
  }
}
