import type { Output } from './output.ts';

/** Told after each of how many are done. */
export type Progress = (done: number, of: number) => void;

/** Fewer are done before anybody has read how far it is. */
const MANY = 20;
/** Where lines cannot be written over, so many are done between two of them. */
const EVERY = 100;
/** Characters of the bar. */
const WIDE = 24;

/** `[#####·········] 210 of 1000 letters written`: of one width from the first to the last. */
export function barOf(done: number, of: number, what: string): string {
  const full = of === 0 ? WIDE : Math.floor((Math.min(done, of) / of) * WIDE);
  return `[${'#'.repeat(full)}${'·'.repeat(WIDE - full)}] ${String(done).padStart(String(of).length)} of ${of} ${what}`;
}

/** A bar that moves, on a terminal; else a line now and then, as a log keeps it. Nothing for a few. */
export function progressOn(output: Output, what: string): Progress {
  return (done, of) => {
    if (of < MANY) return;
    const last = done === of;
    if (output.over !== undefined) output.over(`${barOf(done, of, what)}${last ? '\n' : ''}`);
    else if (last || done % EVERY === 0) output.note(`${done} of ${of} ${what}`);
  };
}
