import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Front } from './guarded.ts';

/** A request that is sent as it is written here. */
export interface Ask {
  readonly method: string;
  readonly target: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
  /** Set-Cookie lines. */
  readonly cookies: readonly string[];
  all(name: string): string[];
  /** Code of a refusal by Sallyport; null for anything else. */
  readonly code: string | null;
}

export const FORM = 'application/x-www-form-urlencoded';

/** As a browser sends a form. */
export function form(target: string, fields: Iterable<readonly [string, string]>): Ask {
  const body = new URLSearchParams([...fields].map(([name, value]): [string, string] => [name, value])).toString();
  return {
    method: 'POST',
    target,
    headers: [
      ['Content-Type', FORM],
      ['Accept', 'text/html'],
    ],
    body,
  };
}

export const get = (target: string, headers: Ask['headers'] = []): Ask => ({ method: 'GET', target, headers });

export const basic = (name: string, password: string): readonly [string, string] => [
  'Authorization',
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
];

function read(message: IncomingMessage, body: string): Answer {
  const all = (name: string): string[] =>
    message.rawHeaders.filter((_, i) => i % 2 === 1 && message.rawHeaders[i - 1]?.toLowerCase() === name.toLowerCase());
  const problem = all('content-type')[0]?.startsWith('application/problem+json') === true;
  return {
    status: message.statusCode ?? 0,
    location: all('location')[0] ?? null,
    body,
    cookies: all('set-cookie'),
    all,
    // A cast: problem+json of ours is an object with a code.
    code: problem && body !== '' ? (JSON.parse(body) as { code: string }).code : null,
  };
}

/** A browser without its own opinions: it keeps cookies and sends what it is told. */
export class Client {
  readonly front: Front;
  readonly cookies = new Map<string, string>();
  /** Every cookie that was ever set here, by name. */
  readonly given = new Set<string>();

  constructor(front: Front) {
    this.front = front;
  }

  /** Sends a request with the cookies of this browser; a Cookie header of its own replaces them. */
  async ask({ method, target, headers = [], body }: Ask): Promise<Answer> {
    const { origin, port } = this.front;
    const has = (name: string): boolean => headers.some(([key]) => key.toLowerCase() === name);
    // Header bytes are what UTF-8 makes of a name.
    const written = headers.map(([name, value]) => [name, Buffer.from(value).toString('latin1')] as const);
    const lines: (readonly [string, string])[] = [['Host', new URL(origin).host], ...written];
    if (!has('cookie') && this.cookies.size > 0)
      lines.push(['Cookie', [...this.cookies].map((pair) => pair.join('=')).join('; ')]);
    if (!has('origin') && method !== 'GET') lines.push(['Origin', origin]);
    if (body !== undefined) lines.push(['Content-Length', String(Buffer.byteLength(body))]);
    const sent = request({ host: '127.0.0.1', port, method, path: target, headers: lines.flat(), agent: false });
    sent.setTimeout(60_000, () => sent.destroy(new Error(`no answer to ${method} ${target}`)));
    sent.end(body);
    // A cast: `response` has one argument, and `once` cannot know its type.
    const [message] = (await once(sent, 'response')) as [IncomingMessage];
    const answer = read(message, (await buffer(message)).toString('utf8'));
    this.#keep(answer.cookies);
    return answer;
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(/; */);
      const name = pair.slice(0, pair.indexOf('='));
      this.given.add(name);
      if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(name.length + 1));
    }
  }

  /** A page, as a person asks for it. */
  page(target: string): Promise<Answer> {
    return this.ask(get(target, [['Accept', 'text/html']]));
  }

  /** Posts JSON to an address of Sallyport's own; throws unless it answers 200. */
  async own(path: string, json: Readonly<Record<string, string>> = {}): Promise<string> {
    const headers = [['Content-Type', 'application/json']] as const;
    const answer = await this.ask({ method: 'POST', target: path, headers, body: JSON.stringify(json) });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return answer.body;
  }
}
