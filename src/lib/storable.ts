/**
 * Whether every text in a value can be kept and looked for in either database: none has a NUL, or half a character. Keys are not
 * looked at. A value that goes deep takes no stack.
 */
export function isStorable(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string' && (!next.isWellFormed() || next.includes('\0'))) return false;
    // Not by spreading: a list may have more items than a call takes arguments.
    if (typeof next === 'object' && next !== null) for (const each of Object.values(next)) left.push(each);
  }
  return true;
}
