import { Dice } from '../plan/dice.ts';
import { DAY, type Plan } from '../plan/types.ts';

/** One moment of each of so many days, drawn by the seed: growing. */
export function momentsOf({ from, to }: Plan, count: number, seed: number): readonly number[] {
  const dice = new Dice(seed + 1_000_003);
  const days = new Set<number>();
  const all = Math.round((to - from) / DAY) - 1;
  while (days.size < Math.min(count, all)) days.add(dice.between(0, all));
  return [...days].sort((a, b) => a - b).map((day) => from + day * DAY + dice.between(0, DAY));
}
