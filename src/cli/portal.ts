import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CommandRefused } from './exit.ts';

const PORTAL = fileURLToPath(new URL('../demo/portal.ts', import.meta.url));
const START_MS = 15_000;

export interface Portal {
  readonly port: number;
  readonly process: ChildProcess;
  stop(): void;
}

/** Starts the sample portal as a process of its own, on a free port of the loopback. Throws CommandRefused when it does not come up. */
export async function startPortal(publicOrigin: string): Promise<Portal> {
  const args = [
    PORTAL,
    '--port',
    '0',
    '--jwks',
    `${publicOrigin}/.sallyport/jwks.json`,
    '--issuer',
    publicOrigin,
    '--audience',
    'portal',
  ];
  // A group of its own: Ctrl-C reaches us alone, and the portal outlives what is still being answered.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const port = await new Promise<number>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new CommandRefused('The sample portal did not start within 15 seconds.')),
      START_MS,
    );
    child.once('exit', (code) =>
      reject(new CommandRefused(`The sample portal ended at once, with exit code ${code}.`)),
    );
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(late);
      resolve((JSON.parse(line) as { port: number }).port); // its first line is always this object
    });
  });
  return { port, process: child, stop: () => void child.kill('SIGTERM') };
}
