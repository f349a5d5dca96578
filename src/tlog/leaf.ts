import { hash } from 'node:crypto';
import { fromBase64 } from './base64.ts';
import { type Entry, type Field, fieldsOf, isFieldName, MAX_FIELDS } from './entry.ts';
import { LogFault } from './fault.ts';
import { FieldSalts, SALT_BYTES } from './salts.ts';
import { HASH_BYTES, leafHash } from './tree.ts';

/** The first line of every leaf. */
const FORMAT = 'sallyport entry v1\n';
/** Of a field that is shown, characters. */
export const MAX_TEXT = 1_048_576;

/** A field that is shown: its salt in base64, and its text byte for byte as it was hashed. */
export interface Shown extends Field {
  readonly salt: string;
}

/** A field that is hidden: SHA-256 in base64. */
export interface Hidden {
  readonly name: string;
  readonly commitment: string;
}

export type Disclosed = Shown | Hidden;

const CHUNK = 4096;
/** One for all: it is filled and hashed before anybody else can come. */
const committed = Buffer.alloc(CHUNK);

/** SHA-256(salt ‖ text), in base64. */
function commitment(salt: Uint8Array, text: string): string {
  // Three bytes at most for each unit of a text.
  if (SALT_BYTES + 3 * text.length > CHUNK) return hash('sha256', Buffer.concat([salt, Buffer.from(text)]), 'base64');
  committed.set(salt);
  const length = SALT_BYTES + committed.write(text, SALT_BYTES, 'utf8');
  return hash('sha256', committed.subarray(0, length), 'base64');
}

/** The data of the leaf of an entry (docs/decisions/0051): a line for each field. Any row has one. */
export function leafDataOf(entry: Entry): string {
  const salts = new FieldSalts(entry.salt);
  let data = FORMAT;
  for (const { name, text } of fieldsOf(entry)) data += `${name} ${commitment(salts.of(name), text)}\n`;
  return data;
}

/** The hash of the leaf of an entry (RFC 9162 §2.1.1). */
export function leafHashOf(entry: Entry): Buffer {
  return leafHash(leafDataOf(entry));
}

/** An entry as it is shown to somebody: each field with its salt, or as a commitment. By name, as the leaf has them. */
export function disclose(entry: Entry, isShown: (name: string) => boolean): Disclosed[] {
  const salts = new FieldSalts(entry.salt);
  return fieldsOf(entry).map(({ name, text }) => {
    const salt = salts.of(name);
    return isShown(name) ? { name, salt: salt.toString('base64'), text } : { name, commitment: commitment(salt, text) };
  });
}

const wrong = (message: string) => new LogFault('leaf', message);

function commitmentOf(field: Disclosed): string {
  if ('commitment' in field) {
    if (fromBase64(field.commitment, HASH_BYTES) === undefined) throw wrong('A commitment is 32 bytes in base64.');
    return field.commitment;
  }
  const salt = fromBase64(field.salt, SALT_BYTES);
  if (salt === undefined) throw wrong('The salt of a field is 16 bytes in base64.');
  if (field.text.length > MAX_TEXT || !field.text.isWellFormed())
    throw wrong('The text of a field is too long, or no text.');
  return commitment(salt, field.text);
}

/**
 * The data of a leaf, from what is shown and what is hidden of its entry: the same as that of the entry itself, or what is shown
 * is not what was sealed. Linear; throws `LogFault` unless fields stand by name, each once, each in its form.
 */
export function leafData(fields: readonly Disclosed[]): string {
  if (fields.length > MAX_FIELDS) throw wrong(`An entry has at most ${MAX_FIELDS} fields.`);
  let data = FORMAT;
  let before = '';
  for (const field of fields) {
    if (!isFieldName(field.name) || field.name <= before) throw wrong('Fields stand by name, each once.');
    before = field.name;
    data += `${field.name} ${commitmentOf(field)}\n`;
  }
  return data;
}
