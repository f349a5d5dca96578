import type { CookieJar } from 'tough-cookie';
import { headerOf, textOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import { headersFor } from '../direct/body.ts';
import type { DirectClient } from '../direct/client.ts';
import { emptyJar } from '../direct/cookies.ts';
import { type Form, formsIn } from '../direct/forms.ts';
import type { Credentials } from '../direct/posting.ts';
import { AskedByHttp } from './asked-by-http.ts';
import { linksIn } from './links.ts';
import { KNOWN_PAGES, KNOWN_QUESTIONS, LOGOUT, NAME_FIELD, SIGN_IN, TELLING } from './words.ts';

/** A page that was opened. */
interface Opened {
  readonly answer: WholeAnswer;
  readonly target: string;
}

const MAX_HOPS = 8;
/** How long a page may take that nothing depends on, ms. */
const PAGE_MS = 8000;
/** Pages that are looked at: for the sign-in, and for the name of whoever is signed in. */
const [MAX_DOORS, MAX_PAGES] = [14, 24];

/** What an operator says of the way in. */
export interface Way {
  /** Where to begin. */
  readonly start: string;
  /** What else is typed into the form, by field. */
  readonly fill: ReadonlyMap<string, string>;
  /** Where the app may say who is signed in: looked at besides. */
  readonly look: readonly string[];
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

  /** The same of a page that nothing depends on; null: it does not answer, or not to its end. */
  async #opened(target: string, jar: CookieJar, from: string, hops = MAX_HOPS): Promise<Opened | null> {
    try {
      return await this.#settle(await this.#ask(target, jar, from, PAGE_MS), target, jar, hops);
    } catch (error) {
      this.#client.check();
      if (error instanceof CommandRefused) return null;
      throw error;
    }
  }

  /** A page, following wherever it leads by itself. */
  async #open(target: string, jar: CookieJar, from: string | null = null): Promise<Opened> {
    return this.#settle(await this.#ask(target, jar, from), target, jar);
  }

  #ask(target: string, jar: CookieJar, from: string | null, ms?: number): Promise<WholeAnswer> {
    const headers = from === null ? {} : { Referer: `${this.#client.origin}${from}` };
    return this.#client.ask({ target, headers, ...(ms === undefined ? {} : { ms }) }, jar);
  }

  async #settle(first: WholeAnswer, at: string, jar: CookieJar, hops = MAX_HOPS): Promise<Opened> {
    let [answer, target] = [first, at];
    for (let hop = 0; hop < hops; hop += 1) {
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
    const { links, entering } = linksIn(textOf(first.answer));
    const told = links.filter((link) => SIGN_IN.test(link) && !LOGOUT.test(link));
    const places = [...entering, ...told, ...KNOWN_PAGES].map(own).filter((each) => each !== null);
    if (this.#asks(first) || (await this.#asksLater(first, jar))) return first.target;
    for (const place of [...new Set(places)].slice(0, MAX_DOORS)) {
      const page = await this.#opened(place, jar, first.target);
      if (page === null) continue;
      if (this.#asks(page) || (await this.#asksLater(page, jar))) return page.target;
    }
    if (first.answer.status === 401 && challenged(first.answer) !== null)
      throw new AskedByHttp(challenged(first.answer));
    throw new CommandRefused(
      'No page with a form that asks for a password was found: a script builds it, or it stands at an address of its own. Record the sign-in yourself, without --unattended.',
    );
  }

  #asks({ answer }: Opened): boolean {
    return answer.status < 500 && passwordForm(textOf(answer)) !== null;
  }

  /** Whether a page asks for the name, and the next one for the password. */
  async #asksLater(page: Opened, jar: CookieJar): Promise<boolean> {
    const next = await this.#named(page, jar);
    return next !== null && this.#asks(next);
  }

  /** What follows when the name is sent by itself; null where no form asks for that. */
  async #named(page: Opened, jar: CookieJar): Promise<Opened | null> {
    const text = textOf(page.answer);
    const form = page.answer.status < 500 ? nameForm(text) : null;
    const name = form === null ? undefined : typedField(form.fields);
    if (form === null || name === undefined) return null;
    const typed = new Map([...this.#way.fill, [name, this.#person.account]]);
    return this.#send({ form, base: formsIn(text).base, page }, jar, typed);
  }

  async #signIn(at: string, jar: CookieJar, password: string): Promise<Opened> {
    const opened = await this.#open(at, jar);
    const page = this.#asks(opened) ? opened : ((await this.#named(opened, jar)) ?? opened);
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
      waiting = rest;
      seen.add(next.target);
      const page = await this.#opened(next.target, jar, next.from);
      if (page === null) continue;
      seen.add(page.target);
      const [more, leaving] = this.#leads(page, seen);
      out ??= leaving;
      waiting = [...rest, ...more.filter(({ target }) => !rest.some((each) => each.target === target))].toSorted(
        (a, b) => b.score - a.score,
      );
    }
    const questions = KNOWN_QUESTIONS.filter((question) => !seen.has(question));
    for (const place of [...this.#way.look, ...questions]) await this.#opened(place, jar, inside.target, 0);
    return out;
  }

  /** Pages that a page leads to, the most telling first, and what of it signs out. */
  #leads(page: Opened, seen: ReadonlySet<string>): [Waiting[], Leaving | null] {
    const text = textOf(page.answer);
    const { links, acting, leaving: leaves } = linksIn(text);
    const own = (found: readonly string[]) => found.flatMap((link) => this.#client.within(link, page.target) ?? []);
    const targets = own(links);
    const out = targets.find((target) => LOGOUT.test(target)) ?? own(leaves)[0];
    const harmless = own(links.filter((link) => !acting.has(link)));
    const open = harmless.filter((target) => !seen.has(target) && target !== out);
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

/** Which scheme an answer asks for by HTTP; null: none. */
function challenged({ headers }: WholeAnswer): string | null {
  return /^\s*([A-Za-z][\w-]{0,20})/.exec(headers.all('www-authenticate')[0] ?? '')?.[1]?.toLowerCase() ?? null;
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

/** The form of a page that asks for a name and for no password, by POST, as a sign-in in two steps begins. */
function nameForm(html: string): Form | null {
  const asking = formsIn(html).forms.filter(
    ({ fields, loose, method }) => !loose && method === 'POST' && fields.every(({ type }) => type !== 'password'),
  );
  return asking.find(({ fields }) => NAME_FIELD.test(typedField(fields) ?? '')) ?? null;
}

/** Of fields that a person types into, the one for the name. */
function typedField(fields: Form['fields']): string | undefined {
  const typed = fields.filter(({ type }) => type === 'text' || type === 'email' || type === 'search');
  return (typed.find(({ name }) => NAME_FIELD.test(name)) ?? typed.at(-1))?.name;
}

/** The field that the name is typed into: before the password, and the one that is called so; null: there is none. */
function nameField({ fields }: Form): string | null {
  const end = fields.findIndex(({ type }) => type === 'password');
  return typedField(fields.slice(0, end)) ?? null;
}
