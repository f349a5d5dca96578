import type { BoundLogin } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Jar, Received, Stood } from '../jar/types.ts';
import { putTokens } from '../presets/vault.ts';
import type { AnswerHead, BodyEdit, InboundHead, Passage } from '../proxy/passage.ts';
import { clientPairs, shown } from './browser-cookies.ts';
import type { BindingContext } from './context.ts';
import { type Crossing, crossingOf, isLost } from './crossing.ts';
import { pageEdit } from './edits.ts';

/** What one request with a jar is told beforehand. */
export interface JarExchange {
  readonly admission: Admission;
  readonly login: BoundLogin;
  readonly jar: Jar;
  readonly origin: string;
  /** What the names of our cookies end in at this address. */
  readonly suffix: string;
  readonly authorization: (value: string) => string | null;
  /** Written into the app's login page; null: not there, or there is nothing to write. */
  readonly fill: string | null;
  readonly scan: BodyEdit | null;
  /** What `scan` lets through has another length. */
  readonly resized: boolean;
  readonly read?: { readonly bytes: Buffer; readonly whole: boolean };
  /** A browser is opening a page. */
  readonly navigation: boolean;
  /** The request signs out of the app. */
  readonly logout: boolean;
  /** Our origin is replaced by the app's whatever its configuration says (WebSockets). */
  readonly ownOrigin?: boolean;
  /** Set-Cookie values of ours that the answer carries besides (a visitor's), once what it brought is in the jar. */
  readonly cookies: () => readonly string[] | Promise<readonly string[]>;
  /**
   * Once what the answer brought is kept: whose it is, by the cookies as they `stood` with it. Rejects to refuse the answer, whose
   * `status` it is told.
   */
  readonly prove: (status: number, stood: Stood) => Promise<void> | undefined;
  /** Whether the app has still to be asked about those session cookies. */
  readonly unproven: (cookies: Stood) => boolean;
}

const NOTHING = (): void => {};
const NO_CHALLENGE = (): null => null;

/** What crosses between browser and app for one request whose cookies are in a jar. */
export class JarPassage implements Passage {
  readonly without: ReadonlySet<string>;
  readonly authorization: (value: string) => string | null;
  readonly challenge: (value: string) => string | null;
  readonly ownOrigin: boolean;
  readonly location?: (value: string) => string;
  readonly refresh?: (value: string) => string;
  readonly target?: (judged: string) => string;
  readonly more?: readonly (readonly [name: string, value: string])[];
  readonly scan: BodyEdit | null;
  readonly resized: boolean;
  readonly read?: { readonly bytes: Buffer; readonly whole: boolean };
  readonly #ctx: BindingContext;
  readonly #exchange: JarExchange;
  readonly #generation: number;
  /** The session cookies that it was let through for. */
  readonly #credentials: string;
  readonly #shared: Crossing;
  readonly #target: string;
  /** A page before there is a session: containers write its id into the addresses of their first one. */
  readonly #first: boolean;
  #brought: string[] | null = null;
  /** How it is cut; null: nobody waits for that any more. */
  #cut: (() => void) | null = null;
  /** This request is no longer among those that end with their generation: it is what may end it. */
  #land: () => void = NOTHING;

  constructor(ctx: BindingContext, exchange: JarExchange) {
    const { admission, login, jar, origin } = exchange;
    this.#ctx = ctx;
    this.#exchange = exchange;
    this.#generation = jar.generation;
    this.#credentials = jar.credentials();
    this.#target = admission.target;
    const shared = crossingOf(admission.app, login, origin);
    this.#shared = shared;
    this.#first = exchange.navigation && this.#credentials === '';
    // A body that may be changed must come unpacked.
    const readable = this.#first || exchange.fill !== null || shared.rewritten;
    this.without = readable ? shared.withoutPacking : shared.without;
    this.authorization = exchange.authorization;
    this.challenge = admission.session === null ? NO_CHALLENGE : shared.challenge;
    this.scan = exchange.scan;
    this.resized = exchange.resized;
    if (exchange.read !== undefined) this.read = exchange.read;
    this.ownOrigin = exchange.ownOrigin === true;
    if (shared.location !== undefined) this.location = shared.location;
    if (shared.refresh !== undefined) this.refresh = shared.refresh;
    if (login.vault.length > 0) {
      const put = putTokens(login, admission.target, admission.headers, (standIn) => jar.token(standIn));
      this.target = () => put.target;
      this.more = put.headers;
      this.without = new Set([...this.without, ...put.without]);
    }
  }

