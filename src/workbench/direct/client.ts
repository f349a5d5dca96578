import { isIP } from 'node:net';
import type { CookieJar } from 'tough-cookie';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { BoundLogin } from '../../config/login-types.ts';
import type { AppConfig } from '../../config/types.ts';
import { headerOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { HeaderFields } from '../../request/fields.ts';
import { Behind } from './behind.ts';
import { USER_AGENT } from './browser-head.ts';
import { cookiesFor, takeCookies } from './cookies.ts';
import type { Deadline } from './deadline.ts';
import { appAt } from './place.ts';
import { lanesTo, TIME_MS, unreachable } from './reach.ts';

/** One request to the app, as a command sends it. */
export interface DirectRequest {
  readonly method?: string;
  readonly target: string;
  /** Besides Host, Accept, User-Agent and Cookie. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string | null; readonly bytes: Buffer } | null;
  /** How long the whole answer may take, ms, where that is less than ever. */
  readonly ms?: number;
}

export interface Upstream {
  /** http or https origin. */
  readonly origin: string;
  /** PEM text of the authority; left out: those that Node trusts. */
  readonly ca?: string | undefined;
  /** How long all that is asked of it may take; left out: each request has its limit, and all together have none. */
  readonly deadline?: Deadline | undefined;
  /** Whatever certificate is shown is taken: it is asked as by a stranger, who would take it too. */
  readonly anyCertificate?: true;
  /** Origin that the app believes to be at (`host: preserve`); left out: its own. */
  readonly seenAs?: string | undefined;
  /** The app as it is configured, for a login; left out: as at `seenAs`, with nothing else said of it. */
  readonly configured?: ((login: BoundLogin) => AppConfig) | undefined;
}

/** Larger than what a server takes whole, so that a page that is too large can be told from none. */
const MAX_BODY = 2 * 1024 * 1024;
const MAX_HOPS = 5;
/** How long one answer may take to its end, ms. */
const WHOLE_MS = 2 * TIME_MS;

function connector({ origin, ca, anyCertificate }: Upstream): ReturnType<typeof buildConnector> {
  const trust = { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: anyCertificate !== true };
  const connect = buildConnector({ timeout: TIME_MS, allowH2: false, ...trust });
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  // The name that the certificate must have is the upstream's, whatever Host says.
  return (options, callback) => {
    const { servername: _fromHost, ...rest } = options;
    connect(isIP(host) === 0 ? { ...rest, servername: host } : rest, callback);
  };
}

/**
 * Talks to an app directly, past any Sallyport: as the operator's own check, never for anybody else. What people would see of it is
 * seen from `behind`.
 */
export class DirectClient {
  readonly origin: string;
  /** Where the app believes to be. */
  readonly seenAs: string;
  readonly #pool: Pool;
  readonly #lanes: ReturnType<typeof lanesTo>;
  readonly #configured: (login: BoundLogin) => AppConfig;
  readonly #behind = new WeakMap<BoundLogin, Behind>();
  readonly #upstream: Upstream;

  constructor(upstream: Upstream) {
    const { origin, ca, seenAs, configured } = upstream;
    this.origin = origin;
    this.#upstream = upstream;
    this.seenAs = seenAs ?? origin;
    this.#lanes = lanesTo(origin, ca);
    this.#configured =
      configured ?? ((login) => appAt({ upstream: origin, origin: this.seenAs, host: 'preserve' }, login));
    this.#pool = new Pool(origin, {
      connections: 2,
      pipelining: 1,
      headersTimeout: TIME_MS,
      bodyTimeout: TIME_MS,
      maxHeaderSize: 64 * 1024,
      connect: connector(upstream),
    });
  }

  /** Sends one request; redirects are not followed. Rejects with CommandRefused when there is no answer. */
  async ask(request: DirectRequest, jar?: CookieJar): Promise<WholeAnswer> {
    const { method = 'GET', target, body = null } = request;
    const { deadline } = this.#upstream;
    deadline?.check();
    const cookie = jar === undefined ? '' : cookiesFor(jar, target);
    const fields = {
      Host: new URL(this.seenAs).host,
      Accept: 'text/html,application/json;q=0.9,*/*;q=0.8',
      'Accept-Encoding': 'identity',
      'User-Agent': USER_AGENT,
      ...(this.seenAs.startsWith('https:') && this.origin !== this.seenAs ? { 'X-Forwarded-Proto': 'https' } : {}),
      ...(cookie === '' ? {} : { Cookie: cookie }),
      ...(body?.type == null ? {} : { 'Content-Type': body.type }),
      ...request.headers,
    };
    try {
      const answer = await this.#pool.request({
        path: target,
        method: method as Dispatcher.HttpMethod, // undici takes any token; its type lists the common ones
        headers: fields,
        body: body?.bytes ?? null,
        responseHeaders: 'raw',
        // The whole answer, a byte now and then included.
        signal: AbortSignal.timeout(Math.min(request.ms ?? WHOLE_MS, deadline?.left ?? WHOLE_MS)),
      });
      const headers = headersOf(answer);
      const whole = { status: answer.statusCode, reason: '', headers, body: await bodyOf(answer) };
      if (jar !== undefined) takeCookies(jar, target, whole.headers);
      return whole;
    } catch (error) {
      if (deadline?.past === true) throw deadline.fault();
      throw unreachable(this.origin, error);
    }
  }

  /** GET, following redirects within the app. `left`: where it sends people to instead, at another origin. */
  async open(target: string, jar: CookieJar): Promise<{ answer: WholeAnswer; target: string; left: string | null }> {
    let at = target;
    for (let hop = 0; ; hop += 1) {
      const answer = await this.ask({ target: at }, jar);
      const location = answer.status >= 300 && answer.status < 400 ? headerOf(answer, 'location') : undefined;
      if (location === undefined || hop === MAX_HOPS) return { answer, target: at, left: null };
      const next = this.within(location, at);
      if (next === null) return { answer, target: at, left: location };
      at = next;
    }
  }

  /** The target that a reference on the page `base` leads to, or null when it is at another origin. */
  within(reference: string, base: string): string | null {
    const full = `${this.seenAs}${base}`;
    const url = URL.parse(reference, full);
    if (url === null) return null;
    if (url.origin !== this.seenAs && url.origin !== this.origin) return null;
    return `${url.pathname}${url.search}`;
  }

  /** The same app, reached as at another origin. */
  as(seenAs: string): DirectClient {
    return new DirectClient({ ...this.#upstream, seenAs, configured: undefined });
  }

  /** Throws TooLong where there is no more time. */
  check(): void {
    this.#upstream.deadline?.check();
  }

  /** The app as people reach it, with that login bound. */
  behind(login: BoundLogin): Behind {
    const known = this.#behind.get(login);
    if (known !== undefined) return known;
    const made = new Behind(this.#configured(login), login, this.#lanes, this.#upstream.deadline);
    this.#behind.set(login, made);
    return made;
  }

  close(): Promise<void> {
    this.#lanes.destroy();
    return this.#pool.destroy();
  }
}

/** The head of an answer that was asked for with `responseHeaders: 'raw'`. */
export function headersOf({ headers }: Dispatcher.ResponseData): HeaderFields {
  const raw: unknown = headers; // a flat list then, which the type does not say
  return HeaderFields.of(Array.isArray(raw) ? raw : []);
}

async function bodyOf(answer: Dispatcher.ResponseData): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer.body) {
    pieces.push(piece as Buffer); // bytes, since no encoding is set
    size += (piece as Buffer).length;
    if (size > MAX_BODY) break;
  }
  return Buffer.concat(pieces);
}
