import { createServer } from 'node:net';
import { SallyportError } from '../errors.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';

/** The port of the console where nobody says another, and the last that is tried when it is in use. */
const FIRST = 9443;
const LAST = 9499;

/** What a start without a configuration file was told about its console. */
export interface ConsoleWish {
  /** commander: `--no-console` makes it false. */
  readonly console?: boolean;
  readonly consolePort?: string;
}

/** A number that was typed as a port. Throws CommandMisused. */
export function portNumber(option: string, typed: string): number {
  const port = Number(typed);
  if (!/^\d{1,5}$/.test(typed) || port < 1 || port > 65_535)
    throw new CommandMisused(`${option} must be a number from 1 to 65535.`);
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The start has lost the port, which was free a moment ago. */
function hasLost(error: unknown, port: number | undefined): boolean {
  if (!(error instanceof SallyportError) || !error.message.startsWith(`127.0.0.1:${port} `)) return false;
  return error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'EADDRINUSE';
}

/** Starts of several installations side by side look for a port at one time; each finds one of its own. */
const TRIES = 8;

/**
 * Starts with a port for the console, and with another one where somebody else has taken it since it was looked for; undefined:
 * without a console. Throws what the start throws.
 */
export async function withConsole(
  wish: ConsoleWish,
  taken: { readonly apps: number; readonly last: number | undefined },
  start: (consolePort: number | undefined) => Promise<void>,
): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    const port = await consolePortFor(wish, taken.apps, taken.last);
    try {
      return await start(port);
    } catch (error) {
      if (left === 1 || wish.consolePort !== undefined || !hasLost(error, port)) throw error;
    }
  }
}

/**
 * The port of the console of a start without a configuration file; undefined: no console. What was said is taken as it is; else
 * the port of the last start (`last`) or the first one that is free. `taken`: the port of the apps. Throws CommandRefused.
 */
async function consolePortFor(wish: ConsoleWish, taken: number, last?: number): Promise<number | undefined> {
  if (wish.console === false && wish.consolePort !== undefined)
    throw new CommandMisused('Give either --console-port or --no-console, not both.');
  if (wish.console === false) return undefined;
  if (wish.consolePort !== undefined) return portNumber('--console-port', wish.consolePort);
  const usual = Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i);
  for (const port of last === undefined ? usual : [last, ...usual])
    if (port !== taken && (await isFree(port))) return port;
  throw new CommandRefused(
    `Every port from ${FIRST} to ${LAST} is in use: choose another for the console with --console-port, or start without one by --no-console.`,
  );
}
