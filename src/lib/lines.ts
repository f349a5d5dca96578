/** A line that is longer than any may be. */
export class LineTooLong extends Error {}

/**
 * The lines of a text that comes in pieces, without their ends; the last may have none. Holds one line at a time: throws
 * `LineTooLong` for one of more than `most` characters. Linear.
 */
export async function* linesOf(pieces: AsyncIterable<string>, most: number): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      if (length + end - from > most) throw new LineTooLong(`A line is longer than ${most} characters.`);
      parts.push(piece.slice(from, end));
      yield parts.join('');
      [parts, length, from] = [[], 0, end + 1];
    }
    parts.push(piece.slice(from));
    length += piece.length - from;
    if (length > most) throw new LineTooLong(`A line is longer than ${most} characters.`);
  }
  if (length > 0) yield parts.join('');
}
