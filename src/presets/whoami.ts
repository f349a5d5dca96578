import type { BoundLogin, NameSource, Whoami } from '../config/login-types.ts';
import { headerOf, jsonOf, pointed, textOf } from './answer.ts';
import { holds } from './predicates.ts';
import { cookiesSet } from './set-cookies.ts';
import type { Who, WholeAnswer } from './types.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const MAX_NAME = 256;

/** Undoes the character references that pages write names with. What is none of them stays. */
export function withoutEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,5}));/gi, (all, hex, decimal, name) => {
    if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? all;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function fromCookie(source: NameSource & { in: 'cookie' }, answer: WholeAnswer, now: number): string | undefined {
  for (const [name, value] of cookiesSet(answer.headers, now)) {
    if (value === null || !source.name.test(name)) continue;
    if (source.decode === 'none') return value;
    try {
      return decodeURIComponent(value.replaceAll('+', ' '));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function nameIn(source: NameSource, answer: WholeAnswer, now: number): string | undefined {
  switch (source.in) {
    case 'body': {
      const found = source.find.capture(textOf(answer));
      return found === undefined ? undefined : withoutEntities(found);
    }
    case 'location': {
      const found = source.find.capture(headerOf(answer, 'location') ?? '\0');
      try {
        return found === undefined ? undefined : decodeURIComponent(found);
      } catch {
        return undefined;
      }
    }
    case 'json':
      return pointed(jsonOf(answer), source.pointer);
    case 'cookie':
      return fromCookie(source, answer, now);
    default:
      throw new TypeError(`no such source: ${source satisfies never}`);
  }
}

/**
 * Who the app says is signed in. A sign of nobody counts before a name: a page may greet somebody and ask for the password
 * all the same. An answer that shows neither, or a name that cannot be one, is unclear.
 */
export function whoIs(login: BoundLogin, answer: WholeAnswer, now: number): Who {
  const { whoami } = login;
  if (whoami === null) return { kind: 'unclear' };
  if (whoami.anonymous.some((each) => holds(each, answer, now))) return { kind: 'nobody' };
  const name = nameIn(whoami.name, answer, now)?.trim();
  if (name === undefined || name === '' || name.length > MAX_NAME || /\p{Cc}/u.test(name)) return { kind: 'unclear' };
  return { kind: 'name', name };
}

/** The target to ask, with what the account is called at the app. Throws `TypeError` where there is nothing to ask. */
export function whoamiTarget(whoami: Whoami, nameAtApp: string): string {
  if (whoami.ask === null) throw new TypeError('no question');
  return whoami.ask.target.replaceAll(/\{account(?::url)?\}/g, () => encodeURIComponent(nameAtApp));
}
