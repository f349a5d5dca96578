import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { SallyportError } from '../../errors.ts';
import {
  centralHeader,
  DEFLATED,
  descriptor,
  endOfDirectory,
  localHeader,
  type Packed,
  STORED,
} from '../verify/layout.ts';
import type { FileLine } from '../verify/manifest.ts';
import { MAX_PACK } from '../verify/zip.ts';

/** A file on its way into a ZIP. */
export interface Part {
  readonly name: string;
  /** Stored as it is, whole, or deflated as it comes. */
  readonly content: Buffer | AsyncIterable<string | Buffer> | Iterable<string | Buffer>;
  readonly stored?: true;
}

const CHUNK = 65_536;

/** Small pieces put together: a header for each line of a file would cost more than the line. */
async function* gathered(content: Part['content']): AsyncGenerator<Buffer, void, undefined> {
  if (Buffer.isBuffer(content)) return yield content;
  let [texts, length] = ['', 0];
  for await (const piece of content) {
    if (typeof piece === 'string') {
      texts += piece;
      length += piece.length;
      if (length < CHUNK) continue;
    }
    if (texts !== '') yield Buffer.from(texts);
    [texts, length] = ['', 0];
    if (typeof piece !== 'string') yield piece;
  }
  if (texts !== '') yield Buffer.from(texts);
}

/** What is reckoned of the bytes that pass. */
class Meter {
  readonly #hash = createHash('sha256');
  size = 0;
  crc = 0;

  take(bytes: Buffer): Buffer {
    this.size += bytes.length;
    this.crc = crc32(bytes, this.crc);
    this.#hash.update(bytes);
    return bytes;
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

const tooLarge = () =>
  new SallyportError('usage', 'A pack holds at most 1 GB: choose a shorter range, or one organisation');

/** A ZIP that is written as it is read, in the one form that a pack has (verify/layout.ts). */
export class ZipWriter {
  readonly #files: Packed[] = [];
  readonly #lines: FileLine[] = [];
  #at = 0;

  /** What a manifest says of the files so far. */
  get lines(): readonly FileLine[] {
    return this.#lines;
  }

  /** Throws `usage` when the pack would be larger than any that can be verified. */
  async *add(part: Part): AsyncGenerator<Buffer, void, undefined> {
    const offset = this.#at;
    const [whole, packed] = [new Meter(), new Meter()];
    const { name } = part;
    const method = part.stored ? STORED : DEFLATED;
    const pieces = gathered(part.content);
    if (method === STORED) {
      const bytes = Buffer.concat(await Array.fromAsync(pieces));
      const [size, crc] = [bytes.length, crc32(bytes)];
      yield* this.#out(localHeader({ name, method, crc, size, packedSize: size, offset }));
      yield* this.#out(packed.take(whole.take(bytes)));
    } else {
      yield* this.#out(localHeader({ name, method, crc: 0, size: 0, packedSize: 0, offset }));
      for await (const piece of deflated(pieces, whole)) yield* this.#out(packed.take(piece));
    }
    const file: Packed = { name, method, crc: whole.crc, packedSize: packed.size, size: whole.size, offset };
    yield* this.#out(descriptor(file));
    this.#files.push(file);
    const digests = { sha256: whole.digest(), packed: packed.size, packedSha256: packed.digest() };
    this.#lines.push({ name, size: whole.size, ...digests });
  }

  /** The directory, after the last file. */
  *end(): Generator<Buffer, void, undefined> {
    const offset = this.#at;
    for (const file of this.#files) yield* this.#out(centralHeader(file));
    yield* this.#out(endOfDirectory(this.#files.length, this.#at - offset, offset));
  }

  *#out(bytes: Uint8Array): Generator<Buffer, void, undefined> {
    this.#at += bytes.length;
    if (this.#at > MAX_PACK) throw tooLarge();
    if (bytes.length > 0) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

async function* deflated(pieces: AsyncIterable<Buffer>, whole: Meter): AsyncGenerator<Buffer, void, undefined> {
  const metered = async function* () {
    for await (const piece of pieces) yield whole.take(piece);
  };
  for await (const piece of Readable.from(metered()).compose(createDeflateRaw({ level: 6 }))) yield piece as Buffer; // no encoding is set
}
