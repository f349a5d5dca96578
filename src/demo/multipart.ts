import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { SallyportError } from '../errors.ts';

/** One file, and what a form of ours can hold beside it. */
const LIMITS = { files: 1, fields: 8, parts: 10, fieldSize: 8 * 1024, headerPairs: 16 } as const;

/** A parser for that type of body. Throws SallyportError `bad-body` for a form without boundary. */
function parserFor(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
  } catch (cause) {
    throw new SallyportError('bad-body', 'a form that cannot be read', { cause });
  }
}

/**
 * Streams the first file of a multipart/form-data body (RFC 7578): `onData` gets its bytes in pieces. Resolves to its file
 * name ('' when none was chosen) once the body has ended; what comes after the file is read and dropped, so that the
 * connection stays usable. Throws SallyportError `bad-body` when there is no whole file.
 */
export async function firstFile(body: Readable, contentType: string, onData: (bytes: Buffer) => void): Promise<string> {
  const parser = parserFor(contentType);
  let name: string | undefined;
  await new Promise<void>((resolve, reject) => {
    const broken = (cause?: Error) => reject(new SallyportError('bad-body', 'no whole form', { cause }));
    parser.on('file', (_field, file, fileName) => {
      name ??= fileName;
      file.on('data', onData);
      file.on('error', broken);
    });
    parser.once('finish', resolve);
    parser.once('error', broken);
    body.once('error', broken);
    body.once('close', () => broken());
    body.pipe(parser);
  });
  if (name === undefined) throw new SallyportError('bad-body', 'no file in the form');
  return name;
}
