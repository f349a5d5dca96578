import { APP_PASSWORDS } from './login-app-people.ts';
import { Person } from './person.ts';
import type { ParsedAnswer } from './raw.ts';
import type { Sallyport, Send } from './sallyport.ts';

const TOTP = '/.sallyport/sign-in/totp';
const PAGE = [['Accept', 'text/html']] as const;

/** The phone of a person, whichever browser asks for its codes. */
interface Phone {
  lastStep: number;
}

/** Somebody with an account at an app that has a login of its own, at a browser in front of one host. */
export class Signer extends Person {
  readonly site: Sallyport;
  readonly host: string;
  /** Everything that this browser has been answered. */
  readonly answers: ParsedAnswer[] = [];
  #phone: Phone = { lastStep: 0 };

  constructor(sally: Sallyport, name: string, host: string) {
    super(sally, name, APP_PASSWORDS[name] ?? 'no account at the app');
    this.site = sally;
    this.host = host;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  override async send(method: string, target: string, options: Send = {}): Promise<ParsedAnswer> {
    const origin = method === 'GET' || method === 'HEAD' ? {} : { origin: this.origin };
    const answer = await super.send(method, target, { host: this.host, ...origin, ...options });
    this.answers.push(answer);
    return answer;
  }

  override async code(): Promise<string> {
    this.lastStep = Math.max(this.lastStep, this.#phone.lastStep);
    const code = await super.code();
    this.#phone.lastStep = this.lastStep;
    return code;
  }

  /** Another browser of the same person, perhaps at another host. */
  another(host = this.host): Signer {
    const other = new Signer(this.site, this.name, host);
    other.secret = this.secret;
    other.recoveryCodes = this.recoveryCodes;
    other.#phone = this.#phone;
    return other;
  }

  /** A page, as a browser asks for it when somebody follows a link. */
  page(target: string, options: Send = {}): Promise<ParsedAnswer> {
    return this.send('GET', target, { headers: [...PAGE, ...(options.headers ?? [])], ...withoutHeaders(options) });
  }

  /** A form, as a browser sends it. */
  form(target: string, form: Readonly<Record<string, string>>, options: Send = {}): Promise<ParsedAnswer> {
    return this.send('POST', target, {
      form,
      headers: [...PAGE, ...(options.headers ?? [])],
      ...withoutHeaders(options),
    });
  }

  /** The app's login page; its token. */
  async loginPage(): Promise<string> {
    const page = await this.expect(200, this.page('/login'));
    const token = /name="csrf" value="(\w+)"/.exec(page.body)?.[1];
    if (token === undefined) throw new Error(`no login page: ${page.body.slice(0, 200)}`);
    return token;
  }

  /** Name and password at the app, with its page's token. */
  async login(form: Readonly<Record<string, string>> = {}, options: Send = {}): Promise<ParsedAnswer> {
    const csrf = await this.loginPage();
    return this.form('/login', { csrf, username: this.name, password: this.password, ...form }, options);
  }

  /** The second step, as a form. */
  async factor(code?: string): Promise<ParsedAnswer> {
    return this.form(TOTP, { code: code ?? (await this.code()) });
  }

  /** Name and factor at Sallyport, then the app's own login (`factor-first`). */
  async arrive(form: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.signIn();
    const answer = await this.login(form);
    if (answer.status !== 302)
      throw new Error(`the app did not sign in: ${answer.status} ${answer.body.slice(0, 200)}`);
  }

  /** The app's login up to the question for the factor (`login-first`). */
  async held(form: Readonly<Record<string, string>> = {}): Promise<void> {
    const answer = await this.expect(303, this.login(form));
    const location = answer.header('location') ?? '';
    if (!location.startsWith(TOTP) && !location.startsWith('/.sallyport/sign-in/passkey'))
      throw new Error(`not led to the second step but to ${location}`);
  }

  /** The app's login, the factor, and the answer that was held (`login-first`). */
  async release(form: Readonly<Record<string, string>> = {}): Promise<ParsedAnswer> {
    await this.held(form);
    const passed = await this.expect(303, this.factor());
    return this.page(passed.header('location') ?? '');
  }

  /** The guesses from this address are forgotten, as after a while. */
  async forgiven(): Promise<void> {
    await this.site.app.store.throttles.purge(Number.MAX_SAFE_INTEGER);
  }
}

function withoutHeaders({ headers: _, ...options }: Send): Send {
  return options;
}
