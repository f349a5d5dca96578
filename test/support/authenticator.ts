import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Attester } from './authenticator-attestation.ts';
import { type Cbor, cbor } from './authenticator-cbor.ts';

/**
 * An authenticator and its browser in software, for tests over the wire: real keys, real signatures, and every promise
 * of theirs can be broken one at a time.
 */
export type KeyKind = 'ES256' | 'EdDSA' | 'RS256';

/** Defaults of an authenticator. */
export interface AuthenticatorKind {
  readonly alg?: KeyKind;
  /** Keys are synced between devices (BE = 1, BS = 1); otherwise they stay on this one. */
  readonly synced?: boolean;
  /** Verifies its user. Default true. */
  readonly uv?: boolean;
  /** Counts signatures; synced ones stay at 0. Default: when not synced. */
  readonly counts?: boolean;
  /** With dashes. Default all zeros. */
  readonly aaguid?: string;
}

export interface Tweaks {
  readonly uv?: boolean;
  readonly up?: boolean;
  readonly be?: boolean;
  readonly bs?: boolean;
  readonly counter?: number;
  /** Client data, in place of what an honest browser would write. */
  readonly type?: string;
  readonly challenge?: string;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: unknown;
  /** More members of the client data. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The whole client data, as written. */
  readonly clientDataText?: string;
  /** Whose hash stands in the authenticator data. */
  readonly rpId?: string;
  /** Bytes behind the authenticator data. */
  readonly trailing?: Uint8Array;
}

export interface CreateTweaks extends Tweaks {
  readonly alg?: KeyKind;
  /** Bytes of the new credential id. Default 16. */
  readonly idLength?: number;
  readonly aaguid?: string;
  readonly attestation?: 'none' | 'self' | Attester;
  /** Members of the attestation object, in place of its own. */
  readonly object?: Readonly<Record<string, Cbor>>;
  /** Members of the COSE key, in place of its own. */
  readonly cose?: readonly (readonly [number, Cbor])[];
  readonly transports?: readonly string[];
  /** Changes the authenticator data before anything is signed. */
  readonly rewrite?: (authData: Buffer) => Uint8Array;
  /** Changes the statement after it was signed. */
  readonly restate?: (attStmt: Map<string, Cbor>) => Map<number | string, Cbor>;
  /** The hash under an ECDSA statement's signature. Default sha256. */
  readonly statementHash?: string;
  /** Spoil the statement's signature. */
  readonly badSignature?: boolean;
}

export interface GetTweaks extends Tweaks {
  /** null: none is sent. */
  readonly userHandle?: string | null;
  /** Answer with this credential, allowed or not. */
  readonly credentialId?: string;
  readonly badSignature?: boolean;
}

/** The parts of the creation and request options (their JSON forms) that an authenticator looks at. */
export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
  readonly excludeCredentials?: readonly { readonly id: string }[];
}

export interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
}

/** RegistrationResponseJSON. */
export interface RegistrationResponse {
  id: string;
  rawId: string;
  type: string;
  clientExtensionResults: Record<string, unknown>;
  authenticatorAttachment: string;
  response: { clientDataJSON: string; attestationObject: string; transports: string[] };
}

/** AuthenticationResponseJSON. */
export interface AssertionResponse {
  id: string;
  rawId: string;
  type: string;
  clientExtensionResults: Record<string, unknown>;
  authenticatorAttachment: string;
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string };
}

interface Key {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  readonly alg: KeyKind;
  readonly be: boolean;
  counter: number;
}

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();
const ZEROS = '00000000-0000-0000-0000-000000000000';
const ALG = { ES256: -7, EdDSA: -8, RS256: -257 } as const;

