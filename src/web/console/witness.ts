import type { IncomingMessage, ServerResponse } from 'node:http';
import { asSallyportError, SallyportError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { sourceKey } from '../../lib/networks.ts';
import type { Cosigner } from '../../receivers/witness/cosigner.ts';
import { MAX_REQUEST } from '../../receivers/witness/message.ts';
import { readBytes } from '../body.ts';
import { HSTS, PAGE_HEADERS } from '../headers.ts';
import { type Answer, problem, send } from '../reply.ts';
import type { Asked } from './inside.ts';

/** C2SP tlog-witness: the submission prefix of this witness, and its one call. */
export const ADD_CHECKPOINT = '/.sallyport/witness/add-checkpoint';

const MINUTE = 60_000;
/** Requests in a minute: of one network, and of all. A log asks once for each of its heads. */
const OF_ONE = 60;
const OF_ALL = 600;
/** Networks that are told apart within a minute. */
const MOST_SOURCES = 600;

export interface WitnessParts {
  readonly cosigner: Pick<Cosigner, 'addCheckpoint'>;
  readonly clock: Clock;
  readonly log: { error(fields: object, message: string): void };
}

/** Answers logs that ask for a cosignature: anybody may ask, and what they send is judged by its signature alone. */
export class WitnessDoor {
  readonly #parts: WitnessParts;
  #begun = Number.NEGATIVE_INFINITY;
  #all = 0;
  #sources = new Map<string, number>();

  constructor(parts: WitnessParts) {
    this.#parts = parts;
  }

  /** Answers, always. */
  async answer(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    if (asked.origin.startsWith('https:')) response.setHeader('Strict-Transport-Security', HSTS);
    send(response, await this.#outcome(request, asked), '');
  }

  async #outcome(request: IncomingMessage, asked: Asked): Promise<Answer> {
    try {
      if (asked.method !== 'POST') throw new SallyportError('method-not-allowed', 'a witness is asked by POST');
      this.#count(asked.client.address);
      const bytes = await readBytes(request, asked.headers, MAX_REQUEST);
      const { status, type, body } = await this.#parts.cosigner.addCheckpoint(textOf(bytes));
      return { status, headers: { 'Content-Type': type, 'Cache-Control': 'no-store' }, cookies: [], body };
    } catch (thrown) {
      const error = asSallyportError(thrown);
      if (error.status >= 500) this.#parts.log.error({ err: error, app: 'console' }, 'a head was not cosigned');
      return problem(error);
    }
  }

  /** Throws `too-many-attempts`. */
  #count(address: string): void {
    const now = this.#parts.clock.monotonic();
    if (now - this.#begun >= MINUTE) {
      this.#begun = now;
      this.#all = 0;
      this.#sources = new Map();
    }
    const source = sourceKey(address);
    const spent = this.#sources.get(source) ?? 0;
    const isFull = spent >= OF_ONE || this.#all >= OF_ALL || this.#sources.size >= MOST_SOURCES;
    if (isFull)
      throw new SallyportError('too-many-attempts', 'requests to the witness', {
        retryAfter: (this.#begun + MINUTE - now) / 1000,
      });
    this.#all += 1;
    this.#sources.set(source, spent + 1);
  }
}

/** Throws `bad-body` for what is not UTF-8. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SallyportError('bad-body', 'not UTF-8');
  }
}
