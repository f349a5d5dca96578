/** Bytes of the longest line that is read; a longer one is a line that cannot be read. */
export const LONGEST_LINE = 64 * 1024;

/** undefined: it was too long. */
export type Line = string | undefined;

/** The lines of a stream, those of one piece at a time, in memory of a piece and a line at most. The last needs no end. */
export async function* batchesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  let begun: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      lines.push(lineOf(begun, size, chunk.subarray(from, at)));
      [begun, size] = [[], 0];
      from = at + 1;
    }
    const rest = chunk.subarray(from);
    size += rest.length;
    if (size <= LONGEST_LINE && rest.length > 0) begun.push(rest);
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [lineOf(begun, size, Buffer.alloc(0))];
}

/** The same, one after the other. */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  for await (const lines of batchesOf(stream)) yield* lines;
}

function lineOf(begun: readonly Buffer[], size: number, end: Buffer): Line {
  if (size + end.length > LONGEST_LINE) return undefined;
  const bytes = begun.length === 0 ? end : Buffer.concat([...begun, end]);
  const text = bytes.toString('utf8');
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
