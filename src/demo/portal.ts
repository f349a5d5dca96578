import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { systemClock } from '../lib/clock.ts';
import { createPortal } from './server.ts';

/**
 * The sample portal as a process of its own:
 *
 *     node src/demo/portal.ts --port 0 --jwks URL --issuer ORIGIN --audience APP
 *
 * Listens on 127.0.0.1, prints one line of JSON, `{"port":N}`, when it is ready, and ends when its standard input does
 * (so that it never outlives whoever started it) or on SIGTERM or SIGINT. Exit 2 when the arguments are not understood.
 */
const USAGE = 'usage: portal.ts [--port N] --jwks URL --issuer ORIGIN --audience APP';

interface Arguments {
  readonly port: number;
  readonly jwksUrl: URL;
  readonly issuer: string;
  readonly audience: string;
}

function parse(argv: string[]): Arguments | undefined {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ args: argv, options: { port: text, jwks: text, issuer: text, audience: text } });
    const { port = '0', jwks = '', issuer = '', audience = '' } = values;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535 || issuer === '' || audience === '') return undefined;
    return { port: Number(port), jwksUrl: new URL(jwks), issuer, audience };
  } catch {
    return undefined;
  }
}

function run({ port, ...verification }: Arguments): void {
  const portal = createPortal({ ...verification, clock: systemClock });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    process.stdin.destroy();
    portal.close().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  process.stdin.once('end', stop).once('close', stop).on('error', stop).resume();
  portal.server.once('error', (error) => {
    process.stderr.write(`the sample portal cannot listen: ${error.message}\n`);
    process.exit(1);
  });
  portal.server.listen(port, '127.0.0.1', () => {
    // A cast: a TCP server that listens has an AddressInfo.
    const { port: taken } = portal.server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ port: taken })}\n`);
  });
}

const args = parse(process.argv.slice(2));
if (args === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  run(args);
}
