import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/types.ts';
import { witnessKey } from '../../src/receivers/witness/key.ts';
import { ED25519, privateKeyOf, signer } from '../../src/tlog/key.ts';

/** The key of a witness in tests. */
export const WITNESS_KEY = witnessKey(
  signer('sallyport.record/aaaa', ED25519, privateKeyOf(createHash('sha256').update('w').digest())),
);

const CHILD = fileURLToPath(new URL('./witness-child.ts', import.meta.url));

/** What a witness answered. */
export interface Told {
  readonly status: number;
  readonly body: string;
}

/** A witness that is a process, and can be killed. */
export class WitnessProcess {
  readonly #child: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async start(store: Config['store']): Promise<WitnessProcess> {
    const child = spawn(process.execPath, [CHILD, JSON.stringify(store)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    return new WitnessProcess(child, Number(said.toString()));
  }

  /** null: it was killed before it had answered. */
  async ask(body: string): Promise<Told | null> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#port}/`, { method: 'POST', body });
      return { status: answer.status, body: await answer.text() };
    } catch {
      return null;
    }
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
