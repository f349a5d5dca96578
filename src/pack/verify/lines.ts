import { concat, textOf } from './bytes.ts';
import { PackFault } from './fault.ts';
import { unpack } from './unpack.ts';
import type { Member } from './zip.ts';

/** Of a line, bytes. */
const MAX_LINE = 4_194_304;
const NEWLINE = 0x0a;

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly value: unknown;
}

/** JSON as we write it, and nothing else that means the same: a name that stands twice, say. Undefined for any other text. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function lineOf(file: string, number: number, bytes: Uint8Array): Line {
  const value = parseJson(textOf(bytes) ?? '');
  if (value === undefined) throw new PackFault({ file, line: number }, 'The line is not JSON as a pack has it.');
  return { number, value };
}

/** The lines of a file of JSON lines, each ended, of bounded length. Throws `PackFault`. */
export async function* linesOf(member: Member): AsyncGenerator<Line, void, undefined> {
  const file = member.name;
  let number = 0;
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of unpack(member)) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      number += 1;
      const part = piece.subarray(from, end);
      yield lineOf(file, number, rest.length === 0 ? part : concat(rest, part));
      rest = new Uint8Array(0);
      from = end + 1;
    }
    if (rest.length + piece.length - from > MAX_LINE)
      throw new PackFault({ file, line: number + 1 }, 'The line is longer than any of a pack.');
    rest = concat(rest, piece.subarray(from));
  }
  if (rest.length > 0) throw new PackFault({ file, line: number + 1 }, 'The last line does not end.');
}

/** A small file, whole, as text. Throws `PackFault`. */
export async function wholeText(member: Member, most = MAX_LINE): Promise<string> {
  const { name: file, size } = member;
  if (size > most) throw new PackFault({ file }, 'The file is larger than that of any pack.');
  const parts: Uint8Array[] = [];
  for await (const piece of unpack(member)) parts.push(piece);
  const text = textOf(concat(...parts));
  if (text === undefined) throw new PackFault({ file }, 'The file is not UTF-8.');
  return text;
}
