import { asSallyportError } from '../../../errors.ts';
import { showCoverage, wholeCoverage } from '../../../manage/coverage.ts';
import { coverageCsv } from '../../../manage/coverage-csv.ts';
import type { CoverageAnswer } from '../../../manage/coverage-form.ts';
import { type Answer, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { coveragePage } from '../pages/coverage/page.ts';
import { coverageQuery, EXPORTED, wishOf } from '../pages/coverage/wish.ts';
import { aroundOf } from './around.ts';
import { type ConsoleRequest, type ConsoleRoute, needRole } from './route.ts';

const AT_ONCE = 50;

/** What cannot be meant, such as a day to come, is told so rather than refused; undefined then. */
async function unlessMisused(asking: Promise<CoverageAnswer>): Promise<CoverageAnswer | undefined> {
  try {
    return await asking;
  } catch (thrown) {
    if (asSallyportError(thrown).code !== 'usage') throw thrown;
    return undefined;
  }
}

async function page(request: ConsoleRequest): Promise<Answer> {
  const { context } = request;
  // Judged whatever is asked, so that nobody is told of anything before.
  needRole(request, showCoverage);
  const asked = askedOf(context.query);
  const query = coverageQuery(asked);
  const wish = wishOf(query, context.now);
  const cursor = asked.get('cursor');
  const more = { limit: AT_ONCE, ...(cursor === undefined ? {} : { cursor }) };
  const answer = wish && (await unlessMisused(showCoverage.ask(context.manage, { ...wish, ...more })));
  const around = aroundOf('/coverage', query, asked, answer?.next ?? null);
  return showPage(200, coveragePage(context, { answer, asked: query, around }));
}

async function csv(request: ConsoleRequest): Promise<Answer> {
  const { context } = request;
  needRole(request, showCoverage);
  const wish = wishOf(coverageQuery(askedOf(context.query)), context.now);
  const answer = wish && (await unlessMisused(wholeCoverage(context.manage, wish)));
  const headers = {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': 'attachment; filename="coverage.csv"',
  };
  return { status: 200, headers, cookies: [], body: coverageCsv((answer?.rows ?? []).slice(0, EXPORTED)) };
}

/** Who could get in on any day, by the record. */
export function coverageRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/coverage', get: page },
    { path: '/coverage/export.csv', get: csv },
  ];
}
