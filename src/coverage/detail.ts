import type { Detail, RecordedEntry } from './types.ts';

/** Characters of a text in one field of an entry (audit/audit.ts cuts at 500), and fields that one text may take. */
const PIECE = 480;
const PIECES = 64;
/** What stands in place of a text that is too long for that: the record says that it does not say. */
const TOO_LONG = '…';

/** Fields of an entry for a text that may be long: `NAME`, `NAME.2`, `NAME.3` and so on. Read by `longOf`. */
export function longDetail(name: string, text: string): Record<string, string> {
  if (text.length > PIECE * PIECES) return { [name]: TOO_LONG };
  const pieces: Record<string, string> = { [name]: text.slice(0, PIECE) };
  for (let at = PIECE; at < text.length; at += PIECE) pieces[`${name}.${at / PIECE + 1}`] = text.slice(at, at + PIECE);
  return pieces;
}

/** The text that `longDetail` wrote; null where there is none, or it was cut. */
export function longOf(detail: Detail, name: string): string | null {
  let text = textOf(detail, name);
  if (text === null) return null;
  for (let at = 2; at <= PIECES; at += 1) {
    const piece = textOf(detail, `${name}.${at}`);
    if (piece === null) break;
    text += piece;
  }
  return text.endsWith(TOO_LONG) ? null : text;
}

/**
 * Fields of an entry for what is stricter for an organisation: all of it, and by itself what names no network, which may be shown to
 * more. `policy`: JSON object.
 */
export function policyDetail(policy: string): Record<string, string> {
  const all = longDetail('policy', policy);
  try {
    // Written by us; whatever else it were, nothing of it is taken but these two.
    const { require, apps } = JSON.parse(policy) as { readonly require?: unknown; readonly apps?: unknown };
    return { ...all, ...longDetail('strict', JSON.stringify({ require, apps })) };
  } catch {
    return all;
  }
}

/** What `policyDetail` wrote, or what of it is shown; null: not on record. */
export function policyIn(detail: Detail): string | null {
  return longOf(detail, 'policy') ?? longOf(detail, 'strict');
}

/** Words that stand in one text, a space between. */
export function wordsOf(detail: Detail, name: string): readonly string[] | null {
  const text = longOf(detail, name);
  return text === null ? null : text.split(' ').filter((word) => word !== '');
}

export function textOf(detail: Detail, name: string): string | null {
  const value = detail[name];
  return typeof value === 'string' ? value : null;
}

export function numberOf(detail: Detail, name: string): number | null {
  const value = detail[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function booleanOf(detail: Detail, name: string): boolean | null {
  const value = detail[name];
  return typeof value === 'boolean' ? value : null;
}

const NOTHING: Detail = Object.freeze(Object.create(null));

/** What the entry says besides; nothing, where it is no object of plain values. */
export function detailOf({ detail }: Pick<RecordedEntry, 'detail'>): Detail {
  try {
    const read: unknown = JSON.parse(detail);
    // Looked at by `textOf`, `numberOf` and `booleanOf` alone, which take a value of another kind for none.
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Detail) : NOTHING;
  } catch {
    return NOTHING;
  }
}
