import type { Pattern } from '../lib/pattern.ts';

/** How an app signs people in, after validation: parameters filled in, patterns compiled. Deeply frozen. */
export type LoginConfig = NoLogin | UnboundLogin | BoundLogin;

/** The app has no login of its own: it trusts the assertion or the identity headers. */
export interface NoLogin {
  readonly kind: 'none';
}

/** The app's own login is not looked at. An exception, declared like an exemption. */
export interface UnboundLogin {
  readonly kind: 'unbound';
  readonly reason: string;
  readonly owner: string;
  /** End of that day, UTC, ms; after it nothing is forwarded to the app any more. */
  readonly expiresAt: number;
  /** As written: YYYY-MM-DD. */
  readonly expires: string;
}

/** Values that a query or header may have: any, or one of a list. */
export type Allowed = 'any' | readonly string[];

/** Query parameters: `any` query whatever, or names with their allowed values; an unlisted name does not match. */
export type QueryRule = 'any' | ReadonlyMap<string, Allowed>;

/** A part of the app that may be seen before anybody has signed in (`order: login-first` only). GET and HEAD. */
export interface Surface {
  /** On the raw path, whole. */
  readonly path: Pattern;
  readonly query: QueryRule;
  /** Sent without cookies; its Set-Cookie is dropped. */
  readonly static: boolean;
  /** The person is sent to `entry` instead; nothing is forwarded. */
  readonly toEntry: boolean;
}

/** One alternative of what an answer looks like; everything that is not null must hold. */
export interface Predicate {
  readonly status: readonly number[] | null;
  /** Location header; no match without one. */
  readonly location: Pattern | null;
  /** Name of a cookie that the answer sets to a real value (not a deletion marker, not expired; the last of a name counts). */
  readonly cookie: Pattern | null;
  /** No cookie of that name is set to a real value. */
  readonly nocookie: Pattern | null;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, Pattern>;
  readonly body: Pattern | null;
  /** JSON pointers (RFC 6901); a value is matched as its text. */
  readonly json: ReadonlyMap<string, Pattern>;
  /** Paths such as `config-auth/auth/@id`. */
  readonly xml: ReadonlyMap<string, Pattern>;
  /** What `whoami` says afterwards: a name (true) or nobody (false); null: not asked here. */
  readonly probe: boolean | null;
}

export type StepType = 'form' | 'json' | 'xml' | 'basic';

/**
 * A request that signs in, or leads to it. Fields are named by the type: form fields by name, JSON by pointer
 * (`/userName`), XML by path, `basic` for the two halves of the header. A form field `*$UserName` is the one whose name ends
 * in `$UserName` (WebForms).
 */
export interface LoginStep {
  readonly id: string;
  readonly on: {
    readonly method: string;
    /** On the raw path, whole; one of them. */
    readonly paths: readonly Pattern[];
    /** Parameters that the query must have; others it may not have. Empty: no query. */
    readonly query: QueryRule;
    /**
     * The app uses the address for other things too: other bodies of the step's kind are passed on when none of their
     * fields is one of the sign-in's. At any other address of a step nothing but a step is.
     */
    readonly shared: boolean;
  };
  readonly type: StepType;
  /** Sent by a script of the page or a program, though it looks like a form: no form of a page is it. */
  readonly script: boolean;
  /** Literal values that make the request this step. */
  readonly need: ReadonlyMap<string, Allowed>;
  /** Field of the account's name; null: named in an earlier step. */
  readonly account: string | null;
  /** Second field that belongs to the name (domain, realm); it joins as `realm\account`. */
  readonly realm: string | null;
  readonly secret: readonly string[];
  /** Other fields that are passed on; anything else is refused. */
  readonly pass: readonly string[] | 'any-scalar';
  /** Fields whose value must match when they are there. */
  readonly check: ReadonlyMap<string, Pattern>;
  /** Request headers that must have one of these values when they are there; lower-case names. */
  readonly headers: ReadonlyMap<string, Allowed>;
  /** Alternatives; judged in the order fail, ok, next. */
  readonly fail: readonly Predicate[];
  readonly ok: readonly Predicate[];
  readonly next: { readonly step: string; readonly when: readonly Predicate[] } | null;
}

/** Where the name stands in the answer of `whoami`. */
export type NameSource =
  | { readonly in: 'body'; readonly find: Pattern }
  | { readonly in: 'location'; readonly find: Pattern }
  /** `name`: of the header, lower case. */
  | { readonly in: 'header'; readonly name: string; readonly find: Pattern; readonly decode: 'none' | 'url' }
  | { readonly in: 'json'; readonly pointer: string }
  | { readonly in: 'cookie'; readonly name: Pattern; readonly decode: 'none' | 'url' };

/** How the app itself is asked who is signed in. */
export interface Whoami {
  /** null: the answer of the login step itself tells (and nothing can be asked later). */
  readonly ask: { readonly method: 'GET' | 'POST'; readonly target: string; readonly accept: string | null } | null;
  readonly name: NameSource;
  /** The answer says that nobody is signed in. */
  readonly anonymous: readonly Predicate[];
  /** Whoever is not signed in is given a new session with every answer: a form is good until the next question. */
  readonly renews: boolean;
}

/** From a name as the app writes it to the realm's spelling. */
export interface NameRules {
  readonly fold: readonly ('trim' | 'nfkc' | 'lower' | 'capital')[];
  /** Removed, each once, before folding. */
  readonly strip: readonly Pattern[];
  /** What is left must match; null: whatever the realm accepts. */
  readonly accept: Pattern | null;
}