  /** The jar's cookies, and those of the browser's own making that are listed; of two with one name the jar's. */
  outbound(values: readonly string[]): string | null {
    const { jar, unproven } = this.#exchange;
    // Another answer brought others in between.
    if (jar.credentials() !== this.#credentials && unproven(jar))
      throw new SallyportError('conflict', 'other cookies of the app meanwhile');
    const own = jar.cookieFor(this.#target);
    const theirs = clientPairs(values, this.#shared.client);
    if (theirs.length === 0) return own;
    if (own === null) return theirs.join('; ');
    const names = new Set(own.split('; ').map((pair) => pair.slice(0, pair.indexOf('='))));
    return [own, ...theirs.filter((pair) => !names.has(pair.slice(0, pair.indexOf('=')).trim()))].join('; ');
  }

  inbound(setCookie: string): string | null {
    this.#brought ??= [];
    this.#brought.push(setCookie);
    return shown(setCookie, this.#exchange.login.browserCookies);
  }

  onEnd(cut: () => void): () => void {
    this.#cut = cut;
    this.#land = this.#exchange.jar.inFlight(cut);
    return () => {
      this.#cut = null;
      this.#land();
    };
  }

  /** What it brought is known to be the session's own: it ends with its generation again, however long it goes on. */
  #rise(generation: number): void {
    const { jar } = this.#exchange;
    if (jar.generation !== generation) throw new SallyportError('conflict', 'signed in anew meanwhile');
    if (this.#cut !== null) this.#land = jar.inFlight(this.#cut);
  }

  settle(head: AnswerHead): Promise<readonly string[]> | undefined {
    const { jar, logout } = this.#exchange;
    if (jar.generation !== this.#generation) throw new SallyportError('conflict', 'signed in anew meanwhile');
    if (logout) return this.#signedOut(head.status);
    const over = jar.standing.kind === 'bound' && isLost(this.#shared, head, this.#ctx.clock);
    const received = this.#receive();
    if (received === undefined && !over && !this.#isUnproven(jar)) return undefined;
    return this.#received(received, over, head.status);
  }

  #receive(): Promise<Received> | undefined {
    const setCookies = this.#brought;
    if (setCookies === null) return undefined;
    return this.#ctx.jars.receive(this.#exchange.jar, {
      generation: this.#generation,
      target: this.#target,
      setCookies,
    });
  }

  async #received(receiving: Promise<Received> | undefined, over: boolean, status: number): Promise<readonly string[]> {
    const { jar, cookies } = this.#exchange;
    const stood = asOf(jar);
    const received = await receiving;
    if (over) await this.#ctx.jars.stand(jar, this.#generation, { kind: 'open' });
    if (this.#isUnproven(received?.stood ?? stood)) {
      this.#land();
      await this.#exchange.prove(status, received?.stood ?? stood);
      this.#rise(this.#generation);
    }
    return [...(await cookies()), ...this.#versionOf(received)];
  }

  /**
   * It brought cookies, and the app has not said whose the session is that they belong to: another answer may have brought the very
   * same before, and be asked about. What was made for somebody else comes with their cookies.
   */
  #isUnproven(stood: Stood): boolean {
    return this.#brought !== null && this.#exchange.unproven(stood);
  }

  /** Signed out of the app: whatever it kept for this person is thrown away; what it sets now begins anew. */
  async #signedOut(status: number): Promise<readonly string[]> {
    const { jars } = this.#ctx;
    const { jar, prove } = this.#exchange;
    this.#land();
    await jars.clear(jar);
    const { generation } = jar;
    const setCookies = this.#brought ?? [];
    const received = await jars.receive(jar, { generation, target: this.#target, setCookies });
    if (received !== undefined && this.#isUnproven(received.stood)) {
      await prove(status, received.stood);
      this.#rise(generation);
    }
    return this.#versionOf(received);
  }

  #versionOf(received: Received | undefined): readonly string[] {
    // A version of 0: the browser carries the jar itself.
    return received !== undefined && received.version > 0 && this.#ctx.shared
      ? [this.#ctx.setJar(received.version)(this.#exchange.suffix)]
      : [];
  }

  edit(head: InboundHead, status: number): BodyEdit | null {
    const { fill, login, origin } = this.#exchange;
    if (fill === null && !this.#first && !this.#shared.rewritten) return null;
    return pageEdit({ fill, login, origin, first: this.#first }, head, status);
  }
}

/** What it holds now, whatever it holds later. */
function asOf(jar: Jar): Stood {
  const credentials = jar.credentials();
  return { cookieFor: (target) => jar.cookieFor(target), credentials: () => credentials };
}
