import { fromBase64, same, toBase64 } from './bytes.ts';
import { PackFault } from './fault.ts';
import { type Members, member } from './form.ts';
import { linesOf, wholeText } from './lines.ts';
import { hasForm, isCount, isText, type Manifest } from './manifest.ts';
import { type Head, type LogKey, type Note, openHead } from './note.ts';
import { isConsistent } from './tree.ts';

const HEAD = 'checkpoint.txt';
const OLDER = 'checkpoints.ndjson';
/** Heads that a pack may hold: each is a signature to be verified. */
const MOST = 4000;

/** A head of the log that is proven to be a beginning of the record. */
export interface Proven extends Head {
  readonly note: Note;
}

/** The head that all rests on. Throws `PackFault`. */
export async function checkHead(members: Members, manifest: Manifest, key: LogKey): Promise<Proven> {
  const head = await openHead(await wholeText(member(members, HEAD)), key, { file: HEAD });
  if (head.size !== manifest.size || toBase64(head.root) !== manifest.root)
    throw new PackFault({ file: HEAD }, 'The head is not the one that the manifest names.');
  return head;
}

const isProof = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

const FORM = { size: isCount, note: isText, proof: isProof };

async function olderHead(value: unknown, key: LogKey, where: PackFault['where']) {
  if (!hasForm(value, FORM)) throw new PackFault(where, 'The line is not that of an older head.');
  const line = value as unknown as { size: number; note: string; proof: string[] }; // judged by FORM
  const proof = line.proof.map((hash) => fromBase64(hash, 32));
  const head = await openHead(line.note, key, where);
  if (head.size !== line.size) throw new PackFault(where, 'The older head has another size than its line says.');
  return { head, proof: proof.filter((hash) => hash !== undefined), whole: !proof.includes(undefined) };
}

/** The older heads, each proven to be a beginning of the record. Throws `PackFault`. */
export async function checkHistory(members: Members, head: Head, key: LogKey): Promise<Proven[]> {
  const heads: Proven[] = [];
  for await (const { number: line, value } of linesOf(member(members, OLDER))) {
    const where = { file: OLDER, line };
    if (heads.length === MOST) throw new PackFault(where, 'The pack has more heads than any.');
    const older = await olderHead(value, key, where);
    if (older.head.size <= (heads.at(-1)?.size ?? -1))
      throw new PackFault(where, 'Older heads stand by their size, each once.');
    if (!older.whole || !isConsistent(older.head, head, older.proof))
      throw new PackFault(
        where,
        'The older head is not proven to be a beginning of the record: the past was rewritten.',
      );
    heads.push(older.head);
  }
  return heads;
}

/** The reader's own head against those that are proven. Throws `PackFault`. */
export async function checkYours(text: string, key: LogKey, proven: readonly Head[]): Promise<true> {
  const where = { file: 'your checkpoint' };
  const yours = await openHead(text, key, where);
  const found = proven.find(({ size }) => size === yours.size);
  if (proven.every(({ size }) => size < yours.size))
    throw new PackFault(
      where,
      'Your head is newer than the pack, which can prove nothing of it: ask for a pack that was made later, or give an older head.',
    );
  if (found === undefined)
    throw new PackFault(
      where,
      'The pack proves nothing of a head of that size: ask for one that is exported with --checkpoint and this file.',
    );
  if (!same(found.root, yours.root))
    throw new PackFault(
      where,
      'The head that you hold is not a beginning of this record: the past was rewritten, or forked.',
    );
  return true;
}
