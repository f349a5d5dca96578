import type { CookieJar } from 'tough-cookie';
import { pageEdit } from '../../binding/edits.ts';
import { bodyOrigins } from '../../binding/origins.ts';
import {
  challengeEdit,
  common,
  givenOut,
  type OwnRequest,
  questionPassage,
  stepPassage,
  withoutOf,
  withoutPacking,
} from '../../binding/passages.ts';
import type { BoundLogin } from '../../config/login-types.ts';
import type { AppConfig } from '../../config/types.ts';
import { SallyportError } from '../../errors.ts';
import { headerOf } from '../../presets/answer.ts';
import { readHeadOf } from '../../presets/reading.ts';
import type { Reading, WholeAnswer } from '../../presets/types.ts';
import { exchangeHead, MAX_ANSWER, type OwnBody } from '../../proxy/exchange.ts';
import { type Leaving, requestHeaders } from '../../proxy/headers.ts';
import type { Outgoing } from '../../proxy/http1/types.ts';
import type { Lanes } from '../../proxy/lanes.ts';
import type { Passage } from '../../proxy/passage.ts';
import { responseHeaders } from '../../proxy/response-headers.ts';
import { sendWhole } from '../../proxy/whole.ts';
import { cleanLines } from '../../request/clean.ts';
import { HeaderFields } from '../../request/fields.ts';
import { parseTarget } from '../../request/target.ts';
import { navigationHead, sendingHead } from './browser-head.ts';
import { allCookieNames, cookiesFor, putCookies, takeCookies } from './cookies.ts';
import type { Deadline } from './deadline.ts';
import { noAnswer } from './reach.ts';

/** Where the person sits whom a command stands for: kept for documentation (RFC 5737), so that no app takes it for its own. */
export const PERSON = '192.0.2.1';

/** Larger than what a server takes whole, so that a page that is too large can be told from none. */
const MAX_PAGE = 2 * 1024 * 1024;
const MAX_HOPS = 5;

/** A page of the app as a browser is given it. */
export interface OpenedPage {
  readonly answer: WholeAnswer;
  readonly target: string;
  /** Where it sends people to instead, at another origin. */
  readonly left: string | null;
}

/** A step of a sign-in as a browser sends it, with what stands in the place of its body. */
export interface SentStep {
  readonly method: string;
  readonly target: string;
  /** Target of the page with the form. */
  readonly page: string;
  readonly body: OwnBody | null;
  readonly authorization: string | null;
  /** Sent by a script. */
  readonly script: boolean;
  /** What else the script says in its head. */
  readonly more?: readonly string[];
}

/** The answer to a step: as it is judged, and as the browser is given it. */
export interface StepAnswer {
  readonly judged: WholeAnswer;
  readonly given: WholeAnswer;
}

/**
 * An app as a browser sees it that sits before Sallyport and has passed the factor: what is sent is written, and what comes is
 * changed, by the code that does so for people. Two things are not there: an assertion, and the identity headers that an app may have.
 */
export class Behind {
  readonly app: AppConfig;
  readonly login: BoundLogin;
  readonly #lanes: Lanes;
  readonly #host: string;

  readonly #deadline: Deadline | undefined;

  constructor(app: AppConfig, login: BoundLogin, lanes: Lanes, deadline?: Deadline) {
    this.app = app;
    this.login = login;
    this.#lanes = lanes;
    this.#deadline = deadline;
    this.#host = new URL(app.origin).host;
  }

  /** What the head of a request means to us; null for a target that is refused whatever it means. */
  read(method: string, target: string, headers = HeaderFields.none): Reading | null {
    try {
      return readHeadOf(this.login, method, parseTarget(target, this.app.target), headers);
    } catch (error) {
      if (error instanceof SallyportError) return null;
      throw error;
    }
  }

  /** Why a request is refused before the app hears of it; null when it is not. */
  refused(method: string, target: string): string | null {
    const reading = this.read(method, target);
    if (reading === null) return 'no address that we pass on';
    return reading.kind === 'door' || reading.kind === 'guarded' ? reading.why : null;
  }

  /** The whole address of a reference on a page, by its target or its whole address; null for none that leads anywhere. */
  absolute(reference: string, page: string): string | null {
    return URL.parse(reference, page.startsWith('/') ? `${this.app.origin}${page}` : page)?.href ?? null;
  }

  /** The target that a reference on the page at a target leads to, or null when it is at another origin. */
  within(reference: string, page: string): string | null {
    const url = URL.parse(this.absolute(reference, page) ?? '');
    return url?.origin === this.app.origin ? `${url.pathname}${url.search}` : null;
  }

  /** GET of a page as a browser opens it; what we refuse is a 403 of ours, whose reason says why. Redirects are not followed. */
  async page(target: string, jar: CookieJar, from: string | null = null): Promise<WholeAnswer> {
    const why = this.refused('GET', target);
    if (why !== null)
      return { status: 403, reason: `refused by us: ${why}`, headers: HeaderFields.none, body: NOTHING };
    const passage = this.#pagePassage(target, jar);
    const asked = this.#asked('GET', target, navigationHead(this.app.origin, from));
    const { headers } = requestHeaders(asked, passage);
    const raw = await this.#send(passage, { method: 'GET', path: target, headers, body: null }, MAX_PAGE);
    return this.#given(raw, passage, asked);
  }

