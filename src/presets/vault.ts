import type { BoundLogin } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import { jsonOf, pointed } from './answer.ts';
import type { WholeAnswer } from './types.ts';

/** Longest token that is kept, characters. */
const MAX_TOKEN = 4096;

function placed(value: unknown, pointer: string, text: string): boolean {
  const keys = pointer
    .slice(1)
    .split('/')
    .map((raw) => raw.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = Reflect.get(at, key);
  }
  return typeof at === 'object' && at !== null && Reflect.set(at, last, text);
}

/**
 * Takes the tokens that stand for a session out of an answer and puts stand-ins in their place: the browser gets to know
 * nothing that would be of use without us. A token anywhere else in the answer is replaced too.
 */
export function takeTokens(
  login: BoundLogin,
  answer: WholeAnswer,
  standIn: () => string,
): { readonly answer: WholeAnswer; readonly vault: ReadonlyMap<string, string> } {
  const vault = new Map<string, string>();
  const value = jsonOf(answer);
  for (const { json } of login.vault) {
    const token = json === null ? undefined : pointed(value, json);
    if (json === null || token === undefined || token === '') continue;
    if (token.length > MAX_TOKEN) throw new SallyportError('upstream-invalid', 'a token too long to keep');
    const instead = standIn();
    vault.set(instead, token);
    if (!placed(value, json, instead)) throw new SallyportError('upstream-invalid', 'a token out of place');
  }
  if (vault.size === 0) return { answer, vault };
  let text = JSON.stringify(value);
  for (const [instead, token] of vault) text = text.replaceAll(JSON.stringify(token).slice(1, -1), instead);
  const headers = answer.headers.filter((_, i) => (answer.headers[i & ~1] ?? '').toLowerCase() !== 'content-length');
  return { answer: { ...answer, headers, body: Buffer.from(text) }, vault };
}

/** What a request is sent with in place of what the browser sent. */
export interface PutBack {
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Folded names of the browser's headers that these replace. */
  readonly without: readonly string[];
}

function inQuery(target: string, name: string, token: (standIn: string) => string): string {
  const mark = target.indexOf('?');
  if (mark < 0) return target;
  const pairs = target.slice(mark + 1).split('&');
  const changed = pairs.map((pair) =>
    pair.startsWith(`${name}=`) ? `${name}=${encodeURIComponent(token(pair.slice(name.length + 1)))}` : pair,
  );
  return `${target.slice(0, mark)}?${changed.join('&')}`;
}

function inPath(target: string, template: string, token: (standIn: string) => string): string {
  const [before = '', after = ''] = template.split('{}');
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!path.startsWith(before) || !path.endsWith(after) || path.length <= before.length + after.length) return target;
  const standIn = path.slice(before.length, path.length - after.length);
  if (standIn.includes('/')) return target;
  return before + encodeURIComponent(token(standIn)) + after + (mark < 0 ? '' : target.slice(mark));
}

/**
 * Puts tokens back where stand-ins are. A value that is no stand-in of this jar is left where it is: the app knows no token
 * of that name, and what the browser may have got elsewhere never was one of ours; so it is refused as `credentials-misplaced`.
 */
export function putTokens(
  login: BoundLogin,
  target: string,
  rawHeaders: readonly string[],
  known: (standIn: string) => string | undefined,
): PutBack {
  const token = (standIn: string): string => {
    const kept = standIn === '' ? '' : known(standIn);
    if (kept === undefined) throw new SallyportError('credentials-misplaced', 'a token that was not given out here');
    return kept;
  };
  let changed = target;
  const headers: (readonly [string, string])[] = [];
  const without: string[] = [];
  for (const { send } of login.vault) {
    if (send.query !== null) changed = inQuery(changed, send.query, token);
    if (send.path !== null) changed = inPath(changed, send.path, token);
    if (send.header === null) continue;
    const name = send.header.toLowerCase();
    without.push(name.replace(/[^a-z0-9]+/g, ''));
    for (let i = 0; i + 1 < rawHeaders.length; i += 2)
      if (rawHeaders[i]?.toLowerCase() === name) headers.push([send.header, token(rawHeaders[i + 1] ?? '')]);
  }
  return { target: changed, headers, without };
}
