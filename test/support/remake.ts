import { hash } from 'node:crypto';
import { concat } from '../../src/pack/verify/bytes.ts';
import { MANIFEST, type Manifest, SIGNED, signedText } from '../../src/pack/verify/manifest.ts';
import { unpack } from '../../src/pack/verify/unpack.ts';
import { readZip } from '../../src/pack/verify/zip.ts';
import { ZipWriter } from '../../src/pack/write/zip.ts';
import type { Signer } from '../../src/tlog/key.ts';
import { signNote } from '../../src/tlog/note.ts';

export type Files = Map<string, Buffer>;

/** What is in a pack, by name. */
export async function filesOf(pack: Uint8Array): Promise<Files> {
  const files: Files = new Map();
  for (const member of readZip(pack))
    files.set(member.name, Buffer.from(concat(...(await Array.fromAsync(unpack(member))))));
  return files;
}

/** A pack of these files, its manifest made and signed anew: what somebody can make who has the key. */
export async function remade(files: Files, key: Signer, set: Partial<Manifest> = {}): Promise<Buffer> {
  const zip = new ZipWriter();
  const pieces: Buffer[] = [];
  for (const [name, content] of files)
    if (name !== MANIFEST && name !== SIGNED) pieces.push(...(await Array.fromAsync(zip.add({ name, content }))));
  const before = JSON.parse(files.get(MANIFEST)?.toString() ?? '{}') as Manifest;
  const text = JSON.stringify({ ...before, ...set, files: zip.lines });
  const note = signNote(signedText(hash('sha256', text)), key);
  pieces.push(...(await Array.fromAsync(zip.add({ name: MANIFEST, content: [text], stored: true }))));
  pieces.push(...(await Array.fromAsync(zip.add({ name: SIGNED, content: [note], stored: true }))));
  return Buffer.concat([...pieces, ...zip.end()]);
}

/** The same pack without what is large and read by people alone. */
export async function small(pack: Uint8Array, key: Signer): Promise<Buffer> {
  const files = await filesOf(pack);
  for (const name of ['verifier.html', 'verify.py', 'sbom.json', 'report.pdf']) files.set(name, Buffer.from('-'));
  const software = files.get('tables/software.csv')?.toString() ?? '';
  files.set('tables/software.csv', Buffer.from(software.replaceAll('"is it"', '"is another"')));
  // A bill of materials that was in force; no statement needs its text.
  for (const [name, content] of files) if (content.subarray(0, 12).toString() === '{"bomFormat"') files.delete(name);
  return remade(files, key);
}

/** Numbers that a seed makes, always the same (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The bytes altered in one of some ways; never as they were. */
export function altered(bytes: Buffer, next: (below: number) => number): Buffer {
  const at = next(bytes.length);
  const to = Math.min(bytes.length, at + 1 + next(40));
  const [head, part, tail] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  const flipped = Buffer.from(bytes);
  flipped[at] = (bytes[at] ?? 0) ^ (1 << next(8));
  const ways = [
    flipped,
    flipped,
    flipped,
    Buffer.concat([head, Buffer.of(next(256)), bytes.subarray(at)]),
    Buffer.concat([head, tail]),
    head,
    Buffer.concat([head, part, part, tail]),
    Buffer.concat([head, Buffer.from(part).reverse(), tail]),
    Buffer.concat([bytes, part]),
  ];
  const made = ways[next(ways.length)] ?? flipped;
  return made.equals(bytes) ? flipped : made;
}
