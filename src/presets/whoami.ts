import type { BoundLogin, NameSource, Whoami } from '../config/login-types.ts';
import { parseTarget } from '../request/target.ts';
import { headerOf, jsonOf, pointed, textOf } from './answer.ts';
import { holds } from './predicates.ts';
import { cookiesSet } from './set-cookies.ts';
import type { Who, WholeAnswer } from './types.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const MAX_NAME = 256;
/** Characters of the longest name as a page writes it: no reference to one character is longer than ten. */
const MAX_WRITTEN = 16 * MAX_NAME;

/** Undoes the character references that pages write names with. What is none of them stays. */
export function withoutEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,5}));/gi, (all, hex, decimal, name) => {
    if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? all;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function fromCookie(source: NameSource & { in: 'cookie' }, answer: WholeAnswer, now: number): string | undefined {
  const found = new Set<string>();
  for (const [name, value] of cookiesSet(answer.headers, now))
    if (value !== null && source.name.test(name)) found.add(value);
  const [value] = found;
  // Two names are none.
  return found.size > 1 ? undefined : decoded(value, source.decode);
}

function decoded(value: string | undefined, how: 'none' | 'url'): string | undefined {
  if (value === undefined || how === 'none') return value;
  try {
    return decodeURIComponent(value.replace(/\+/g, ' '));
  } catch {
    return undefined;
  }
}

/** What a header says, which apps write in UTF-8 where HTTP says nothing of it (RFC 9110 §5.5). */
function fromHeader(source: NameSource & { in: 'header' }, answer: WholeAnswer): string | undefined {
  const value = headerOf(answer, source.name);
  const text = value === undefined ? undefined : utf8Of(value);
  return text === undefined ? undefined : decoded(source.find.capture(text), source.decode);
}

/** A header's text, of which each character is a byte; undefined where these are no UTF-8. */
function utf8Of(value: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}

function nameIn(source: NameSource, answer: WholeAnswer, now: number): string | undefined {
  switch (source.in) {
    case 'body': {
      const found = source.find.capture(textOf(answer));
      return found === undefined || found.length > MAX_WRITTEN ? undefined : withoutEntities(found);
    }
    case 'location': {
      const location = headerOf(answer, 'location');
      const found = location === undefined ? undefined : source.find.capture(location);
      try {
        return found === undefined ? undefined : decodeURIComponent(found);
      } catch {
        return undefined;
      }
    }
    case 'header':
      return fromHeader(source, answer);
    case 'json': {
      const name = pointed(jsonOf(answer), source.pointer);
      // Where nobody is signed in some products have `false` there.
      return name === 'true' || name === 'false' ? undefined : name;
    }
    case 'cookie':
      return fromCookie(source, answer, now);
    default:
      throw new TypeError(`no such source: ${source satisfies never}`);
  }
}

function isName(name: string): boolean {
  return name.trim() !== '' && name.length <= MAX_NAME && name.isWellFormed() && !/\p{Cc}/u.test(name);
}

/**
 * Who the app says is signed in. An answer that shows neither a name nor nobody, or a name that cannot be one, is unclear;
 * a page may show both. Where the name has a place of its own, products fill it for nobody too.
 */
export function whoIs(login: BoundLogin, answer: WholeAnswer, now: number): Who {
  const { whoami } = login;
  if (whoami === null) return { kind: 'unclear' };
  const nobody = whoami.anonymous.some((each) => holds(each, answer, now));
  // An error page may quote a name that was tried.
  const name = answer.status >= 400 ? undefined : nameIn(whoami.name, answer, now);
  const both = whoami.name.in === 'body' && name !== undefined && name !== '';
  if (nobody) return { kind: both ? 'both' : 'nobody' };
  return name !== undefined && isName(name) ? { kind: 'name', name } : { kind: 'unclear' };
}

/**
 * The target to ask, with what the account is called at the app. Throws `TypeError` where there is nothing to ask, and
 * `bad-target` for a name that would make another address of it (`..`, a slash in the path).
 */
export function whoamiTarget(whoami: Whoami, nameAtApp: string): string {
  if (whoami.ask === null) throw new TypeError('no question');
  const { target } = whoami.ask;
  const filled = target.replaceAll(/\{account(?::url)?\}/g, () => encodeURIComponent(nameAtApp));
  return filled === target ? target : parseTarget(filled).raw;
}
