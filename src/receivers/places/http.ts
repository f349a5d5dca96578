import { Agent as HttpAgent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent as HttpsAgent, request as secureRequest } from 'node:https';
import type { TlsFiles } from '../../config/record-types.ts';
import { NotTaken, notTaken } from '../types.ts';
import { tlsOf } from './tls.ts';

/** What is asked of a server: one POST. */
export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the answer, the most bytes that are read; more is not taken in. */
  readonly most: number;
}

export interface Posted {
  readonly status: number;
  readonly type: string;
  /** Null where there was more than is taken in. */
  readonly body: Buffer | null;
}

/** The body of an answer, or null when it is larger than that; then nothing more is read. */
async function bodyOf(answer: IncomingMessage, most: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > most) {
      answer.destroy();
      return null;
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Posts to one server, over one connection that is kept. Follows no redirect, and uses no proxy of the environment. */
export class Poster {
  readonly #files: TlsFiles;
  readonly #plain = new HttpAgent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1, timeout: 60_000 });
  readonly #secure = new HttpsAgent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1, timeout: 60_000 });

  constructor(files: TlsFiles) {
    this.#files = files;
  }

  /** Throws `NotTaken` where there is no answer. `signal` ends it, whatever it waits for. */
  async post({ url, headers, body, most }: Posting, signal: AbortSignal): Promise<Posted> {
    try {
      const answer = await this.#answer(url, headers, body, signal);
      const status = answer.statusCode ?? 0;
      return { status, type: answer.headers['content-type'] ?? '', body: await bodyOf(answer, most) };
    } catch (error) {
      throw signal.aborted ? new NotTaken('took too long') : notTaken(error);
    }
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #answer(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const bytes = Buffer.from(body);
    const about = { method: 'POST', signal, headers: { ...headers, 'content-length': bytes.length } };
    const request = url.startsWith('https:')
      ? secureRequest(url, { ...about, agent: this.#secure, ...tlsOf(this.#files) })
      : plainRequest(url, { ...about, agent: this.#plain });
    return new Promise((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
      request.end(bytes);
    });
  }
}
