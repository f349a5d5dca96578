import type { IncomingMessage } from 'node:http';
import type { AppConfig, ExemptionConfig } from '../config/types.ts';
import type { Client } from '../read/client.ts';
import type { Session } from '../sessions/session.ts';

const token = Symbol('minted in gate/');
export type MintToken = typeof token;

export interface AdmissionParts {
  readonly request: IncomingMessage;
  readonly app: AppConfig;
  readonly method: string;
  /** The judged target, byte for byte what is sent on. */
  readonly target: string;
  /** Value of the Host header as received, already found in the app's list. */
  readonly host: string;
  readonly client: Client;
  /** null only for an exemption. */
  readonly session: Session | null;
  readonly exemption: ExemptionConfig | null;
  /** Compact JWS for the app; null only for an exemption. */
  readonly assertion: string | null;
  /** Identity headers for the app, values already safe for the wire. */
  readonly identity: readonly (readonly [name: string, value: string])[];
}

/**
 * The value that `forward` demands: for one request, with the judged target inside. It cannot be written as a literal,
 * spread or cast into being: a private field is checked where it is used.
 */
export class Admission {
  readonly #minted: MintToken;
  readonly request: IncomingMessage;
  readonly app: AppConfig;
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly client: Client;
  readonly session: Session | null;
  readonly exemption: ExemptionConfig | null;
  readonly assertion: string | null;
  readonly identity: readonly (readonly [name: string, value: string])[];
  #spent = false;

  /** Throws for anybody who does not hold the module-private token (gate/gate.ts takes it by `mintToken`, once). */
  constructor(proof: MintToken, parts: AdmissionParts) {
    if (proof !== token) throw new TypeError('an admission is minted by the gate alone');
    this.#minted = proof;
    this.request = parts.request;
    this.app = parts.app;
    this.method = parts.method;
    this.target = parts.target;
    this.host = parts.host;
    this.client = parts.client;
    this.session = parts.session;
    this.exemption = parts.exemption;
    this.assertion = parts.assertion;
    this.identity = parts.identity;
    Object.freeze(this);
  }

  /** Spends the admission: true the first time, for a genuine one; false ever after and for anything else. */
  static spend(value: Admission): boolean {
    if (!(#minted in value) || value.#spent) return false;
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
