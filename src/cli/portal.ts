import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CommandRefused } from '../terminal/exit.ts';

const PORTAL = fileURLToPath(new URL('../demo/portal.ts', import.meta.url));
const START_MS = 15_000;

export interface Portal {
  readonly port: number;
  stop(): void;
}

/** The port that the portal says it has taken. Throws CommandRefused when it says nothing. */
function portOf(child: ChildProcess, stdout: NodeJS.ReadableStream): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(late);
      child.kill('SIGKILL');
      reject(new CommandRefused(why));
    };
    const late = setTimeout(() => fail('The sample portal did not start within 15 seconds: try again.'), START_MS);
    child.once('error', (error) => fail(`The sample portal cannot be started: ${error.message}.`));
    child.once('exit', (code) => fail(`The sample portal ended at once, with exit code ${code}.`));
    createInterface({ input: stdout }).once('line', (line) => {
      clearTimeout(late);
      resolve((JSON.parse(line) as { port: number }).port); // its first line is always this object
    });
  });
}

/**
 * Starts the sample portal as a process of its own, on a free port of the loopback; `ended` hears of an end that was not
 * asked for. Throws CommandRefused when it does not come up.
 */
export async function startPortal(publicOrigin: string, ended: () => void): Promise<Portal> {
  const jwks = `${publicOrigin}/.sallyport/jwks.json`;
  const args = ['--port', '0', '--jwks', jwks, '--issuer', publicOrigin, '--audience', 'portal'];
  // A group of its own: Ctrl-C reaches us alone, and the portal outlives what is still being answered.
  const child = spawn(process.execPath, [PORTAL, ...args], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const port = await portOf(child, child.stdout);
  child.once('exit', ended);
  return {
    port,
    stop: () => {
      child.off('exit', ended);
      child.kill('SIGTERM');
    },
  };
}
