import type { Requirement } from '../evidence.ts';
import type { Pattern } from '../lib/pattern.ts';
import type { RealmSource } from '../sources/table.ts';
import type { LoginConfig } from './login-types.ts';
import type { RecordConfig } from './record-types.ts';

/** The configuration after validation: every default filled in, durations in ms, references resolved. Deeply frozen. */
export interface Config {
  /** Path of the YAML file, or null when it was put together from arguments (demonstration, --upstream). */
  readonly file: string | null;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly dataDir: string;
  readonly store:
    | { readonly kind: 'sqlite'; readonly path: string }
    | { readonly kind: 'postgres'; readonly url: string };
  /** File that holds the master key, 32 bytes; created 0600 at first start. */
  readonly masterKeyFile: string;
  /** Addresses or CIDR blocks whose X-Forwarded-* are believed. */
  readonly trustedProxies: readonly string[];
  readonly realms: ReadonlyMap<string, RealmConfig>;
  readonly apps: readonly AppConfig[];
  /** The console of administrators; null: there is none. It is none of the apps that are guarded. */
  readonly console: ConsoleConfig | null;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly requests: boolean };
  readonly keys: { readonly rotateMs: number };
  /** Attacks of our own; null: none on a schedule. */
  readonly canary: { readonly everyMs: number | null; readonly lockDown: boolean };
  /** How often a node asks for changes, and how long it trusts its memory without an answer; twice the first is at most the second. */
  readonly nodes: { readonly heartbeatMs: number; readonly trustMs: number };
  readonly help: { readonly text: string; readonly contact: string };
  readonly pages: PagesConfig;
  readonly mail: MailConfig | null;
  /** Body of `/.well-known/webauthn` by host name (WebAuthn L3 §5.11): the origins that share its passkeys. */
  readonly relatedOrigins: ReadonlyMap<string, readonly string[]>;
  readonly retention: Retention;
  /** How long the names of an app's own list of accounts stay after it was last read so, ms. */
  readonly keepRostersMs: number;
  readonly record: RecordConfig;
  readonly limits: {
    readonly connections: number;
    readonly headersTimeoutMs: number;
    /** Characters of the longest target (path and query). */
    readonly target: number;
    /** Bytes of the largest head of a request, target and all. */
    readonly head: number;
    readonly drainMs: number;
  };
}

/** Our own pages for administrators, at an address of their own. */
export interface ConsoleConfig {
  readonly listen: Config['listen'];
  /** Public origin. */
  readonly origin: string;
  readonly tls: Config['tls'];
  /** How it is judged: an app like any other, whose requests never leave the building. */
  readonly app: AppConfig;
  /** Acts that one person proposes and another confirms, by name, and for how long they may wait, ms. */
  readonly twoPerson: { readonly acts: readonly string[]; readonly withinMs: number };
}

/** How long each sort of entry stays in the record, ms. */
export interface Retention {
  /** Requests and sign-ins that were refused. */
  readonly refusals: number;
  /** Sign-ins, sign-outs and sessions. */
  readonly signIns: number;
  /** Starts and stops of the server, jumps of its clock, mail that could not be sent. */
  readonly running: number;
  /** What changed who may do what: enrolments, tickets, revocations, accounts, authenticators, keys, configuration. */
  readonly decisions: number;
}

export interface RealmConfig {
  readonly id: string;
  readonly source: RealmSource;
  /** `CORP\x` and `x@corp.example` name the account `x` for these, compared without case. */
  readonly domains: readonly string[];
  /** Whether names may hold letters outside ASCII. */
  readonly unicode: boolean;
  readonly sessions: { readonly idleMs: number; readonly absoluteMs: number };
}

/** How our pages look, in the operator's name. */
export interface PagesConfig {
  /** Beside the logo; empty: Sallyport. */
  readonly name: string;
  /** Image, read and checked when the configuration was loaded; null: ours. */
  readonly logo: { readonly type: 'image/svg+xml' | 'image/png'; readonly body: Buffer } | null;
  /** `#rrggbb` of buttons and links on light and on dark ground, with enough contrast; null: ours. */
  readonly accent: string | null;
  readonly accentDark: string | null;
  /** IANA name; the zone of the times shown. */
  readonly timeZone: string;
  /** Language when the browser asks for none that we have, and of mail. */
  readonly language: 'en' | 'cy' | 'ar';
}

export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte; `starttls`: refused without it; `none`: loopback only. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string | null;
  /** File that holds the password; read for each connection, so that it can be replaced. */
  readonly passwordFile: string | null;
  /** From SALLYPORT_MAIL_PASSWORD; null: in the file, or there is no user. Never printed. */
  readonly password: string | null;
  /** PEM file of the authority; null: those that Node trusts. */
  readonly ca: string | null;
  readonly from: string;
}

/** Whose passkeys an app takes (WebAuthn relying party). */
export interface RelyingParty {
  /** Domain that passkeys are bound to: the host of the pages or a parent of it. */
  readonly id: string;
  /** Shown by the browser. */
  readonly name: string;
  /** The only origins whose pages may run a ceremony. */
  readonly origins: readonly string[];
  readonly verification: 'preferred' | 'required';
  /** AAGUIDs that are accepted, proven by attestation; empty: any, and no attestation is asked for. */
  readonly models: readonly string[];
  /** PEM certificates that attestation must lead to; empty when models is. */
  readonly roots: readonly string[];
}

