import { parseTarget, type TargetOptions } from '../../request/target.ts';

const MAX_LENGTH = 2048;
/** The only pages of ours that a sign-in may lead to; the others would answer to a state that is over. */
export const ACCOUNT = '/.sallyport/account';
export const OWN_PASSWORD = `${ACCOUNT}/password`;
const LED_TO: ReadonlySet<string> = new Set([ACCOUNT, OWN_PASSWORD]);

/**
 * Where a person may be sent after signing in: a canonical target of this origin, else `/`. The parser is the one that
 * will judge the request that follows (`options`: the app's), so there is no second opinion on what is a path.
 */
export function safeNext(raw: string | undefined, options?: TargetOptions): string {
  if (raw === undefined || raw.length > MAX_LENGTH) return '/';
  try {
    const target = parseTarget(raw, options);
    return target.reserved && !LED_TO.has(target.raw) ? '/' : target.raw;
  } catch {
    return '/';
  }
}

/** Where the language switch leads back to: any canonical path of this origin, ours included, else `/`. */
export function safeHere(raw: string | undefined, options?: TargetOptions): string {
  if (raw === undefined || raw.length > MAX_LENGTH) return '/';
  try {
    return parseTarget(raw, options).raw;
  } catch {
    return '/';
  }
}

/** The one `next` parameter of a raw query, percent-decoded; absent, twice or undecodable: undefined. */
export function nextOf(query: string): string | undefined {
  const values = query.split('&').filter((pair) => pair === 'next' || pair.startsWith('next='));
  const [only] = values;
  if (values.length !== 1 || only === undefined) return undefined;
  try {
    return decodeURIComponent(only.slice('next='.length));
  } catch {
    return undefined;
  }
}

/** What the account page can tell that was done; nothing else is ever shown of its address. */
export const DONE = ['password', 'renamed', 'removed', 'added', 'ended', 'ended-others'] as const;
export type Done = (typeof DONE)[number];

/** The account page, telling what was done. */
export function accountAfter(what: Done): string {
  return `${ACCOUNT}?done=${what}`;
}

/** What a raw query says was done; undefined unless it is one of the list. */
export function doneOf(query: string): Done | undefined {
  return DONE.find((what) => query === `done=${what}`);
}

/** An address of ours that remembers where to go afterwards. */
export function withNext(path: string, next: string): string {
  return next === '/' ? path : carryNext(path, next);
}

/** The same within a sign-in, where `/` is said too: another tab may have left another goal behind. */
export function carryNext(path: string, next: string): string {
  return `${path}?next=${encodeURIComponent(next)}`;
}
