import type { BoundLogin } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import { plainLetters } from '../lib/readings/best-fit.ts';
import { decoded } from '../lib/readings/decode.ts';
import { readings } from '../lib/readings/readings.ts';
import { mayBeShortFor, streamsOf } from '../lib/readings/windows.ts';
import { HeaderFields } from '../request/fields.ts';
import { placesOf, samePlaces } from '../request/login/names.ts';
import { laxPairs } from '../request/login/watch.ts';
import { foldName } from '../request/names.ts';
import { broken, holderOf } from './token-body.ts';
import type { WholeAnswer } from './types.ts';

/** Longest token that is kept, characters. */
const MAX_TOKEN = 4096;
/** Shorter ones are no secrets, and would be found in every text. */
const MIN_ELSEWHERE = 8;
/** Fields that are true of the body as it came. */
const OF_THE_OLD_BODY: ReadonlySet<string> = new Set([
  ...['content-length', 'content-md5', 'digest', 'content-digest', 'etag'],
]);

/**
 * Takes the tokens that stand for a session out of an answer and puts stand-ins in their place: the browser gets to know
 * nothing that would be of use without us. The body is written anew; a token that stands elsewhere in it or in a header is
 * replaced too. Set-Cookie is not for browsers and stays. Throws `upstream-invalid` for what cannot be read.
 */
export function takeTokens(
  login: BoundLogin,
  answer: WholeAnswer,
  standIn: () => string,
): { readonly answer: WholeAnswer; readonly vault: ReadonlyMap<string, string> } {
  const vault = new Map<string, string>();
  const holder = login.vault.length === 0 ? undefined : holderOf(login, answer);
  for (const entry of holder === undefined ? [] : login.vault) {
    const token = holder?.get(entry);
    if (token === undefined || token === '') continue;
    if (token.length > MAX_TOKEN) broken('a token too long to keep');
    const instead = standIn();
    vault.set(instead, token);
    if (holder?.put(entry, instead) !== true) broken('a token out of place');
  }
  if (holder === undefined || vault.size === 0) return { answer, vault };
  const replaced = (text: string): string => {
    let out = text;
    for (const [instead, token] of vault)
      if (token.length >= MIN_ELSEWHERE) out = out.replaceAll(JSON.stringify(token).slice(1, -1), () => instead);
    return out;
  };
  const lines: string[] = [];
  answer.headers.each((name, value, lower) => {
    if (!OF_THE_OLD_BODY.has(lower)) lines.push(name, lower === 'set-cookie' ? value : replaced(value));
  });
  const headers = HeaderFields.of(lines);
  return { answer: { ...answer, headers, body: Buffer.from(replaced(holder.write())) }, vault };
}

/** What a request is sent with in place of what the browser sent. */
export interface PutBack {
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Folded names of the browser's headers that these replace. */
  readonly without: readonly string[];
}

type Resolve = (standIn: string) => string;

function misplaced(why: string): never {
  throw new SallyportError('credentials-misplaced', why);
}

function split(target: string): { readonly path: string; readonly query: string | null } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: null } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function inQuery(target: string, name: string, token: Resolve): string {
  const { path, query } = split(target);
  if (query === null) return target;
  const pairs = query.split('&');
  const own = pairs.filter((pair) => pair.startsWith(`${name}=`));
  // Every other spelling that the app may understand would be a token that nobody looked at.
  const places = placesOf(name);
  const alike = laxPairs(query).filter((pair) => samePlaces(pair.places, places));
  if (alike.length !== own.length || own.length > 1) misplaced('a token twice or in another spelling');
  const changed = pairs.map((pair) =>
    pair.startsWith(`${name}=`) ? `${name}=${encodeURIComponent(token(pair.slice(name.length + 1)))}` : pair,
  );
  return `${path}?${changed.join('&')}`;
}

/** Whether a path is one of the template in any reading: same number of segments, all but the open one the same. */
function resembles(path: string, template: string): boolean {
  const wanted = plainLetters(decoded(template))
    .split('/')
    .filter((segment) => segment !== '');
  const same = (segment: string, name: string): boolean =>
    name.includes('{}') || streamsOf(segment, 2).some((each) => each === name || mayBeShortFor(each, name));
  return readings(path).some(
    (given) => given.length === wanted.length && wanted.every((name, i) => same(given[i] ?? '', name)),
  );
}

function inPath(target: string, template: string, token: Resolve): string {
  const { path } = split(target);
  const [before = '', after = ''] = template.split('{}');
  const standIn = path.slice(before.length, path.length - after.length);
  const exact = path.startsWith(before) && path.endsWith(after) && standIn !== '' && !standIn.includes('/');
  if (!exact || path.length <= before.length + after.length) {
    if (resembles(path, template)) misplaced('the address of a token in another spelling');
    return target;
  }
  return before + encodeURIComponent(token(standIn)) + after + target.slice(path.length);
}

function inHeader(headers: HeaderFields, header: string, token: Resolve): (readonly [string, string])[] {
  const values = headers.spelt(header);
  if (values.length > 1) misplaced('two headers with a token');
  return values.map((value) => [header, token(value.trim())] as const);
}

/**
 * Puts tokens back where stand-ins are. Throws `credentials-misplaced` for a value that is no stand-in of this jar, wherever
 * the browser has it from; an empty value stays empty.
 */
export function putTokens(
  login: BoundLogin,
  target: string,
  sent: HeaderFields,
  known: (standIn: string) => string | undefined,
): PutBack {
  const token: Resolve = (standIn) =>
    standIn === '' ? '' : (known(standIn) ?? misplaced('a token that was not given out here'));
  let changed = target;
  const headers: (readonly [string, string])[] = [];
  const without: string[] = [];
  // Two tokens may go the same way: one of them is put back, once.
  for (const query of new Set(login.vault.map(({ send }) => send.query)))
    if (query !== null) changed = inQuery(changed, query, token);
  for (const path of new Set(login.vault.map(({ send }) => send.path)))
    if (path !== null) changed = inPath(changed, path, token);
  for (const header of new Set(login.vault.map(({ send }) => send.header))) {
    if (header === null) continue;
    without.push(foldName(header));
    headers.push(...inHeader(sent, header, token));
  }
  return { target: changed, headers, without };
}
