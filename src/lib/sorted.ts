import { toItsEnd } from './turns.ts';

/** So many are sorted at once, and merged before the clock is looked at: about a ms. */
const RUN = 4_096;

type Compare<T> = (a: T, b: T) => number;

/** Puts two sorted stretches of `from`, which lie beside each other, into the same place of `to` as one. */
function* mergeInto<T>(from: readonly T[], to: T[], bounds: readonly [number, number, number], compare: Compare<T>) {
  const [begin, middle, end] = bounds;
  let [left, right] = [begin, middle];
  for (let at = begin; at < end; at += 1) {
    // Both indexes are below the end of their stretch where they are read.
    const isLeft = right >= end || (left < middle && compare(from[left] as T, from[right] as T) <= 0);
    to[at] = from[isLeft ? left : right] as T;
    if (isLeft) left += 1;
    else right += 1;
    if (at % RUN === 0) yield;
  }
}

function* sorting<T>(all: readonly T[], compare: Compare<T>): Generator<void, T[], void> {
  let from: T[] = [];
  for (let at = 0; at < all.length; at += RUN) {
    for (const each of all.slice(at, at + RUN).sort(compare)) from.push(each);
    yield;
  }
  let to = from.slice();
  for (let run = RUN; run < all.length; run *= 2) {
    for (let at = 0; at < all.length; at += 2 * run)
      yield* mergeInto(from, to, [at, Math.min(at + run, all.length), Math.min(at + 2 * run, all.length)], compare);
    [from, to] = [to, from];
  }
  return from;
}

/** As `toSorted`: stable, O(n log n). Others have their turns meanwhile, where the sort of a long list would keep them all waiting. */
export function sortedInTurns<T>(all: readonly T[], compare: Compare<T>): Promise<T[]> {
  return toItsEnd(sorting(all, compare));
}
