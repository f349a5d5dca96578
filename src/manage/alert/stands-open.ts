import { hash } from 'node:crypto';
import { type AppAtMoment, appsAt } from '../../coverage/apps.ts';
import { FINDINGS } from '../../coverage/effects.ts';
import { readMeaning } from '../../coverage/in-force.ts';
import { Replay } from '../../coverage/replay.ts';
import { appWants } from '../../coverage/summary.ts';
import { chunks } from '../../store/columns.ts';
import type { Store } from '../../store/types.ts';

type From = Pick<Store, 'views' | 'log'>;

/** Kinds of entries by which it is known what lets somebody in without a second factor, and what configures apps. */
export const OPENING: readonly string[] = ['config.load', ...FINDINGS];

/** Something that lets somebody in without a second factor, or past us. */
export interface Opening {
  /** What and where, in words that stay the same for as long as it is so. */
  readonly key: string;
  readonly app: string;
  /** Numbers of the entries by which it is so. */
  readonly basis: readonly number[];
}

/** Characters of a key: a path may be as long as it likes, and a list of keys stands in one entry. */
const LONGEST_KEY = 120;

/** A key that is too long is cut, and told from others by its digest. */
const bounded = (key: string): string =>
  key.length <= LONGEST_KEY
    ? key
    : `${key.slice(0, LONGEST_KEY - 24)} #${hash('sha256', key, 'base64url').slice(0, 16)}`;

/** Wants of coverage that are no way in: what is over opens nothing. */
const SHUT: ReadonlySet<string> = new Set(['exemption-expired']);

function openingsOf(apps: readonly AppAtMoment[]): Opening[] {
  const wants = appWants(apps.map((app) => (app.unbound?.over === true ? { ...app, unbound: null } : app)));
  const found = wants.flatMap(({ what, app, basis }) =>
    app === null || SHUT.has(what) ? [] : [{ key: bounded(`${what} ${app}`), app, basis }],
  );
  const exempt = apps.flatMap(({ id, routes, basis }) =>
    routes.flatMap(({ way, method, path }) =>
      way === 'exempt' ? [{ key: bounded(`exempt ${id} ${method} ${path}`), app: id, basis }] : [],
    ),
  );
  const all = new Map([...found, ...exempt].map((each) => [each.key, each]));
  return [...all.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function newest({ views }: From, kinds: readonly string[]): Promise<readonly number[]> {
  const { rows } = await views.record({ reach: 'all', kinds, limit: 1 });
  return rows.map(({ seq }) => seq);
}

/** Entries of one statement. */
const AT_ONCE = 1_000;

/** The number of the last entry that could have changed it; 0: there is none. */
export async function lastOpening(from: From): Promise<number> {
  return (await newest(from, OPENING))[0] ?? 0;
}

/**
 * What stands open at a moment (ms), by the last word of the record on each app: a few entries for each, however long the record is.
 * undefined: the configuration that is in force is not on record.
 */
export async function standsOpen(
  from: From,
  ids: readonly string[],
  at: number,
): Promise<readonly Opening[] | undefined> {
  const seqs = new Set(await from.views.newestOfApps([...FINDINGS], ids));
  for (const kind of OPENING) for (const seq of await newest(from, [kind])) seqs.add(seq);
  const replay = new Replay();
  const sorted = [...seqs].sort((a, b) => a - b);
  for (const part of chunks(sorted, AT_ONCE))
    for (const row of await from.views.entriesByNumber(part)) replay.feed(row);
  const state = replay.state();
  const meaning = state.configuration?.meaning ?? null;
  const text = meaning === null ? undefined : (await from.log.document(meaning))?.text;
  const inForce = text === undefined ? undefined : readMeaning(text);
  return inForce === undefined ? undefined : openingsOf(appsAt({ at, state, inForce }));
}
