import type { CookieJar } from 'tough-cookie';
import { compilePattern } from '../../lib/pattern.ts';
import { headerOf, jsonOf, pointed, textOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { withoutEntities } from '../../presets/whoami.ts';
import { type DirectClient, emptyJar } from '../direct/client.ts';
import { type DraftPredicate, type DraftWhoami, isToken, literal, steadyTarget } from './draft.ts';
import { type Exchange, LOGOUT } from './recording.ts';

interface Candidate {
  readonly target: string;
  readonly find?: string;
  readonly json?: string;
  /** A domain that the app writes behind every name: taken off, as itself alone. */
  readonly strip?: string;
  readonly score: number;
}

const TELLING = /user|account|signed|logged|profile|who|name|login|greet|welcome|bdi/i;
/** Fields and links repeat what a person typed; they do not say who is signed in. */
const REPEATS = /(?:value|href|src|action|title|alt|content|data-[\w-]+)\s*=\s*["']?[^"'<>]*$/i;
const MAX_MARKER = 80;

/** What stands before the name and does not change: at most two tags and the words in them. */
function markerBefore(text: string): string | null {
  const tail = text
    .slice(-4 * MAX_MARKER)
    .replace(/\s+/g, ' ')
    .slice(-MAX_MARKER);
  const last = tail.lastIndexOf('<');
  const tags = last > 0 ? tail.lastIndexOf('<', last - 1) : -1;
  const words = tail.slice(tail.lastIndexOf('>', last - 1) + 1).trimStart();
  // Without two whole tags that stay as they are, the words before the last one.
  return [tags >= 0 ? tail.slice(tags) : '', words].find(isSteady) ?? null;
}

function isSteady(marker: string): boolean {
  const steady = marker.length >= 8 && /[a-z]{3}/i.test(marker) && !/[0-9a-f]{8,}|\d{4,}/i.test(marker);
  return steady && !REPEATS.test(marker);
}

function inText(target: string, text: string, account: string): Candidate[] {
  const found: Candidate[] = [];
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(account.toLowerCase()); at >= 0 && found.length < 20; ) {
    const end = at + account.length;
    const marker = markerBefore(text.slice(0, at));
    const domain = account.includes('@') ? '' : (/^@[\w.-]*\w/.exec(text.slice(end))?.[0] ?? '');
    const stop = /^\s*([<"')])/.exec(text.slice(end + domain.length))?.[1];
    if (marker !== null && stop !== undefined) {
      const find = `${literal(marker).replaceAll(' ', '\\s+')}([^<>"'&\\s${stop === ')' ? ')' : ''}]{1,128})\\s*${literal(stop)}`;
      const score = (TELLING.test(marker) ? 10 : 0) + (/(?:class|id)=/.test(marker) ? 4 : 0) - marker.length / 40;
      found.push({ target, find, score, ...(domain === '' ? {} : { strip: `${literal(domain)}$` }) });
    }
    at = lower.indexOf(account.toLowerCase(), end);
  }
  return found;
}

function inJson(target: string, value: unknown, account: string, at = ''): Candidate[] {
  if (typeof value === 'string')
    return value.toLowerCase() === account.toLowerCase()
      ? [{ target, json: at, score: 12 + (TELLING.test(at) ? 6 : 0) - at.length / 20 }]
      : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    inJson(target, inner, account, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

const ACCOUNT = `\${account:url}`;

/** A target with the account's name in a parameter: that is the name of whoever is asked about. */
function forAnybody(target: string, account: string): string {
  const value = encodeURIComponent(account);
  return target.includes('?')
    ? target.replace(`=${value}&`, `=${ACCOUNT}&`).replace(new RegExp(`=${literal(value)}$`), () => `=${ACCOUNT}`)
    : target;
}

function asked(target: string, account: string): string {
  return target.replaceAll(ACCOUNT, encodeURIComponent(account));
}

/** Pages that named the account once somebody had signed in, the most telling first. */
function candidates(exchanges: readonly Exchange[], account: string): readonly Candidate[] {
  const seen = new Set<string>();
  return exchanges
    .filter(({ method, target, answer }) => method === 'GET' && answer.status === 200 && !LOGOUT.test(target))
    .flatMap(({ target, answer }) => {
      const json = jsonOf(answer);
      const at = forAnybody(steadyTarget(target), account);
      const found = json === undefined ? inText(at, textOf(answer), account) : inJson(at, json, account);
      // Short addresses without parameters are asked for most safely.
      return found.map((each) => ({ ...each, score: each.score - at.length / 20 }));
    })
    .filter(({ target, find, json }) => {
      const key = `${target} ${find ?? json}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, 12);
}

function nameBy({ find, json, strip }: Candidate, answer: WholeAnswer): string | undefined {
  if (json !== undefined) return pointed(jsonOf(answer), json);
  const found = compilePattern(find ?? '').capture(textOf(answer));
  if (found === undefined) return undefined;
  const name = withoutEntities(found).trim();
  const domain = strip === undefined ? undefined : compilePattern(strip).capture(name);
  return domain === undefined ? name : name.slice(0, -domain.length);
}

const PASSWORD_INPUT = `type=["']?password`;

/** How the same address answers somebody who is not signed in. */
function anonymousOf(answer: WholeAnswer, signedIn: WholeAnswer): DraftPredicate | undefined {
  if (answer.status !== signedIn.status) {
    const location = headerOf(answer, 'location');
    if (location === undefined) return { status: answer.status };
    const { pathname } = new URL(location, 'http://app.invalid');
    return { status: answer.status, location: literal(pathname === '/' ? location : pathname.slice(1)) };
  }
  const pattern = compilePattern(PASSWORD_INPUT);
  if (pattern.test(textOf(answer)) && !pattern.test(textOf(signedIn))) return { body: PASSWORD_INPUT };
  return linkOf(textOf(answer), textOf(signedIn));
}

/** A link to sign in that only people who are not signed in are shown. */
function linkOf(text: string, other: string): DraftPredicate | undefined {
  for (const [, link = ''] of text.matchAll(/href=["']([^"']*(?:log-?in|sign-?in)[^"']*)["']/gi)) {
    const word = /[?&;/][^?&;/]*(?:log-?in|sign-?in)[^?&;/]*$/i.exec(withoutEntities(link))?.[0].slice(1);
    if (word !== undefined && !isToken(word) && text.includes(word) && !other.includes(word))
      return { body: literal(word) };
  }
  return undefined;
}

export interface People {
  readonly account: string;
  readonly jar: CookieJar;
}

/** Finds a page that names whoever is signed in and nobody else, by asking the app. undefined: there is none. */
export async function findWhoami(
  client: DirectClient,
  exchanges: readonly Exchange[],
  first: People,
  second: People | null,
): Promise<{ readonly whoami: DraftWhoami; readonly strip: readonly string[] } | undefined> {
  for (const candidate of candidates(exchanges, first.account)) {
    const { target, find, json } = candidate;
    const own = asked(target, first.account);
    const [mine, nobody] = [
      await client.ask({ target: own }, first.jar),
      await client.ask({ target: own }, emptyJar()),
    ];
    const same = (name: string | undefined, account: string) => name?.toLowerCase() === account.toLowerCase();
    if (mine.status !== 200 || !same(nameBy(candidate, mine), first.account)) continue;
    const anonymous = anonymousOf(nobody, mine);
    if (anonymous === undefined || nameBy(candidate, nobody) !== undefined) continue;
    if (second !== null) {
      const theirs = await client.ask({ target: asked(target, second.account) }, second.jar);
      if (!same(nameBy(candidate, theirs), second.account)) continue;
    }
    const name = json === undefined ? { find: find ?? '' } : { json, accept: 'application/json' };
    return {
      whoami: { get: target, ...name, anonymous: [anonymous] },
      strip: candidate.strip === undefined ? [] : [candidate.strip],
    };
  }
  return undefined;
}
