import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { totp } from '../../test/support/person.ts';
import { SERVE } from '../installation.ts';

const PASSWORD = 'eleven quiet lighthouses';
const STEP_MS = 30_000;

/** A command of the installation; what it printed. */
export async function command(config: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [SERVE, ...words, '--config', config]);
  return stdout;
}

/** Somebody who enrols an authenticator app, and then signs in again and again; throws at the first answer that is not 200. */
export class Person {
  readonly #origin: string;
  readonly #name: string;
  readonly #cookies = new Map<string, string>();
  #secret = '';
  #lastStep = 0;

  constructor(origin: string, name: string) {
    this.#origin = origin;
    this.#name = name;
  }

  async #post(target: string, body: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
    const answer = await fetch(this.#origin + target, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Origin: this.#origin,
        Cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      body: JSON.stringify(body),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split(/=(.*)/s);
      if (/; *max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${target}: ${answer.status} ${text.slice(0, 200)}`);
    return JSON.parse(text) as Record<string, unknown>; // our own answers are objects
  }

  /** Whether the next code is one that was not used yet. */
  get canSignIn(): boolean {
    return Math.floor(Date.now() / STEP_MS) > this.#lastStep;
  }

  #code(): string {
    this.#lastStep = Math.floor(Date.now() / STEP_MS);
    return totp(this.#secret, this.#lastStep);
  }

  /** From a ticket to a session. */
  async enrol(config: string): Promise<void> {
    const ticket = /\/enrol\/([\w-]{20,})/.exec(await command(config, 'ticket', 'issue', this.#name))?.[1];
    if (ticket === undefined) throw new Error('a ticket without a link');
    await this.#post('/.sallyport/enrol', { ticket });
    await this.#post('/.sallyport/enrol/password', { password: PASSWORD });
    this.#secret = String((await this.#post('/.sallyport/enrol/totp'))['secret']);
    await this.#post('/.sallyport/enrol/totp/confirm', { code: this.#code() });
    await this.#post('/.sallyport/enrol/finish');
  }

  /** Both steps, as from a new browser. */
  async signIn(): Promise<void> {
    this.#cookies.clear();
    await this.#post('/.sallyport/sign-in', { account: this.#name, password: PASSWORD });
    await this.#post('/.sallyport/sign-in/totp', { code: this.#code() });
  }
}
