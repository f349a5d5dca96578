import { asSallyportError } from '../../../errors.ts';
import type { Html } from '../../../lib/html.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { findSessions, type SessionPage } from '../../../manage/session-find.ts';
import {
  isModel,
  revokeAllSessions,
  revokeAppSessions,
  revokeModelSessions,
  revokeOrganisationSessions,
  revokeSession,
} from '../../../manage/sessions.ts';
import { endMeasured } from '../../../manage/stopped.ts';
import { need } from '../../body.ts';
import { type Answer, showPage } from '../../reply.ts';
import { type Asked, askedOf } from '../address.ts';
import { Fault } from '../fault.ts';
import { NOTHING_TYPED, type Typed } from '../pages/parts/form.ts';
import { byId } from '../pages/parts/people.ts';
import { type SessionWish, sessionsPage } from '../pages/sessions/list.ts';
import { saidOf } from '../said.ts';
import { aroundOf } from './around.ts';
import { endedAnswer } from './ended.ts';
import type { ConsolePost, ConsoleRequest, ConsoleRoute } from './route.ts';
import { again, textOf } from './typed.ts';

function wishOf(asked: Asked): SessionWish {
  const [account, app, organisation] = ['text', 'app', 'organisation'].map((name) =>
    asked.get(name)?.trim().slice(0, 128),
  );
  return {
    ...(account === undefined || account === '' ? {} : { account }),
    ...(app === undefined ? {} : { app }),
    ...(organisation === undefined ? {} : { organisation }),
  };
}

/** Nobody of that name is no fault of whoever types it: they see that there is nothing. */
async function found({ manage }: ConsoleRequest['context'], wish: SessionWish, asked: Asked): Promise<SessionPage> {
  const cursor = asked.get('cursor');
  try {
    return await findSessions.ask(manage, { ...wish, ...(cursor === undefined ? {} : { cursor }) });
  } catch (thrown) {
    if (asSallyportError(thrown).code !== 'not-found') throw thrown;
    return { rows: [], total: 0, more: false, next: null };
  }
}

async function page({ context }: ConsoleRequest, typed: Typed): Promise<Html> {
  const asked = askedOf(context.query);
  const wish = wishOf(asked);
  const organisations = byId(await listOrganisations.ask(context.manage, {}));
  const sessions = await found(context, wish, asked);
  const { account: text, ...rest } = wish;
  const around = aroundOf('/sessions', { text, ...rest }, asked, sessions.next);
  return sessionsPage(context, { page: sessions, wish, organisations, around, typed, said: saidOf(asked) });
}

async function endOne(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const id = need(post.form, 'id');
  return endedAnswer(post, await endMeasured(manage, 'id', () => revokeSession.perform(manage, { id })), '/sessions');
}

async function endApp(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const app = need(post.form, 'app');
  return endedAnswer(
    post,
    await endMeasured(manage, 'app', () => revokeAppSessions.perform(manage, { app })),
    '/sessions',
  );
}

async function endOrganisation(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const organisation = need(post.form, 'organisation');
  const end = () => revokeOrganisationSessions.perform(manage, { organisation });
  return endedAnswer(post, await endMeasured(manage, 'organisation', end), '/sessions');
}

async function endModel(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const aaguid = (textOf(post, 'aaguid') ?? '').trim();
  if (!isModel(aaguid)) throw new Fault('aaguid', 'model');
  const end = () => revokeModelSessions.perform(manage, { aaguid });
  return endedAnswer(post, await endMeasured(manage, 'model', end), '/sessions');
}

/** Everybody, at a word that is typed. */
async function endAll(post: ConsolePost): Promise<Answer> {
  const { manage, frame } = post.context;
  if (textOf(post, 'confirm') !== frame.words.consoleSessions.word) throw new Fault('confirm', 'confirmWord');
  return endedAnswer(post, await endMeasured(manage, 'all', () => revokeAllSessions.perform(manage, {})), '/sessions');
}

/** Who is signed in, and how that ends. */
export function sessionRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/sessions', get: async (request) => showPage(200, await page(request, NOTHING_TYPED)) },
    { path: '/sessions/end', post: { fields: ['id'], run: endOne } },
    { path: '/sessions/end-app', post: { fields: ['app'], run: endApp } },
    { path: '/sessions/end-organisation', post: { fields: ['organisation'], run: endOrganisation } },
    { path: '/sessions/end-model', post: { fields: ['aaguid'], run: endModel, again: again({}, page) } },
    { path: '/sessions/end-all', post: { fields: ['confirm'], run: endAll, again: again({}, page) } },
  ];
}
