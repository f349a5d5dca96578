import { compareOne, type Difference, emptyTally } from './compare.ts';
import { sampleOf } from './mutate.ts';

/** Cases that are under way at one time. */
const AT_ONCE = 64;

export interface Run {
  readonly differences: readonly Difference[];
  readonly tally: ReturnType<typeof emptyTally>;
}

/** Compares `count` answers, from that of seed `from` on, or as many as there is time for. */
export async function compareMany(from: number, count: number, forMs: number): Promise<Run> {
  const tally = emptyTally();
  const differences: Difference[] = [];
  const end = performance.now() + forMs;
  for (let seed = from; seed < from + count && performance.now() < end; seed += AT_ONCE) {
    const size = Math.min(AT_ONCE, from + count - seed);
    const found = await Promise.all(Array.from({ length: size }, (_, i) => compareOne(seed + i, tally)));
    for (const difference of found) if (difference !== null && differences.length < 100) differences.push(difference);
  }
  return { differences, tally };
}

/** What somebody needs to see it again. */
export function shown({ seed, with: other, what }: Difference): string {
  return `seed ${seed}, against ${other}: ${what}\n  ${JSON.stringify(sampleOf(seed))}`;
}
