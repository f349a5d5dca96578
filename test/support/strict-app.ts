import { randomBytes } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { localhostCert, localhostKey } from './localhost-tls.ts';

/** What an app holds against the head of a request; null: nothing. `own`: its own address. */
export type Strictness = (
  headers: IncomingHttpHeaders,
  how: { readonly post: boolean; readonly own: string },
) => string | null;

const PASSWORDS: ReadonlyMap<string, string> = new Map([
  ['alice', 'PasswordOfA'],
  ['bob', 'PasswordOfB'],
]);

const one = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '');
const hostIn = (value: string | undefined): string => (value === undefined ? '' : (URL.parse(value)?.host ?? ''));

/** How products look at what a proxy tells them; `public`: where they are told that people reach them. */
export function strictnesses(origin: string): Readonly<Record<string, Strictness>> {
  const { host } = new URL(origin);
  return {
    // qBittorrent: WebApplication::isCrossSiteRequest.
    'Origin and Referer against X-Forwarded-Host': ({ origin: from, referer, ...rest }) => {
      const at = one(rest['x-forwarded-host']) || one(rest.host);
      const other = [from, referer].find((each) => each !== undefined && hostIn(each) !== at);
      return other === undefined ? null : `from ${other}, at ${at}`;
    },
    // Django: ALLOWED_HOSTS, and the check against forged requests behind TLS.
    'Host of a list, Origin by the forwarded scheme': ({ origin: from, referer, ...rest }, { post }) => {
      if (rest.host !== host) return `host ${rest.host}`;
      const own = `${one(rest['x-forwarded-proto'])}://${rest.host}`;
      if (post && from !== own) return `origin ${from}`;
      return post && own.startsWith('https:') && referer?.startsWith(`${own}/`) !== true ? `referer ${referer}` : null;
    },
    'the scheme of people is https': (headers) => (one(headers['x-forwarded-proto']) === 'https' ? null : 'not by TLS'),
    // Rails: the address of the person, and no loopback, which is trusted.
    'one address of a person, and a proxy': ({ via, forwarded, ...rest }) => {
      const address = one(rest['x-forwarded-for']);
      if (!/^[\d.]+$/.test(address) || /^127\./.test(address)) return `address ${address}`;
      return forwarded?.includes(`for=${address};host="${host}"`) === true && via !== undefined ? null : 'no proxy';
    },
    'fetch metadata of its own pages': (headers, { post }) => {
      const site = one(headers['sec-fetch-site']);
      return (post ? ['same-origin'] : ['same-origin', 'none']).includes(site) ? null : `site ${site}`;
    },
    'a browser': ({ 'user-agent': agent, accept, 'accept-language': language }) =>
      agent?.startsWith('Mozilla/5.0') === true && accept?.includes('text/html') === true && language !== undefined
        ? null
        : `agent ${agent}`,
  };
}

/** Products that know themselves by their own address alone. */
export const OWN_ADDRESS: Strictness = ({ host, origin, referer }, { post, own }) => {
  if (host !== new URL(own).host) return `host ${host}`;
  return post && (origin !== own || referer?.startsWith(`${own}/`) !== true) ? `from ${origin}, ${referer}` : null;
};

/** An app with a form, a token and a session that refuses with 403 what a strict product would. */
export class StrictApp {
  /** Why requests were refused. */
  readonly refused: string[] = [];
  strictness: Strictness = () => null;
  /** It writes its own address into pages and redirects. */
  absolute = false;
  /** Where its form leads. */
  action = '/login';
  readonly #server: Server;
  readonly #sessions = new Map<string, string>();

  readonly #scheme: 'http' | 'https';

  private constructor(scheme: 'http' | 'https') {
    this.#scheme = scheme;
    const listener: RequestListener = async (request, response) => {
      const body = new URLSearchParams(await text(request));
      const post = request.method === 'POST';
      const why = this.strictness(request.headers, { post, own: this.origin });
      // The question who is signed in is ours, and bears no mark of a page.
      const question = request.url === '/whoami';
      if (why !== null && !question) {
        this.refused.push(why);
        response.writeHead(403, { 'Content-Type': 'text/html' }).end(`refused: ${why}`);
      } else this.#answer(request.url ?? '/', { post, body, cookie: request.headers.cookie ?? '' }, response);
    };
    const tls = { cert: localhostCert, key: localhostKey };
    this.#server = scheme === 'https' ? createTlsServer(tls, listener) : createServer(listener);
  }

  static async start(scheme: 'http' | 'https' = 'http'): Promise<StrictApp> {
    const app = new StrictApp(scheme);
    await new Promise<void>((resolve) => app.#server.listen(0, '127.0.0.1', resolve));
    return app;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo; // a TCP server's address is never a string
    return this.#scheme === 'https' ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(
    url: string,
    { post, body, cookie }: { post: boolean; body: URLSearchParams; cookie: string },
    response: ServerResponse,
  ): void {
    const at = this.absolute ? this.origin : '';
    const id = /SESS=([0-9a-f]+)/.exec(cookie)?.[1] ?? '';
    const html = { 'Content-Type': 'text/html' };
    if (url === '/whoami') {
      const name = this.#sessions.get(id);
      response.writeHead(200, html).end(name === undefined ? '<p id="nobody">' : `<b id="who">${name}</b>`);
    } else if (url === '/login' && post) {
      const name = body.get('user') ?? '';
      if (body.get('token') !== 'of-the-page' || PASSWORDS.get(name) !== body.get('pass')) {
        response.writeHead(401, html).end('no');
        return;
      }
      const next = randomBytes(8).toString('hex');
      this.#sessions.set(next, name);
      response.writeHead(302, { Location: `${at}/home`, 'Set-Cookie': `SESS=${next}; Path=/` }).end();
    } else if (url === '/') response.writeHead(302, { Location: `${at}/login` }).end();
    else {
      const hidden = '<input type=hidden name=token value=of-the-page>';
      const fields = `${hidden}<input name=user><input type=password name=pass>`;
      response.writeHead(200, html).end(`<form method=post action="${at}${this.action}">${fields}</form>`);
    }
  }
}

/** A preset for it. */
export function strictPreset(more: readonly string[] = []): string {
  return [
    'preset: 1',
    'id: strict',
    'tested: []',
    'entry: /',
    'login:',
    '  - id: password',
    '    on: { method: POST, path: /login }',
    '    type: form',
    '    account: user',
    '    secret: [pass]',
    '    pass: [token]',
    '    ok: { status: 302, location: "/home$", cookie: SESS }',
    '    fail: { status: 401 }',
    `whoami: { get: /whoami, find: '<b id="who">([^<]+)</b>', anonymous: { body: '<p id="nobody">' } }`,
    'session: { cookies: [SESS] }',
    'doors: [{ path: /door/** }]',
    ...more,
    '',
  ].join('\n');
}
