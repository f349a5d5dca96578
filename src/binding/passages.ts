import type { BoundLogin } from '../config/login-types.ts';
import type { AppConfig } from '../config/types.ts';
import type { Pattern } from '../lib/pattern.ts';
import { refreshWithoutSessionIds } from '../presets/session-ids.ts';
import type { Passage } from '../proxy/passage.ts';
import { foldName } from '../request/names.ts';
import { shown } from './browser-cookies.ts';
import { locationEdit, originEdit } from './origins.ts';

/** Nothing of the browser's gets in and nothing of the app's gets out: exemptions, and static parts of a surface. */
export function closedPassage(app: AppConfig, login: BoundLogin, origin: string): Passage {
  const none = (): null => null;
  return { ...common(app, login, origin), outbound: none, inbound: none, authorization: none, challenge: none };
}

/** For an answer that was taken whole: what its head tells was taken in before. */
export function givenOut(app: AppConfig, login: BoundLogin, origin: string): Passage {
  return {
    ...common(app, login, origin),
    outbound: () => null,
    inbound: (setCookie) => shown(setCookie, login.browserCookies),
    challenge: challengeEdit(login),
  };
}

/** What every request to a bound app has in common. */
export function common(
  app: AppConfig,
  login: BoundLogin,
  origin: string,
): Pick<Passage, 'without' | 'origin' | 'location' | 'refresh'> {
  const forApp = originEdit(app, login, origin);
  return {
    without: withoutOf(login),
    ...(forApp === undefined ? {} : { origin: forApp }),
    location: locationEdit(app, login, origin),
    refresh: (value) => refreshWithoutSessionIds(login, value),
  };
}

/** A challenge of a scheme that the preset has a use for; no other is shown. */
export function challengeEdit(login: BoundLogin): (value: string) => string | null {
  return (value) => {
    const scheme = /^[ \t]*([A-Za-z]+)/.exec(value)?.[1]?.toLowerCase();
    return login.authorization.some((each) => each === scheme) ? value : null;
  };
}

const without = new WeakMap<BoundLogin, ReadonlySet<string>>();

export function withoutOf(login: BoundLogin): ReadonlySet<string> {
  const known = without.get(login);
  if (known !== undefined) return known;
  const made = new Set(login.guard.headers.map(foldName));
  without.set(login, made);
  return made;
}

const patterns = new WeakMap<AppConfig, readonly Pattern[]>();

/**
 * Cookies of the browser that the app may see: those of its own making, by the preset and the operator, and those of the
 * app that its scripts have, where the jar has none of that name.
 */
export function clientPatterns(app: AppConfig, login: BoundLogin): readonly Pattern[] {
  const known = patterns.get(app);
  if (known !== undefined) return known;
  const made = [...login.clientCookies, ...app.clientCookies, ...login.browserCookies];
  patterns.set(app, made);
  return made;
}
