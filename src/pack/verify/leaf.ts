import { bytesOf, fromBase64, toBase64 } from './bytes.ts';
import { parseJson } from './lines.ts';
import { HASH_BYTES, sha256 } from './sha256.ts';
import { leafHash } from './tree.ts';

/** A field of an entry, shown with its salt or hidden behind its commitment (docs/decisions/0051). */
export type Field =
  | { readonly name: string; readonly salt: string; readonly text: string }
  | { readonly name: string; readonly commitment: string };

const FIRST_LINE = 'sallyport entry v1\n';
const SALT_BYTES = 16;
const MAX_FIELDS = 256;

function isField(value: unknown): value is Field {
  if (typeof value !== 'object' || value === null) return false;
  // One spelling: these names in this order.
  const shape = Object.entries(value).map(([name, each]) => (typeof each === 'string' ? name : ''));
  return shape.join() === 'name,salt,text' || shape.join() === 'name,commitment';
}

function commitmentOf(field: Field): string | undefined {
  if ('commitment' in field) return fromBase64(field.commitment, HASH_BYTES) && field.commitment;
  const salt = fromBase64(field.salt, SALT_BYTES);
  return salt && toBase64(sha256(salt, bytesOf(field.text)));
}

/** The hash of the leaf of an entry, from what is shown and hidden of it. Undefined where the fields are not in their form. */
export function leafOf(fields: unknown): Uint8Array | undefined {
  if (!Array.isArray(fields) || fields.length > MAX_FIELDS) return undefined;
  let [data, before] = [FIRST_LINE, ''];
  for (const field of fields) {
    if (!isField(field) || field.name <= before || !/^[A-Za-z0-9._-]{1,64}$/.test(field.name)) return undefined;
    const commitment = commitmentOf(field);
    if (commitment === undefined) return undefined;
    data += `${field.name} ${commitment}\n`;
    before = field.name;
  }
  return leafHash(bytesOf(data));
}

/** Values of the shown fields, by name; what is hidden is in `hidden`. Undefined where a text is not JSON of a plain value. */
export function shownOf(fields: readonly Field[]): { values: Map<string, unknown>; hidden: Set<string> } | undefined {
  const [values, hidden] = [new Map<string, unknown>(), new Set<string>()];
  for (const field of fields) {
    if ('commitment' in field) {
      hidden.add(field.name);
      continue;
    }
    const value = parseJson(field.text);
    if (value === undefined || (typeof value === 'object' && value !== null)) return undefined;
    values.set(field.name, value);
  }
  return { values, hidden };
}
