import { SallyportError } from '../errors.ts';

const HEAD_BYTES = 8 * 1024;

/** `boundary` of a multipart/form-data content type (RFC 7578, RFC 2046 §5.1.1), or undefined. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/**
 * Streams the first file of a form: `onData` gets its bytes in pieces, in memory at most one piece and one boundary.
 * Resolves to its file name ('' when none was chosen). Throws SallyportError `bad-body` when there is no file part or
 * the body ends too early.
 */
export async function firstFile(
  body: AsyncIterable<Buffer>,
  boundary: string,
  onData: (bytes: Buffer) => void,
): Promise<string> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let name: string | undefined;
  let done = false;
  // The very first delimiter has no line break before it; with one in front it is like all others.
  let rest: Buffer = Buffer.from('\r\n');
  for await (const chunk of body) {
    if (done) continue; // what follows the file is read and dropped, so that the connection stays usable
    rest = Buffer.concat([rest, chunk]);
    if (name === undefined) {
      const start = fileStart(rest, delimiter);
      if (start === undefined) continue;
      name = start.name;
      rest = rest.subarray(start.at);
    }
    const end = rest.indexOf(delimiter);
    const upTo = end >= 0 ? end : Math.max(0, rest.length - delimiter.length);
    if (upTo > 0) onData(rest.subarray(0, upTo));
    rest = rest.subarray(upTo);
    done = end >= 0;
  }
  if (name === undefined || !done) throw new SallyportError('bad-body', 'no whole file in the form');
  return name;
}

/** Where the first file's bytes begin, skipping other fields; undefined when more bytes are needed. */
function fileStart(bytes: Buffer, delimiter: Buffer): { readonly name: string; readonly at: number } | undefined {
  for (let at = bytes.indexOf(delimiter); at >= 0; ) {
    const head = at + delimiter.length;
    const end = bytes.indexOf('\r\n\r\n', head);
    if (end < 0) break;
    const match = /^content-disposition:[^\r\n]*;\s*filename="([^"\r\n]*)"/im.exec(bytes.toString('utf8', head, end));
    if (match !== null) return { name: match[1] ?? '', at: end + 4 };
    // A head is looked at once, whatever stands in it; a delimiter may begin with its last line break.
    at = bytes.indexOf(delimiter, end + 2);
  }
  if (bytes.length > HEAD_BYTES) throw new SallyportError('bad-body', 'no file near the start of the form');
  return undefined;
}
