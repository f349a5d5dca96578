import { SallyportError } from '../../../src/errors.ts';
import { COMMANDS } from './commands.ts';
import type { Town } from './people.ts';

/** Numbers that look like chance, and are the same for the same seed (mulberry32). */
export function chance(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** Every command. */
export const NAMES = Object.keys(COMMANDS);
/** What is drawn: what builds up comes more often, so that there is something to take away. */
const OFTEN = [
  'enrol.finish',
  'enrol.finish',
  'enrol.finish',
  'enrol.add',
  'enrol.add',
  'lock-down.end',
  'lock-down.end',
];
const DRAWN = [...NAMES, ...OFTEN, ...OFTEN, 'own.remove-authenticator', 'own.change-password', 'own.change-password'];

/** One step by chance; what is refused has changed nothing, and is on record as little. */
export async function stepByChance(town: Town): Promise<{ readonly name: string; readonly refused: boolean }> {
  const { people, below, world } = town;
  const name = people.length === 0 ? 'account.add' : (DRAWN[below(DRAWN.length)] ?? 'account.add');
  const nobody = { id: 'x', name: 'x', app: world.portal, secret: null, device: null, codes: [], ticket: null };
  const who = people[below(Math.min(people.length, 8))] ?? nobody;
  world.clock.at += [1_000, 60_000, 600_000, 7_200_000][below(4)] ?? 1_000;
  try {
    await COMMANDS[name]?.(town, who);
    return { name, refused: false };
  } catch (error) {
    if (!(error instanceof SallyportError) && !/nobody|no such passkey/.test(String(error))) throw error;
    return { name, refused: true };
  }
}
