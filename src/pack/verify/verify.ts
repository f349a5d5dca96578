import { checkTables } from './agree.ts';
import { type Check, Checks } from './checks.ts';
import { type Claims, checkStatements, claimsOf, subjectOf } from './claims.ts';
import { checkDocuments } from './documents.ts';
import { checkTree, readEntries } from './entries.ts';
import { checkDigests, checkSignature, type Members, readManifest } from './form.ts';
import { checkHead, checkHistory, checkYours } from './heads.ts';
import type { Manifest } from './manifest.ts';
import { type Head, type LogKey, shortOf } from './note.ts';
import { softwareWords } from './software.ts';
import { readZip } from './zip.ts';

/** What a reader has: the pack, and, if they were given them from elsewhere, the key of the log and an older head. */
export interface Asked {
  readonly pack: Uint8Array;
  /** `NAME+ID+KEY`; null: the one that the pack names. */
  readonly key: string | null;
  /** A signed head, whole; null: none. */
  readonly checkpoint: string | null;
}

/**
 * `verified`: all holds, by the reader's own key. `self-consistent`: all holds, but by a key that the pack itself names, which
 * anybody can make. `failed`: something does not hold.
 */
export type Word = 'verified' | 'self-consistent' | 'failed';

/** What is said of a verdict, in a sentence or two. */
export const WORDS: Readonly<Record<Word, string>> = {
  verified: 'Verified: all of it holds, by the key that you gave.',
  'self-consistent':
    'The pack fits together, but by a key that it names itself: anybody can make such a pack. Get the key of the log from elsewhere, and verify again.',
  failed: 'Not verified: something does not hold. Rely on nothing in this pack.',
};

/** How many entries of the record the pack shows, and how many it only counts. */
export interface Shown {
  readonly shown: number;
  readonly others: number;
}

/** What is said in the end: a verdict, and, where all holds, what no proof in any pack can show. */
export function sentenceOf({ verdict, entries }: Pick<Verdict, 'verdict' | 'entries'>): string {
  if (verdict === 'failed' || entries === null) return WORDS[verdict];
  const { shown, others } = entries;
  const all = `It shows all ${shown} entries of the record.`;
  const some = `It shows ${shown} entries of the record and only counts ${others} others. That none of these is a decision about who could get in follows from no proof: whoever made the pack says so.`;
  return `${WORDS[verdict]} ${others === 0 ? all : some}`;
}

export interface Verdict {
  readonly verdict: Word;
  readonly checks: readonly Check[];
  /** Of what the manifest says, where it could be read; nothing of it is proven unless the verdict says so. */
  readonly manifest: Manifest | null;
  /** The 64 characters of the head, to be compared with what was written down. */
  readonly head: string | null;
  /** The names of witnesses whose lines stand below the head; their keys are not known here. */
  readonly witnesses: readonly string[];
  readonly answers: Claims['answers'] | null;
  /** null: that the entries and the rest cover the record was not shown. */
  readonly entries: Shown | null;
}

const WITHOUT =
  'You gave no head of your own: that nothing older was rewritten follows from the heads in the pack alone.';

/** Looks at all that can be looked at; what rests on something that does not hold is left. Throws nothing; linear. */
export async function verify(asked: Asked, onCheck?: (check: Check) => void): Promise<Verdict> {
  const on = new Checks(onCheck);
  const found = await lookAll(on, asked);
  const checks = on.all();
  const holds = checks.every(
    ({ check, ok }) => ok === true || (ok === null && check === 'yours' && asked.checkpoint === null),
  );
  const verdict = !holds ? 'failed' : asked.key === null ? 'self-consistent' : 'verified';
  return { ...NOTHING, ...found, verdict, checks };
}

const NOTHING = { manifest: null, head: null, witnesses: [], answers: null, entries: null } as const;
type Found = Partial<Omit<Verdict, 'verdict' | 'checks'>>;

async function lookAll(on: Checks, asked: Asked): Promise<Found> {
  const files = await on.look('zip', () => readZip(asked.pack));
  if (files === undefined) return {};
  const members = new Map(files.map((file) => [file.name, file]));
  const manifest = await on.look('manifest', () => readManifest(members));
  if (manifest === undefined) return {};
  const key = await on.look('signature', () => checkSignature(members, manifest, asked.key));
  if (key === undefined) return { manifest };
  const whole = await on.look('digests', () => checkDigests(members, manifest));
  if (whole !== true) return { manifest };
  const signed = { members, manifest, key };
  const heads = await lookAtHeads(on, asked, signed);
  const found = await lookAtEntries(on, signed, heads.tree);
  return { manifest, ...found, ...heads.told };
}

interface Signed {
  readonly members: Members;
  readonly manifest: Manifest;
  readonly key: LogKey;
}

async function lookAtHeads(on: Checks, { checkpoint }: Asked, { members, manifest, key }: Signed) {
  const head = await on.look('checkpoint', () => checkHead(members, manifest, key));
  if (head === undefined) return { told: {}, tree: undefined };
  const older = await on.look('history', () => checkHistory(members, head, key));
  if (checkpoint === null) on.leave('yours', WITHOUT);
  else if (older !== undefined) await on.look('yours', () => checkYours(checkpoint, key, [...older, head]));
  const names = head.note.signatures.map(({ name }) => name).filter((name) => name !== key.name);
  return { told: { head: shortOf(head.note), witnesses: [...new Set(names)] }, tree: head };
}

async function lookAtEntries(
  on: Checks,
  { members, manifest }: Signed,
  head: Head | undefined,
): Promise<Pick<Found, 'answers' | 'entries'>> {
  const entries = await on.look('entries', () => readEntries(members, manifest));
  if (entries === undefined) return {};
  const whole = head === undefined ? undefined : await on.look('tree', () => checkTree(members, entries, head));
  const shown = entries.length;
  const told = { entries: whole === true && head !== undefined ? { shown, others: head.size - shown } : null };
  const documents = await on.look('documents', () => checkDocuments(members, entries));
  if (documents === undefined) return told;
  const claims = await on.look('statements', () =>
    checkStatements(members, claimsOf(subjectOf(manifest), entries, documents)),
  );
  if (claims === undefined) return told;
  on.tell('software', softwareWords(claims));
  await on.look('tables', () => checkTables(members, manifest, claims));
  return { ...told, answers: claims.answers };
}
