import type { RealmSource, Requirement } from '../evidence.ts';

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
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly requests: boolean };
  readonly keys: { readonly rotateMs: number };
  readonly help: { readonly text: string; readonly contact: string };
  readonly limits: {
    readonly connections: number;
    readonly headersTimeoutMs: number;
    readonly drainMs: number;
  };
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
    readonly connections: number;
    readonly connectTimeoutMs: number;
    readonly firstByteTimeoutMs: number;
    readonly idleTimeoutMs: number;
  };
  readonly realm: RealmConfig;
  readonly sessions: { readonly idleMs: number; readonly absoluteMs: number };
  readonly rules: readonly RuleConfig[];
  readonly exemptions: readonly ExemptionConfig[];
  /** Identity headers for the app: name → template with {account} {account_id} {realm} {groups} {sid}. */
  readonly headers: ReadonlyMap<string, string>;
  /** Origins other than the app's own from which a WebSocket may be opened. */
  readonly webSocketOrigins: readonly string[];
  /** Deviations from the canonical target form, for signed-in requests only. */
  readonly target: { readonly encodedSlash: boolean; readonly emptySegments: boolean };
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
