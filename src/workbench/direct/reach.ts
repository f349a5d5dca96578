import { SallyportError } from '../../errors.ts';
import { serverNameOf } from '../../proxy/connect.ts';
import { dialTo } from '../../proxy/http1/dial.ts';
import { Lanes } from '../../proxy/lanes.ts';
import { CommandRefused } from '../../terminal/exit.ts';

/** How long an app may take to answer a command, ms. */
export const TIME_MS = 15_000;

/** Connections to an app, each for one request. `ca`: PEM text of the authority; left out: those that Node trusts. */
export function lanesTo(upstream: string, ca: string | undefined): Lanes {
  const trust = ca === undefined ? {} : { ca };
  const dial = dialTo({ origin: upstream, servername: serverNameOf(upstream), ...trust });
  return new Lanes({ dial, connectMs: TIME_MS, most: 2, exclusive: false, kept: false });
}

/** An app that cannot be reached, in words. */
export function unreachable(origin: string, error: unknown): CommandRefused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = error instanceof Error ? error.message : 'unknown';
  return new CommandRefused(`${origin} does not answer (${code === '' ? why : `${code}: ${why}`}).`);
}

/** What a request ended in that the proxy sent, in words; anything else as it is. */
export function noAnswer(origin: string, request: string, error: unknown): unknown {
  if (!(error instanceof SallyportError)) return error;
  if (error.code === 'upstream-unreachable') return unreachable(origin, error.cause ?? error);
  return new CommandRefused(`${origin} gives no whole answer to ${request} (${error.message}).`);
}
