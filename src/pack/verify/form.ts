import { bytesOf, toHex } from './bytes.ts';
import { PackFault } from './fault.ts';
import { STORED } from './layout.ts';
import { wholeText } from './lines.ts';
import { MANIFEST, type Manifest, parseManifest, SIGNED, signedText } from './manifest.ts';
import { canVerify, isSignedBy, type LogKey, parseKey, parseNote } from './note.ts';
import { Sha256, sha256 } from './sha256.ts';
import { unpack } from './unpack.ts';
import type { Member } from './zip.ts';

/** Every file that a pack has, but tables, documents and lists, which may be many. */
const NEEDED = [
  'README.txt',
  'report.html',
  'report.pdf',
  'entries.ndjson',
  'nodes.ndjson',
  'checkpoint.txt',
  'checkpoints.ndjson',
  'statements.ndjson',
  'sbom.json',
  'verifier.html',
  'verify.py',
];
const MANY = /^(?:tables\/[a-z-]+\.csv|(?:documents|rosters)\/[0-9a-f]{64})$/;

export type Members = ReadonlyMap<string, Member>;

/** The file of that name. Throws `PackFault` when there is none. */
export function member(members: Members, name: string): Member {
  const found = members.get(name);
  if (found === undefined) throw new PackFault({ file: name }, 'The pack has no such file.');
  return found;
}

/** The manifest, and that it lists the files of the ZIP, in their order, and no others. Throws `PackFault`. */
export async function readManifest(members: Members): Promise<Manifest> {
  const manifest = parseManifest(await wholeText(member(members, MANIFEST)));
  for (const name of NEEDED) member(members, name);
  const listed = [...manifest.files.map(({ name }) => name), MANIFEST, SIGNED];
  const names = [...members.keys()];
  const other = names.find((name, i) => name !== listed[i]) ?? listed[names.length];
  if (other !== undefined) throw new PackFault({ file: other }, 'Manifest and ZIP do not have the same files.');
  const strange = manifest.files.find(({ name }) => !NEEDED.includes(name) && !MANY.test(name));
  if (strange !== undefined) throw new PackFault({ file: strange.name }, 'No pack has a file of that name.');
  for (const { name, method } of members.values())
    if ((method === STORED) !== (name === MANIFEST || name === SIGNED))
      throw new PackFault({ file: name }, 'The file is not packed as those of a pack are.');
  return manifest;
}

/** The key that signed the manifest: the reader's, or, where they have none, the one that the pack names. Throws `PackFault`. */
export async function checkSignature(
  members: Members,
  { key: named }: Manifest,
  given: string | null,
): Promise<LogKey> {
  const own = given === null ? undefined : parseKey(given.trim());
  if (given !== null && own === undefined)
    throw new PackFault({ file: 'your key' }, 'The key that you gave is no verifier key (NAME+ID+KEY), or is damaged.');
  const key = own ?? parseKey(named);
  if (key === undefined) throw new PackFault({ file: MANIFEST, what: 'key' }, 'The manifest names no key.');
  if (key.text !== named)
    throw new PackFault({ file: MANIFEST, what: 'key' }, 'The pack is not of the log whose key you gave.');
  if (!(await canVerify()))
    throw new PackFault(
      { file: SIGNED },
      'This program cannot verify Ed25519 signatures: use a newer browser, or verify.py.',
    );
  const note = parseNote(await wholeText(member(members, SIGNED)));
  const digest = toHex(sha256(member(members, MANIFEST).data));
  if (note === undefined || note.text !== signedText(digest) || note.signatures.length !== 1)
    throw new PackFault({ file: SIGNED }, 'The signed note is not one over this manifest.');
  if (!(await isSignedBy(note, key)))
    throw new PackFault({ file: SIGNED }, 'The manifest is not signed by the key of the log.');
  return key;
}

const isNot = (name: string) => new PackFault({ file: name }, 'The file is not the one that the manifest lists.');

/** That every file is what the manifest says, packed and then unpacked: nothing is unpacked that is not listed so. Throws `PackFault`. */
export async function checkDigests(members: Members, { files }: Manifest): Promise<true> {
  for (const { name, size, packed, packedSha256 } of files) {
    const found = member(members, name);
    if (found.packedSize !== packed || found.size !== size) throw isNot(name);
    if (toHex(sha256(found.data)) !== packedSha256) throw isNot(name);
  }
  for (const line of files) {
    const whole = new Sha256();
    for await (const piece of unpack(member(members, line.name))) whole.update(piece);
    if (toHex(whole.digest()) !== line.sha256) throw isNot(line.name);
  }
  return true;
}

/** The digest of a text, as documents are named. */
export const digestOf = (text: string) => toHex(sha256(bytesOf(text)));
