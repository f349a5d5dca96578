import type { BoundLogin } from '../config/login-types.ts';
import type { AppConfig } from '../config/types.ts';
import type { Pattern } from '../lib/pattern.ts';
import { refreshWithoutSessionIds } from '../presets/session-ids.ts';
import type { Passage } from '../proxy/passage.ts';
import { foldName } from '../request/names.ts';
import { clientPairs, shown } from './browser-cookies.ts';
import { changeable, shownEdit } from './edits.ts';
import { bodyOrigins, locationEdit } from './origins.ts';

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
    edit: (head, status) => {
      const from = bodyOrigins(login, origin);
      const fields = from.length === 0 ? null : changeable(head, status);
      return fields === null ? null : shownEdit(fields, from, origin);
    },
  };
}

/** What every request to a bound app has in common. */
export function common(
  app: AppConfig,
  login: BoundLogin,
  origin: string,
): Pick<Passage, 'without' | 'location' | 'refresh'> {
  return {
    without: withoutOf(login),
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

/** Folded names of what would say by itself who somebody is: no browser sends them. Tokens that we keep are put back where they belong. */
export function withoutOf(login: BoundLogin): ReadonlySet<string> {
  const known = without.get(login);
  if (known !== undefined) return known;
  const tokens = login.vault.map(({ send }) => send.header).filter((header) => header !== null);
  const made = new Set([...login.guard.headers, ...tokens].map(foldName));
  without.set(login, made);
  return made;
}

const packed = new WeakMap<BoundLogin, ReadonlySet<string>>();

/** The same for a page that must come unpacked and whole, since it may be changed. */
export function withoutPacking(login: BoundLogin): ReadonlySet<string> {
  const known = packed.get(login);
  if (known !== undefined) return known;
  const made = new Set([...withoutOf(login), 'acceptencoding', 'range', 'ifrange']);
  packed.set(login, made);
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

/** The cookies that a request of ours is sent with, and where what the answer sets goes. */
export interface OwnCookies {
  cookieFor(target: string): string | null;
  receive(target: string, setCookies: readonly string[]): void;
}

/** A request of ours, at whose address. */
export interface OwnRequest {
  readonly app: AppConfig;
  readonly login: BoundLogin;
  /** The public origin. */
  readonly origin: string;
  readonly target: string;
}

/** What crosses with a step: cookies of the jar, and credentials of ours. */
export function stepPassage(
  { app, login, origin, target }: OwnRequest,
  cookies: OwnCookies,
  credentials: string | null,
): Passage {
  const client = clientPatterns(app, login);
  return {
    ...common(app, login, origin),
    outbound: (values) => {
      const pairs = [cookies.cookieFor(target) ?? '', ...clientPairs(values, client)].filter((pair) => pair !== '');
      return pairs.length === 0 ? null : pairs.join('; ');
    },
    // Interim answers bring cookies here; those of the answer itself are taken from it.
    inbound: (setCookie) => {
      cookies.receive(target, [setCookie]);
      return null;
    },
    authorization: () => credentials,
  };
}

/** Fields that would make the app answer another question. */
const ANOTHER: readonly string[] = ['accept', 'xrequestedwith', 'origin', 'referer'];

const unasked = new WeakMap<BoundLogin, ReadonlySet<string>>();

/** What is in no request of a session is in no question either: else it would be said of another request than those that follow. */
function withoutInQuestion(login: BoundLogin): ReadonlySet<string> {
  const known = unasked.get(login);
  if (known !== undefined) return known;
  const made = new Set([...withoutOf(login), ...ANOTHER]);
  unasked.set(login, made);
  return made;
}

/** What crosses with the question who is signed in: nothing that a browser sent but who it is. */
export function questionPassage({ login, target }: Pick<OwnRequest, 'login' | 'target'>, cookies: OwnCookies): Passage {
  return {
    outbound: () => cookies.cookieFor(target),
    inbound: (setCookie) => {
      cookies.receive(target, [setCookie]);
      return null;
    },
    authorization: () => null,
    without: withoutInQuestion(login),
    more: [['Accept', login.whoami?.ask?.accept ?? 'text/html,application/json;q=0.9,*/*;q=0.8']],
  };
}
