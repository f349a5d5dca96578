import type { BoundLogin } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import { placesOf, samePlaces } from '../request/login/names.ts';
import { laxPairs, laxText } from '../request/login/watch.ts';
import { lenientPaths } from './paths.ts';

/** Parameters that may be one and the same; more of them nobody sends. */
const MOST_ALIKE = 8;

/**
 * All that the path in a routing parameter may be to the app (`/?rest_route=/a` asks for `/wp-json/a`). Throws `bad-target` for
 * more readings, or more such parameters, than anybody needs.
 */
export function routedPaths({ routed }: BoundLogin, query: string | null): readonly string[] {
  if (routed.size === 0 || query === null) return [];
  const pairs = laxPairs(query);
  return [...routed].flatMap(([name, behind]) => {
    const places = placesOf(name);
    const alike = pairs.filter((pair) => samePlaces(pair.places, places));
    if (alike.length > MOST_ALIKE) throw new SallyportError('bad-target', 'too many parameters that hold a path');
    return alike.flatMap(({ raw }) => lenientPaths(`${behind}/${laxText(raw)}`));
  });
}
