import { fromBase64, same } from './bytes.ts';
import { PackFault } from './fault.ts';
import { type Members, member } from './form.ts';
import { type Field, leafOf, shownOf } from './leaf.ts';
import { linesOf } from './lines.ts';
import { hasForm, isCount, isText, type Manifest } from './manifest.ts';
import type { Head } from './note.ts';
import { Covered } from './tree.ts';

const ENTRIES = 'entries.ndjson';
const NODES = 'nodes.ndjson';

/** An entry that is shown, as far as it is. */
export interface ShownEntry {
  readonly index: number;
  readonly line: number;
  readonly leaf: Uint8Array;
  readonly values: ReadonlyMap<string, unknown>;
  readonly hidden: ReadonlySet<string>;
}

/** What may not be hidden of an entry that is shown: without it nobody could tell what follows. */
const OPEN = ['account', 'app', 'at', 'kind', 'outcome', 'seq'];

/** Nor these of its detail, by which the rules go: a factor would be taken away from nobody. */
const RULED =
  /^detail\.(?:adding|authenticator|codes|disabled|factors|kind|left|meaning|password|realm|recovery|rp|ticket|ttl|until)(?:\.[0-9]+)?$/;

function mustShow(name: string, { values }: Pick<ShownEntry, 'values'>): boolean {
  if (OPEN.includes(name)) return true;
  // Of organisations: whose policy it is.
  const kind = values.get('kind');
  if (name === 'detail.organisation') return isText(kind) && kind.startsWith('organisation.');
  // Of what is about no account, the realm is nothing that anything follows from.
  return RULED.test(name) && (name !== 'detail.realm' || values.has('account'));
}

function shownEntry(value: unknown, line: number): ShownEntry {
  const where = { file: ENTRIES, line };
  if (!hasForm(value, { index: isCount, fields: Array.isArray }))
    throw new PackFault(where, 'The line is not that of an entry.');
  const { index, fields } = value as unknown as { index: number; fields: readonly Field[] }; // judged above and by `leafOf`
  const leaf = leafOf(fields);
  const shown = leaf === undefined ? undefined : shownOf(fields);
  const at = { ...where, index };
  if (leaf === undefined || shown === undefined)
    throw new PackFault(at, 'The fields of the entry are not in their form.');
  if ([...shown.hidden].some((name) => mustShow(name, shown)))
    throw new PackFault(at, 'The entry hides what it must show for anything to follow from it.');
  const { values } = shown;
  const [seq, moment, kind, outcome] = ['seq', 'at', 'kind', 'outcome'].map((name) => values.get(name));
  const isWhole = Number.isSafeInteger(seq) && Number.isSafeInteger(moment) && isText(kind) && isText(outcome);
  if (!isWhole) throw new PackFault(at, 'The entry does not say what it is of, and when.');
  return { index, line, leaf, ...shown };
}

/**
 * All that is shown, by index. A pack of everything that says it hides no names has nothing of an entry to hide: a field that is
 * left out there is a fault. Throws `PackFault`.
 */
export async function readEntries(
  members: Members,
  { organisation, redacted }: Pick<Manifest, 'organisation' | 'redacted'>,
): Promise<ShownEntry[]> {
  const isOpen = organisation === null && !redacted;
  const entries: ShownEntry[] = [];
  for await (const { number, value } of linesOf(member(members, ENTRIES))) {
    const entry = shownEntry(value, number);
    if (isOpen && entry.hidden.size > 0)
      throw new PackFault(
        { file: ENTRIES, line: number, index: entry.index },
        'The entry hides something, and the pack says that it is of everything, with nothing hidden.',
      );
    if (entry.index <= (entries.at(-1)?.index ?? -1))
      throw new PackFault({ file: ENTRIES, line: number, index: entry.index }, 'Entries stand by index, each once.');
    entries.push(entry);
  }
  return entries;
}

/** No tree is as high: sizes are whole numbers that a double holds. */
const MAX_LEVEL = 52;

const NODE = { level: isCount, index: isCount, hash: isText };

/**
 * That entries and nodes cover each leaf of the record once, and have the root of its head. A false leaf is found by the root
 * alone, which tells no place: the digest of the file does, where it was altered after it was made. Throws `PackFault`.
 */
export async function checkTree(members: Members, entries: readonly ShownEntry[], head: Head): Promise<true> {
  const covered = new Covered();
  let at = 0;
  const addEntries = (before: number) => {
    for (let entry = entries[at]; entry !== undefined && entry.index < before; entry = entries[at]) {
      const where = { file: ENTRIES, line: entry.line, index: entry.index };
      if (!covered.add(0, entry.index, entry.leaf)) throw new PackFault(where, 'The leaf is not covered exactly once.');
      at += 1;
    }
  };
  for await (const { number: line, value } of linesOf(member(members, NODES))) {
    const where = { file: NODES, line };
    const hash = hasForm(value, NODE) ? fromBase64(String(value.hash), 32) : undefined;
    if (!hasForm(value, NODE) || hash === undefined || Number(value.level) > MAX_LEVEL)
      throw new PackFault(where, 'The line is not that of a node.');
    const [level, index] = [Number(value.level), Number(value.index)];
    addEntries(index * 2 ** level);
    if (!covered.add(level, index, hash)) throw new PackFault(where, 'A leaf is not covered exactly once.');
  }
  addEntries(Number.POSITIVE_INFINITY);
  if (covered.size !== head.size)
    throw new PackFault(
      { file: NODES, index: covered.size },
      'What is shown and the rest do not cover the whole record.',
    );
  if (!same(covered.root(), head.root))
    throw new PackFault(
      { file: ENTRIES },
      'Entries and nodes do not have the root that was signed: one of them was altered.',
    );
  return true;
}
