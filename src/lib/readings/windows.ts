import { bareSegment } from './readings.ts';

/** Before the tilde up to six characters of the long name, behind it a number; then up to three of the extension. */
const SHORT = /^([^.~]{1,8})~(\d{1,6})(?:\.([^.]{0,3}))?$/;
/** NTFS writes these as `_` in a short name. */
const REPLACED = /[+,;=[\]_]|[^\0-\x7f]/g;

/** Whether a segment looks like a short name of Windows (`admini~1`). */
export function isShortName(segment: string): boolean {
  return segment.includes('~') && SHORT.test(segment);
}

function clean(name: string): string {
  return name.replace(/ /g, '').replace(REPLACED, '_');
}

/** Whether a text begins so; `_` stands for anything, and `*` in the text for as much as is needed. */
function beginsLike(text: string, start: string): boolean {
  for (let i = 0; i < start.length; i++) {
    if (text[i] === '*') return true;
    if (text[i] !== start[i] && text[i] !== '_' && start[i] !== '_') return false;
  }
  return true;
}

/**
 * Whether a segment in plain letters may be the short name (8.3) that Windows gives to a name: the first six characters of
 * it and a number, or, from the fifth of a kind on, two and four hexadecimal digits. `*` in the name stands for any text.
 */
export function mayBeShortFor(segment: string, name: string): boolean {
  const parts = SHORT.exec(segment);
  if (parts === null) return false;
  const [, start = '', , extension = ''] = parts;
  const bare = name.replace(/^\.+/, '');
  const dot = bare.lastIndexOf('.');
  const [stem, wanted] = dot < 0 ? [bare, ''] : [bare.slice(0, dot), bare.slice(dot + 1, dot + 4)];
  const open = dot < 0 && bare.endsWith('*');
  if (!open && clean(wanted) !== clean(extension) && !beginsLike(clean(wanted), clean(extension))) return false;
  if (!open && wanted !== '' && extension === '') return false;
  const long = clean(stem).replaceAll('.', '');
  const hashed = /^(.{0,2})[0-9a-f]{4}$/.exec(start)?.[1];
  return beginsLike(long, clean(start)) || (hashed !== undefined && beginsLike(long, clean(hashed)));
}

/**
 * The names that a segment may stand for on NTFS, where a stream follows behind a colon (`name::$DATA`): itself, and what is
 * before each of the first `most` colons. `''` is the folder above.
 */
export function streamsOf(segment: string, most: number): readonly string[] {
  if (!segment.includes(':')) return [segment];
  const names = [segment];
  for (let at = segment.indexOf(':'); at >= 0 && names.length <= most; at = segment.indexOf(':', at + 1))
    names.push(bareSegment(segment.slice(0, at)));
  return names;
}
