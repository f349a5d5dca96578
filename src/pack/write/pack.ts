import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sbom } from '../../lib/sbom.ts';
import { VERSION } from '../../lib/version.ts';
import { isUnsalted, packLines } from '../../rosters/kept.ts';
import type { Store } from '../../store/types.ts';
import { formatVerifierKey, type Signer } from '../../tlog/key.ts';
import { signNote } from '../../tlog/note.ts';
import { Levels } from '../../tlog/proofs.ts';
import { reportHtml } from '../report/html.ts';
import { README } from '../report/method.ts';
import type { About } from '../report/model.ts';
import { reportPdf } from '../report/pdf.ts';
import { type Claims, claimsOf, statementLines } from '../verify/claims.ts';
import { FORMAT, MANIFEST, type Manifest, SIGNED, signedText } from '../verify/manifest.ts';
import { erasedNames } from '../verify/rosters.ts';
import { csvLines, TABLES } from '../verify/tables.ts';
import { type Head, heldHead, newestHead, olderHeads } from './heads.ts';
import type { Members } from './members.ts';
import { RecordPass } from './record.ts';
import { shownBy, type Wish } from './shown.ts';
import { type Part, ZipWriter } from './zip.ts';

/** What a pack is made from. */
export interface PackParts {
  readonly store: Pick<Store, 'log' | 'rosters'>;
  /** The key of the log. */
  readonly key: Signer;
  /** ms. */
  readonly now: number;
  /** Of one organisation: whose accounts it is about, and ids of the apps of its realm. */
  readonly members: Members | null;
  readonly apps: ReadonlySet<string>;
  /** Numbers of the sign-ins that it shows (uses.ts). */
  readonly uses: { has(seq: number): boolean };
  /** A head that the reader holds: the pack proves what it is to the record. null: none. */
  readonly checkpoint: string | null;
  /** Hears how many leaves were gone through, of how many. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Hears the SHA-256 of the manifest before the last bytes are handed out; where it rejects there is no whole pack. */
  readonly onManifest?: (digest: string, manifest: Manifest) => Promise<void>;
}

const own = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url));

/** Documents that shown entries name. To one organisation, or without names, only those that tell of nobody. */
async function documentsOf({ store }: PackParts, wish: Wish, pass: RecordPass): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const named = wish.organisation !== null || wish.redact ? pass.nobodys : pass.named;
  for (const digest of [...named].sort()) {
    const found = await store.log.document(digest);
    if (found !== undefined) texts.set(digest, found.text);
  }
  return texts;
}

/**
 * Lists of accounts that shown entries name, as far as their names are kept, one by one. One of which more names are gone than shown
 * entries say (they went meanwhile) is left out: no verifier would take it.
 */
async function* rosterFiles({ store }: PackParts, wish: Wish, pass: RecordPass): AsyncGenerator<Part> {
  if (wish.organisation !== null || wish.redact) return;
  const erased = erasedNames(pass.views);
  for (const digest of [...pass.named].sort()) {
    const found = await store.rosters.byDigest(digest);
    if (found?.text == null) continue;
    const list = { digest, text: found.text };
    if (isUnsalted(list.text)) {
      yield { name: `documents/${digest}`, content: [list.text] };
      continue;
    }
    const { lines, erased: gone } = packLines(list);
    if (gone === (erased.get(digest) ?? 0)) yield { name: `rosters/${digest}`, content: ended(lines) };
  }
}

function* ended(lines: readonly string[]): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

function aboutOf(parts: PackParts, wish: Wish, { head, pass }: { head: Head; pass: RecordPass }): About {
  const { from, to, organisation, redact } = wish;
  const names = head.note.signatures.map(({ name }) => name);
  return {
    made: parts.now,
    from,
    to,
    organisation: organisation === null ? null : { id: organisation.id, name: organisation.name },
    redacted: redact,
    size: head.size,
    key: formatVerifierKey(parts.key),
    sallyport: VERSION,
    node: process.versions.node,
    head: hash('sha256', head.note.text),
    entries: pass.views.length,
    witnesses: [...new Set(names)].filter((name) => name !== parts.key.name),
  };
}

function* claimFiles(claims: Claims, about: About): Generator<Part> {
  const lines = function* () {
    for (const line of statementLines(claims)) yield `${line}\n`;
  };
  yield { name: 'statements.ndjson', content: lines() };
  for (const table of TABLES) yield { name: `tables/${table.name}.csv`, content: csvLines(table, claims) };
  yield { name: 'report.html', content: [reportHtml(about, claims)] };
  yield { name: 'report.pdf', content: reportPdf(about, claims) };
}

/** Every file but the manifest, in the order of the ZIP; the record is gone through once. */
async function* files(parts: PackParts, wish: Wish, on: { head: Head; pass: RecordPass }): AsyncGenerator<Part> {
  const { log } = parts.store;
  const { head, pass } = on;
  yield { name: 'README.txt', content: [README('sallyport evidence verify FILE')] };
  yield { name: 'verifier.html', content: own('verifier.html') };
  yield { name: 'verify.py', content: own('verify.py') };
  yield { name: 'entries.ndjson', content: pass.lines(log, (done) => parts.onProgress?.(done, head.size)) };
  yield { name: 'nodes.ndjson', content: pass.nodeLines() };
  yield { name: 'checkpoint.txt', content: [head.whole] };
  const held = parts.checkpoint === null ? null : heldHead(parts.checkpoint, parts.key, head.size);
  yield { name: 'checkpoints.ndjson', content: await olderHeads(log, held, new Levels(pass.hashes)) };
  const documents = await documentsOf(parts, wish, pass);
  yield* claimFiles(
    claimsOf({ ...wish, sbom: hash('sha256', sbom()) }, pass.views, documents),
    aboutOf(parts, wish, on),
  );
  for (const [digest, text] of documents) yield { name: `documents/${digest}`, content: [text] };
  yield* rosterFiles(parts, wish, on.pass);
  yield { name: 'sbom.json', content: [sbom()] };
}

/**
 * A pack of evidence as one ZIP (docs/decisions/0052), written as it is read. Throws `usage` for a range or a checkpoint that
 * is none, `conflict` when nothing is sealed, and `sealed-value-invalid` when the record is not what was sealed.
 */
export async function* writePack(parts: PackParts, wish: Wish): AsyncGenerator<Buffer, void, undefined> {
  const head = await newestHead(parts.store.log, parts.key);
  const pass = new RecordPass(head.size, shownBy(wish, parts, parts.uses));
  const zip = new ZipWriter();
  const on = { head, pass };
  for await (const part of files(parts, wish, on)) yield* zip.add(part);
  const { entries: _, head: __, witnesses: ___, size, key, sallyport, node, ...about } = aboutOf(parts, wish, on);
  const sealed = { size, root: head.root.toString('base64'), key };
  const manifest: Manifest = { format: FORMAT, ...about, ...sealed, sallyport, node, files: zip.lines };
  const text = JSON.stringify(manifest);
  const digest = hash('sha256', text);
  yield* zip.add({ name: MANIFEST, content: [text], stored: true });
  yield* zip.add({ name: SIGNED, content: [signNote(signedText(digest), parts.key)], stored: true });
  await parts.onManifest?.(digest, manifest);
  yield* zip.end();
}
