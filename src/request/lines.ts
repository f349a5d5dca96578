/** The lines of a head as they come off the wire: names and values in turn, as Node's `rawHeaders`. */
export type HeadLines = readonly (string | Buffer)[];

/** Octets as they came: one character for one byte, both ways. */
export function octets(part: string | Buffer): string {
  return typeof part === 'string' ? part : part.toString('latin1');
}

/**
 * Calls `take` with each line, in order. `to` is handed through, so that a reader of every answer needs no closure of its own
 * and nothing is made but the texts.
 */
export function eachLine<To>(lines: HeadLines, to: To, take: (to: To, name: string, value: string) => void): void {
  for (let i = 0; i + 1 < lines.length; i += 2) take(to, octets(lines[i] ?? ''), octets(lines[i + 1] ?? ''));
}

/** The lines whose names (lower case) are none of these. */
export function linesWithout(lines: HeadLines, names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  eachLine(lines, kept, (to, name, value) => {
    if (!names.has(name.toLowerCase())) to.push(name, value);
  });
  return kept;
}

/** Puts the first line of that name (lower case) behind all others, in place. */
export function putLast(lines: string[], name: string): void {
  for (let i = 0; i + 3 < lines.length; i += 2) {
    const spelt = lines[i] ?? '';
    if (spelt.length !== name.length || spelt.toLowerCase() !== name) continue;
    const value = lines[i + 1] ?? '';
    lines.copyWithin(i, i + 2);
    lines[lines.length - 2] = spelt;
    lines[lines.length - 1] = value;
    return;
  }
}
