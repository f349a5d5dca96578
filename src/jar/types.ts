import type { BoundLogin } from '../config/login-types.ts';

/** What is known of who is signed in at the app with the cookies of a jar. */
export type Standing =
  /** Nobody, as far as is proven. */
  | { readonly kind: 'open' }
  /** A login of several steps is between two of them. `claimed`: the name that an earlier step gave, as typed; null: none yet. */
  | { readonly kind: 'step'; readonly step: string; readonly claimed: string | null }
  | {
      readonly kind: 'bound';
      /** The account's name in its realm. */
      readonly name: string;
      readonly proof: 'whoami' | 'login-form';
      /** Fingerprint of the session cookies that were proven (`Jar.credentials`). */
      readonly credentials: string;
      /** When the app said so last, ms since the epoch. */
      readonly checkedAt: number;
    };

/** What of an app the jar must know. One object for each app of a configuration. */
export interface JarApp {
  readonly id: string;
  /** Origin that cookies are matched against: the public one, since that is where the app believes to be. */
  readonly origin: string;
  readonly login: BoundLogin;
}

/** Whose jar: a session's, or a visitor's who has not signed in (`order: login-first`). */
export type JarOwner =
  | { readonly kind: 'session'; readonly id: string; readonly expiresAt: number }
  /**
   * `carried`: what the visitor's browser carries for it (`Jars.carried`), or '' for nothing yet: then the jar stands in no
   * row until a login step is begun with it. Absent: it stands in a row from its first change.
   */
  | { readonly kind: 'visitor'; readonly id: string; readonly expiresAt: number; readonly carried?: string };

/** What one answer of the app brings. */
export interface Brought {
  /** The generation under which the request was sent; what comes from another is dropped. */
  readonly generation: number;
  /** Target of the request, for the default path and path matching (RFC 6265 §5.1.4). */
  readonly target: string;
  /** Values of Set-Cookie, in order. */
  readonly setCookies: readonly string[];
  /** Tokens to keep: opaque stand-in → token. */
  readonly vault?: ReadonlyMap<string, string>;
}

/** The app's cookies for one owner. Only `Jars` changes it. */
export interface Jar {
  readonly id: string;
  readonly app: JarApp;
  /** Grows with every change, over all nodes; 0 before the first. */
  readonly version: number;
  /** Grows with every login step and whenever the cookies are thrown away. */
  readonly generation: number;
  readonly standing: Standing;
  /** A held answer waits to be fetched at this target; null: none. */
  readonly held: string | null;
  /** Set while a login step is under way here or on another node: nothing else is sent with this jar meanwhile. */
  readonly busy: boolean;
  /** Cookie header for a target, or null. Synchronous; remembered by path until something changes or expires. */
  cookieFor(target: string): string | null;
  /** Fingerprint of the session cookies (names and values, by `login.sessionCookies`); empty when there is none. */
  credentials(): string;
  /** The token that a stand-in of the vault stands for. */
  token(standIn: string): string | undefined;
  /** Something is under way with these cookies; `cut` is called when their generation ends. Returns how to unregister. */
  inFlight(cut: () => void): () => void;
}

/** A jar apart: what a login step works with until its outcome is known. Nothing of it reaches the jar before `commit`. */
export interface Draft {
  readonly generation: number;
  cookieFor(target: string): string | null;
  credentials(): string;
  receive(target: string, setCookies: readonly string[], vault?: ReadonlyMap<string, string>): void;
  /** Everything as text, for a held answer; `Jars.adopt` makes a jar of it again. Holds secrets: seal it. */
  serialise(standing: Standing): string;
  /** Becomes the jar, written to the store when this settles. */
  commit(standing: Standing): Promise<void>;
  /** The jar is empty and open afterwards. */
  drop(): Promise<void>;
}

/** Cookies as they stood at some time, whatever the jar holds by now. */
export type Stood = Pick<Jar, 'cookieFor' | 'credentials'>;

/** Who has written the store: the version, for the browser to show to whichever node it asks next. */
export interface Received {
  readonly version: number;
  /** Fingerprint of the session cookies before. */
  readonly before: string;
  /** What the jar held with this answer and before the next: of several at once, each has its own. */
  readonly stood: Stood;
}

/**
 * All jars in memory, written through to the store, forgotten by push. Every method that changes rejects with
 * `store-unavailable` and then nothing has changed, here or there.
 */
export interface Jars {
  /**
   * The jar of an owner at an app: at once when it is in memory, else from the store once. An owner without a jar gets an
   * empty one, which is written at its first change. `atLeast`: the version that the browser has seen; a jar in memory that
   * is older is read anew.
   */
  of(owner: JarOwner, app: JarApp, atLeast: number): Jar | Promise<Jar>;
  /**
   * Takes what an answer brings, and settles once it is in the store. undefined, and no round trip, when it changes nothing
   * (a cookie set again to the same value, or its expiry moved by less than a tenth). What belongs to another generation is
   * dropped, as if it changed nothing.
   */
  receive(jar: Jar, brought: Brought): Promise<Received> | undefined;
  /**
   * Begins a login step: the generation ends everywhere (in the store first), whatever is in flight is cut, and no other
   * request gets these cookies until the draft is committed or dropped. `keep`: what the draft starts with; `all` for a jar
   * that is open or between steps, `others` (all but session cookies) for one that is bound. Rejects with `conflict` when
   * another step is under way. A step that was never finished (the process died) ends after `busyMs`.
   */
  begin(jar: Jar, keep: 'all' | 'others'): Promise<Draft>;
  /** Notes what was proven, without touching cookies. Dropped when the generation is another. */
  stand(jar: Jar, generation: number, standing: Standing): Promise<void>;
  /** Empties it: cookies, vault, standing; what is in flight is cut. */
  clear(jar: Jar): Promise<void>;
  /** What the browser is to carry of a jar that stands in no row, as text (seal it); null: it stands in one, or is empty. */
  carried(jar: Jar): string | null;
  /** Takes the row away again that was made for one login step, which came to nothing; from then on the browser carries the jar. */
  handOut(jar: Jar): Promise<void>;
  /** Gives a jar that the browser was to carry a row. */
  takeIn(jar: Jar): Promise<void>;
  /** Makes the jar of a session out of a serialised draft; `held` as in `Jar.held`. */
  adopt(owner: JarOwner, app: JarApp, serialised: string, held: string | null): Promise<Jar>;
  /** The held answer has been fetched. */
  released(jar: Jar): Promise<void>;
  /** A change of the store (topic `jar`), or everything may be old (`*`). */
  forget(id: string): void;
}