function newKey(alg: KeyKind): { privateKey: KeyObject; publicKey: KeyObject } {
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function coseOf(alg: KeyKind, publicKey: KeyObject): Map<number, Cbor> {
  const jwk = publicKey.export({ format: 'jwk' });
  const member = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');
  const key = new Map<number, Cbor>([[1, alg === 'ES256' ? 2 : alg === 'EdDSA' ? 1 : 3]]).set(3, ALG[alg]);
  if (alg === 'RS256') return key.set(-1, member(jwk.n)).set(-2, member(jwk.e));
  if (alg === 'EdDSA') return key.set(-1, 6).set(-2, member(jwk.x));
  return key.set(-1, 1).set(-2, member(jwk.x)).set(-3, member(jwk.y));
}

type Signing = Pick<CreateTweaks, 'badSignature' | 'statementHash'>;

function signed(alg: KeyKind, key: KeyObject, data: Uint8Array, how: Signing): Buffer {
  const { badSignature: spoil, statementHash = 'sha256' } = how;
  const signature = sign(alg === 'EdDSA' ? null : statementHash, data, key);
  const last = signature.length - 1;
  if (spoil === true) signature[last] = (signature[last] ?? 0) ^ 1;
  return signature;
}

function clientData(type: string, challenge: string, origin: string, tweaks: Tweaks): Buffer {
  if (tweaks.clientDataText !== undefined) return Buffer.from(tweaks.clientDataText);
  return Buffer.from(
    JSON.stringify({
      type: tweaks.type ?? type,
      challenge: tweaks.challenge ?? challenge,
      origin,
      crossOrigin: 'crossOrigin' in tweaks ? tweaks.crossOrigin : false,
      ...('topOrigin' in tweaks ? { topOrigin: tweaks.topOrigin } : {}),
      ...tweaks.extra,
    }),
  );
}

export class Authenticator {
  readonly #kind: Required<AuthenticatorKind>;
  readonly #keys = new Map<string, Key>();

  constructor(kind: AuthenticatorKind = {}) {
    const synced = kind.synced ?? false;
    this.#kind = { alg: 'ES256', uv: true, counts: !synced, aaguid: ZEROS, ...kind, synced };
  }

  /** A copy with the same keys and counters: what a thief of a key's content would have. */
  clone(): Authenticator {
    const copy = new Authenticator(this.#kind);
    for (const [id, key] of this.#keys) copy.#keys.set(id, { ...key });
    return copy;
  }

  /** Ids of the credentials it holds, base64url, oldest first. */
  get credentialIds(): string[] {
    return [...this.#keys.keys()];
  }

  #authData(rpId: string, tweaks: Tweaks, be: boolean, counter: number, attested: Buffer): Buffer {
    const flags =
      ((tweaks.up ?? true) ? 0x01 : 0) |
      ((tweaks.uv ?? this.#kind.uv) ? 0x04 : 0) |
      ((tweaks.be ?? be) ? 0x08 : 0) |
      ((tweaks.bs ?? be) ? 0x10 : 0) |
      (attested.length > 0 ? 0x40 : 0);
    const fixed = Buffer.alloc(5);
    fixed[0] = flags;
    fixed.writeUInt32BE(tweaks.counter ?? counter, 1);
    return Buffer.concat([sha256(tweaks.rpId ?? rpId), fixed, attested, tweaks.trailing ?? Buffer.alloc(0)]);
  }

  /** navigator.credentials.create(). Throws InvalidStateError when it holds one of the excluded credentials. */
  create(request: CreateTweaks & { readonly options: object; readonly origin: string }): RegistrationResponse {
    const { origin, ...tweaks } = request;
    const options = request.options as CreationOptions; // as a server sent them; a test that sends none should fail here
    if (options.excludeCredentials?.some(({ id }) => this.#keys.has(id))) {
      throw Object.assign(new Error('already registered'), { name: 'InvalidStateError' });
    }
    const alg = tweaks.alg ?? this.#kind.alg;
    const { privateKey, publicKey } = newKey(alg);
    const id = randomBytes(tweaks.idLength ?? 16);
    const be = tweaks.be ?? this.#kind.synced;
    const key: Key = {
      id: b64(id),
      rpId: options.rp.id,
      userHandle: options.user.id,
      privateKey,
      alg,
      be,
      counter: tweaks.counter ?? (this.#kind.counts ? 1 : 0),
    };
    this.#keys.set(key.id, key);
    const cose = coseOf(alg, publicKey);
    for (const [label, value] of tweaks.cose ?? []) cose.set(label, value);
    const length = Buffer.from([id.length >> 8, id.length & 0xff]);
    const aaguid = Buffer.from((tweaks.aaguid ?? this.#kind.aaguid).replaceAll('-', ''), 'hex');
    const attested = Buffer.concat([aaguid, length, id, cbor(cose)]);
    const honest = this.#authData(options.rp.id, tweaks, be, key.counter, attested);
    const authData = tweaks.rewrite?.(honest) ?? honest;
    const client = clientData('webauthn.create', options.challenge, origin, tweaks);
    const [fmt, attStmt] = statement(tweaks, key, Buffer.concat([authData, sha256(client)]));
    const object = new Map<string, Cbor>([['fmt', fmt]])
      .set('attStmt', tweaks.restate?.(attStmt) ?? attStmt)
      .set('authData', authData);
    for (const [name, value] of Object.entries(tweaks.object ?? {})) object.set(name, value);
    return {
      id: key.id,
      rawId: key.id,
      type: 'public-key',
      clientExtensionResults: { credProps: { rk: true } },
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: b64(client),
        attestationObject: b64(cbor(object)),
        transports: [...(tweaks.transports ?? ['internal'])],
      },
    };
  }

  #choose(options: RequestOptions, tweaks: GetTweaks): Key {
    const held = [...this.#keys.values()].filter(({ rpId }) => rpId === options.rpId);
    const allowed = (options.allowCredentials ?? []).map(({ id }) => id);
    const key =
      tweaks.credentialId !== undefined
        ? this.#keys.get(tweaks.credentialId)
        : allowed.length > 0
          ? held.find(({ id }) => allowed.includes(id))
          : held.at(-1);
    if (key === undefined) throw Object.assign(new Error('no such passkey here'), { name: 'NotAllowedError' });
    return key;
  }

  /** navigator.credentials.get(). Throws NotAllowedError when it holds none that is allowed. */
  get(request: GetTweaks & { readonly options: object; readonly origin: string }): AssertionResponse {
    const { origin, ...tweaks } = request;
    const options = request.options as RequestOptions; // as a server sent them
    const key = this.#choose(options, tweaks);
    if (this.#kind.counts) key.counter++;
    const authData = this.#authData(options.rpId, tweaks, key.be, key.counter, Buffer.alloc(0));
    const client = clientData('webauthn.get', options.challenge, origin, tweaks);
    const signature = signed(key.alg, key.privateKey, Buffer.concat([authData, sha256(client)]), tweaks);
    const userHandle = tweaks.userHandle === undefined ? key.userHandle : tweaks.userHandle;
    return {
      id: key.id,
      rawId: key.id,
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: b64(client),
        authenticatorData: b64(authData),
        signature: b64(signature),
        ...(userHandle === null ? {} : { userHandle }),
      },
    };
  }
}

function statement(tweaks: CreateTweaks, key: Key, data: Buffer): [string, Map<string, Cbor>] {
  const how = tweaks.attestation ?? 'none';
  if (how === 'none') return ['none', new Map()];
  if (how === 'self') {
    const sig = signed(key.alg, key.privateKey, data, tweaks);
    return ['packed', new Map<string, Cbor>([['alg', ALG[key.alg]]]).set('sig', sig)];
  }
  const sig = signed('ES256', how.key, data, tweaks);
  return ['packed', new Map<string, Cbor>([['alg', ALG.ES256]]).set('sig', sig).set('x5c', [...how.x5c])];
}
