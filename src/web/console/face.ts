import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode, SallyportError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { HeaderFields } from '../../request/fields.ts';
import { HSTS, PAGE_HEADERS } from '../headers.ts';
import { type Answer, send } from '../reply.ts';
import type { ApiAsker } from './api/asker.ts';
import { AskerRate } from './api/rate.ts';

/** A request as the steps of the server have read it. */
export interface FaceRequest {
  readonly headers: HeaderFields;
  /** Scheme, host and port, as a browser writes them into `Origin`. */
  readonly origin: string;
  readonly method: string;
  /** Path of the canonical target. */
  readonly path: string;
  /** Raw query without its question mark; empty when there is none. */
  readonly query: string;
  /** Puts a refusal on record, and into the log. */
  readonly note: (error: SallyportError) => void;
}

/** A request that wants an answer. `who`: finds out who asks, and throws where nobody may. */
export interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: FaceRequest;
  readonly who: () => Promise<ApiAsker>;
}

/** A refusal as whoever asks understands it; what of it is ours to log or put on record, else null. */
export interface Refused {
  readonly answer: Answer;
  readonly error: SallyportError | null;
}

export interface FaceParts {
  readonly clock: Clock;
  /** Told of every failure that is ours rather than the asker's. */
  readonly log: { error(fields: object, message: string): void };
}

/** What one face is, besides the outer part that all have. */
interface FaceRules {
  /** What is told of a failure of ours. */
  readonly failed: string;
  readonly refused: (thrown: unknown) => Refused;
  readonly answerTo: (arrived: Arrived, asker: ApiAsker) => Promise<Answer>;
}

/** The outer part of every face for programs: whoever asks is known, and asks no oftener than they may, before anything is looked at. */
export class Face {
  readonly #parts: FaceParts;
  readonly #rules: FaceRules;
  readonly #rate = new AskerRate();

  constructor(parts: FaceParts, rules: FaceRules) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** Answers, always. */
  async answer(arrived: Arrived): Promise<void> {
    const { response, asked } = arrived;
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    if (asked.origin.startsWith('https:')) response.setHeader('Strict-Transport-Security', HSTS);
    send(response, await this.#outcome(arrived), '');
  }

  async #outcome(arrived: Arrived): Promise<Answer> {
    try {
      const asker = await arrived.who();
      this.#rate.take(asker.holder, this.#parts.clock.monotonic());
      return await this.#rules.answerTo(arrived, asker);
    } catch (thrown) {
      const { answer, error } = this.#rules.refused(thrown);
      if (error !== null) this.#told(error, arrived.asked);
      return answer;
    }
  }

  #told(error: SallyportError, { note }: FaceRequest): void {
    if (error.status >= 500 && error.code !== 'usage' && error.code !== 'busy')
      this.#parts.log.error({ err: error, app: 'console' }, this.#rules.failed);
    else if (error.status === 401 || error.status === 403) note(error);
  }
}

/** Segments below the base, decoded once; the target was judged to be read in one way. */
export function segmentsBelow(base: string, path: string): readonly string[] {
  return path
    .slice(base.length + 1)
    .split('/')
    .map((segment) => decodeURIComponent(segment));
}

/** Whose own sentence is for the asker: what an administrator is told of an act by any face. */
const TOLD: readonly ErrorCode[] = ['usage', 'conflict', 'forbidden'];
const LONGEST_TOLD = 300;

/** A sentence for whoever asked; what they typed stands in it at no length. undefined: the code says it all. */
export function detailOf(error: SallyportError): string | undefined {
  if (error.shown !== undefined) return error.shown;
  if (!TOLD.includes(error.code)) return undefined;
  const text = error.message.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return text.length > LONGEST_TOLD ? `${text.slice(0, LONGEST_TOLD).toWellFormed()}…` : text;
}
