import { showOverview } from '../../../manage/overview.ts';
import { findSessions } from '../../../manage/session-find.ts';
import { revokeAppSessions } from '../../../manage/sessions.ts';
import { need } from '../../body.ts';
import { type Answer, done, showPage } from '../../reply.ts';
import type { GuardedApp } from '../pages/overview/guarded.ts';
import { overviewPage } from '../pages/overview/overview.ts';
import { type ConsolePost, type ConsoleRequest, type ConsoleRoute, needFresh } from './route.ts';

/** How many sessions an act that led here has ended, as its address says; undefined where it says nothing. */
function endedOf(query: string): number | undefined {
  const said = /^ended=(\d{1,6})$/.exec(query)?.[1];
  return said === undefined ? undefined : Number(said);
}

/** How many are signed in at each app, and at all; counted by statements of their own, since there may be many. */
async function signedIn({ manage, site }: ConsoleRequest['context']) {
  const apps: GuardedApp[] = [];
  for (const app of site.config.apps)
    apps.push({ app, sessions: (await findSessions.ask(manage, { app: app.id, limit: 1 })).total });
  const { total, more } = await findSessions.ask(manage, { limit: 1 });
  return { apps, sessions: { total, more } };
}

async function overview({ context }: ConsoleRequest): Promise<Answer> {
  const { manage, query, account } = context;
  const seen = await showOverview.ask(manage, {});
  const ends = account.roles.some(({ role }) => revokeAppSessions.needs.roles.includes(role));
  return showPage(200, overviewPage(context, { seen, ...(await signedIn(context)), ends, ended: endedOf(query) }));
}

/** Everybody is out of one app, and signs in again. */
async function endSessions(post: ConsolePost): Promise<Answer> {
  needFresh(post);
  const ended = await revokeAppSessions.perform(post.context.manage, { app: need(post.form, 'app') });
  return done(post.form.kind, `/?ended=${ended.length}`, { ended: ended.length });
}

/** Where the console begins. */
export function homeRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/', get: overview },
    { path: '/sessions/end-of-app', post: { fields: ['app'], run: endSessions } },
  ];
}
