import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { totp } from './person.ts';

interface Asked {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
}

/** Somebody with a browser and a phone in front of a process of ours: knows its address, and nothing of the inside. */
export class Visitor {
  readonly origin: string;
  readonly cookies = new Map<string, string>();
  secret = '';
  #lastStep = 0;

  constructor(origin: string) {
    this.origin = origin;
  }

  ask(method: 'GET' | 'POST', path: string, json: Readonly<Record<string, string>> = {}): Promise<Asked> {
    return this.#send(path, method === 'GET' ? null : { type: 'application/json', text: JSON.stringify(json) });
  }

  /** Sends a form. */
  submit(path: string, fields: Readonly<Record<string, string>>): Promise<Asked> {
    return this.#send(path, { type: 'application/x-www-form-urlencoded', text: `${new URLSearchParams(fields)}` });
  }

  async #send(path: string, body: { readonly type: string; readonly text: string } | null): Promise<Asked> {
    const url = new URL(path, this.origin);
    const method = body === null ? 'GET' : 'POST';
    const headers = {
      cookie: [...this.cookies].map((pair) => pair.join('=')).join('; '),
      ...(body === null ? {} : { origin: this.origin, 'content-type': body.type }),
    };
    // A connection of its own: a restart in between must not meet one that was kept open.
    const sent = request(url, { method, headers, agent: false });
    sent.end(body?.text);
    // A cast: `response` has one argument, and `once` cannot know its type.
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', value = ''] = pair.split('=');
      if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: answer.statusCode ?? 0, body: await text(answer), location: answer.headers.location ?? null };
  }

  async #must(path: string, json?: Readonly<Record<string, string>>): Promise<string> {
    const { status, body } = await this.ask('POST', path, json);
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    return body;
  }

  /** A code of the phone that has not been used: the next one, at the latest, is accepted now already. */
  #code(): string {
    this.#lastStep = Math.max(Math.floor(Date.now() / 30_000), this.#lastStep + 1);
    return totp(this.secret, this.#lastStep);
  }

  /** From an enrolment link to a session; `password`: null where it is the app's. */
  async enrol(link: string, password: string | null): Promise<void> {
    await this.#must('/.sallyport/enrol', { ticket: link.slice(link.lastIndexOf('/') + 1) });
    if (password !== null) await this.#must('/.sallyport/enrol/password', { password });
    this.secret = (JSON.parse(await this.#must('/.sallyport/enrol/totp')) as { secret: string }).secret;
    await this.#must('/.sallyport/enrol/totp/confirm', { code: this.#code() });
    await this.#must('/.sallyport/enrol/finish');
  }

  /** Both steps, in a browser that has forgotten everything. */
  async signIn(account: string, password: string): Promise<void> {
    this.cookies.clear();
    await this.#must('/.sallyport/sign-in', { account, password });
    await this.#must('/.sallyport/sign-in/totp', { code: this.#code() });
  }
}
