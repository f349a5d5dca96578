import type { Deed } from '../plan/types.ts';
import type { Estate } from './estate.ts';
import type { People } from './people.ts';

/** The realm of everybody in the estate. */
export const REALM = 'customers';

/** Whoever does what the plan says: what they work on, and what they know of it. */
export interface Hands {
  readonly estate: Estate;
  readonly people: People;
  /** Ids, by the name under which the plan knows an organisation or an account. */
  readonly organisations: Map<string, string>;
  readonly accounts: Map<string, string>;
}

export type Of<D extends Deed['do']> = Extract<Deed, { readonly do: D }>;

/** How the deeds of these kinds are done. */
export type Doing<D extends Deed['do']> = { readonly [K in D]: (hands: Hands, deed: Of<K>) => Promise<unknown> };

/** Throws for one that the plan names before it is there. */
export function idIn(known: ReadonlyMap<string, string>, name: string): string {
  const id = known.get(name);
  if (id === undefined) throw new Error(`${name} is not there yet`);
  return id;
}
