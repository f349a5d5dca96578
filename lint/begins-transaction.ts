/** The runner of operations (docs/decisions/0027), and the plumbing of the store that it works with. */
const RUNNER = 'src/operations/perform.ts';
const PLUMBING = 'src/store/';

const BEGINS = /(?:\.|\?\.)\s*(?:transaction|underAccount|underApps)\s*(?:\(|<)/g;

/** Where a file outside of those begins transactions, by index into its text. */
export function beginsTransaction(file: string, text: string): number[] {
  if (file === RUNNER || file.startsWith(PLUMBING)) return [];
  return [...text.matchAll(BEGINS)].map(({ index }) => index);
}
