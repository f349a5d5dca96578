import type { Admission, Streamed } from '../gate/admission.ts';
import type { WholeAnswer } from '../presets/types.ts';
import type { Passage } from '../proxy/passage.ts';
import type { Upstreams } from '../proxy/upstreams.ts';
import type { Session } from '../sessions/session.ts';

/** What surrounds a request at an app whose own login is bound. */
export interface ExchangeContext {
  readonly upstreams: Upstreams;
  /** Origin of this request as the browser sees it. */
  readonly origin: string;
  readonly query: string | null;
  readonly upgrade: boolean;
  /** A browser is navigating. */
  readonly navigation: boolean;
  /** Value of the visitor cookie, or null. */
  readonly visitor: string | null;
  /** What the names of our cookies end in at this address. */
  readonly suffix: string;
  /** Version of the jar that the browser has seen; 0 when it says none. */
  readonly jarVersion: number;
  /** Value of the pending cookie, or null. */
  readonly pending: string | null;
  /** Client address, User-Agent, and known-browser cookie, as for a sign-in. */
  readonly source: string;
  readonly userAgent: string;
  readonly browser: string | null;
  /** Before a body is read: tells a client that waits for a word (`Expect: 100-continue`) to send it. */
  readonly wantBody: () => void;
}

/** The same for what may be a login step. */
export interface StepContext extends ExchangeContext {
  /** Throws `forbidden` when rules, account or session have changed so that it would not be admitted any more. */
  readonly needStanding: () => void;
}

/** A request of somebody who has passed the factor. */
export interface SessionRequest {
  readonly admission: Admission<'session'>;
  readonly session: Session;
  readonly context: ExchangeContext;
}

/** What became of a request that might have been a login step. */
export type StepResult =
  /** The app's answer, which may be shown; `cookies`: Set-Cookie values of ours. */
  | {
      readonly kind: 'answer';
      readonly answer: WholeAnswer;
      readonly passage: Passage;
      readonly cookies: readonly string[];
    }
  /** The password was right: the second factor is asked for; the value of the pending cookie. */
  | { readonly kind: 'held'; readonly pending: string }
  /** Carried no credentials: forwarded like any other request of the session. */
  | { readonly kind: 'plain'; readonly admission: Admission<'session'>; readonly passage: Passage };

/** The app's own login, bound to the second factor. */
export interface Binding {
  /**
   * What crosses with a request that is streamed. At once when everything about it is known; else once the jar is loaded or
   * the app has said who is signed in. Throws or rejects to refuse: `wrong-account`, `credentials-misplaced`, `forbidden`,
   * `upstream-invalid`, `store-unavailable` …
   */
  passage(admission: Admission<Streamed>, context: ExchangeContext): Passage | Promise<Passage>;
  /** The answer that was held for this very request of the session, once; null for none. */
  release(admission: Admission<'session'>, context: ExchangeContext): StepResult | null | Promise<StepResult | null>;
  /** Takes a request that may be a login step. Rejects to refuse; then the app has not signed anybody in that it names. */
  step(admission: Admission<'step'>, context: StepContext): Promise<StepResult>;
}
