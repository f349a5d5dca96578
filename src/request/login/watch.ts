import type { Guard } from '../../config/login-types.ts';
import { SallyportError } from '../../errors.ts';
import { KnownNames } from '../../lib/known-names.ts';
import { decodeLaxly, foldField, type Places, placesOf, resemblance } from './names.ts';

/** Looks at field names as they come by. `see` returns why the request is refused, or null. */
export interface Watch {
  /** `folded`: by whom the name is folded, when it has to be; left out: here. */
  see(name: string, folded?: { readonly places: Places }): string | null;
  /** Whether a long text begins as one of the names, alone or of a set. */
  begins(text: string): boolean;
  /** The same for how it ends. */
  ends(text: string): boolean;
}

/** Field of a guard that names a JSON pointer or an XML path: its last name counts. */
function leafOf(field: string): string {
  return field.slice(field.lastIndexOf('/') + 1).replace(/^@/, '');
}

type Matches = (places: Places) => boolean;

/** What is watched for, folded once. */
interface Watched {
  readonly alone: readonly Matches[];
  readonly sets: readonly (readonly Matches[])[];
  readonly any: readonly Matches[];
  /** The names themselves, folded. */
  readonly wanted: readonly string[];
  /** Names that none of them matches: they come again and again, and folding one takes some microseconds. */
  readonly harmless: KnownNames;
}

function watched(fields: readonly string[], sets: readonly (readonly string[])[]): Watched {
  const same = (field: string): Matches => resemblance(leafOf(field));
  const alone = fields.map(same);
  const together = sets.filter((set) => set.length > 0).map((set) => set.map(same));
  const wanted = [...fields, ...sets.flat()].map((field) => foldField(leafOf(field).replace(/^\*/, '')));
  return { alone, sets: together, any: [...alone, ...together.flat()], wanted, harmless: new KnownNames() };
}

/** A watch over one request: its sets fill up across query and body. */
export function watchFields(fields: readonly string[], sets: readonly (readonly string[])[]): Watch {
  return watchOver(watched(fields, sets));
}

/** Characters of a name that is likely to be met by chance: it counts where another word ends beside it. */
const SHORT = 4;
const WORD = /[\p{L}\p{N}]/u;

/** Whether a field's name is so short that any text may hold it. */
export function isMetByChance(field: string): boolean {
  return foldField(leafOf(field).replace(/^\*/, '')).length < SHORT;
}

function isEdge(wanted: string, beside: string): boolean {
  return wanted.length >= SHORT || !WORD.test(beside);
}

function watchOver({ alone, sets, any, wanted, harmless }: Watched): Watch {
  let missing: readonly Set<Matches>[] | undefined;
  return {
    see(name, folded) {
      if (harmless.has(name)) return null;
      const places = folded?.places ?? placesOf(name);
      if (!any.some((matches) => matches(places))) {
        harmless.add(name);
        return null;
      }
      if (alone.some((matches) => matches(places))) return 'a credential field outside a login step';
      missing ??= sets.map((set) => new Set(set));
      for (const set of missing) {
        for (const matches of set) if (matches(places)) set.delete(matches);
        if (set.size === 0) return 'credential fields together outside a login step';
      }
      return null;
    },
    begins(text) {
      const folded = foldField(text);
      return wanted.some((each) => folded.startsWith(each) && isEdge(each, folded.charAt(each.length)));
    },
    ends(text) {
      const folded = foldField(text);
      return wanted.some(
        (each) => folded.endsWith(each) && isEdge(each, folded.charAt(folded.length - each.length - 1)),
      );
    },
  };
}

/** Parameters of the longest query: as many as PHP takes (`max_input_vars`). */
export const MOST_PARAMETERS = 1000;

/** A name or value as the laxest server decodes it. */
export function laxText(raw: string): string {
  return decodeLaxly(raw.includes('+') ? raw.replaceAll('+', ' ') : raw);
}

/** The names of one query, each folded once, when somebody first asks. */
class Folded {
  #places: Map<string, Places> | undefined;

  of(name: string): Places {
    this.#places ??= new Map();
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const places = placesOf(name);
    this.#places.set(name, places);
    return places;
  }
}

