import { type Asked, addressOf } from '../address.ts';

/** Between the places of pages before this one, in an address. */
const STEP = '~';
const MOST_STEPS = 20;

export interface Around {
  readonly first: string | null;
  readonly back: string | null;
  readonly next: string | null;
}

/**
 * Where the pages around this one are: a list tells only where to go on, so that the address carries the places of the pages
 * before it, as far as one goes back. `next`: what the list has told; null at its end.
 */
export function aroundOf(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  asked: Asked,
  next: string | null,
): Around {
  const cursor = asked.get('cursor');
  const trail = (asked.get('trail') ?? '')
    .split(STEP)
    .filter((each) => each !== '')
    .slice(-MOST_STEPS);
  const at = (place: string | undefined, before: readonly string[]) =>
    addressOf(path, { ...query, cursor: place, trail: before.join(STEP) });
  const steps = cursor === undefined ? trail : [...trail, cursor].slice(-MOST_STEPS);
  return {
    first: cursor === undefined || trail.length === 0 ? null : at(undefined, []),
    back: cursor === undefined ? null : at(trail.at(-1), trail.slice(0, -1)),
    next: next === null ? null : at(next, steps),
  };
}
