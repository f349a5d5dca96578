import { parseBasic } from '../../request/login/basic.ts';
import { parseXml } from '../../request/login/xml.ts';

/** A value of a request under the name that a preset has for it. */
export interface SentField {
  readonly name: string;
  readonly value: string;
}

/** `list`: JSON with a list in it. */
export type SentType = 'form' | 'json' | 'list' | 'xml' | 'basic' | 'multipart' | 'many' | 'other';

/** Fields of a request that are looked at; a preset lists each. */
const MOST = 500;
/** Bytes of a body that is looked at. */
const LARGEST = 256 * 1024;

function flattened(value: unknown, at: string, out: SentField[], depth = 0): SentField[] {
  if (depth > DEEPEST) return out;
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      flattened(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, out, depth + 1);
  else out.push({ name: at, value: value === null ? '' : String(value) });
  return out;
}

/** JSON that is nested deeper is no sign-in. */
const DEEPEST = 32;

function hasList(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false;
  return Array.isArray(value) || Object.values(value).some((inner) => hasList(inner, depth + 1));
}

function jsonFields(body: Buffer): { readonly type: SentType; readonly fields: SentField[] } {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return { type: hasList(value) ? 'list' : 'json', fields: flattened(value, '', []) };
  } catch {
    return { type: 'json', fields: [] };
  }
}

function xmlFields(body: Buffer): SentField[] {
  try {
    return parseXml(body).leaves.map(({ path, value }) => ({ name: path, value }));
  } catch {
    return [];
  }
}

/** What of a request could be a name or a password, whatever its type; of a body that no preset describes the first of it. */
export function sentFields(
  contentType: string,
  authorization: string | undefined,
  body: Buffer,
): { readonly type: SentType; readonly fields: readonly SentField[] } {
  const sent = allFields(contentType, authorization, body.subarray(0, LARGEST));
  const many = sent.fields.length > MOST || body.length > LARGEST;
  return many ? { type: 'many', fields: sent.fields.slice(0, MOST) } : sent;
}

function allFields(
  contentType: string,
  authorization: string | undefined,
  body: Buffer,
): { readonly type: SentType; readonly fields: readonly SentField[] } {
  const basic = authorization === undefined ? undefined : parseBasic(authorization);
  if (basic !== undefined)
    return {
      type: 'basic',
      fields: [
        { name: 'user', value: basic.user },
        { name: 'password', value: basic.password },
      ],
    };
  const media = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (media === 'application/x-www-form-urlencoded')
    return {
      type: 'form',
      fields: [...new URLSearchParams(body.toString('utf8'))].map(([name, value]) => ({ name, value })),
    };
  if (/[/+]json$/.test(media)) return jsonFields(body);
  if (/[/+]xml$/.test(media)) return { type: 'xml', fields: xmlFields(body) };
  return { type: media === 'multipart/form-data' ? 'multipart' : 'other', fields: [] };
}
