import { CONTROL } from './text.ts';
import type { Basic } from './types.ts';

const BASIC = /^basic +((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/i;
const MAX_LENGTH = 4096;

/**
 * The two halves of an Authorization value (RFC 7617 §2): canonical base64, UTF-8, no controls, the first colon divides.
 * undefined for every other scheme and everything that servers decode differently.
 */
export function parseBasic(value: string): Basic | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const token = BASIC.exec(value.trim())?.[1];
  if (token === undefined || token === '') return undefined;
  const bytes = Buffer.from(token, 'base64');
  // Left-over bits in the last character: two spellings of one value.
  if (bytes.toString('base64') !== token) return undefined;
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes) || CONTROL.test(text)) return undefined;
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The value of an Authorization header. Throws `TypeError` for a name with a colon or a control in either half. */
export function writeBasic(basic: Basic): string {
  if (basic.user.includes(':') || CONTROL.test(basic.user) || CONTROL.test(basic.password))
    throw new TypeError('cannot be written as Basic');
  return `Basic ${Buffer.from(`${basic.user}:${basic.password}`, 'utf8').toString('base64')}`;
}

/** One parameter of RFC 7616 §3.4 and what follows it. Quoted strings may hold no backslash: not all servers undo it. */
const PARAMETER =
  /[ \t]*([a-z0-9*_-]+)[ \t]*=[ \t]*(?:"([^"\\\u0000-\u001f\u007f]*)"|([^\s",;=\\\u0000-\u001f\u007f]+))[ \t]*(?:,|$)/iy;

/**
 * The name in a Digest Authorization value (RFC 7616 §3.4). undefined for every other scheme, a parameter twice, a name
 * that is hashed (`userhash`), encoded (`username*`), unquoted, empty, or not printable ASCII, which servers decode differently.
 */
export function digestUser(value: string): string | undefined {
  if (value.length > MAX_LENGTH || !/^digest[ \t]/i.test(value)) return undefined;
  const params = new Map<string, string>();
  let user: string | undefined;
  PARAMETER.lastIndex = 'digest '.length;
  for (let end = PARAMETER.lastIndex; end < value.length; end = PARAMETER.lastIndex) {
    const found = PARAMETER.exec(value);
    const name = found?.[1]?.toLowerCase() ?? '';
    if (found === null || params.has(name)) return undefined;
    params.set(name, found[2] ?? found[3] ?? '');
    if (name === 'username') user = found[2];
  }
  if (params.has('username*') || (params.get('userhash') ?? 'false').toLowerCase() !== 'false') return undefined;
  return user !== undefined && /^[\x20-\x7e]+$/.test(user) ? user : undefined;
}