export interface HostName {
  /** Lower case, without port or trailing dot. */
  readonly name: string;
  readonly port: number | null;
}

export interface AppConfig {
  readonly id: string;
  readonly hosts: readonly HostName[];
  /** Public origin, used as `iss` and in enrolment links: scheme, host and non-default port. */
  readonly origin: string;
  readonly upstream: {
    /** http or https origin, no path. */
    readonly origin: string;
    readonly ca: string | null;
    /** `preserve` sends the public Host, `upstream` the upstream's own. */
    readonly host: 'preserve' | 'upstream';
    /** In Origin and Referer the app's own origin stands in place of ours. */
    readonly ownOrigin: boolean;
    readonly connections: number;
    /** A connection to the app serves one session, never two. */
    readonly exclusive: boolean;
    readonly connectTimeoutMs: number;
    /** Bytes of the longest line of a head, without its end, that the app's server reads as one; null: as its preset says, or any. */
    readonly longestLine: number | null;
    readonly firstByteTimeoutMs: number;
    readonly idleTimeoutMs: number;
    /** In place of `idleTimeoutMs` for event streams, WebSockets, and answers that the browser does not read on. */
    readonly streamTimeoutMs: number;
  };
  /** Addresses of the app in its answers lead to its public origin, and those of requests to the app. */
  readonly rewrite: boolean;
  readonly realm: RealmConfig;
  /** How the app signs people in. */
  readonly login: LoginConfig;
  /** Names of cookies of the browser's own making that the app may see (apps whose login is bound). */
  readonly clientCookies: readonly Pattern[];
  /** null: passkeys are not offered here (switched off, or impossible at such a host). */
  readonly relyingParty: RelyingParty | null;
  readonly sessions: { readonly idleMs: number; readonly absoluteMs: number };
  readonly rules: readonly RuleConfig[];
  readonly exemptions: readonly ExemptionConfig[];
  /** Identity headers for the app: name → template with {account} {account_id} {realm} {groups} {sid}. */
  readonly headers: ReadonlyMap<string, string>;
  /** Origins other than the app's own from which a WebSocket may be opened. */
  readonly webSocketOrigins: readonly string[];
  /** Exact paths at which a WebSocket may be opened without any Origin, as programs that are no browsers do. */
  readonly webSocketWithoutOrigin: readonly string[];
  /** Where forms of other sites are taken on. */
  readonly crossSite: readonly CrossSiteConfig[];
  /** Ways past us that the operator names. */
  readonly waysPast: {
    /** As written: origins, hosts, addresses, small networks. */
    readonly addresses: readonly string[];
    /** Addresses and CIDR blocks that the app sees us come from; empty: those of this machine. */
    readonly ours: readonly string[];
  };
  /** The app's own list of accounts; null: it is not compared with ours. */
  readonly roster: RosterConfig | null;
  /** Deviations from the canonical target form, for signed-in requests only. */
  readonly target: { readonly encodedSlash: boolean; readonly emptySegments: boolean };
}

/** Who asks for a list; each secret is read from its file when it is needed. */
interface RosterAsker {
  readonly user: string | null;
  readonly passwordFile: string | null;
  /** PEM file; null: the authorities that Node trusts. */
  readonly ca: string | null;
}

/** Where the names of an app's accounts come from. */
export type RosterSource =
  | { readonly kind: 'file'; readonly path: string }
  | ({ readonly kind: 'url'; readonly url: string; readonly tokenFile: string | null } & RosterAsker)
  | { readonly kind: 'sqlite'; readonly path: string; readonly query: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly query: string; readonly passwordFile: string | null }
  | ({
      readonly kind: 'ldap';
      readonly url: string;
      readonly startTls: boolean;
      readonly base: string;
      readonly filter: string;
    } & RosterAsker);

export interface RosterConfig {
  /** null: somebody brings it. */
  readonly source: RosterSource | null;
  /** Column, member or attribute with the name; null: `account`, else the first; of a directory `uid`. */
  readonly column: string | null;
  readonly everyMs: number;
  /** null: no account is dormant. */
  readonly dormantAfterMs: number | null;
  readonly disableDormant: boolean;
}

export interface RuleConfig {
  /** `/a/b` exactly, or `/a/**` for it and everything below. */
  readonly path: string;
  readonly require: Requirement;
  /** A factor must have been used within this time, ms; null: within the session. */
  readonly maxAgeMs: number | null;
  /** The account must be in one of these; empty: any account. */
  readonly groups: readonly string[];
}

export interface CrossSiteConfig {
  readonly path: string;
  /** Origins as browsers send them; `null` stands for any site that hides its own. */
  readonly from: readonly string[];
}

export interface ExemptionConfig {
  readonly method: string;
  readonly path: string;
  readonly reason: string;
  readonly owner: string;
  /** End of that day, UTC, ms. */
  readonly expiresAt: number;
  /** As written: YYYY-MM-DD. */
  readonly expires: string;
}

/** One fault of a configuration. `line` counts from 1; 0 when there is no file. */
export interface ConfigFault {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}
