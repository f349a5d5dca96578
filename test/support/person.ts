import { createHmac } from 'node:crypto';
import { addAccount, issueTicket } from './manage.ts';
import type { ParsedAnswer } from './raw.ts';
import { BROWSER, PENDING, type Sallyport, SESSION, type Send } from './sallyport.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const PASSWORD = 'eleven quiet lighthouses';

/** RFC 4648 §6, of what an authenticator app is told. */
function base32(text: string): Buffer {
  let bits = '';
  for (const letter of text) {
    const at = ALPHABET.indexOf(letter);
    if (at === -1) throw new Error(`not base32: ${letter}`);
    bits += at.toString(2).padStart(5, '0');
  }
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** RFC 6238 with SHA-1, six digits, 30 s: the phone's own arithmetic, not the product's. */
export function totp(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', base32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Somebody with a browser and a phone, who knows nothing of the inside. */
export class Person {
  readonly #sally: Sallyport;
  readonly name: string;
  readonly password: string;
  readonly cookies = new Map<string, string>();
  secret = '';
  recoveryCodes: readonly string[] = [];
  /** The last step whose code was used. */
  lastStep = 0;

  constructor(sally: Sallyport, name: string, password = PASSWORD) {
    this.#sally = sally;
    this.name = name;
    this.password = password;
  }

  /** Cookie header of what the browser holds. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** At a port of its own the names end in it. */
  #own(name: string): string | undefined {
    const { port } = new URL(this.#sally.origin);
    return this.cookies.get(port === '' ? name : `${name}-${port}`);
  }

  get session(): string | undefined {
    return this.#own(SESSION);
  }

  get pending(): string | undefined {
    return this.#own(PENDING);
  }

  get browser(): string | undefined {
    return this.#own(BROWSER);
  }

  /** The phone's present step. */
  get step(): number {
    return Math.floor(this.#sally.clock.now() / 30_000);
  }

  codeOf(step: number): string {
    return totp(this.secret, step);
  }

  /** A code that has not been used; waits for the next one where needed. */
  async code(): Promise<string> {
    const step = Math.max(this.step, this.lastStep + 1);
    if (step > this.step + 1) await this.#sally.advance((step - this.step - 1) * 30_000);
    this.lastStep = step;
    return this.codeOf(step);
  }

  /** A code that fits no step near now. */
  wrongCode(): string {
    const near = new Set([-3, -2, -1, 0, 1, 2, 3].map((n) => this.codeOf(this.step + n)));
    for (let n = 0; ; n += 1) {
      const code = String(n * 7919).padStart(6, '0');
      if (!near.has(code)) return code;
    }
  }

  async send(method: string, target: string, options: Send = {}): Promise<ParsedAnswer> {
    const cookie = this.cookie;
    const answer = await this.#sally.send(method, target, cookie === '' ? options : { cookie, ...options });
    this.keep(answer);
    return answer;
  }

  /** Heeds Set-Cookie as a browser does. */
  keep(answer: ParsedAnswer): void {
    for (const line of answer.all('set-cookie')) {
      const [pair = '', ...attributes] = line.split(/; */);
      const name = pair.slice(0, pair.indexOf('='));
      if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(name.length + 1));
    }
  }

  post(target: string, json: Readonly<Record<string, string>> = {}, options: Send = {}): Promise<ParsedAnswer> {
    return this.send('POST', target, { json, ...options });
  }

  /** An account and a ticket, as an administrator makes them. */
  async invited(groups: readonly string[] = []): Promise<string> {
    const { manage } = this.#sally;
    if ((await manage.store.accounts.byName('staff', this.name)) === undefined)
      await addAccount(manage, { name: this.name, realm: 'staff', groups });
    const { secret } = await issueTicket(manage, this.name, {}, 'staff');
    return secret;
  }

  /** From the ticket to a session, through the public addresses alone. */
  async enrol(ticket?: string): Promise<void> {
    await this.expect(200, this.post('/.sallyport/enrol', { ticket: ticket ?? (await this.invited()) }));
    const local = this.#sally.config.realms.get('staff')?.source === 'local';
    if (local) await this.expect(200, this.post('/.sallyport/enrol/password', { password: this.password }));
    const made = await this.expect(200, this.post('/.sallyport/enrol/totp'));
    this.secret = (JSON.parse(made.body) as { secret: string }).secret;
    await this.expect(200, this.post('/.sallyport/enrol/totp/confirm', { code: await this.code() }));
    const done = await this.expect(200, this.post('/.sallyport/enrol/finish'));
    this.recoveryCodes = (JSON.parse(done.body) as { recovery_codes: string[] }).recovery_codes;
  }

  /** First step: leaves a pending sign-in. */
  async begin(form: Readonly<Record<string, string>> = {}): Promise<ParsedAnswer> {
    const local = this.#sally.config.realms.get('staff')?.source === 'local';
    const password = local ? { password: this.password } : {};
    return this.post('/.sallyport/sign-in', { account: this.name, ...password, ...form });
  }

  /** Both steps. */
  async signIn(): Promise<void> {
    await this.expect(200, this.begin());
    await this.expect(200, this.post('/.sallyport/sign-in/totp', { code: await this.code() }));
    if (this.session === undefined) throw new Error('signed in without a session cookie');
  }

  /** Another browser of the same person: the phone is the same, the cookies are not. */
  elsewhere(): Person {
    const other = new Person(this.#sally, this.name, this.password);
    other.secret = this.secret;
    other.recoveryCodes = this.recoveryCodes;
    other.lastStep = this.lastStep;
    return other;
  }

  async expect(status: number, sent: Promise<ParsedAnswer>): Promise<ParsedAnswer> {
    const answer = await sent;
    if (answer.status !== status)
      throw new Error(`expected ${status}, got ${answer.status}: ${answer.body.slice(0, 400)}`);
    return answer;
  }
}
