import { Authenticator, type AuthenticatorKind, type CreateTweaks, type GetTweaks } from './authenticator.ts';
import { Person } from './person.ts';
import type { ParsedAnswer } from './raw.ts';
import type { Sallyport } from './sallyport.ts';

const SIGN_IN = '/.sallyport/sign-in/passkey';
const ENROL = '/.sallyport/enrol/passkey';

/** Somebody with a passkey. Plain HTTP: at a host under localhost, where browsers have passkeys too. */
export class Keyholder extends Person {
  readonly site: Sallyport;
  device: Authenticator;

  constructor(sally: Sallyport, name: string, kind: AuthenticatorKind = {}) {
    super(sally, name);
    this.site = sally;
    this.device = new Authenticator(kind);
  }

  /** Another browser of the same person, with the same passkey at hand. */
  another(): Keyholder {
    const other = new Keyholder(this.site, this.name);
    other.device = this.device;
    other.secret = this.secret;
    other.lastStep = this.lastStep;
    return other;
  }

  /** The guesses from this address are forgotten, as after a while. */
  async forgiven(): Promise<void> {
    await this.site.app.store.throttles.purge(Number.MAX_SAFE_INTEGER);
  }

  async options(form: Readonly<Record<string, string>> = {}): Promise<object> {
    return JSON.parse((await this.expect(200, this.post(`${SIGN_IN}/options`, form))).body) as object;
  }

  async creation(): Promise<object> {
    return JSON.parse((await this.expect(200, this.post(`${ENROL}/options`))).body) as object;
  }

  /** What the passkey says to options, as text. */
  answer(options: object, tweaks: GetTweaks & { readonly origin?: string } = {}): string {
    return JSON.stringify(this.device.get({ origin: this.site.origin, ...tweaks, options }));
  }

  created(options: object, tweaks: CreateTweaks & { readonly origin?: string } = {}): string {
    return JSON.stringify(this.device.create({ origin: this.site.origin, ...tweaks, options }));
  }

  /** Ends a ceremony. */
  say(response: string, more: Readonly<Record<string, string>> = {}): Promise<ParsedAnswer> {
    return this.post(SIGN_IN, { response, ...more });
  }

  register(response: string): Promise<ParsedAnswer> {
    return this.post(ENROL, { response });
  }

  /** Opens an enrolment by ticket up to the choice of an authenticator. */
  async enrolling(): Promise<void> {
    await this.expect(200, this.post('/.sallyport/enrol', { ticket: await this.invited() }));
    if (this.site.config.realms.get('staff')?.source === 'local')
      await this.expect(200, this.post('/.sallyport/enrol/password', { password: this.password }));
  }

  /** From a ticket to a session, with a passkey. */
  async enrolKey(tweaks: CreateTweaks = {}): Promise<void> {
    await this.enrolling();
    await this.expect(200, this.register(this.created(await this.creation(), tweaks)));
    await this.expect(200, this.post('/.sallyport/enrol/finish'));
  }

  /** Without a name. */
  async signInByKey(): Promise<void> {
    await this.expect(200, this.say(this.answer(await this.options({ start: 'yes' })), { start: 'yes' }));
  }
}
