import type { IncomingMessage } from 'node:http';
import type { Surface } from '../config/login-types.ts';
import type { AppConfig, ExemptionConfig } from '../config/types.ts';
import type { Client } from '../request/client.ts';
import type { HeaderFields } from '../request/fields.ts';
import type { Session } from '../sessions/session.ts';

const token = Symbol('minted in gate/');
export type MintToken = typeof token;

/**
 * What a request was let through as. `session`: of somebody who passed the factor. `exemption`: listed by the operator.
 * `surface`: what may be seen before signing in at the app (`login-first`). These are forwarded. `step`: a request that may
 * be a login step, and `probe`: our own question to the app who is signed in; these are never streamed through, since
 * their answers are judged before anybody sees them.
 */
export type Streamed = 'session' | 'exemption' | 'surface';
export type Exchanged = 'step' | 'probe';
export type AdmissionKind = Streamed | Exchanged;

export interface AdmissionParts {
  readonly request: IncomingMessage;
  /** As they were judged: what is sent on is made of these and nothing else. */
  readonly headers: HeaderFields;
  readonly app: AppConfig;
  /** When it was judged, ms since the epoch. */
  readonly at: number;
  readonly upgrade: boolean;
  readonly method: string;
  /** The judged target, byte for byte what is sent on. */
  readonly target: string;
  /** Value of the Host header as received, already found in the app's list. */
  readonly host: string;
  readonly client: Client;
  /** null for exemptions, surfaces, and steps before a session. */
  readonly session: Session | null;
  readonly exemption: ExemptionConfig | null;
  readonly surface: Surface | null;
  /** Compact JWS for the app; null without a session. */
  readonly assertion: string | null;
  /** By which the app's own log shows that the request came through us. */
  readonly requestId: string;
  /** Identity headers for the app, values already safe for the wire. */
  readonly identity: readonly (readonly [name: string, value: string])[];
}

/**
 * The value that `forward` and `exchange` demand: for one request, with the judged target inside. It cannot be written as a
 * literal, spread or cast into being: a private field is checked where it is used.
 */
export class Admission<K extends AdmissionKind = AdmissionKind> {
  readonly #minted: MintToken;
  readonly kind: K;
  readonly request: IncomingMessage;
  readonly headers: HeaderFields;
  readonly app: AppConfig;
  readonly at: number;
  readonly upgrade: boolean;
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly client: Client;
  readonly session: Session | null;
  readonly exemption: ExemptionConfig | null;
  readonly surface: Surface | null;
  readonly assertion: string | null;
  readonly requestId: string;
  readonly identity: readonly (readonly [name: string, value: string])[];
  #spent = false;

  /** Throws for anybody who does not hold the module-private token (gate/gate.ts takes it by `mintToken`, once). */
  constructor(proof: MintToken, kind: K, parts: AdmissionParts) {
    if (proof !== token) throw new TypeError('an admission is minted by the gate alone');
    this.#minted = proof;
    this.kind = kind;
    this.request = parts.request;
    this.headers = parts.headers;
    this.app = parts.app;
    this.at = parts.at;
    this.upgrade = parts.upgrade;
    this.method = parts.method;
    this.target = parts.target;
    this.host = parts.host;
    this.client = parts.client;
    this.session = parts.session;
    this.exemption = parts.exemption;
    this.surface = parts.surface;
    this.assertion = parts.assertion;
    this.requestId = parts.requestId;
    this.identity = parts.identity;
    Object.freeze(this);
  }

  /** Whether it is one of that kind, for those who hold a value of any. */
  static is<K extends AdmissionKind>(value: Admission, kind: K): value is Admission<K> {
    return #minted in value && value.kind === kind;
  }

  /** Spends the admission: true the first time, for a genuine one of those kinds; false ever after and for anything else. */
  static spend(value: Admission, kinds: readonly AdmissionKind[]): boolean {
    if (!(#minted in value) || value.#spent || !kinds.includes(value.kind)) return false;
    value.#spent = true;
    return true;
  }
}

let taken = false;

/** Hands the token out once, to gate/gate.ts; a second asker gets an error. */
export function mintToken(): MintToken {
  if (taken) throw new TypeError('an admission is minted by the gate alone');
  taken = true;
  return token;
}
