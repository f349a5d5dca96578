import { CommandRefused } from '../../../terminal/exit.ts';
import type { Credentials } from '../../direct/posting.ts';
import { mayAct } from '../links.ts';
import type { Way } from '../robot.ts';
import { KNOWN_PAGES, LOGOUT, SIGN_IN, TELLING } from '../words.ts';
import type { Chromium } from './chromium.ts';
import { Tab } from './tab.ts';
import { VIEW } from './view.ts';

/** Pages that are looked at for the name of whoever is signed in, and menus that are opened for the way out. */
const [MAX_DOORS, MAX_PAGES, MAX_MENUS] = [10, 10, 12];
/** How long a page may take to build its fields, and an app to let somebody in; ms. */
const [BUILD_MS, ENTER_MS] = [2500, 8000];

interface Link {
  readonly href: string;
  readonly text: string;
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null && 'href' in value && typeof value.href === 'string';
}

/**
 * Goes about an app as a person at a real browser. What passes is recorded elsewhere. Rejects with CommandRefused, saying what is
 * missing.
 */
export class Driver {
  readonly #browser: Chromium;
  readonly #origin: string;
  readonly #person: Credentials;
  readonly #way: Way;

  /** `origin`: that of the recorder. */
  constructor(browser: Chromium, origin: string, person: Credentials, way: Way) {
    this.#browser = browser;
    this.#origin = origin;
    this.#person = person;
    this.#way = way;
  }

