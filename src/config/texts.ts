import type { Config } from './types.ts';

/**
 * Texts from which what is in force was made, for the record. Beside the configuration and not in it: nothing is decided by them.
 */
const configurations = new WeakMap<Config, string>();

/** Presets in use, by the digest of the login that was made of each; apps of one configuration are fewer. */
const presets = new Map<string, string>();
const MOST_PRESETS = 2_000;

/** What stands in place of what may be a secret. */
export const HIDDEN = '[not kept]';
const MARK = '://';

/** Passwords in addresses (RFC 3986 §3.2.1), each between the first colon and the last @ of what comes before the path. */
function withoutPasswords(text: string): string {
  const [first = '', ...rest] = text.split(MARK);
  const shown = rest.map((part) => {
    const end = part.search(/[\s/?#]/);
    const authority = end < 0 ? part : part.slice(0, end);
    const [colon, at] = [authority.indexOf(':'), authority.lastIndexOf('@')];
    return colon < 0 || at < colon ? part : `${part.slice(0, colon)}:${HIDDEN}${part.slice(at)}`;
  });
  return [first, ...shown].join(MARK);
}

/** `path`: names that lead to the value. */
function shownText(text: string, path: readonly string[]): string {
  // Templates of identity headers say which; a header of one fixed value may be a key of the app's.
  if (path.at(-2) === 'headers' && !text.includes('{')) return HIDDEN;
  return withoutPasswords(text);
}

function shownValue(value: unknown, path: readonly string[]): unknown {
  if (typeof value === 'string') return shownText(value, path);
  if (Array.isArray(value)) return value.map((each) => shownValue(each, path));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, shownValue(each, [...path, key])]));
}

/**
 * What a file says, in one form: JSON, names sorted, without comments (which may hold anything). Passwords are not in a file by its
 * rules; what could be one all the same is left out.
 */
export function canonicalText(value: unknown): string {
  return `${JSON.stringify(shownValue(value, []), null, 2)}\n`;
}

/** Remembers what a configuration was read from; the same configuration comes back. */
export function remembering(config: Config, value: unknown): Config {
  configurations.set(config, canonicalText(value));
  return config;
}

/** undefined: it was put together by a program. */
export function textOfConfig(config: Config): string | undefined {
  return configurations.get(config);
}

export function rememberPreset(digest: string, text: string): void {
  const [oldest] = presets.keys();
  if (presets.size >= MOST_PRESETS && oldest !== undefined) presets.delete(oldest);
  presets.set(digest, text);
}

export function textOfPreset(digest: string): string | undefined {
  return presets.get(digest);
}
