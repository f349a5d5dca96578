import type { BoundLogin } from '../config/login-types.ts';
import { foldField, type Places, placesOf } from '../request/login/names.ts';
import { laxPairs } from '../request/login/watch.ts';
import { type Prepared, prepare } from './prepared.ts';

/** Session ids that products take from the query (legacy-logins L7), besides those of the preset's own cookies. */
const SESSION_IDS = [
  'jsessionid',
  'jsessionidsso',
  'phpsessid',
  'asp.net_sessionid',
  'sessionid',
  'session_id',
  'cfid',
  'cftoken',
];
const OVERRIDES = ['_method', 'x-http-method-override', 'x-http-method', '_httpmethod'];
/** ASP.NET without cookies: `/(S(id))/`, and with tickets. */
const COOKIELESS = /^\((?:[a-z]\([^)]*\))+\)$/;

/** Whether a segment of a folded path is a session of ASP.NET's. */
export function isCookieless(folded: string): boolean {
  return folded.includes('/(') && folded.split('/').some((segment) => COOKIELESS.test(segment));
}

const IDS: ReadonlySet<string> = new Set(SESSION_IDS.map(foldField));
const METHODS: ReadonlySet<string> = new Set(OVERRIDES.map(foldField));

/** Why a query may have no parameter of that name; null when it may. */
function identityOf(name: string, ready: Prepared, folded?: { readonly places: Places }): string | null {
  const { sessionNames, plainNames, noIds } = ready;
  if (plainNames.has(name)) return null;
  const { base } = folded?.places ?? placesOf(name);
  const isId = IDS.has(base) && !noIds.has(name);
  if (isId || METHODS.has(base) || base.startsWith('aspsessionid'))
    return 'a session id or another method in the query';
  if (sessionNames.some((pattern) => pattern.test(name) || pattern.test(base))) return 'a session id in the query';
  plainNames.add(name);
  return null;
}

/** Why a query holds a session's identity or another method; null when it does not. */
export function sessionIdIn(query: string, ready: Prepared): string | null {
  for (const pair of laxPairs(query)) {
    const why = identityOf(pair.name, ready, pair);
    if (why !== null) return why;
  }
  return null;
}

/** Whether a query parameter of that name would hold a session id of the app. */
export function isSessionName(login: BoundLogin, name: string): boolean {
  return identityOf(name, prepare(login)) !== null;
}
