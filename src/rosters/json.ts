import { RosterFault } from './fault.ts';
import { columnIn, Names, noColumn } from './names.ts';

const FORM = 'The list is no JSON array of names, or of objects that have one.';

function memberOf(item: object, column: string | null): unknown {
  const keys = Object.keys(item);
  const at = columnIn(keys, column);
  if (at === undefined) throw column === null ? new RosterFault(FORM) : noColumn(column);
  return Reflect.get(item, keys[at] ?? '');
}

/** The names in a JSON array: texts or numbers, or objects with a member that has one. Throws RosterFault. */
export function namesInJson(text: string, column: string | null): readonly string[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new RosterFault(FORM, error);
  }
  if (!Array.isArray(read)) throw new RosterFault(FORM);
  const names = new Names();
  for (const item of read as readonly unknown[]) {
    const value = typeof item === 'object' && item !== null ? memberOf(item, column) : item;
    if (typeof value !== 'string' && typeof value !== 'number') throw new RosterFault(FORM);
    names.add(String(value));
  }
  return names.all();
}
