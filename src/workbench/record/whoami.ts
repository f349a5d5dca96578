import type { CookieJar } from 'tough-cookie';
import { compilePattern } from '../../lib/pattern.ts';
import { headerOf, jsonOf, pointed, textOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { withoutEntities } from '../../presets/whoami.ts';
import type { DirectClient } from '../direct/client.ts';
import { copyJar } from '../direct/cookies.ts';
import { anonymousOf } from './anonymous.ts';
import { asked, type Candidate, candidates } from './candidates.ts';
import type { DraftPredicate, DraftWhoami } from './draft.ts';
import { leads } from './leads.ts';
import type { People } from './people.ts';
import type { Exchange } from './recording.ts';

/** The name in a redirect, its escapes undone; undefined: none, or they are no UTF-8. */
function ledTo(location: string, answer: WholeAnswer): string | undefined {
  try {
    return decodeURIComponent(compilePattern(location).capture(headerOf(answer, 'location') ?? '') ?? '') || undefined;
  } catch {
    return undefined;
  }
}

function nameBy({ find, header, json, location, strip }: Candidate, answer: WholeAnswer): string | undefined {
  if (location !== undefined) return ledTo(location, answer);
  if (json !== undefined) return pointed(jsonOf(answer), json);
  if (header !== undefined) return compilePattern(find ?? '').capture(headerOf(answer, header) ?? '');
  const found = compilePattern(find ?? '').capture(textOf(answer));
  if (found === undefined) return undefined;
  const name = withoutEntities(found).trim();
  const domain = strip === undefined ? undefined : compilePattern(strip).capture(name);
  return domain === undefined ? name : name.slice(0, -domain.length);
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

/** Who is asked about: two people, and jars of whoever is not signed in. */
export interface Asking {
  readonly first: People;
  readonly second: People | null;
  /** The cookies of somebody who has looked at the sign-in page; many apps begin a session there, and say otherwise then that it is nobody's. */
  readonly strangers: readonly CookieJar[];
  /** Where somebody who must sign in is sent. */
  readonly entry: string;
}

/** How the app says that nobody is signed in, each way that it has; undefined: not always so that it can be told. */
async function nobodyAt(
  client: DirectClient,
  candidate: Candidate,
  target: string,
  { strangers, mine }: { readonly strangers: readonly CookieJar[]; readonly mine: WholeAnswer },
): Promise<readonly DraftPredicate[] | undefined> {
  const ways = new Map<string, DraftPredicate>();
  for (const jar of strangers) {
    const [nobody, again] = [
      await client.ask(
        { target },
        copyJar(jar, () => true),
      ),
      await client.ask(
        { target },
        copyJar(jar, () => true),
      ),
    ];
    const way = anonymousOf(nobody, again, mine);
    if (way === undefined || nameBy(candidate, nobody) !== undefined) return undefined;
    ways.set(JSON.stringify(way), way);
  }
  return [...ways.values()];
}

/** Asks the app at the place of a candidate, as each of the people and as nobody. */
async function tried(
  client: DirectClient,
  candidate: Candidate,
  { first, second, strangers }: Asking,
): Promise<{ readonly anonymous: readonly DraftPredicate[]; readonly second: Naming } | undefined> {
  const own = asked(candidate.target, first.account);
  const mine = await client.ask({ target: own }, first.jar);
  const said = naming(nameBy(candidate, mine), first.account);
  // What was seen letter by letter must be read so again: the pattern may find another name first.
  const fits = candidate.location === undefined ? mine.status === 200 : mine.status >= 300 && mine.status < 400;
  if (!fits || said === 'wrong' || (candidate.exact && said !== 'exact')) return undefined;
  const anonymous = await nobodyAt(client, candidate, own, { strangers, mine });
  if (anonymous === undefined) return undefined;
  if (second === null) return { anonymous, second: 'exact' };
  const theirs = await client.ask({ target: asked(candidate.target, second.account) }, second.jar);
  return { anonymous, second: naming(nameBy(candidate, theirs), second.account) };
}

function whole(
  { target, find, header, json, location, strip }: Candidate,
  anonymous: readonly DraftPredicate[],
): FoundWhoami {
  const place = { ...(header === undefined ? {} : { header }), find: find ?? '' };
  const read = json === undefined ? place : { json, accept: 'application/json' };
  const name = location === undefined ? read : { location };
  return { whoami: { get: target, ...name, anonymous }, strip: strip === undefined ? [] : [strip] };
}

/** The first of these that names both people letter by letter, or else the first that names them but for capitals. */
async function firstOf(
  client: DirectClient,
  all: readonly Candidate[],
  asking: Asking,
): Promise<{ readonly found: FoundWhoami; readonly exact: boolean } | undefined> {
  let fallback: FoundWhoami | undefined;
  for (const candidate of all) {
    if (!candidate.exact && fallback !== undefined) break;
    const found = await tried(client, candidate, asking);
    if (found === undefined || found.second === 'wrong') continue;
    const written = whole(candidate, found.anonymous);
    if (candidate.exact && found.second === 'exact') return { found: written, exact: true };
    fallback ??= written;
  }
  return fallback === undefined ? undefined : { found: fallback, exact: false };
}

/**
 * Finds a page that names whoever is signed in and nobody else, by asking the app; where none does letter by letter, an address that leads
 * them to a place of their own. A place that names both people letter by letter comes first, one that differs in capitals later.
 * undefined: there is none.
 */
export async function findWhoami(
  client: DirectClient,
  exchanges: readonly Exchange[],
  asking: Asking,
): Promise<FoundWhoami | undefined> {
  const { first, entry } = asking;
  const page = await firstOf(client, candidates(exchanges, first.account), asking);
  if (page?.exact === true) return page.found;
  const led = await firstOf(client, await leads(client, exchanges, first, entry), asking);
  return (led?.exact === true ? led : (page ?? led))?.found;
}