  async run(wrongPassword: string): Promise<void> {
    this.#way.progress('Looking for the sign-in page with Chromium …');
    const tab = await Tab.open(this.#browser);
    const at = await this.#findSignIn(tab);
    this.#way.progress('Signing in there with the right password …');
    if (!(await this.#signIn(tab, this.#person.password)))
      throw new CommandRefused(
        'After the right password the app still asks for one: more is to be typed (--fill NAME=VALUE), or the password is wrong. Record the sign-in yourself, without --unattended.',
      );
    this.#way.progress('Looking at pages of whoever is signed in …');
    const inside = String(await tab.evaluate(VIEW.address));
    await this.#lookAround(tab);
    await tab.go(inside);
    if (!(await this.#leave(tab))) this.#way.progress('Nothing was found that signs out of the app.');
    await tab.close();
    await this.#signInWrongly(at, wrongPassword);
  }

  async #signInWrongly(at: string, wrongPassword: string): Promise<void> {
    this.#way.progress('Signing in with a wrong password …');
    const tab = await Tab.open(this.#browser);
    await tab.go(at);
    // The form may have no address of its own, and come once its link has been pressed.
    if (!(await this.#shown(tab)) && (await tab.evaluate(VIEW.enter)) === true) await this.#shown(tab);
    await this.#signIn(tab, wrongPassword);
    await tab.close();
  }

  /** Signs in with the right password and with a wrong one, and no more: to see what a browser sends. */
  async signInOnly(wrongPassword: string): Promise<void> {
    this.#way.progress('Looking at what a browser sends …');
    const tab = await Tab.open(this.#browser);
    const at = await this.#findSignIn(tab);
    await this.#signIn(tab, this.#person.password);
    await tab.close();
    await this.#signInWrongly(at, wrongPassword);
  }

  /** Whether the page asks for a name or a password, once it has been built. */
  async #shown(tab: Tab): Promise<boolean> {
    if ((await tab.evaluate(VIEW.asksPassword)) === true) return true;
    return tab.until(VIEW.asksPassword, BUILD_MS);
  }

  /** The address of the sign-in page, which the tab shows then. */
  async #findSignIn(tab: Tab): Promise<string> {
    await tab.go(`${this.#origin}${this.#way.start}`);
    const built = `${VIEW.asksPassword} || ${VIEW.asksName} || ${VIEW.entrance}`;
    await tab.until(built, BUILD_MS);
    if ((await tab.evaluate(VIEW.asksPassword)) === true) return String(await tab.evaluate(VIEW.address));
    if ((await tab.evaluate(VIEW.enter)) === true) {
      await tab.settled();
      if (await this.#shown(tab)) return String(await tab.evaluate(VIEW.address));
    }
    const named = await this.#namedFirst(tab);
    if (named !== null) return named;
    const told = (await this.#links(tab)).filter(({ href }) => SIGN_IN.test(href) && !LOGOUT.test(href));
    const places = [...told.map(({ href }) => href), ...KNOWN_PAGES.map((path) => `${this.#origin}${path}`)];
    for (const place of [...new Set(places)].slice(0, MAX_DOORS)) {
      await tab.go(place);
      if (await this.#shown(tab)) return place;
      const later = await this.#namedFirst(tab);
      if (later !== null) return later;
    }
    throw new CommandRefused(
      'No page that asks for a password was found, with Chromium either: name the address of the sign-in page with --start, or record the sign-in yourself, without --unattended.',
    );
  }

  /** The address, where the page asks for the name first and for the password once it has been sent. */
  async #namedFirst(tab: Tab): Promise<string | null> {
    const address = String(await tab.evaluate(VIEW.address));
    if ((await tab.evaluate(VIEW.asksName)) !== true || !(await this.#giveName(tab))) return null;
    await tab.go(address);
    return (await tab.until(VIEW.asksName, BUILD_MS)) ? address : null;
  }

  /** Sends the name alone; whether a password is asked for then. */
  async #giveName(tab: Tab): Promise<boolean> {
    await tab.evaluate(VIEW.focusName);
    await tab.type(this.#person.account);
    if ((await tab.evaluate(VIEW.pressName)) !== true) await tab.enter();
    await tab.settled();
    return tab.until(VIEW.asksPassword, BUILD_MS);
  }

  /** Signs in on the page that is shown; whether no password is asked for afterwards. */
  async #signIn(tab: Tab, password: string): Promise<boolean> {
    if ((await tab.evaluate(VIEW.asksPassword)) !== true) await this.#giveName(tab);
    else if ((await tab.evaluate(VIEW.focusName)) === true) await tab.type(this.#person.account);
    for (const [name, value] of this.#way.fill)
      if ((await tab.evaluate(VIEW.focusField(name))) === true) await tab.type(value);
    await tab.evaluate(VIEW.focusPassword);
    await tab.type(password);
    if ((await tab.evaluate(VIEW.pressPassword)) !== true) await tab.enter();
    await tab.settled();
    if ((await tab.evaluate(VIEW.asksPassword)) !== true) return true;
    // A button may have been another than the one that signs in.
    await tab.evaluate(VIEW.focusPassword);
    await tab.enter();
    await tab.settled();
    return tab.until(`!${VIEW.asksPassword}`, password === this.#person.password ? ENTER_MS : 0);
  }

  async #links(tab: Tab): Promise<Link[]> {
    const links = await tab.evaluate(VIEW.links);
    return Array.isArray(links) ? links.filter(isLink).filter(({ href }) => href.startsWith(`${this.#origin}/`)) : [];
  }

  async #lookAround(tab: Tab): Promise<void> {
    const inside = String(await tab.evaluate(VIEW.address));
    for (const place of this.#way.look) await tab.go(`${this.#origin}${place}`);
    if (this.#way.look.length > 0) await tab.go(inside);
    const seen = new Set<string>([inside]);
    const acts = ({ href, text }: Link) => mayAct(href.slice(this.#origin.length), text);
    const told = ({ href, text }: Link) =>
      (TELLING.test(href.slice(this.#origin.length)) || TELLING.test(text) ? 2 : 0) +
      (`${href} ${text}`.includes(this.#person.account) ? 1 : 0);
    for (let looked = 0; looked < MAX_PAGES; looked += 1) {
      const open = (await this.#links(tab)).filter((link) => !seen.has(link.href) && !acts(link));
      const [next] = open.toSorted((a, b) => told(b) - told(a));
      if (next === undefined) return;
      seen.add(next.href);
      await tab.go(next.href);
    }
  }

  /** Presses what signs out, in a menu where it is in one; whether it was there. */
  async #leave(tab: Tab): Promise<boolean> {
    for (let n = -1; n < MAX_MENUS; n += 1) {
      if (n >= 0 && (await tab.evaluate(VIEW.menu(n, this.#person.account))) !== true) return false;
      if ((await tab.until(VIEW.leave, n < 0 ? 500 : 300)) === true) {
        await tab.settled();
        return true;
      }
    }
    return false;
  }
}
