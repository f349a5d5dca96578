import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SallyportError } from '../errors.ts';
import { folderFault, makeFolder } from '../lib/files.ts';
import { type Confirmed, LONGEST_CUTS, readCuts, rollCall, writeCuts } from './cuts.ts';
import type { Cut, RollCall } from './types.ts';

/**
 * The nodes of an embedded database: each has a socket in a folder beside it, by which another process asks whether what
 * it has committed is in force. The name of the socket says who it is and how long it trusts its memory.
 */

const NAME = /^(\d{1,10})-(\d{1,6})-[0-9a-f]{8}(\.mute)?$/;
/** Longest path of a socket on every system that we run on, bytes (sun_path of BSD). */
const LONGEST = 103;
const MOST_CALLERS = 100;
/** A file of a node without a socket is touched so often while it lives. */
const BEAT_MS = 1000;
/** So old, and older than its trust, it is of a dead one. */
const DEAD_MS = 15_000;
const YES = 'in force\n';

export interface NodeSocket {
  /** Called with each look; costs nothing unless there could be no socket. */
  beat(): void;
  close(): void;
}

interface Entry {
  readonly path: string;
  readonly name: string;
  readonly trustMs: number;
  readonly mute: boolean;
}

/** Of a database `sallyport.db` the folder `sallyport.nodes`. */
export function nodesFolder(database: string): string {
  return `${database.replace(/\.db$/, '')}.nodes`;
}

function entries(database: string): Entry[] {
  const folder = nodesFolder(database);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    // Nobody has served from here yet.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return names.flatMap((file) => {
    const match = NAME.exec(file);
    if (match === null) return [];
    const [, pid = '', trust = '', mute] = match;
    return [{ path: join(folder, file), name: `process ${pid}`, trustMs: Number(trust), mute: mute !== undefined }];
  });
}

/** Whether its file was made or touched lately. */
function recent({ path, trustMs }: Entry): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs < Math.max(DEAD_MS, 3 * trustMs);
}

/** A file that nobody can hear by; nobody makes one of that name again. */
function forget(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already.
  }
}

type Answer = Confirmed | 'silent' | 'dead';

/** What was said so far, as an answer; undefined while it is none. */
function heardOf(name: string, said: string, over: boolean): Confirmed | undefined {
  const [yes, cuts, ...rest] = said.split('\n');
  if (`${yes}\n` !== YES || !(over || rest.length > 0)) return undefined;
  return { name, at: performance.now(), cuts: readCuts(cuts ?? null) };
}

function askSocket({ path, name, trustMs }: Entry): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let said = '';
    const timer = setTimeout(() => finish(heardOf(name, said, true) ?? 'silent'), trustMs);
    const finish = (answer: Answer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const hear = (over: boolean) => {
      const heard = heardOf(name, said, over);
      if (heard !== undefined) finish(heard);
    };
    socket.on('data', (chunk) => {
      said = (said + chunk.toString('latin1')).slice(0, YES.length + LONGEST_CUTS);
      hear(false);
    });
    // A node of an older version says no more than that it is in force.
    socket.on('end', () => hear(true));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      // Refused: it died without taking its socket away. All else does not tell that it is dead.
      if (code === 'ECONNREFUSED' || code === 'ENOENT') finish('dead');
    });
  });
}

async function ask(entry: Entry): Promise<Answer> {
  if (!entry.mute) return askSocket(entry);
  if (!recent(entry)) return 'dead';
  await sleep(entry.trustMs);
  return 'silent';
}

/**
 * Asks every node of the database whether all that is committed is in force, and waits for each until it has said so or
 * trusts its memory no more. The wait is counted from here on, which is after the commit; what is measured, from `since`.
 */
export async function callNodes(database: string, since: number): Promise<RollCall> {
  const asked = entries(database);
  const answers = await Promise.all(asked.map(ask));
  const confirmed = answers.filter((answer) => typeof answer === 'object');
  const silent = asked.filter((_, i) => answers[i] === 'silent').map(({ name, trustMs }) => ({ name, trustMs }));
  return rollCall(since, confirmed, silent);
}

/** Whoever crashed left a file. One that was made just now may not be listened on yet. */
async function clean(database: string): Promise<void> {
  for (const entry of entries(database)) {
    if (recent(entry)) continue;
    if (entry.mute || (await askSocket({ ...entry, trustMs: 100 })) === 'dead') forget(entry.path);
  }
}

function answerCalls({ inForce, cuts }: Asked): Server {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.unref().resume();
    // Without an answer the caller waits until we trust our memory no more.
    inForce().then(
      (yes) => void (yes && socket.end(`${YES}${writeCuts(cuts())}\n`)),
      () => {},
    );
  });
  server.maxConnections = MOST_CALLERS;
  // After it listens, an error is of one connection that could not be taken: its caller waits, as for a silent node.
  server.on('error', () => {});
  return server.unref();
}

function listen(server: Server, path: string): Promise<boolean> {
  if (Buffer.byteLength(path) > LONGEST) return Promise.resolve(false);
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(true);
    });
  });
}

/** The folder of the sockets, which another user's server may have left. */
function ownFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new SallyportError('store-unavailable', folderFault('The folder', folder, error), { cause: error });
  }
}

/** What a node is asked. */
export interface Asked {
  /** Resolves when all that is committed by now is in force here, with false when that cannot be known. */
  inForce(): Promise<boolean>;
  /** See FeedListener.cuts. */
  cuts(): readonly Cut[] | undefined;
}

/**
 * Makes this process one that is asked. Where no socket can be made (a long path, a file system without them) a file says that there is
 * a node which cannot be asked: callers wait until it must have looked by itself.
 */
export async function openNodeSocket(database: string, trustMs: number, asked: Asked): Promise<NodeSocket> {
  ownFolder(nodesFolder(database));
  await clean(database);
  const path = join(nodesFolder(database), `${process.pid}-${trustMs}-${randomBytes(4).toString('hex')}`);
  const server = answerCalls(asked);
  if (await listen(server, path)) return { beat: () => {}, close: () => void server.close() };
  return openMute(`${path}.mute`);
}

function openMute(path: string): NodeSocket {
  const touch = () => writeFileSync(path, '.\n', { mode: 0o600 });
  touch();
  let touched = performance.now();
  return {
    beat: () => {
      if (performance.now() - touched < BEAT_MS) return;
      touched = performance.now();
      touch();
    },
    close: () => forget(path),
  };
}
