import type { Clock } from '../lib/clock.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';
import type { KeptJar } from './kept-jar.ts';
import { EMPTY, type Found, readState, type State, writeState } from './state.ts';
import type { JarApp } from './types.ts';
import type { JarWriter } from './writer.ts';

export interface JarsParts {
  readonly store: Store;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly writer: JarWriter;
}

const placeOf = (id: string) => ({ table: 'jars', column: 'state', row: id });

/**
 * Reads a jar. A row of another app, or of another kind of owner, is none. Throws `sealed-value-invalid` for a state that
 * was not sealed for this row: an empty jar in its place would be a person signed out by whoever can write one byte.
 */
export async function readJar(parts: JarsParts, id: string, app: JarApp, sessionId: string | null): Promise<Found> {
  const row = await parts.store.jars.byId(id);
  if (row === undefined || row.appId !== app.id || row.sessionId !== sessionId)
    return { version: 0, state: EMPTY, until: Number.POSITIVE_INFINITY };
  const { version, expiresAt } = row;
  const state = readState(parts.seal.open(row.state, placeOf(id)));
  if (expiresAt > parts.clock.now()) return { version, state, until: expiresAt };
  // Over by time alone: nothing of it is left, but its version and generation go on as long as the row does.
  return { version, state: { ...EMPTY, generation: state.generation + 1 }, until: Number.POSITIVE_INFINITY };
}

/**
 * Writes the state as the next version, as long as the store still has the version that is in memory. False when it has
 * another, or none, or the session has ended.
 */
export async function writeJar({ store, seal, writer }: JarsParts, jar: KeptJar, state: State): Promise<boolean> {
  if (jar.loose) {
    jar.turn += 1;
    jar.replace(0, state);
    return true;
  }
  const { id, sessionId, expiresAt } = jar;
  const version = jar.version + 1;
  const row = { version, state: seal.seal(writeState(state), placeOf(id)), expiresAt };
  // Before it is sent: its announcement may be here before the answer is.
  jar.expected += 1;
  const done = await (jar.version === 0
    ? store.jars.insert({ id, appId: jar.app.id, sessionId, ...row })
    : writer.update({ id, ...row })
  ).catch((error: unknown) => {
    // It may have been written all the same.
    jar.stale = true;
    jar.expected = Math.max(0, jar.expected - 1);
    throw error;
  });
  if (!done) {
    jar.expected = Math.max(0, jar.expected - 1);
    return false;
  }
  jar.until = expiresAt;
  jar.replace(version, state);
  return true;
}

/** What a browser carries of a jar. */
export function writeCarried({ turn, state }: KeptJar): string {
  return JSON.stringify({ turn, state: writeState(state) });
}

/** Reads what `writeCarried` wrote and a seal has kept; undefined: nothing is carried. */
export function readCarried(text: string): { readonly turn: number; readonly state: State } | undefined {
  if (text === '') return undefined;
  const { turn, state } = JSON.parse(text) as { turn: number; state: string }; // sealed by us alone
  return { turn, state: readState(state) };
}