/** Another way into the app that takes the same password. Always refused. */
export interface Door {
  /** null: any method. */
  readonly method: string | null;
  /** On the folded path (lower case, decoded, without parameters): no spelling of it gets through. */
  readonly path: Pattern;
  readonly query: QueryRule;
  /** Only with this header, lower case; null: always. */
  readonly header: string | null;
  /** Only with a body that is declared so, lower case: apps may sort by it before they look at the path. null: always. */
  readonly type: string | null;
  /** As written, for people. */
  readonly text: string;
}

/** Credential fields that may stand nowhere but in a login step. */
export interface Guard {
  /** Each alone is refused, in query, form and (for a preset with JSON or XML steps) JSON or XML bodies. Folded (request/login/names.ts). */
  readonly fields: readonly string[];
  /** All of a set together are refused: for products whose field names are common words. */
  readonly sets: readonly (readonly string[])[];
  /** In the query alone. */
  readonly query: readonly string[];
  /** Removed from every request; lower case. */
  readonly headers: readonly string[];
  /** Query parameters that must equal this when they are there; `{account}` is the person's name at the app. */
  readonly queryEquals: ReadonlyMap<string, string>;
}

/** A token in an answer that stands for the session: kept here, and put back into requests. */
export interface Vault {
  readonly json: string | null;
  readonly xml: string | null;
  readonly send: {
    readonly header: string | null;
    readonly query: string | null;
    /** A path with one segment `{}`. */
    readonly path: string | null;
  };
}

export interface WebSocketRule {
  readonly path: Pattern;
  /** `upstream`: the app sees its own origin in place of ours; `keep`: as everywhere at that app. */
  readonly origin: 'upstream' | 'keep';
  /** Query parameter that holds a token of the vault; null: none. */
  readonly token: string | null;
}

export interface Rewrite {
  readonly host: 'preserve' | 'upstream' | null;
  /** Origin and Referer as the app expects them, where the operator says nothing (`AppConfig.upstream.ownOrigin`). */
  readonly origin: boolean;
  /** The app's own origin in Location becomes ours. */
  readonly location: boolean;
  /** Other origins that the app calls itself, replaced in Location and in HTML, CSS, scripts and JSON; the first is what ours becomes in what comes back. */
  readonly body: readonly string[];
}

/** The one account that an app has: whoever signs in there is it, and no sign-in says who that is. */
export interface OneAccount {
  /** What the app calls it, where it calls it anything. */
  readonly name: string;
  /** Accounts of the realm who hold it, as written; nobody else gets anything of the app. */
  readonly accounts: readonly string[];
  readonly groups: readonly string[];
  /** File of its password, which is sent in place of what is typed; null: people know it and type it. */
  readonly passwordFile: string | null;
}

/** The app's own login, bound to the second factor. */
export interface BoundLogin {
  readonly kind: 'bound';
  readonly preset: string;
  /** Versions that the preset was tried with; empty: written from documentation. */
  readonly tested: readonly string[];
  /** Of the preset and what the operator set in it, as they were written (SHA-256): another one was not what was tried. */
  readonly digest: string;
  readonly order: 'factor-first' | 'login-first';
  /** Where somebody who must sign in is sent: a target of this origin. */
  readonly entry: string;
  /** Paths are compared without case (IIS). */
  readonly nocase: boolean;
  /** Bytes of the longest line of a head, without its end, that the server reads as one; null: longer than any that is taken here. */
  readonly longestLine: number | null;
  readonly anon: readonly Surface[];
  readonly steps: readonly LoginStep[];
  /** null: `login form only`. */
  readonly whoami: Whoami | null;
  /** The app is asked again who is signed in after this time, ms; 0: before every request. */
  readonly recheckMs: number;
  readonly names: NameRules;
  /** null: the app has an account for each person. */
  readonly one: OneAccount | null;
  /** Cookies that are the app's session: a change makes the app be asked. */
  readonly sessionCookies: readonly Pattern[];
  /**
   * Their values change with every answer: while somebody is known to be signed in, a new value alone is no reason to ask
   * the app; it is asked after `recheckMs`.
   */
  readonly rolling: boolean;
  /** Query parameters, as they are spelt, that are called like a session id and are none to this app. */
  readonly noSessionIds: readonly string[];
  /** Cookies of the app that the browser may see and send back. */
  readonly browserCookies: readonly Pattern[];
  /** Cookies of the browser's own making that the app may see. */
  readonly clientCookies: readonly Pattern[];
  readonly vault: readonly Vault[];
  /** Signing out of the app: method, path and query. */
  readonly logout: readonly { readonly path: Pattern; readonly query: QueryRule }[];
  /** Answers that say that the app's session is over. */
  readonly lost: readonly Predicate[];
  readonly guard: Guard;
  readonly doors: readonly Door[];
  /** Query parameters whose value is a path, and what it is behind (`rest_route`: `/wp-json`): what is a door there is one here. */
  readonly routed: ReadonlyMap<string, string>;
  /** Empty: WebSockets at any path, once signed in at the app. */
  readonly webSockets: readonly WebSocketRule[];
  /** Schemes of Authorization that pass, each naming the account; no other ever does, since it names nobody. */
  readonly authorization: readonly ('basic' | 'digest')[];
  readonly rewrite: Rewrite;
  /** The name is written into the app's login page. */
  readonly fill: boolean;
  /** What the preset cannot carry, in sentences for people. */
  readonly limits: readonly string[];
}

/** How far an app's accounts are bound, as every report says it. */
export type BoundState = 'bound, proven by whoami' | 'bound, login form only' | 'trusts assertion' | 'unbound';

export function boundState(login: LoginConfig): BoundState {
  if (login.kind === 'none') return 'trusts assertion';
  if (login.kind === 'unbound') return 'unbound';
  return login.whoami === null ? 'bound, login form only' : 'bound, proven by whoami';
}
