import { asSallyportError, SallyportError } from '../../../errors.ts';
import { decodeCsv } from '../../../lib/csv.ts';
import { csvText } from '../../../lib/csv-text.ts';
import { failRoster } from '../../../manage/roster/fail.ts';
import { type RosterWish, readRosterOf } from '../../../manage/roster/read.ts';
import { type RosterQuestion, type RosterView, showRoster } from '../../../manage/roster/show.ts';
import { namesInCsv } from '../../../rosters/csv.ts';
import { RosterFault } from '../../../rosters/fault.ts';
import { AlteredList } from '../../../rosters/kept.ts';
import { readRoster } from '../../../rosters/read.ts';
import { type Answer, see, showPage } from '../../reply.ts';
import { addressOf, askedOf } from '../address.ts';
import { alteredPage } from '../pages/reconciliation/altered.ts';
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
    if (thrown instanceof AlteredList) return { id, view: 'altered' };
    if (asSallyportError(thrown).code !== 'usage') throw thrown;
    return { id, view: 'one' };
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

const appOf = ({ site }: Context, id: string) => site.config.apps.find((each) => each.id === id);

/** The page of an app's list; in place of one that is not on record, the ways to read it again. */
async function onePage(request: ConsoleRequest, refused?: string): Promise<Answer> {
  needRole(request, showRoster);
  try {
    return await shownPage(request, refused);
  } catch (thrown) {
    if (!(thrown instanceof AlteredList)) throw thrown;
    const app = appIn(request);
    const source = appOf(request.context, app)?.roster?.source?.kind ?? null;
    return showPage(
      refused === undefined ? thrown.status : 422,
      alteredPage(request.context, { app, source, refused }),
    );
  }
}

async function shownPage(request: ConsoleRequest, refused: string | undefined): Promise<Answer> {
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

/** Compares a list and keeps it, by the act that programs ask for, too; what is none is told on the page. */
async function compared(
  post: ConsolePost,
  from: NonNullable<RosterWish['from']>,
  read: () => Promise<readonly string[]>,
): Promise<Answer> {
  const app = appIn(post);
  try {
    const { disabled } = await readRosterOf.perform(post.context.manage, { app, names: await read(), from });
    return see(after(listAddress(app), disabled > 0 ? 'list-read-disabled' : 'list-read'));
  } catch (thrown) {
    if (!(thrown instanceof RosterFault)) throw thrown;
    const { store, clock } = post.context.manage;
    // What somebody brought is theirs to mend; what the configuration names is told to everybody.
    if (from !== 'upload') await failRoster.perform({ store, clock }, { app, from, why: thrown.message });
    return onePage(post, thrown.message);
  }
}

/** A list that somebody brings. */
async function bring(post: ConsolePost): Promise<Answer> {
  needRole(post, readRosterOf);
  needFresh(post);
  const { context, form } = post;
  const text = form.get('file') ?? '';
  if (text.trim() === '') return onePage(post, 'empty');
  const column = form.get('column')?.trim() || (appOf(context, appIn(post))?.roster?.column ?? null);
  return compared(post, 'upload', () => namesInCsv(text, column));
}

/** The list as it is now where the configuration says that it is. */
async function again(post: ConsolePost): Promise<Answer> {
  needRole(post, readRosterOf);
  needFresh(post);
  const roster = appOf(post.context, appIn(post))?.roster ?? null;
  const source = roster?.source ?? null;
  if (roster === null || source === null) throw new SallyportError('not-found', 'no app whose list is read by itself');
  return compared(post, source.kind, () => readRoster(source, roster.column));
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
    { path: '/reconciliation/:app/again', post: { fields: [], run: again } },
    { path: '/reconciliation/:app/export.csv', get: csv },
  ];
}
