import type { CookieJar } from 'tough-cookie';
import { headerOf, textOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import { headersFor } from '../direct/body.ts';
import type { DirectClient } from '../direct/client.ts';
import { emptyJar } from '../direct/cookies.ts';
import { type Form, formsIn } from '../direct/forms.ts';
import type { Credentials } from '../direct/posting.ts';
import { linksIn } from './links.ts';
import { LOGOUT } from './recording.ts';

/** A page that was opened. */
interface Opened {
  readonly answer: WholeAnswer;
  readonly target: string;
}

const MAX_HOPS = 8;
/** Pages that are looked at: for the sign-in, and for the name of whoever is signed in. */
const [MAX_DOORS, MAX_PAGES] = [14, 24];

const SIGN_IN = /log-?_?in|sign-?_?in|log-?_?on|sign-?_?on|anmeld|connexion|auth|session\/new/i;
/** Where sign-in pages are, when nothing on the first page leads to one. */
const KNOWN_PAGES = [
  ...['/login', '/login.php', '/login/', '/index.php', '/admin/', '/admin/login/', '/signin', '/users/sign_in'],
  ...['/accounts/login/', '/auth/login', '/user/login', '/wp-login.php', '/index.html', '/login.html'],
];
/** What a page that says who is signed in is often called. */
const TELLING =
  /profil|account|user|prefer|settings|option|setup|whoami|\bme\b|konto|einstell|dashboard|home|main|navigation/i;
/** Where scripts ask. */
const KNOWN_QUESTIONS = [
  ...['/api/me', '/api/user', '/api/users/me', '/api/v1/me', '/api/v1/user', '/api/account', '/api/session', '/whoami'],
  ...['/api/whoami', '/api/current_user', '/user', '/profile', '/account', '/settings', '/preferences'],
];
/** Links that may do something when they are followed. */
const ACTING =
  /delete|remove|drop|destroy|trash|purge|reset|revoke|disable|enable|install|upgrade|update|restart|reboot|shutdown|kill|truncate|empty|export|download|backup|dump|rebuild|reindex|run|exec|start|stop|approve|confirm|toggle|watch|patrol|rollback|undo|vote|like|subscri|mark|accept|reject|cancel|send|switch|clear|flush|lock|\bban\b|impersonat|clone|rename|import|sync|archive|restore|convert|generate/i;
const ASSET = /\.(?:css|js|mjs|png|jpe?g|gif|svg|ico|woff2?|pdf|zip|gz|xml|txt|csv)(?:\?|$)/i;
const NAME_FIELD = /user|login|name|account|mail|uid|log|konto|benutzer/i;

/** What an operator says of the way in. */
export interface Way {
  /** Where to begin. */
  readonly start: string;
  /** What else is typed into the form, by field. */
  readonly fill: ReadonlyMap<string, string>;
  progress(text: string): void;
}

/**
 * Goes about an app as somebody at a browser without scripts: looks for the sign-in page, signs in with the right password, looks at
 * pages, signs out, signs in with a wrong one. What passes is recorded elsewhere. Rejects with CommandRefused, saying what is missing.
 */
export class Robot {
  readonly #client: DirectClient;
  readonly #person: Credentials;
  readonly #way: Way;

  /** `client` reaches the recorder, as a browser would. */
  constructor(client: DirectClient, person: Credentials, way: Way) {
    this.#client = client;
    this.#person = person;
    this.#way = way;
  }

  async run(wrongPassword: string): Promise<void> {
    this.#progress('Looking for the sign-in page …');
    const at = await this.#findSignIn(this.#way.start, emptyJar());
    this.#progress(`Signing in at ${at} with the right password …`);
    const jar = emptyJar();
    const inside = await this.#signIn(at, jar, this.#person.password);
    if (this.#asks(inside))
      throw new CommandRefused(
        'After the right password the app still asks for one: a script sends the form in another way, more is to be typed (--fill NAME=VALUE), or the password is wrong. Record the sign-in yourself, without --unattended.',
      );
    this.#progress('Looking at pages of whoever is signed in …');
    const out = await this.#lookAround(inside, jar);
    if (out === null) this.#progress('No link and no form signs out of the app.');
    else await this.#follow(out, jar);
    this.#progress('Signing in with a wrong password …');
    await this.#signIn(at, emptyJar(), wrongPassword);
  }

  #progress(text: string): void {
    this.#way.progress(text);
  }

  /** A page, following wherever it leads by itself. */
  async #open(target: string, jar: CookieJar, from: string | null = null): Promise<Opened> {
    return this.#settle(await this.#ask(target, jar, from), target, jar);
  }

  #ask(target: string, jar: CookieJar, from: string | null): Promise<WholeAnswer> {
    const headers = from === null ? {} : { Referer: `${this.#client.origin}${from}` };
    return this.#client.ask({ target, headers }, jar);
  }

  async #settle(first: WholeAnswer, at: string, jar: CookieJar): Promise<Opened> {
    let [answer, target] = [first, at];
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const moved = answer.status >= 300 && answer.status < 400 ? headerOf(answer, 'location') : undefined;
      const leads = moved ?? (answer.status === 200 ? linksIn(textOf(answer)).refresh : null);
      const next = leads == null ? null : this.#client.within(leads, target);
      // A page that renews itself leads nowhere.
      if (next === null || (moved === undefined && next === target)) break;
      answer = await this.#ask(next, jar, target);
      target = next;
    }
    return { answer, target };
  }

  /** The target of the sign-in page. */
  async #findSignIn(start: string, jar: CookieJar): Promise<string> {
    const first = await this.#open(start, jar);
    const own = (target: string): string | null => this.#client.within(target, first.target);
    const told = linksIn(textOf(first.answer)).links.filter((link) => SIGN_IN.test(link) && !LOGOUT.test(link));
    const places = [...told, ...KNOWN_PAGES].map(own).filter((each) => each !== null);
    if (this.#asks(first)) return first.target;
    for (const place of [...new Set(places)].slice(0, MAX_DOORS)) {
      const page = await this.#open(place, jar, first.target);
      if (this.#asks(page)) return page.target;
    }
    if (first.answer.status === 401)
      throw new CommandRefused(
        'The app asks for the password by HTTP itself (401), and not on a page: use the preset apache-basic or apache-digest.',
      );
    throw new CommandRefused(
      'No page with a form that asks for a password was found: a script builds it, or it stands at an address of its own. Record the sign-in yourself, without --unattended.',
    );
  }

  #asks({ answer }: Opened): boolean {
    return answer.status < 500 && passwordForm(textOf(answer)) !== null;
  }

  async #signIn(at: string, jar: CookieJar, password: string): Promise<Opened> {
    const page = await this.#open(at, jar);
    const { base } = formsIn(textOf(page.answer));
    const form = passwordForm(textOf(page.answer));
    if (form === null)
      throw new CommandRefused(`The page ${at.split('?', 1)[0]} shows no form with a password any more.`);
    const typed = new Map(this.#way.fill);
    const [secret] = form.fields.filter(({ type }) => type === 'password');
    const name = nameField(form);
    if (secret !== undefined) typed.set(secret.name, password);
    if (name !== null) typed.set(name, this.#person.account);
    return this.#send({ form, base, page }, jar, typed);
  }

  /** Sends a form as a browser does when somebody has typed these values and pressed its first button. */
  async #send({ form, base, page }: FormAt, jar: CookieJar, typed: ReadonlyMap<string, string>): Promise<Opened> {
    const from = base === null ? page.target : (this.#client.within(base, page.target) ?? page.target);
    const leads = this.#client.within(
      form.action === '' ? page.target : form.action,
      form.action === '' ? page.target : from,
    );
    if (leads === null)
      throw new CommandRefused('The form of the sign-in leads to another address than that of the app.');
    const pairs = form.fields.map(({ name, value }): [string, string] => [name, typed.get(name) ?? value]);
    const text = new URLSearchParams(pairs).toString();
    const headers = { Referer: `${this.#client.origin}${page.target}`, Origin: this.#client.origin };
    if (form.method === 'GET') {
      const target = `${leads.split('?', 1)[0]}?${text}`;
      return this.#settle(await this.#ask(target, jar, page.target), target, jar);
    }
    const bytes = Buffer.from(text);
    const [, type = ''] = headersFor(form.enctype, bytes);
    const answer = await this.#client.ask({ method: 'POST', target: leads, headers, body: { type, bytes } }, jar);
    return this.#settle(answer, leads, jar);
  }

  /** Looks at pages that may say who is signed in; answers what signs out, or null. */
  async #lookAround(inside: Opened, jar: CookieJar): Promise<Leaving | null> {
    const seen = new Set<string>([inside.target]);
    let [waiting, out] = this.#leads(inside, seen);
    for (let looked = 0; waiting.length > 0 && looked < MAX_PAGES; looked += 1) {
      const [next, ...rest] = waiting;
      if (next === undefined) break;
      seen.add(next.target);
      const page = await this.#open(next.target, jar, next.from);
      seen.add(page.target);
      const [more, leaving] = this.#leads(page, seen);
      out ??= leaving;
      waiting = [...rest, ...more.filter(({ target }) => !rest.some((each) => each.target === target))].toSorted(
        (a, b) => b.score - a.score,
      );
    }
    for (const question of KNOWN_QUESTIONS) if (!seen.has(question)) await this.#ask(question, jar, inside.target);
    return out;
  }

  /** Pages that a page leads to, the most telling first, and what of it signs out. */
  #leads(page: Opened, seen: ReadonlySet<string>): [Waiting[], Leaving | null] {
    const text = textOf(page.answer);
    const { links } = linksIn(text);
    const targets = links.flatMap((link) => this.#client.within(link, page.target) ?? []);
    const out = targets.find((target) => LOGOUT.test(target));
    const open = targets.filter(
      (target) => !seen.has(target) && !LOGOUT.test(target) && !ACTING.test(target) && !ASSET.test(target),
    );
    const { forms, base } = formsIn(text);
    const form = forms.find(
      ({ action, fields }) => LOGOUT.test(action) || fields.some(({ name, value }) => LOGOUT.test(`${name} ${value}`)),
    );
    const told = (target: string): number =>
      (TELLING.test(target) ? 2 : 0) + (target.includes(this.#person.account) ? 1 : 0);
    const waiting = [...new Set(open)].map((target) => ({ target, from: page.target, score: told(target) }));
    const leaving: Leaving | null =
      out !== undefined ? { target: out, page } : form === undefined ? null : { form, base, page };
    return [waiting.toSorted((a, b) => b.score - a.score), leaving];
  }

  async #follow(leaving: Leaving, jar: CookieJar): Promise<void> {
    if ('target' in leaving) await this.#open(leaving.target, jar, leaving.page.target);
    else await this.#send(leaving, jar, new Map());
  }
}

interface Waiting {
  readonly target: string;
  readonly from: string;
  readonly score: number;
}

/** What signs out: a link, or a form. */
type Leaving = { readonly target: string; readonly page: Opened } | FormAt;

/** A form where it stands. */
interface FormAt {
  readonly form: Form;
  readonly base: string | null;
  readonly page: Opened;
}

/** The form of a page that asks for one password; two are a registration or a change. */
function passwordForm(html: string): Form | null {
  const asking = formsIn(html).forms.filter(
    ({ fields, loose }) => !loose && fields.filter(({ type }) => type === 'password').length === 1,
  );
  return asking.find((form) => nameField(form) !== null) ?? asking[0] ?? null;
}

/** The field that the name is typed into: before the password, and the one that is called so; null: there is none. */
function nameField({ fields }: Form): string | null {
  const end = fields.findIndex(({ type }) => type === 'password');
  const typed = fields.slice(0, end).filter(({ type }) => type === 'text' || type === 'email' || type === 'search');
  return (typed.find(({ name }) => NAME_FIELD.test(name)) ?? typed.at(-1))?.name ?? null;
}
