import { type ChildProcess, execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../support/ports.ts';
import { start, stop, up } from './processes.ts';

const LEGACY = fileURLToPath(new URL('legacy.sh', import.meta.url));
const run = promisify(execFile);

/** A product as processes of its own, with state of its own. */
export interface Backend {
  readonly port: number;
  /** Port of the mail server or database behind it. */
  readonly second: number;
  /** Its state. */
  readonly folder: string;
  /** What it and whatever is behind it print. */
  readonly log: string;
  start(): Promise<void>;
  /** Ends it; the state stays. */
  stop(): Promise<void>;
  /** Ends its own sessions, as their age would. */
  expire(): Promise<void>;
}

/** `origins`: those that requests to it may name. */
export async function prepareBackend(
  legacy: string,
  within: string,
  port: number,
  origins: readonly string[],
): Promise<Backend> {
  const folder = join(within, 'product');
  const log = join(within, 'product.log');
  mkdirSync(folder);
  const second = await freePort();
  let child: ChildProcess | undefined;
  return {
    port,
    second,
    folder,
    log,
    async start() {
      const args = [LEGACY, 'run', legacy, folder, String(port), String(second)];
      child = start('bash', args, log, { PUBLIC_ORIGINS: origins.join(' ') });
      await up(child, port, log);
    },
    async stop() {
      if (child !== undefined) await stop(child);
      await run('bash', [LEGACY, 'clear', legacy]);
    },
    expire: async () => void (await run('bash', [LEGACY, 'expire', legacy, folder])),
  };
}
