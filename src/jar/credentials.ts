import { sha256 } from '../lib/bytes.ts';
import { Remembered } from '../lib/remembered.ts';
import { isLive } from './cookies.ts';
import type { State } from './state.ts';
import type { JarApp } from './types.ts';

/** What was found of a name, by login: apps give the same few names in every answer. */
const KNOWN = new WeakMap<JarApp['login'], Remembered<boolean>>();

/** Whether a cookie of that name is the app's session. */
export function isSessionCookie({ login }: JarApp, name: string): boolean {
  const names = KNOWN.get(login) ?? new Remembered<boolean>();
  KNOWN.set(login, names);
  const known = names.get(name);
  if (known !== undefined) return known;
  const found = login.sessionCookies.some((pattern) => pattern.test(name));
  names.set(name, found);
  return found;
}

/** Names and values of the cookies that are the app's session, as one short text; empty for none. */
export function credentialsOf(app: JarApp, { cookies }: State, now: number): string {
  const session = cookies.filter((each) => isLive(each, now) && isSessionCookie(app, each.name));
  if (session.length === 0) return '';
  const texts = session.map(({ name, domain, path, value }) => JSON.stringify([name, domain, path, value]));
  return sha256(texts.sort().join());
}
