import type { BoundLogin } from '../config/login-types.ts';
import { isSessionName } from './identities.ts';

/** `;name=value` behind a path segment: where containers write session ids when they do not know yet of cookies. */
const PATH_PARAMETER = /;[^/?#;"'<>\s]*/g;

function withoutPair(login: BoundLogin, query: string): string {
  return query
    .split('&')
    .filter((pair) => !isSessionName(login, pair.split('=', 1)[0] ?? ''))
    .join('&');
}

/**
 * An address of the app's own without session ids: they are refused in requests, so that an address that held one would
 * lead nowhere, and whoever saw it would hold the id.
 */
export function withoutSessionIds(login: BoundLogin, location: string): string {
  const [beforeHash = '', ...hash] = location.split('#');
  const [path = '', ...rest] = beforeHash.split('?');
  const bare = path.replace(PATH_PARAMETER, '');
  const query = rest.length === 0 ? null : withoutPair(login, rest.join('?'));
  return [bare + (query === null || query === '' ? '' : `?${query}`), ...hash].join('#');
}

/** The same for a Refresh header, whose address stands behind `url=`. */
export function refreshWithoutSessionIds(login: BoundLogin, refresh: string): string {
  const mark = /^[^;,]*[;,]\s*url\s*=\s*["']?/i.exec(refresh)?.[0];
  return mark === undefined ? refresh : mark + withoutSessionIds(login, refresh.slice(mark.length));
}

const MARKED = /;jsessionid=[A-Za-z0-9._!~-]+/gi;
/** An id is no longer than this. */
const LONGEST = 512;

/**
 * Takes `;jsessionid=…` out of pages, piece by piece: a container writes it into every link and form of its first page, since
 * it cannot know yet that its cookie is kept.
 */
export function stripStream(): { push(chunk: Buffer): Buffer; end(): Buffer } {
  let held = '';
  return {
    push(chunk) {
      const text = held + chunk.toString('latin1');
      // What may be the beginning of one at the end is for later.
      const open = text.lastIndexOf(';', text.length);
      const tail =
        open >= 0 && text.length - open < LONGEST && /^;[A-Za-z0-9._!~=-]*$/.test(text.slice(open))
          ? open
          : text.length;
      held = text.slice(tail);
      return Buffer.from(text.slice(0, tail).replace(MARKED, ''), 'latin1');
    },
    end() {
      const rest = held.replace(MARKED, '');
      held = '';
      return Buffer.from(rest, 'latin1');
    },
  };
}
