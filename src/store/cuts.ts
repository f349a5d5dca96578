import type { Cut, RollCall, SilentNode } from './types.ts';

/** Longest text of cuts that is read, bytes; 64 of them are less than half of it. */
export const LONGEST_CUTS = 4096;

/** What a node says of what it has cut: `[[count, ms ago], …]`. Empty where it does not know. */
export function writeCuts(cuts: readonly Cut[] | undefined): string {
  return cuts === undefined ? '' : JSON.stringify(cuts.map(({ count, agoMs }) => [count, Number(agoMs.toFixed(1))]));
}

const isCut = (value: unknown): value is [number, number] =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((each) => typeof each === 'number' && Number.isFinite(each));

/** What a node has said; null for whatever is not of that form. */
export function readCuts(text: string | null): readonly Cut[] | null {
  if (text === null || text.length > LONGEST_CUTS) return null;
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) && read.every(isCut) ? read.map(([count, agoMs]) => ({ count, agoMs })) : null;
  } catch {
    return null;
  }
}

/** A node that has confirmed, with the moment (`performance.now()`) at which it was known to, and to which `agoMs` counts. */
export interface Confirmed {
  readonly name: string;
  readonly at: number;
  readonly cuts: readonly Cut[] | null;
}

/** The roll-call, its figures counted from `since`. `unsure`: more may have been cut than anybody tells. */
export function rollCall(
  since: number,
  confirmed: readonly Confirmed[],
  silent: readonly SilentNode[],
  unsure = false,
): RollCall {
  const whole = (ms: number) => Math.max(0, Math.ceil(ms - since));
  const moments = confirmed.flatMap(({ at, cuts }) =>
    (cuts ?? []).map(({ count, agoMs }) => ({ count, moment: at - agoMs })).filter(({ moment }) => moment >= since),
  );
  const known = !unsure && silent.length === 0 && confirmed.length > 0 && confirmed.every(({ cuts }) => cuts !== null);
  return {
    confirmed: confirmed.map(({ name }) => name),
    silent,
    ms: confirmed.length === 0 ? null : whole(Math.max(...confirmed.map(({ at }) => at))),
    cut: known ? moments.reduce((sum, { count }) => sum + count, 0) : null,
    cutMs: moments.length === 0 ? null : whole(Math.max(...moments.map(({ moment }) => moment))),
  };
}
