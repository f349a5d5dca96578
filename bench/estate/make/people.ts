import type { EnrolCaller } from '../../../src/enrol/types.ts';
import { SallyportError } from '../../../src/errors.ts';
import type { Caller, SignedIn } from '../../../src/login/types.ts';
import type { AppId, Device } from '../plan/types.ts';
import { codeOf, type Held, newKeys, wrongCode } from './device.ts';
import type { Estate } from './estate.ts';

const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0';

/** What one person has. */
interface Person {
  readonly devices: Map<string, Held>;
  codes: readonly string[];
  /** Of the browser that they use; null before the first sign-in. */
  browser: string | null;
  /** The last link that they were given. */
  ticket: string | null;
  readonly source: string;
}

/** Everybody, each with what they hold in their hands and nobody else knows, through the steps that everybody goes through. */
export class People {
  readonly #estate: Estate;
  readonly #all = new Map<string, Person>();

  constructor(estate: Estate) {
    this.#estate = estate;
  }

  #person(who: string): Person {
    const known = this.#all.get(who);
    if (known !== undefined) return known;
    const n = this.#all.size;
    // Documentation addresses (RFC 3849), a network each, so that nobody waits for somebody else's mistakes.
    const source = `2001:db8:${(n >> 8).toString(16)}:${((n & 0xff) << 8).toString(16)}::1`;
    const person: Person = { devices: new Map(), codes: [], browser: null, ticket: null, source };
    this.#all.set(who, person);
    return person;
  }

  #caller(person: Person, app: AppId): Caller {
    return { app: this.#estate.appOf(app), source: person.source, userAgent: AGENT, browser: person.browser };
  }

  hand(who: string, ticket: string): void {
    this.#person(who).ticket = ticket;
  }

  async #adds(
    caller: EnrolCaller,
    cookie: string,
    { person, device }: { person: Person; device: Device },
  ): Promise<string> {
    const { enrol, clock } = this.#estate;
    if (device.kind === 'totp') {
      const { secret } = await enrol.totp(caller, cookie);
      const confirmed = await enrol.confirm(caller, cookie, codeOf(secret, clock), device.name);
      person.devices.set(device.name, { kind: 'totp', secret });
      return confirmed.cookie;
    }
    const keys = newKeys(device);
    const options = await enrol.passkeyOptions(caller, cookie);
    const response = JSON.stringify(keys.create({ options, origin: caller.app.origin }));
    const added = await enrol.passkey(caller, cookie, response, device.name);
    person.devices.set(device.name, { kind: 'passkey', keys });
    return added.cookie;
  }

  /** From the link to what was to be added; the cookie of the last step. */
  async enrolHalf(who: string, app: AppId, devices: readonly Device[]): Promise<string> {
    const person = this.#person(who);
    const caller = this.#caller(person, app);
    let { cookie } = await this.#estate.enrol.open(caller, person.ticket ?? '');
    person.ticket = null;
    for (const device of devices) cookie = await this.#adds(caller, cookie, { person, device });
    return cookie;
  }

  /** From the link to a session. */
  async enrol(who: string, app: AppId, devices: readonly Device[]): Promise<void> {
    const { enrol, login } = this.#estate;
    const person = this.#person(who);
    const caller = this.#caller(person, app);
    const cookie = await this.enrolHalf(who, app, devices);
    const done = await enrol.finish(caller, cookie, (tx, row, proofs) => login.afterEnrolment(caller, tx, row, proofs));
    person.codes = done.recoveryCodes;
    if (done.signedIn !== undefined) person.browser = done.signedIn.browser;
  }

  async signIn(who: string, app: AppId, by: string): Promise<SignedIn> {
    const person = this.#person(who);
    const caller = this.#caller(person, app);
    const held = person.devices.get(by);
    const done = held?.kind === 'passkey' ? await this.#byKey(caller, held) : await this.#byCode(caller, who, by);
    person.browser = done.browser;
    return done;
  }

  async #byKey(caller: Caller, { keys }: Extract<Held, { kind: 'passkey' }>): Promise<SignedIn> {
    const { login } = this.#estate;
    const { options, cookie } = await login.passkeyOptions(caller, { purpose: 'start', cookie: null });
    const response = JSON.stringify(keys.get({ options, origin: caller.app.origin }));
    return login.passkey(caller, { purpose: 'start', cookie }, response, '/');
  }

  async #byCode(caller: Caller, who: string, by: string): Promise<SignedIn> {
    const { login, clock } = this.#estate;
    const person = this.#person(who);
    const held = person.devices.get(by);
    const [code = '', ...left] = held?.kind === 'totp' ? [codeOf(held.secret, clock)] : person.codes;
    const { cookie } = await login.begin(caller, { account: who, password: undefined, next: '/' });
    const done = await login.second(caller, cookie, held === undefined ? 'recovery' : 'totp', code);
    if (held === undefined) person.codes = left;
    return done;
  }

  async mistype(who: string, app: AppId, by: string): Promise<void> {
    const { login, clock } = this.#estate;
    const person = this.#person(who);
    const held = person.devices.get(by);
    if (held?.kind !== 'totp') throw new Error(`${who} has no codes to mistype`);
    const caller = this.#caller(person, app);
    const { cookie } = await login.begin(caller, { account: who, password: undefined, next: '/' });
    const refused = await login.second(caller, cookie, 'totp', wrongCode(held.secret, clock)).catch((error) => error);
    if (!(refused instanceof SallyportError) || refused.code !== 'wrong-credentials') throw refused;
  }

  async add(who: string, app: AppId, { by, device }: { readonly by: string; readonly device: Device }): Promise<void> {
    const { enrol } = this.#estate;
    const { session } = await this.signIn(who, app, by);
    const person = this.#person(who);
    const caller = this.#caller(person, app);
    const { cookie } = await enrol.add(caller, session);
    const { recoveryCodes } = await enrol.finish(caller, await this.#adds(caller, cookie, { person, device }));
    if (recoveryCodes.length > 0) person.codes = recoveryCodes;
  }

  /** Signs in, and does something with one of the person's own devices. */
  async #manage(
    { who, app, by }: { readonly who: string; readonly app: AppId; readonly by: string },
    name: string,
    work: (caller: Caller, session: SignedIn['session'], id: string) => Promise<void>,
  ): Promise<void> {
    const { session } = await this.signIn(who, app, by);
    const caller = this.#caller(this.#person(who), app);
    const { authenticators } = await this.#estate.enrol.own(caller, session);
    const found = authenticators.find(({ label }) => label === name);
    if (found === undefined) throw new Error(`${who} has no device ${name}`);
    await work(caller, session, found.id);
  }

  async drop(how: { readonly who: string; readonly app: AppId; readonly by: string }, name: string): Promise<void> {
    await this.#manage(how, name, (caller, session, id) => this.#estate.enrol.removeAuthenticator(caller, session, id));
    this.forget(how.who, name);
  }

  async rename(how: { readonly who: string; readonly app: AppId; readonly by: string }, to: string): Promise<void> {
    const { who, by } = how;
    await this.#manage(how, by, (caller, session, id) =>
      this.#estate.enrol.renameAuthenticator(caller, session, id, to),
    );
    const { devices } = this.#person(who);
    const held = devices.get(by);
    if (held !== undefined) devices.set(to, held);
    devices.delete(by);
  }

  async newCodes(who: string, app: AppId, by: string): Promise<void> {
    const { session } = await this.signIn(who, app, by);
    const person = this.#person(who);
    person.codes = await this.#estate.enrol.newRecoveryCodes(this.#caller(person, app), session);
  }

  /** It is not there any more. */
  forget(who: string, name: string): void {
    this.#person(who).devices.delete(name);
  }
}
