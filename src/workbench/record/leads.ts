import { headerOf } from '../../presets/answer.ts';
import type { DirectClient } from '../direct/client.ts';
import { copyJar } from '../direct/cookies.ts';
import { type Candidate, EXACT } from './candidates.ts';
import { isToken, literal } from './draft.ts';
import type { People } from './people.ts';
import type { Exchange } from './recording.ts';
import { LOGOUT } from './words.ts';

/** Addresses that are asked for where they lead, and characters of a redirect that is looked at. */
const [MOST, LONGEST] = [8, 500];

/** What a name in an address stands between, as it is written there. */
const BEFORE = /[/=]$/;
const AFTER = /^(?:[/?&#]|$)/;

/** Addresses above those that have the name in their path, without and with the stroke: `/people/` and `/people` of `/people/alice/mail`. */
function above(target: string, account: string): string[] {
  const [path = ''] = target.split('?', 1);
  const segments = path.split('/');
  const at = segments.findIndex((each) => each.toLowerCase() === encodeURIComponent(account).toLowerCase());
  if (at < 2) return [];
  const parent = segments.slice(0, at).join('/');
  return [`${parent}/`, parent];
}

/** Where an app may lead whoever is signed in to a place of their own: its entry, and what stands above such places. */
export function leading(exchanges: readonly Exchange[], account: string, entry: string): string[] {
  const own = exchanges.filter(({ method }) => method === 'GET').flatMap(({ target }) => above(target, account));
  const [path = '/'] = entry.split('?', 1);
  return [...new Set([...own, path, '/'])].filter((target) => !LOGOUT.test(target)).slice(0, MOST);
}

/** The place of the name in a redirect, as a pattern for whoever else is led by it; undefined: it stands in none by itself. */
export function placeIn(location: string, account: string): string | undefined {
  const path = location.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const name = encodeURIComponent(account);
  const at = path.toLowerCase().lastIndexOf(name.toLowerCase());
  const [before, after] = [path.slice(0, at), path.slice(at + name.length)];
  if (at < 0 || !BEFORE.test(before) || !AFTER.test(after)) return undefined;
  if (`${before} ${after}`.split(/[/?&=# ]/).some(isToken)) return undefined;
  return `${literal(before)}([^/?&#]{1,128})${literal(after)}$`;
}

/**
 * Addresses that lead whoever is signed in to a place of their own, with their name in it: asked for as that person, since none
 * of them need have been opened.
 */
export async function leads(
  client: DirectClient,
  exchanges: readonly Exchange[],
  { account, jar }: People,
  entry: string,
): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const target of leading(exchanges, account, entry)) {
    const answer = await client.ask(
      { target },
      copyJar(jar, () => true),
    );
    const location = headerOf(answer, 'location');
    if (location === undefined || location.length > LONGEST) continue;
    const find = placeIn(location, account);
    if (find !== undefined) found.push({ target, location: find, exact: true, score: EXACT });
  }
  return found;
}
