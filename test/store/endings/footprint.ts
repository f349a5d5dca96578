import type { DatabaseSync } from 'node:sqlite';
import type { OperationNode } from 'kysely';

/** What a statement does with a table. Two rows that are added do not get into each other's way; all else may. */
export type Use = 'read' | 'insert' | 'write';

/** Tables that were used, and how. The lock that those who open a session share is a table of its own. */
export type Footprint = ReadonlyMap<string, Use>;

/** What refers to what: a row needs its parents, and takes its children along when it goes. */
export interface Kin {
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/** As the database itself has it. */
export function kinOf(file: DatabaseSync, tables: readonly string[]): Kin {
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const table of tables)
    for (const { table: parent } of file.prepare(`pragma foreign_key_list(${table})`).all()) {
      parents.set(table, [...(parents.get(table) ?? []), String(parent)]);
      children.set(String(parent), [...(children.get(String(parent)) ?? []), table]);
    }
  return { parents, children };
}

function* following(kin: Kin, table: string): Generator<string> {
  for (const child of kin.children.get(table) ?? []) {
    yield child;
    yield* following(kin, child);
  }
}

/** Names of the tables within a part of a query. */
function* tablesIn(part: unknown): Generator<string> {
  if (typeof part !== 'object' || part === null) return;
  if ('kind' in part && part.kind === 'TableNode') {
    // So kysely builds it.
    yield (part as unknown as { table: { identifier: { name: string } } }).table.identifier.name;
    return;
  }
  for (const each of Object.values(part)) yield* tablesIn(each);
}

/** The lock that whoever opens a session shares. */
export const APPS = 'lock of apps';
const RAW: readonly (readonly [RegExp, Use])[] = [
  [/\b(?:from|join)\s+(?!\()([a-z_]+)/g, 'read'],
  [/\binto\s+([a-z_]+)/g, 'insert'],
  [/\b(?:update|delete from)\s+([a-z_]+)/g, 'write'],
];

function* rawUses(text: string): Generator<readonly [string, Use]> {
  // With two keys it is the lock of apps; with one that of announcements, which is last and waits for nobody.
  if (text.includes('pg_advisory_xact_lock_shared')) yield [APPS, 'read'];
  else if (/pg_advisory_xact_lock\([^)]*,/.test(text)) yield [APPS, 'write'];
  for (const [pattern, use] of RAW) for (const [, table] of text.matchAll(pattern)) yield [table ?? '', use];
}

/** The parts of kysely's queries that are looked at. */
interface Query extends OperationNode {
  readonly from?: unknown;
  readonly into?: unknown;
  readonly table?: unknown;
  readonly onConflict?: { readonly updates?: unknown };
  readonly sqlFragments?: readonly string[];
}

function* usesOf(node: Query, kin: Kin): Generator<readonly [string, Use]> {
  if (node.kind === 'RawNode') yield* rawUses((node.sqlFragments ?? []).join(' '));
  for (const table of tablesIn(node)) yield [table, 'read'];
  for (const table of tablesIn(node.into)) {
    yield [table, node.onConflict?.updates === undefined ? 'insert' : 'write'];
    for (const parent of kin.parents.get(table) ?? []) yield [parent, 'read'];
  }
  if (node.kind === 'UpdateQueryNode') for (const table of tablesIn(node.table)) yield [table, 'write'];
  if (node.kind !== 'DeleteQueryNode') return;
  for (const table of tablesIn(node.from)) {
    yield [table, 'write'];
    for (const child of following(kin, table)) yield [child, 'write'];
  }
}

/** Only added to, and judged by nobody here. */
const KEPT: ReadonlySet<string> = new Set(['changes']);
const WEIGHT: Readonly<Record<Use, number>> = { read: 0, insert: 1, write: 2 };

/**
 * What a statement uses, as the database of the product sees it. A row that is locked is read: whoever waits for it finds
 * nothing else than whoever comes later.
 */
export function footprintOf(node: OperationNode, kin: Kin): Footprint {
  const found = new Map<string, Use>();
  for (const [table, use] of usesOf(node, kin)) {
    const known = found.get(table);
    if (!KEPT.has(table) && (known === undefined || WEIGHT[use] > WEIGHT[known])) found.set(table, use);
  }
  return found;
}

/** All of them together; what is added and read as well is as good as written. */
export function together(all: Iterable<Footprint>): Footprint {
  const found = new Map<string, Use>();
  for (const each of all)
    for (const [table, use] of each) found.set(table, (found.get(table) ?? use) === use ? use : 'write');
  return found;
}

/** Whether it may matter which of the two was first. */
export function conflict(one: Footprint, other: Footprint): boolean {
  for (const [table, use] of one) {
    const met = other.get(table);
    if (met !== undefined && (use === 'write' || met === 'write' || use !== met)) return true;
  }
  return false;
}
