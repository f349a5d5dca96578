import type { CookieJar } from 'tough-cookie';
import { compilePattern } from '../../lib/pattern.ts';
import { jsonOf, pointed, textOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { withoutEntities } from '../../presets/whoami.ts';
import type { DirectClient } from '../direct/client.ts';
import { emptyJar } from '../direct/cookies.ts';
import { anonymousOf } from './anonymous.ts';
import { asked, type Candidate, candidates } from './candidates.ts';
import type { DraftPredicate, DraftWhoami } from './draft.ts';
import type { Exchange } from './recording.ts';

function nameBy({ find, json, strip }: Candidate, answer: WholeAnswer): string | undefined {
  if (json !== undefined) return pointed(jsonOf(answer), json);
  const found = compilePattern(find ?? '').capture(textOf(answer));
  if (found === undefined) return undefined;
  const name = withoutEntities(found).trim();
  const domain = strip === undefined ? undefined : compilePattern(strip).capture(name);
  return domain === undefined ? name : name.slice(0, -domain.length);
}

export interface People {
  readonly account: string;
  readonly jar: CookieJar;
}

export interface FoundWhoami {
  readonly whoami: DraftWhoami;
  readonly strip: readonly string[];
}

/** How well the place of a candidate names people: not at all, but for capitals, or letter by letter. */
type Naming = 'wrong' | 'folded' | 'exact';

function naming(said: string | undefined, account: string): Naming {
  if (said === account) return 'exact';
  return said?.toLowerCase() === account.toLowerCase() ? 'folded' : 'wrong';
}

/** Asks the app at the place of a candidate, as each of the people and as nobody. */
async function tried(
  client: DirectClient,
  candidate: Candidate,
  first: People,
  second: People | null,
): Promise<{ readonly anonymous: DraftPredicate; readonly second: Naming } | undefined> {
  const own = asked(candidate.target, first.account);
  const mine = await client.ask({ target: own }, first.jar);
  const [nobody, again] = [
    await client.ask({ target: own }, emptyJar()),
    await client.ask({ target: own }, emptyJar()),
  ];
  const said = naming(nameBy(candidate, mine), first.account);
  // What was seen letter by letter must be read so again: the pattern may find another name first.
  if (mine.status !== 200 || said === 'wrong' || (candidate.exact && said !== 'exact')) return undefined;
  const anonymous = anonymousOf(nobody, again, mine);
  if (anonymous === undefined || nameBy(candidate, nobody) !== undefined) return undefined;
  if (second === null) return { anonymous, second: 'exact' };
  const theirs = await client.ask({ target: asked(candidate.target, second.account) }, second.jar);
  return { anonymous, second: naming(nameBy(candidate, theirs), second.account) };
}

/**
 * Finds a page that names whoever is signed in and nobody else, by asking the app. A place that names both people letter by
 * letter comes first, one that differs in capitals later. undefined: there is none.
 */
export async function findWhoami(
  client: DirectClient,
  exchanges: readonly Exchange[],
  first: People,
  second: People | null,
): Promise<FoundWhoami | undefined> {
  let fallback: FoundWhoami | undefined;
  for (const candidate of candidates(exchanges, first.account)) {
    const { target, find, json, strip, exact } = candidate;
    if (!exact && fallback !== undefined) break;
    const found = await tried(client, candidate, first, second);
    if (found === undefined || found.second === 'wrong') continue;
    const name = json === undefined ? { find: find ?? '' } : { json, accept: 'application/json' };
    const whoami = { get: target, ...name, anonymous: [found.anonymous] };
    const whole = { whoami, strip: strip === undefined ? [] : [strip] };
    if (exact && found.second === 'exact') return whole;
    fallback ??= whole;
  }
  return fallback;
}
