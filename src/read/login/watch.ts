import type { Guard } from '../../config/login-types.ts';
import { KnownNames } from '../../lib/known-names.ts';
import { decodeLaxly, type Places, placesOf, resemblance, resembles } from './names.ts';

/** Looks at field names as they come by. `see` returns why the request is refused, or null. */
export interface Watch {
  see(name: string): string | null;
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
  /** Names that none of them matches: they come again and again, and folding one takes some microseconds. */
  readonly harmless: KnownNames;
}

function watched(fields: readonly string[], sets: readonly (readonly string[])[]): Watched {
  const same = (field: string): Matches => resemblance(leafOf(field));
  const alone = fields.map(same);
  const together = sets.filter((set) => set.length > 0).map((set) => set.map(same));
  return { alone, sets: together, any: [...alone, ...together.flat()], harmless: new KnownNames() };
}

/** A watch over one request: its sets fill up across query and body. */
export function watchFields(fields: readonly string[], sets: readonly (readonly string[])[]): Watch {
  return watchOver(watched(fields, sets));
}

function watchOver({ alone, sets, any, harmless }: Watched): Watch {
  let missing: readonly Set<Matches>[] | undefined;
  return {
    see(name) {
      if (harmless.has(name)) return null;
      const places = placesOf(name);
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
  };
}

/** The value as it stands in the query: it is decoded where it is asked for, which is rarely. */
type Pair = readonly [name: string, raw: string];

/** A name or value as the laxest server decodes it. */
export function laxText(raw: string): string {
  return decodeLaxly(raw.includes('+') ? raw.replace(/\+/g, ' ') : raw);
}

function takeApart(query: string): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const pair of query.split(/[&;]/)) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    pairs.push(mark < 0 ? [laxText(pair), ''] : [laxText(pair.slice(0, mark)), pair.slice(mark + 1)]);
  }
  return pairs;
}

/** One request's query is looked at from several sides, one after the other. */
let last: { readonly query: string; readonly pairs: readonly Pair[] } = { query: '', pairs: [] };

/** Names and raw values of a query, `&` and `;` dividing; names decoded as the laxest server does (`laxText`). */
export function laxPairs(query: string): readonly Pair[] {
  if (last.query !== query) last = { query, pairs: takeApart(query) };
  return last.pairs;
}

/** Why one of the parameters with a fixed value is refused: another value, another spelling, twice, or nobody to compare with. */
function unequal(query: string, guard: Guard, account: string | null): string | null {
  for (const [field, wanted] of guard.queryEquals) {
    const found = [...laxPairs(query)].filter(([name]) => resembles(field, name));
    if (found.length === 0) continue;
    const [name, raw] = found[0] ?? ['', ''];
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

/**
 * Why a query may not be sent on, or null. `account` is the person's name at the app, null before sign-in. A name with a
 * NUL is refused as soon as anything is guarded: what is left of it depends on the server.
 */
export function guardQuery(query: string, guard: Guard, account: string | null = null): string | null {
  const watch = watchOver(watchedInQueries(guard));
  const guarded = guard.fields.length + guard.sets.length + guard.query.length + guard.queryEquals.size > 0;
  for (const [name] of laxPairs(query)) {
    if (guarded && name.includes('\0')) return 'NUL in the name of a parameter';
    const why = watch.see(name);
    if (why !== null) return why;
  }
  return unequal(query, guard, account);
}