/** A parameter of a query. */
export class Pair {
  readonly name: string;
  /** The value as it stands in the query: it is decoded where it is asked for, which is rarely. */
  readonly raw: string;
  readonly #folded: Folded;

  constructor(name: string, raw: string, folded: Folded) {
    this.name = name;
    this.raw = raw;
    this.#folded = folded;
  }

  get places(): Places {
    return this.#folded.of(this.name);
  }
}

function takeApart(query: string): readonly Pair[] {
  const folded = new Folded();
  const given = query.split(/[&;]/).filter((pair) => pair !== '');
  if (given.length > MOST_PARAMETERS) tooMany();
  return given.map((pair) => {
    const mark = pair.indexOf('=');
    return mark < 0
      ? new Pair(laxText(pair), '', folded)
      : new Pair(laxText(pair.slice(0, mark)), pair.slice(mark + 1), folded);
  });
}

function tooMany(): never {
  const shown = `The address has more than ${MOST_PARAMETERS} parameters.`;
  throw new SallyportError('bad-target', shown, { shown });
}

/** One request's query is looked at from several sides, one after the other. */
let last: { readonly query: string; readonly pairs: readonly Pair[] } = { query: '', pairs: [] };

/**
 * The parameters of a query, `&` and `;` dividing; names decoded as the laxest server does (`laxText`). Throws `bad-target` for
 * more of them than anybody sends.
 */
export function laxPairs(query: string): readonly Pair[] {
  if (last.query !== query) last = { query, pairs: takeApart(query) };
  return last.pairs;
}

const equals = new WeakMap<Guard['queryEquals'], ReadonlyMap<string, Matches>>();

/** The parameters with a fixed value, folded once. */
function matchesOf(queryEquals: Guard['queryEquals']): ReadonlyMap<string, Matches> {
  const known = equals.get(queryEquals);
  if (known !== undefined) return known;
  const made = new Map([...queryEquals.keys()].map((field) => [field, resemblance(field)] as const));
  equals.set(queryEquals, made);
  return made;
}

/** Why one of the parameters with a fixed value is refused: another value, another spelling, twice, or nobody to compare with. */
function unequal(query: string, guard: Guard, account: string | null): string | null {
  for (const [field, wanted] of guard.queryEquals) {
    const matches = matchesOf(guard.queryEquals).get(field);
    const found = laxPairs(query).filter(({ places }) => matches?.(places));
    if (found[0] === undefined) continue;
    const [{ name, raw }] = found;
    if (found.length > 1 || name !== field) return `the parameter ${field} twice or in another spelling`;
    if (wanted.includes('{account}') && account === null) return `the parameter ${field} before anybody signed in`;
    if (laxText(raw) !== wanted.replaceAll('{account}', () => account ?? ''))
      return `another value of the parameter ${field}`;
  }
  return null;
}

const inQueries = new WeakMap<Guard, Watched>();

function watchedInQueries(guard: Guard): Watched {
  const known = inQueries.get(guard);
  if (known !== undefined) return known;
  const made = watched([...guard.fields, ...guard.query], guard.sets);
  inQueries.set(guard, made);
  return made;
}

/** Names of parameters that were looked at for this guard, and are none that it is about, alone or together with others. */
export function harmlessNames(guard: Guard): Pick<KnownNames, 'has'> {
  return watchedInQueries(guard).harmless;
}

/**
 * Why a query may not be sent on, or null. `account` is the person's name at the app, null before sign-in. A name with a
 * NUL is refused as soon as anything is guarded: what is left of it depends on the server.
 */
export function guardQuery(query: string, guard: Guard, account: string | null = null): string | null {
  const watch = watchOver(watchedInQueries(guard));
  const guarded = guard.fields.length + guard.sets.length + guard.query.length + guard.queryEquals.size > 0;
  for (const pair of laxPairs(query)) {
    if (guarded && pair.name.includes('\0')) return 'NUL in the name of a parameter';
    const why = watch.see(pair.name, pair);
    if (why !== null) return why;
  }
  return unequal(query, guard, account);
}
