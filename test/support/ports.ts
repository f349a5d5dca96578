import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Ports that the system never gives to whoever asks for any (ip(7), ip_local_port_range): all servers of the tests do, and a port
 * that is looked for now and used by a program seconds later would be one of theirs meanwhile, with a server that answers something else.
 */
const FIRST = 10_000;
const END = lowestGiven();
const TRIES = 100;
const given = new Set<number>();

function lowestGiven(): number {
  try {
    const lowest = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0]);
    // A machine may give them all; then a part of them has to do.
    return lowest > FIRST + 1000 ? lowest : 32_768;
  } catch {
    return 32_768;
  }
}

function free(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port of 127.0.0.1 that was free a moment ago, and that this process has not been given before. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i += 1) {
    const port = randomInt(FIRST, END);
    if (given.has(port)) continue;
    given.add(port);
    if (await free(port)) return port;
  }
  throw new Error(`none of ${TRIES} ports between ${FIRST} and ${END} is free`);
}
