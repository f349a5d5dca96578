import { asSallyportError, SallyportError } from '../../../errors.ts';
import { decodeCsv } from '../../../lib/csv.ts';
import { csvText } from '../../../lib/csv-text.ts';
import { readRosterOf } from '../../../manage/roster/read.ts';
import { type RosterQuestion, type RosterView, showRoster } from '../../../manage/roster/show.ts';
import { namesInCsv } from '../../../rosters/csv.ts';
import { RosterFault } from '../../../rosters/fault.ts';
import { type Answer, see, showPage } from '../../reply.ts';
import { addressOf, askedOf } from '../address.ts';
import { type Listed, listsPage } from '../pages/reconciliation/list.ts';
import { listPage } from '../pages/reconciliation/one.ts';
import { EXPORTED, listAddress, stateOf } from '../pages/reconciliation/wish.ts';
import { after, saidOf } from '../said.ts';
import { aroundOf } from './around.ts';
import { type ConsolePost, type ConsoleRequest, type ConsoleRoute, needFresh, needRole } from './route.ts';

const AT_ONCE = 50;
const MOST_AT_ONCE = 1000;
/** Apps of one page: each is compared anew. */
const APPS_AT_ONCE = 10;
/** Bytes of a form with a list of at most 8 MB. */
const MOST = 8 * 1_048_576 + 4096;

type Context = ConsoleRequest['context'];

/** Of an app with one account there is nothing to compare. */
async function listOf({ manage }: Context, id: string): Promise<Listed> {
  try {
    return { id, view: await showRoster.ask(manage, { app: id, limit: 1 }) };
  } catch (thrown) {
    if (asSallyportError(thrown).code !== 'usage') throw thrown;
    return { id, view: null };
  }
}

async function lists(request: ConsoleRequest): Promise<Answer> {
  needRole(request, showRoster);
  const { context } = request;
  const ids = context.site.config.apps.map(({ id }) => id);
  const from = ids.indexOf(askedOf(context.query).get('from') ?? '');
  const begin = Math.max(0, from);
  const shown: Listed[] = [];
  for (const id of ids.slice(begin, begin + APPS_AT_ONCE)) shown.push(await listOf(context, id));
  const next = ids[begin + APPS_AT_ONCE];
  return showPage(
    200,
    listsPage(context, shown, next === undefined ? null : addressOf('/reconciliation', { from: next })),
  );
}

/** An app that there is not, or has no list, is no page. */
async function asked(context: Context, question: RosterQuestion): Promise<RosterView> {
  try {
    return await showRoster.ask(context.manage, question);
  } catch (thrown) {
    const error = asSallyportError(thrown);
    if (error.code !== 'usage' || question.cursor !== undefined) throw thrown;
    throw new SallyportError('not-found', 'no app with a list', { cause: error });
  }
}

const appIn = ({ params }: ConsoleRequest): string => params['app'] ?? '';

async function onePage(request: ConsoleRequest, refused?: string): Promise<Answer> {
  needRole(request, showRoster);
  const { context } = request;
  const query = askedOf(context.query);
  const state = stateOf(query.get('state'));
  const cursor = query.get('cursor');
  const more = { ...(state == null ? {} : { only: state }), ...(cursor === undefined ? {} : { cursor }) };
  const view = await asked(context, { app: appIn(request), limit: AT_ONCE, ...more });
  const around = aroundOf(listAddress(view.app), { state: query.get('state') }, query, view.next);
  const told = refused === undefined ? {} : { refused };
  return showPage(
    refused === undefined ? 200 : 422,
    listPage(context, { view, state, around, said: saidOf(query), ...told }),
  );
}

const HEADS = ['name at the app', 'account', 'account id', 'state', 'dormant', 'last used'];

async function csv(request: ConsoleRequest): Promise<Answer> {
  needRole(request, showRoster);
  const { context } = request;
  const state = stateOf(askedOf(context.query).get('state'));
  const rows: string[][] = [];
  for (let cursor: string | null | undefined; state !== null && cursor !== null && rows.length < EXPORTED; ) {
    const more = { ...(state === undefined ? {} : { only: state }), ...(cursor === undefined ? {} : { cursor }) };
    const view = await asked(context, { app: appIn(request), limit: MOST_AT_ONCE, ...more });
    for (const { name, account, class: of, dormant, usedAt } of view.rows) {
      const used = usedAt === null ? '' : new Date(usedAt).toISOString();
      rows.push([name, account?.name ?? '', account?.id ?? '', of, dormant ? 'dormant' : '', used]);
    }
    cursor = view.next;
  }
  const headers = {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': 'attachment; filename="reconciliation.csv"',
  };
  return { status: 200, headers, cookies: [], body: csvText([HEADS, ...rows]) };
}

/** A list that somebody brings: compared and kept by the act that programs ask for, too. */
async function bring(post: ConsolePost): Promise<Answer> {
  needRole(post, readRosterOf);
  needFresh(post);
  const { context, form } = post;
  const app = appIn(post);
  const { roster } = context.site.config.apps.find(({ id }) => id === app) ?? { roster: null };
  const text = form.get('file') ?? '';
  if (text.trim() === '') return onePage(post, 'empty');
  try {
    const names = await namesInCsv(text, form.get('column')?.trim() || (roster?.column ?? null));
    const { disabled } = await readRosterOf.perform(context.manage, { app, names });
    return see(after(listAddress(app), disabled > 0 ? 'list-read-disabled' : 'list-read'));
  } catch (thrown) {
    if (!(thrown instanceof RosterFault)) throw thrown;
    return onePage(post, thrown.message);
  }
}

/** Each app's own list of accounts, beside ours. */
export function reconciliationRoutes(): readonly ConsoleRoute[] {
  const file = { name: 'file', text: (bytes: Buffer) => decodeCsv(bytes).text };
  return [
    { path: '/reconciliation', get: lists },
    {
      path: '/reconciliation/:app',
      get: (request) => onePage(request),
      post: { fields: ['file', 'column'], file, limit: MOST, run: bring },
    },
    { path: '/reconciliation/:app/export.csv', get: csv },
  ];
}
