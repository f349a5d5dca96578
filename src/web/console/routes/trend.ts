import { asSallyportError, type SallyportError } from '../../../errors.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { trendCsv } from '../../../manage/trend/csv.ts';
import type { TrendWish } from '../../../manage/trend/form.ts';
import { showTrend } from '../../../manage/trend/show.ts';
import { type Answer, retryHeader, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { byId } from '../pages/parts/people.ts';
import { trendPage } from '../pages/trend/page.ts';
import type { Amiss, TrendView } from '../pages/trend/view.ts';
import { type TrendQuery, trendQuery, wishOf } from '../pages/trend/wish.ts';
import { type ConsoleRequest, type ConsoleRoute, needRole } from './route.ts';

type Context = ConsoleRequest['context'];

/** What is told on the page rather than refused, by the code of the fault. */
const AMISS: Readonly<Record<string, Amiss>> = { usage: 'misused', 'not-found': 'nobody', busy: 'busy' };

interface Found {
  readonly answer: TrendView['answer'];
  readonly error?: SallyportError;
}

async function found({ manage }: Context, wish: TrendWish): Promise<Found> {
  try {
    return { answer: await showTrend.ask(manage, wish) };
  } catch (thrown) {
    const error = asSallyportError(thrown);
    const amiss = AMISS[error.code];
    if (amiss === undefined) throw thrown;
    return { answer: amiss, error };
  }
}

async function pageOf(context: Context, asked: TrendQuery, { answer, error }: Found): Promise<Answer> {
  const organisations = byId(await listOrganisations.ask(context.manage, {}));
  const busy = error?.code === 'busy';
  const page = trendPage(context, { answer, asked, organisations });
  return busy ? showPage(error.status, page, retryHeader(error)) : showPage(200, page);
}

async function page(request: ConsoleRequest): Promise<Answer> {
  const { context } = request;
  // Judged whatever is asked, so that nobody is told of anything before.
  needRole(request, showTrend);
  const asked = trendQuery(askedOf(context.query));
  const each = asked.organisation === undefined ? { each: 'ends' as const } : {};
  return pageOf(context, asked, await found(context, { ...wishOf(asked), ...each }));
}

async function csv(request: ConsoleRequest): Promise<Answer> {
  const { context } = request;
  needRole(request, showTrend);
  const query = askedOf(context.query);
  const asked = trendQuery(query);
  const each = query.get('each') === 'days' ? { each: 'days' as const } : {};
  const { answer, error } = await found(context, { ...wishOf(asked), ...each });
  // A file that would be another than was asked for is none: the page says why.
  if (typeof answer === 'string') {
    const amiss = answer === 'misused' && 'each' in each ? 'too-many' : answer;
    const told = await pageOf(context, asked, { answer: amiss, ...(error === undefined ? {} : { error }) });
    return { ...told, status: error?.code === 'busy' ? told.status : 400 };
  }
  const headers = {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="coverage-${answer.from}-${answer.to}.csv"`,
  };
  return { status: 200, headers, cookies: [], body: trendCsv(answer) };
}

/** How coverage went from day to day. */
export function trendRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/coverage/trend', get: page },
    { path: '/coverage/trend/export.csv', get: csv },
  ];
}
