import { parseCheckpoint } from '../../tlog/checkpoint.ts';
import { LogFault } from '../../tlog/fault.ts';
import { parseNote } from '../../tlog/note.ts';

/** The root of a signed head as people compare it: 64 hexadecimal digits, in groups of four. Null for what is no head. */
export function groupsOf(note: string): readonly string[] | null {
  try {
    const root = parseCheckpoint(parseNote(note).text).root.toString('hex');
    return Array.from({ length: 16 }, (_, i) => root.slice(4 * i, 4 * i + 4));
  } catch (error) {
    if (error instanceof LogFault) return null;
    throw error;
  }
}
