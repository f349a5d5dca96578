import type { HeadLines } from '../request/lines.ts';

/** The head of an answer as the app sent it. */
export interface AnswerHead {
  readonly status: number;
  readonly raw: HeadLines;
}

/** The head of an answer as the browser gets it. */
export interface InboundHead {
  /** Names and values in turn, for `writeHead`. */
  readonly headers: string[];
  /** Bytes of the body as announced, or null when its end is found otherwise. */
  readonly length: number | null;
  readonly chunked: boolean;
  readonly eventStream: boolean;
}

/** Changes the bytes of a body on their way, piece by piece. */
export interface BodyEdit {
  /** What may be sent on by now. */
  push(chunk: Buffer): Buffer;
  /** The rest. */
  end(): Buffer;
}

/**
 * What crosses between browser and app besides the bytes of one request and its answer: cookies, credentials and the names
 * by which the app calls itself. One for each request of an app whose login is bound; `passing` for all others.
 */
export interface Passage {
  /** The values of all inbound Cookie fields → the one value for the app, or null for none. */
  outbound(values: readonly string[]): string | null;
  /** The value of one Set-Cookie of the app (interim answers too) → what the browser gets, or null for nothing. */
  inbound(setCookie: string): string | null;
  /** Value of Authorization → the app's, or null for none. Left out: as it is. */
  readonly authorization?: (value: string) => string | null;
  /** Folded names (names.ts) of request headers that are left out. */
  readonly without?: ReadonlySet<string>;
  /** More request headers, after the browser's. */
  readonly more?: readonly (readonly [name: string, value: string])[];
  /** The app sees its own origin in Origin and Referer in place of ours, whatever its configuration says. */
  readonly ownOrigin?: boolean;
  /** WWW-Authenticate for the browser, or null for none: a browser answers one with a password that it has kept. */
  readonly challenge?: (value: string) => string | null;
  /** Location for the browser. */
  readonly location?: (value: string) => string;
  /** Refresh for the browser. */
  readonly refresh?: (value: string) => string;
  /** The target with what we keep for the browser put back into it. */
  readonly target?: (judged: string) => string;
  /**
   * Called once, when the whole head of the answer has been read and nothing of it been sent on. The answer waits for it and
   * is refused when it rejects. Resolves with Set-Cookie values of our own. undefined: nothing to wait for.
   */
  readonly settle?: (head: AnswerHead) => Promise<readonly string[]> | undefined;
  /** How the body of that answer is changed; null: not at all. */
  readonly edit?: (head: InboundHead, status: number) => BodyEdit | null;
  /** Judges the request's body: what comes out is what may be sent. Throws to refuse. */
  readonly scan?: BodyEdit | null;
  /** What comes out of `scan` has another length than what goes in. */
  readonly resized?: boolean;
  /** What of the body has been read and judged already; `whole`: there is no more. */
  readonly read?: { readonly bytes: Buffer; readonly whole: boolean };
  /** Something ended that this request belongs to: `cut` is called. Returns how to unregister. */
  readonly onEnd?: (cut: () => void) => () => void;
}
