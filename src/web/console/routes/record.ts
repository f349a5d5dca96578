import { asSallyportError, SallyportError } from '../../../errors.ts';
import { csvText } from '../../../lib/csv-text.ts';
import { showCheckpoint } from '../../../manage/checkpoint.ts';
import type { EntryView } from '../../../manage/entry-view.ts';
import { findRecord, type RecordEntries, type RecordWish } from '../../../manage/record-find.ts';
import { type Answer, showPage } from '../../reply.ts';
import { type Asked, askedOf } from '../address.ts';
import { AT_ONCE as AT_ONCE_LIVE, RecordTail } from '../live/tail.ts';
import { checkpointPage } from '../pages/record/checkpoint.ts';
import { entryRow, recordPage } from '../pages/record/record.ts';
import { EXPORTED, FILTERS, recordWish } from '../pages/record/wish.ts';
import { aroundOf } from './around.ts';
import type { ConsoleRequest, ConsoleRoute } from './route.ts';

const AT_ONCE = 50;
const MOST_AT_ONCE = 500;

/** What nobody can mean, such as a name that there is not, finds nothing, and is told so; undefined then. */
async function found(
  { manage }: ConsoleRequest['context'],
  wish: RecordWish | undefined,
): Promise<RecordEntries | undefined> {
  try {
    // Judged whatever is asked, so that nobody is told of anything before.
    const entries = await findRecord.ask(manage, wish ?? { limit: 1 });
    return wish === undefined ? undefined : entries;
  } catch (thrown) {
    const { code } = asSallyportError(thrown);
    if (code !== 'not-found' && code !== 'usage') throw thrown;
    return undefined;
  }
}

const queryOf = (asked: Asked) => Object.fromEntries(FILTERS.map((name) => [name, asked.get(name)]));

async function page({ context }: ConsoleRequest): Promise<Answer> {
  const asked = askedOf(context.query);
  const wish = recordWish(asked);
  const cursor = asked.get('cursor');
  const entries = await found(
    context,
    wish && { ...wish, limit: AT_ONCE, ...(cursor === undefined ? {} : { cursor }) },
  );
  const around = aroundOf('/record', queryOf(asked), asked, entries?.next ?? null);
  return showPage(200, recordPage(context, { entries, asked: queryOf(asked), around, first: cursor === undefined }));
}

/** The newest entries that match; page by page, so that nothing else waits for long. */
async function newest(request: ConsoleRequest): Promise<EntryView[]> {
  const wish = recordWish(askedOf(request.context.query));
  const rows: EntryView[] = [];
  for (let cursor: string | null | undefined; cursor !== null && rows.length < EXPORTED; ) {
    const limit = Math.min(MOST_AT_ONCE, EXPORTED - rows.length);
    const entries = await found(
      request.context,
      wish && { ...wish, limit, ...(cursor === undefined ? {} : { cursor }) },
    );
    rows.push(...(entries?.rows ?? []));
    cursor = entries?.next ?? null;
  }
  return rows;
}

function download(name: string, type: string, body: string): Answer {
  const headers = { 'Content-Type': `${type}; charset=utf-8`, 'Content-Disposition': `attachment; filename="${name}"` };
  return { status: 200, headers, cookies: [], body };
}

async function jsonLines(request: ConsoleRequest): Promise<Answer> {
  const lines = (await newest(request)).map((entry) => `${JSON.stringify(entry)}\n`);
  return download('record.jsonl', 'application/x-ndjson', lines.join(''));
}

const HEADS = [
  'seq',
  'at',
  'kind',
  'outcome',
  'actor',
  'by',
  'account',
  'account id',
  'session id',
  'app',
  'source',
  'detail',
];

async function csv(request: ConsoleRequest): Promise<Answer> {
  const rows = (await newest(request)).map((entry) => {
    const { seq, at, kind, outcome, actor, by, account, accountId, sessionId, appId, source, detail } = entry;
    const time = new Date(at).toISOString();
    const names = [by, account, accountId, sessionId, appId, source].map((each) => each ?? '');
    return [String(seq), time, kind, outcome, actor, ...names, JSON.stringify(detail)];
  });
  return download('record.csv', 'text/csv', csvText([HEADS, ...rows]));
}

const NUMBER = /^\d{1,15}$/;

/**
 * New entries that match, as they come in, until the page is left, the session ends or its roles no longer show them. Throws `busy`
 * where too many are followed.
 */
async function live({ context }: ConsoleRequest): Promise<Answer> {
  const { manage, session, account, headers, streams } = context;
  const wish = recordWish(askedOf(context.query));
  if (wish === undefined) throw new SallyportError('bad-request', 'what is asked for cannot be meant');
  // A refusal is told as one.
  await findRecord.ask(manage, { ...wish, limit: 1 });
  const leave = streams.take({ session: session.id, account: account.id });
  const last = headers.only('last-event-id') ?? '';
  const tail = new RecordTail({
    ask: async (after) => {
      const { rows, next } = await findRecord.ask(manage, { ...wish, after, limit: AT_ONCE_LIVE });
      return { rows, more: next !== null };
    },
    head: async () => (await manage.store.audit.list({ limit: 1 }))[0]?.seq ?? 0,
    show: (entry) => entryRow({ ...context, now: manage.clock.now() }, entry).text,
    since: NUMBER.test(last) ? Number(last) : null,
    over: () => session.ended,
    ended: leave,
  });
  const type = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' };
  return { status: 200, headers: type, cookies: [], body: '', pieces: tail };
}

async function checkpoint({ context }: ConsoleRequest): Promise<Answer> {
  return showPage(200, checkpointPage(context, await showCheckpoint.ask(context.manage, {})));
}

/** The record: searched, followed, and taken along. */
export function recordRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/record', get: page },
    { path: '/record/live', get: live },
    { path: '/record/checkpoint', get: checkpoint },
    { path: '/record/export.jsonl', get: jsonLines },
    { path: '/record/export.csv', get: csv },
  ];
}
