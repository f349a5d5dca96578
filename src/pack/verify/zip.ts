import { same } from './bytes.ts';
import { PackFault } from './fault.ts';
import {
  CENTRAL_BYTES,
  centralHeader,
  DEFLATED,
  DESCRIPTOR_BYTES,
  descriptor,
  END_BYTES,
  endOfDirectory,
  LOCAL_BYTES,
  localHeader,
  type Packed,
  STORED,
} from './layout.ts';

/** Of a pack, bytes. */
export const MAX_PACK = 2 ** 30;
/** Of all its files together, unpacked. */
export const MAX_UNPACKED = 2 ** 32 - 1;
const MAX_FILES = 4096;
const MAX_NAME = 120;

/** A file as it lies in the ZIP. */
export interface Member extends Packed {
  readonly data: Uint8Array;
}

const wrong = (what: string, message: string) => new PackFault({ file: 'the ZIP', what }, message);

/** Where the directory stands, from the last 22 bytes: nothing may follow them. */
function endOf(pack: Uint8Array): { files: number; bytes: number; offset: number } {
  const fault = wrong('end of directory', 'The file does not end as a pack does.');
  if (pack.length > MAX_PACK) throw wrong('size', 'The file is larger than any pack.');
  if (pack.length < END_BYTES) throw fault;
  const from = pack.length - END_BYTES;
  const view = new DataView(pack.buffer, pack.byteOffset + from, END_BYTES);
  const [files, bytes, offset] = [view.getUint16(10, true), view.getUint32(12, true), view.getUint32(16, true)];
  if (!same(pack.subarray(from), endOfDirectory(files, bytes, offset))) throw fault;
  if (offset + bytes !== from || files > MAX_FILES) throw fault;
  return { files, bytes, offset };
}

/** A header of the directory at this place. */
function centralAt(pack: Uint8Array, at: number, end: number): Packed {
  const fault = wrong('directory', 'The directory of the ZIP is not as that of a pack.');
  if (at + CENTRAL_BYTES > end) throw fault;
  const view = new DataView(pack.buffer, pack.byteOffset + at, CENTRAL_BYTES);
  const length = view.getUint16(28, true);
  const method = view.getUint16(10, true);
  if (length > MAX_NAME || at + CENTRAL_BYTES + length > end) throw fault;
  if (method !== STORED && method !== DEFLATED) throw fault;
  const name = String.fromCharCode(...pack.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + length));
  if (!/^(?:(?:tables|documents|rosters)\/)?[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw fault;
  const [crc, packedSize, size] = [view.getUint32(16, true), view.getUint32(20, true), view.getUint32(24, true)];
  const file: Packed = { name, method, crc, packedSize, size, offset: view.getUint32(42, true) };
  // Whatever else the header might say, of other systems, comments, encryption or larger sizes, is not that of a pack.
  if (!same(pack.subarray(at, at + CENTRAL_BYTES + length), centralHeader(file))) throw fault;
  return file;
}

/** The file whose local header begins at `at`, which must be where the file before it ended. */
function memberAt(pack: Uint8Array, file: Packed, at: number, end: number): Member {
  const fault = new PackFault(
    { file: file.name, what: 'header' },
    'The file does not lie in the ZIP as its directory says.',
  );
  const from = at + LOCAL_BYTES + file.name.length;
  const to = from + file.packedSize;
  const after = to + (file.method === DEFLATED ? DESCRIPTOR_BYTES : 0);
  if (file.offset !== at || after > end) throw fault;
  if (file.method === STORED && file.size !== file.packedSize) throw fault;
  if (!same(pack.subarray(at, from), localHeader(file)) || !same(pack.subarray(to, after), descriptor(file)))
    throw fault;
  return { ...file, data: pack.subarray(from, to) };
}

/**
 * The files of a pack, in their order. A pack has one form: headers say nothing but names, sizes and checksums, files lie
 * one behind the other from the first byte to the directory, and it to the end. Throws `PackFault`. Linear, and unpacks nothing.
 */
export function readZip(pack: Uint8Array): Member[] {
  const { files, bytes, offset } = endOf(pack);
  const members: Member[] = [];
  const names = new Set<string>();
  let [at, directory, unpacked] = [0, offset, 0];
  for (let i = 0; i < files; i += 1) {
    const file = centralAt(pack, directory, offset + bytes);
    if (names.has(file.name)) throw wrong('directory', 'A name stands twice in the ZIP.');
    names.add(file.name);
    unpacked += file.size;
    if (unpacked > MAX_UNPACKED) throw wrong('size', 'The files of the ZIP are larger than those of any pack.');
    members.push(memberAt(pack, file, at, offset));
    directory += CENTRAL_BYTES + file.name.length;
    at += LOCAL_BYTES + file.name.length + file.packedSize + (file.method === DEFLATED ? DESCRIPTOR_BYTES : 0);
  }
  if (directory !== offset + bytes || at !== offset)
    throw wrong('directory', 'The ZIP has bytes that belong to no file.');
  return members;
}
