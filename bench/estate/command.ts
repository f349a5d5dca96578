import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fileOf, type Place } from './make/place.ts';

const LAUNCHER = fileURLToPath(new URL('../../src/sallyport.mjs', import.meta.url));
const WAITS_MS = 120_000;

/** What a command says in JSON, whatever its exit code. Rejects when it says nothing that is JSON. */
export function command<T>(place: Place, ...argv: readonly string[]): Promise<T> {
  const password = place.postgres === null ? '' : decodeURIComponent(new URL(place.postgres).password);
  const env = place.postgres === null ? process.env : { ...process.env, SALLYPORT_STORE_PASSWORD: password };
  const words = [LAUNCHER, ...argv, '--config', fileOf(place), '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, words, { env, timeout: WAITS_MS, maxBuffer: 2 ** 28 }, (_error, out, err) => {
      try {
        // The contract of the command, held against the plan by whoever asks.
        resolve(JSON.parse(out) as T);
      } catch (cause) {
        reject(new Error(`${argv.join(' ')} says no JSON: ${err}`, { cause }));
      }
    });
  });
}
