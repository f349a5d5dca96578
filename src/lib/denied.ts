import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { bytesAt } from './whole.ts';

/** What the system says when a path is not this user's to use. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}

/** The user that this process runs as, as an operator knows it; a user without a name has a number. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers may run as a number that no account has.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** The folders from the top down to this one. */
export function upwards(folder: string): string[] {
  const all = [resolve(folder)];
  for (let at = all[0] ?? '/'; dirname(at) !== at; at = dirname(at)) all.unshift(dirname(at));
  return all;
}

/** Name of a user of this machine; undefined where only a directory service knows it, or nobody. */
function nameOf(uid: number): string | undefined {
  try {
    const lines = bytesAt('/etc/passwd', { most: 1_048_576 }).toString('utf8').split('\n');
    return lines.map((line) => line.split(':')).find(([, , id]) => id === String(uid))?.[0];
  } catch {
    return undefined;
  }
}

/** A user as people say it, and as chown and sudo take it. */
interface User {
  readonly said: string;
  readonly chown: string;
  readonly sudo: string;
}

function userOf(uid: number): User {
  const name = nameOf(uid);
  return name === undefined
    ? { said: `uid ${uid}`, chown: String(uid), sudo: `'#${uid}'` }
    : { said: name, chown: name, sudo: name };
}

/** What stands there; undefined for nothing, and for what this user cannot get at. */
export function reachable(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

const { R_OK, W_OK, X_OK } = constants;

/** What keeps this user out: the path, or a folder above it; `missing`: the path is not there and that folder takes nothing new. */
interface Obstacle {
  readonly path: string;
  readonly stats: Stats;
  readonly missing: boolean;
}

function obstacleTo(path: string, to: 'read' | 'written'): Obstacle | undefined {
  let last: Obstacle | undefined;
  for (const each of upwards(path)) {
    const stats = reachable(each);
    if (stats === undefined) return last && { ...last, missing: true };
    last = { path: each, stats, missing: false };
    const wanted = each === resolve(path) ? (to === 'read' ? R_OK : R_OK | W_OK) : 0;
    if (!may(each, stats.isDirectory() ? wanted | X_OK : wanted)) return last;
  }
  return last;
}

/** The command that makes the path this user's own, as root; only where that takes nothing from anybody else. */
function giving(me: User, path: string, { path: at, stats, missing }: Obstacle): string | undefined {
  if (missing) return `make it first, as root: install -d -m 700 -o ${me.chown} ${path}`;
  if (at !== resolve(path)) return undefined;
  return `make it ${me.said}'s own, as root: chown ${stats.isDirectory() ? '-R ' : ''}${me.chown} ${path}`;
}

function remedy(path: string, me: User, owner: User, obstacle: Obstacle): string {
  // Root's own are no reason to run anything as root.
  const as = obstacle.stats.uid === 0 ? undefined : `run Sallyport as ${owner.said}: sudo -u ${owner.sudo}`;
  const give = giving(me, path, obstacle) ?? `name a place that ${me.said} may use`;
  const text = as === undefined ? give : `${as} …; or ${give}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * One sentence for whatever of ours is not this user's to use, by EACCES or EPERM: whose it is, as whom this runs, what to do.
 * `what` names it, such as `The database /var/lib/sallyport/sallyport.db`. Nothing of what it holds is read.
 */
export function denied(what: string, path: string, to: 'read' | 'written'): string {
  const uid = process.getuid?.() ?? -1;
  const me = userOf(uid);
  const name = userName();
  const said = `${what} cannot be ${to} by the user that runs Sallyport (${name})`;
  const obstacle = obstacleTo(path, to);
  if (obstacle === undefined) return `${said}. Name a place that this user may use.`;
  const it = obstacle.path === resolve(path) ? 'it' : `the folder ${obstacle.path}`;
  if (obstacle.stats.uid === uid) {
    const bits = `u+rw${obstacle.stats.isDirectory() ? 'x' : ''}`;
    return `${said}: ${it} is that user's own, and its mode does not let even its owner. Run: chmod ${bits} ${obstacle.path}`;
  }
  const owner = userOf(obstacle.stats.uid);
  return `${said}: ${it} belongs to ${owner.said}. ${remedy(path, { ...me, said: name }, owner, obstacle)}`;
}
