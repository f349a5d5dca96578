import { isIP } from 'node:net';
import { CookieJar } from 'tough-cookie';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { headerOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { HeaderFields } from '../../request/fields.ts';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';

/** One request to the app, as a command sends it. */
export interface DirectRequest {
  readonly method?: string;
  readonly target: string;
  /** Besides Host, Accept, User-Agent and Cookie. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string | null; readonly bytes: Buffer } | null;
}

export interface Upstream {
  /** http or https origin. */
  readonly origin: string;
  /** PEM text of the authority; left out: those that Node trusts. */
  readonly ca?: string | undefined;
  /** Origin that the app believes to be at (`host: preserve`); left out: its own. */
  readonly seenAs?: string | undefined;
}

const TIME_MS = 15_000;
/** Larger than what a server takes whole, so that a page that is too large can be told from none. */
const MAX_BODY = 2 * 1024 * 1024;
const MAX_HOPS = 5;

/** The origin of `--upstream`. Throws CommandMisused for what is none. */
export function upstreamOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (url === null || !plain || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new CommandMisused('--upstream must be an origin, such as http://10.0.0.5:8080, without a path.');
  return url.origin;
}

/** An empty jar, as lenient about spelling as browsers are. */
export function emptyJar(): CookieJar {
  return new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false, allowSpecialUseDomain: true });
}

function connector(origin: string, ca: string | undefined): ReturnType<typeof buildConnector> {
  const connect = buildConnector({ timeout: TIME_MS, allowH2: false, ...(ca === undefined ? {} : { ca }) });
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  // The name that the certificate must have is the upstream's, whatever Host says.
  return (options, callback) => {
    const { servername: _fromHost, ...rest } = options;
    connect(isIP(host) === 0 ? { ...rest, servername: host } : rest, callback);
  };
}

/** Talks to an app directly, past any Sallyport: as the operator's own check, never for anybody else. */
export class DirectClient {
  readonly origin: string;
  /** Where the app believes to be. */
  readonly seenAs: string;
  readonly #pool: Pool;

  constructor({ origin, ca, seenAs }: Upstream) {
    this.origin = origin;
    this.seenAs = seenAs ?? origin;
    this.#pool = new Pool(origin, {
      connections: 2,
      pipelining: 1,
      headersTimeout: TIME_MS,
      bodyTimeout: TIME_MS,
      maxHeaderSize: 64 * 1024,
      connect: connector(origin, ca),
    });
  }

  /** Sends one request; redirects are not followed. Rejects with CommandRefused when there is no answer. */
  async ask(request: DirectRequest, jar?: CookieJar): Promise<WholeAnswer> {
    const { method = 'GET', target, body = null } = request;
    const cookie = jar === undefined ? '' : cookiesFor(jar, target);
    const fields = {
      Host: new URL(this.seenAs).host,
      Accept: 'text/html,application/json;q=0.9,*/*;q=0.8',
      'Accept-Encoding': 'identity',
      'User-Agent': 'Sallyport (check by the operator)',
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
      });
      const headers = headersOf(answer);
      const whole = { status: answer.statusCode, reason: '', headers, body: await bodyOf(answer) };
      if (jar !== undefined) take(jar, target, whole);
      return whole;
    } catch (error) {
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
    if (!URL.canParse(reference, full)) return null;
    const url = new URL(reference, full);
    if (url.origin !== this.seenAs && url.origin !== this.origin) return null;
    return `${url.pathname}${url.search}`;
  }

  close(): Promise<void> {
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

function unreachable(origin: string, error: unknown): CommandRefused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = error instanceof Error ? error.message : 'unknown';
  return new CommandRefused(`${origin} does not answer (${code === '' ? why : `${code}: ${why}`}).`);
}

/** Cookies are kept as at an address with TLS: the app's Secure cookies count, as they will behind a server with TLS. */
const PLACE = 'https://app.invalid';

/** Value of the Cookie header for a target; empty for none. */
export function cookiesFor(jar: CookieJar, target: string): string {
  return jar.getCookieStringSync(`${PLACE}${target}`);
}

function take(jar: CookieJar, target: string, { headers }: WholeAnswer): void {
  // The jar has one app in it, so that its domain says nothing.
  for (const line of headers.all('set-cookie'))
    jar.setCookieSync(line.replace(/;\s*domain=[^;]*/gi, ''), `${PLACE}${target}`, { ignoreError: true });
}

/** Names of the cookies that go to a target. */
export function cookieNames(jar: CookieJar, target: string): readonly string[] {
  return jar.getCookiesSync(`${PLACE}${target}`).map((cookie) => cookie.key);
}

/** Names of all cookies of a jar, whatever their path. */
export function allCookieNames(jar: CookieJar): readonly string[] {
  return (jar.serializeSync()?.cookies ?? []).flatMap(({ key }) => (typeof key === 'string' ? [key] : []));
}

/** A copy of a jar, without the cookies whose names are refused. */
export function copyJar(jar: CookieJar, keep: (name: string) => boolean): CookieJar {
  const copy = emptyJar();
  for (const cookie of jar.serializeSync()?.cookies ?? []) {
    const { key, value, path } = cookie;
    if (typeof key !== 'string' || !keep(key)) continue;
    const line = `${key}=${String(value ?? '')}; Path=${typeof path === 'string' ? path : '/'}`;
    copy.setCookieSync(line, `${PLACE}/`, { ignoreError: true });
  }
  return copy;
}
