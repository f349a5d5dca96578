import { crc32 } from './crc32.ts';
import { PackFault } from './fault.ts';
import { STORED } from './layout.ts';
import type { Member } from './zip.ts';

const PIECE = 65_536;

/** What is unpacked, piece by piece: no browser and no Node holds more of it than it must. */
async function* inflated(data: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = new DecompressionStream('deflate-raw');
  const writer = inflate.writable.getWriter();
  const write = async () => {
    // A piece at a time: what one piece becomes is at most a thousand times as long, and is judged before the next is taken.
    for (let at = 0; at < data.length; at += PIECE) await writer.write(Uint8Array.from(data.subarray(at, at + PIECE)));
    await writer.close();
  };
  // What it fails with, reading fails with as well.
  const written = write().catch(() => undefined);
  const reader = inflate.readable.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    await written;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function* pieces(member: Member): AsyncGenerator<Uint8Array, void, undefined> {
  if (member.method !== STORED) yield* inflated(member.data);
  else for (let at = 0; at < member.data.length; at += PIECE) yield member.data.subarray(at, at + PIECE);
}

/** The bytes of a file, piece by piece, never more than its size. Throws `PackFault` when it is not what the ZIP says. */
export async function* unpack(member: Member): AsyncGenerator<Uint8Array, void, undefined> {
  const fault = new PackFault({ file: member.name }, 'The file cannot be unpacked to what the ZIP says of it.');
  let [size, crc] = [0, 0];
  try {
    for await (const piece of pieces(member)) {
      size += piece.length;
      if (size > member.size) throw fault;
      crc = crc32(piece, crc);
      yield piece;
    }
  } catch {
    throw fault;
  }
  if (size !== member.size || crc !== member.crc) throw fault;
}
