import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SallyportError } from '../errors.ts';
import { firstFile } from './multipart.ts';
import { mediaType } from './respond.ts';

export interface Received {
  /** As the browser named it; '' for a bare body. Untrusted: for display only. */
  readonly fileName: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** Counts and hashes an upload of any size as it streams by; nothing is kept. A form's file, or the bare body. */
export async function receive(request: IncomingMessage): Promise<Received> {
  const hash = createHash('sha256');
  let bytes = 0;
  const onData = (piece: Buffer): void => {
    hash.update(piece);
    bytes += piece.length;
  };
  let fileName = '';
  if (mediaType(request) === 'multipart/form-data') {
    fileName = await firstFile(request, request.headers['content-type'] ?? '', onData);
  } else {
    for await (const piece of request as AsyncIterable<Buffer>) onData(piece);
  }
  return { fileName, bytes, sha256: hash.digest('hex') };
}

const MIB = 1024 * 1024;
const BLOCK = Buffer.alloc(64 * 1024, 'Harbour & Sons, catalogue 2004. ');

/** Sends `mb` MiB, the same bytes every time, made as fast as the reader takes them. `bad-request` outside 1…4096. */
export async function sendCatalogue(response: ServerResponse, rawMb: string, bodyless: boolean): Promise<void> {
  if (!/^[1-9][0-9]{0,3}$/.test(rawMb) || Number(rawMb) > 4096) throw new SallyportError('bad-request');
  const size = Number(rawMb) * MIB;
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': size,
    'content-disposition': 'attachment; filename="catalogue.bin"',
    'cache-control': 'no-store',
  });
  if (bodyless) {
    response.end();
    return;
  }
  await pipeline(
    Readable.from(blocks(size / BLOCK.length), { objectMode: false, highWaterMark: BLOCK.length }),
    response,
  );
}

function* blocks(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield BLOCK;
}
