import { SallyportError } from '../errors.ts';
import type { Kept } from './cookies.ts';
import type { Standing } from './types.ts';

/** What a jar holds; never changed, only replaced. */
export interface State {
  readonly generation: number;
  readonly standing: Standing;
  readonly held: string | null;
  /** A login step is under way until then at the latest, ms since the epoch; 0: none. */
  readonly busyUntil: number;
  readonly cookies: readonly Kept[];
  readonly vault: readonly (readonly [standIn: string, token: string])[];
}

/** What the store has of a jar; version 0: nothing. */
export interface Found {
  readonly version: number;
  readonly state: State;
  /** When it is over, ms since the epoch. */
  readonly until: number;
}

export const EMPTY: State = Object.freeze<State>({
  generation: 0,
  standing: { kind: 'open' },
  held: null,
  busyUntil: 0,
  cookies: [],
  vault: [],
});

/** With the form of the text, so that a later version can read it. */
const FORM = 1;

export function writeState(state: State): string {
  return JSON.stringify({ form: FORM, ...state });
}

/** Throws `sealed-value-invalid` for anything that `writeState` did not write. */
export function readState(text: string): State {
  const value = JSON.parse(text) as Partial<State> & { form?: unknown }; // sealed by us alone; the form says by which version
  const { form, generation, standing, held = null, busyUntil, cookies, vault } = value;
  if (
    form !== FORM ||
    typeof generation !== 'number' ||
    typeof busyUntil !== 'number' ||
    standing === undefined ||
    !Array.isArray(cookies) ||
    !Array.isArray(vault)
  )
    throw new SallyportError('sealed-value-invalid', 'a jar in an unknown form');
  return { generation, standing, held, busyUntil, cookies, vault };
}
