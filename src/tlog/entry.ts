/** An entry of the record, as its row has it. */
export interface Entry {
  readonly seq: number;
  /** ms since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly outcome: string;
  readonly actor: string;
  readonly accountId: string | null;
  readonly sessionId: string | null;
  readonly appId: string | null;
  readonly source: string | null;
  /** JSON: an object of plain values. */
  readonly detail: string;
  /** 16 random bytes, as 32 hexadecimal digits. */
  readonly salt: string;
}

/** A field: its name, and its value as JSON. */
export interface Field {
  readonly name: string;
  readonly text: string;
}

/** Of one entry, the most fields that a leaf commits to. */
export const MAX_FIELDS = 256;
const MAX_NAME = 64;

/** Names that a field may have: 1 to 64 of letters, digits, dot, underscore and hyphen. */
export function isFieldName(name: string): boolean {
  return name.length <= MAX_NAME && /^[A-Za-z0-9._-]+$/.test(name);
}

/** Whether a detail may have that key: the field is `detail.KEY`. */
export function isDetailKey(key: string): boolean {
  // `__proto__` is no property like others where objects are written as literals.
  return key !== '' && key !== '__proto__' && isFieldName(`detail.${key}`);
}

/** By the bytes of their names, which are ASCII. */
const byName = (a: Field, b: Field) => (a.name < b.name ? -1 : 1);

/** The keys of a detail as fields; undefined for a text that `record` does not write. */
function detailFields(detail: string): Field[] | undefined {
  if (detail === '{}') return [];
  try {
    const value: unknown = JSON.parse(detail);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    // One value has one spelling: what is parsed alike and written otherwise has been altered.
    if (JSON.stringify(value) !== detail) return undefined;
    const entries = Object.entries(value);
    if (entries.length > MAX_FIELDS - 10 || !entries.every(([key]) => isDetailKey(key))) return undefined;
    return entries.map(([key, each]) => ({ name: `detail.${key}`, text: JSON.stringify(each) }));
  } catch {
    return undefined;
  }
}

/**
 * The fields of an entry, sorted by name (docs/decisions/0051): two entries that differ in anything differ in these. Columns
 * that are null are none. A detail that was not written by `record` is one field, `detail`, of its whole text: every row has a
 * leaf, whoever wrote it.
 */
export function fieldsOf(entry: Entry): Field[] {
  const { seq, at, kind, outcome, actor, accountId, sessionId, appId, source, detail } = entry;
  const columns = { account: accountId, actor, app: appId, at, kind, outcome, seq, session: sessionId, source };
  const fields: Field[] = detailFields(detail) ?? [{ name: 'detail', text: JSON.stringify(detail) }];
  for (const [name, value] of Object.entries(columns))
    if (value !== null) fields.push({ name, text: JSON.stringify(value) });
  return fields.sort(byName);
}
