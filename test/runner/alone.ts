import { readFileSync } from 'node:fs';

/** What a test file does to its process that the next one there would feel, or that another one would spoil for it. */
const ALONE: readonly (readonly [sign: RegExp, why: string])[] = [
  [/^\/\/ In a process of its own: ./m, 'it says so, and why'],
  [/registerHooks|mock\.module|quick-passwords/, 'it puts other modules in the place of some'],
  [/support\/guarded\.ts|mintToken/, 'it takes the one right to mint admissions, which is given once'],
  [/queryObjects|getHeapStatistics|setFlagsFromString|heapUsed|\bgc\(/, 'it looks at the memory of the whole process'],
];

/** Long files that measure how time grows, or do nearly all in processes that they start: there is little to be won. */
const LONG = /(^|\/)test\/(linear|e2e\/(faults|preset|serve))/;

/** Whether no other file may run in the same process. */
export function runsAlone(file: string): boolean {
  if (LONG.test(file)) return true;
  const text = readFileSync(file, 'utf8');
  return ALONE.some(([sign]) => sign.test(text));
}