  /** The same, following redirects within the app. */
  async open(target: string, jar: CookieJar, from: string | null = null): Promise<OpenedPage> {
    let at = target;
    for (let hop = 0; ; hop += 1) {
      const answer = await this.page(at, jar, from);
      const location = answer.status >= 300 && answer.status < 400 ? headerOf(answer, 'location') : undefined;
      if (location === undefined || hop === MAX_HOPS) return { answer, target: at, left: null };
      const next = this.within(location, at);
      if (next === null) return { answer, target: at, left: location };
      at = next;
    }
  }

  /** Sends a step as it is sent for people. */
  async step(made: SentStep, jar: CookieJar): Promise<StepAnswer> {
    const { method, target, page, body, authorization, script, more = [] } = made;
    const passage = stepPassage(this.#own(target), ownCookies(jar), authorization);
    const sent = authorization === null ? [] : ['Authorization', authorization];
    const asked = this.#asked(method, target, [...sendingHead(this.app.origin, page, script), ...sent, ...more]);
    const headers = exchangeHead(asked, passage, body);
    const judged = await this.#send(passage, { method, path: target, headers, body: body?.bytes ?? null }, MAX_ANSWER);
    takeCookies(jar, target, judged.headers);
    const shown = givenOut(this.app, this.login, this.app.origin);
    return { judged, given: this.#given(judged, shown, asked, method) };
  }

  /** Asks who is signed in as it is asked for people. */
  async question(method: string, target: string, jar: CookieJar): Promise<WholeAnswer> {
    const passage = questionPassage({ login: this.login, target }, ownCookies(jar));
    const headers = exchangeHead(this.#asked(method, target, navigationHead(this.app.origin, null)), passage, null);
    const answer = await this.#send(passage, { method, path: target, headers, body: null }, MAX_ANSWER);
    takeCookies(jar, target, answer.headers);
    return answer;
  }

  /**
   * GET with these cookies and lines, however long: to see what the app's server makes of them, past the limit that is in force for people.
   * What the answer sets is the caller's.
   */
  async bare(target: string, cookie: string | null, lines: readonly string[] = []): Promise<WholeAnswer> {
    const { app, login } = this;
    const unlimited = { ...login, longestLine: null };
    const anyLength = { ...app, login: unlimited, upstream: { ...app.upstream, longestLine: null } };
    const cookies = { cookieFor: () => cookie, receive: () => {} };
    const passage = questionPassage({ login: unlimited, target }, cookies);
    const asked = this.#asked('GET', target, [...navigationHead(app.origin, null), ...lines]);
    const headers = exchangeHead({ ...asked, app: anyLength }, passage, null);
    return this.#send(passage, { method: 'GET', path: target, headers, body: null }, MAX_ANSWER);
  }

  #own(target: string): OwnRequest {
    return { app: this.app, login: this.login, origin: this.app.origin, target };
  }

  #asked(method: string, target: string, lines: readonly string[]): Leaving {
    const scheme = this.app.origin.startsWith('https:') ? 'https' : 'http';
    const client = { address: PERSON, forwardedFor: PERSON, scheme, near: true } as const;
    const headers = HeaderFields.of(cleanLines(lines));
    const { app } = this;
    return { app, method, target, host: this.#host, client, headers, assertion: null, requestId: null, identity: [] };
  }

  #pagePassage(target: string, jar: CookieJar): Passage {
    const { app, login } = this;
    const { origin } = app;
    const session = (name: string) => login.sessionCookies.some((pattern) => pattern.test(name));
    const first = !allCookieNames(jar).some(session);
    const changed = first || bodyOrigins(login, origin).length > 0;
    return {
      ...common(app, login, origin),
      without: changed ? withoutPacking(login) : withoutOf(login),
      outbound: () => cookiesFor(jar, target) || null,
      inbound: (setCookie) => {
        putCookies(jar, target, [setCookie]);
        return null;
      },
      authorization: () => null,
      challenge: challengeEdit(login),
      edit: (head, status) => pageEdit({ login, origin, fill: null, first }, head, status),
    };
  }

  #given(raw: WholeAnswer, passage: Passage, requested: Leaving, method = 'GET'): WholeAnswer {
    const { status } = raw;
    const head = responseHeaders(raw.headers.lines(), { method, status, session: true, passage, requested });
    const edit = passage.edit?.(head, status) ?? null;
    const body = edit === null ? raw.body : Buffer.concat([edit.push(raw.body), edit.end()]);
    return { ...raw, headers: HeaderFields.of(head.headers), body };
  }

  async #send(passage: Passage, outgoing: Outgoing, bytes: number): Promise<WholeAnswer> {
    const { origin, firstByteTimeoutMs } = this.app.upstream;
    const deadline = this.#deadline;
    deadline?.check();
    const ms = Math.min(firstByteTimeoutMs, deadline?.left ?? firstByteTimeoutMs);
    try {
      return await sendWhole(this.#lanes, passage, outgoing, { ms, bytes });
    } catch (error) {
      if (deadline?.past === true) throw deadline.fault();
      throw noAnswer(origin, `${outgoing.method} ${outgoing.path.split('?', 1)[0]}`, error);
    }
  }
}

const NOTHING = Buffer.alloc(0);

function ownCookies(jar: CookieJar) {
  return {
    cookieFor: (target: string) => cookiesFor(jar, target) || null,
    receive: (target: string, setCookies: readonly string[]) => putCookies(jar, target, setCookies),
  };
}
