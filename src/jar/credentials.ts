import { sha256 } from '../lib/bytes.ts';
import { isLive } from './cookies.ts';
import type { State } from './state.ts';
import type { JarApp } from './types.ts';

/** Whether a cookie of that name is the app's session. */
export function isSessionCookie(app: JarApp, name: string): boolean {
  return app.login.sessionCookies.some((pattern) => pattern.test(name));
}

/** Names and values of the cookies that are the app's session, as one short text; empty for none. */
export function credentialsOf(app: JarApp, { cookies }: State, now: number): string {
  const session = cookies.filter((each) => isLive(each, now) && isSessionCookie(app, each.name));
  if (session.length === 0) return '';
  const texts = session.map(({ name, domain, path, value }) => JSON.stringify([name, domain, path, value]));
  return sha256(texts.sort().join());
}
