import { once } from 'node:events';
import { Busboy } from '@fastify/busboy';
import { SallyportError } from '../errors.ts';

/** A form of ours with a file: few parts, and no header that is longer than a name. */
const LIMITS = { files: 1, fields: 8, parts: 9, headerPairs: 16, fieldNameSize: 64 } as const;

export const isMultipart = (contentType: string | undefined): boolean =>
  contentType?.toLowerCase().startsWith('multipart/form-data;') === true;

const bad = (why: string, cause?: unknown): SallyportError => new SallyportError('bad-body', why, { cause });

/**
 * The parts of a multipart form (RFC 7578) that was read whole: texts in UTF-8 as they are, files as their bytes, by name. Throws
 * `bad-body` for a name twice, more parts than a form of ours has, and what is no whole form.
 */
export async function parseMultipart(bytes: Buffer, contentType: string): Promise<Map<string, string | Buffer>> {
  const parts = new Map<string, string | Buffer>();
  let fault: SallyportError | undefined;
  const put = (name: string, value: string | Buffer): void => {
    if (parts.has(name)) fault ??= bad('a field twice');
    parts.set(name, value);
  };
  const refuse = (): void => {
    fault ??= bad('too many parts');
  };
  try {
    const parser = new Busboy({
      headers: { 'content-type': contentType },
      limits: { ...LIMITS, fieldSize: bytes.length },
    });
    parser.on('field', (name, value, nameCut, valueCut) => {
      if (nameCut || valueCut) refuse();
      put(name, value);
    });
    parser.on('file', (name, file) => {
      const pieces: Buffer[] = [];
      file.on('data', (piece: Buffer) => void pieces.push(piece));
      file.on('end', () => put(name, Buffer.concat(pieces)));
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.on(limit, refuse);
    const finished = once(parser, 'finish');
    parser.end(bytes);
    await finished;
  } catch (cause) {
    throw bad('a form that cannot be read', cause);
  }
  if (fault !== undefined) throw fault;
  return parts;
}
