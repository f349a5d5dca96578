/** One thing that was tried. `note`: neither right nor wrong, but worth knowing. */
export interface Line {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly verdict: 'ok' | 'fail' | 'note';
}

export const fine = (what: string, expected: string, found: string): Line => ({ what, expected, found, verdict: 'ok' });
export const wrong = (what: string, expected: string, found: string): Line => ({
  what,
  expected,
  found,
  verdict: 'fail',
});
export const note = (what: string, expected: string, found: string): Line => ({
  what,
  expected,
  found,
  verdict: 'note',
});
export const judged = (good: boolean, what: string, expected: string, found: string): Line =>
  (good ? fine : wrong)(what, expected, found);
