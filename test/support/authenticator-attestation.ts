import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/**
 * A maker's certificates, signed by hand in DER, so that tests of attestation need no tool. Real X.509, real
 * signatures; only the maker is made up.
 */

/** What signs a `packed` statement: the attestation key and its certificates, leaf first, without the root. */
export interface Attester {
  readonly key: KeyObject;
  readonly x5c: readonly Buffer[];
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(body.length.toString(16).padStart(4, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x82]), size, body]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

const TRUE = Buffer.from([0x01, 0x01, 0xff]);
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

function nameOf(commonName: string, unit: string): Buffer {
  const part = (type: string, tag: number, text: string) => der(0x31, sequence(oid(type), der(tag, Buffer.from(text))));
  return sequence(
    part('2.5.4.6', 0x13, 'GB'),
    part('2.5.4.10', 0x0c, 'Example Keys'),
    part('2.5.4.11', 0x0c, unit),
    part('2.5.4.3', 0x0c, commonName),
  );
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

export interface Validity {
  /** Milliseconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
}

interface Request extends Validity {
  readonly subject: Buffer;
  readonly subjectKey: KeyObject;
  readonly issuer: Buffer;
  readonly issuerKey: KeyObject;
  readonly ca: boolean;
  /** Bytes of the extension id-fido-gen-ce-aaguid (WebAuthn L3 §8.2.1). */
  readonly aaguid?: Buffer;
  /** Address of a revocation list. */
  readonly crl?: string;
}

function certificate(request: Request): Buffer {
  const basic = sequence(oid('2.5.29.19'), TRUE, der(0x04, request.ca ? sequence(TRUE) : sequence()));
  const extensions = [basic];
  if (request.aaguid !== undefined) {
    extensions.push(sequence(oid('1.3.6.1.4.1.45724.1.1.4'), der(0x04, der(0x04, request.aaguid))));
  }
  if (request.crl !== undefined) {
    const point = sequence(der(0xa0, der(0xa0, der(0x86, Buffer.from(request.crl)))));
    extensions.push(sequence(oid('2.5.29.31'), der(0x04, sequence(point))));
  }
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    ECDSA_SHA256,
    request.issuer,
    sequence(time(request.from ?? Date.UTC(2020, 0, 1)), time(request.to ?? Date.UTC(2120, 0, 1))),
    request.subject,
    request.subjectKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, request.issuerKey);
  return sequence(body, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A maker of authenticators: a root certificate, and attestation certificates below it. */
export class Maker {
  readonly #keys = newKeys();
  readonly #name: Buffer;
  readonly rootDer: Buffer;
  /** PEM of the root, as a relying party keeps it. */
  readonly root: string;

  constructor(name = 'Example Keys Root', validity: Validity = {}) {
    this.#name = nameOf(name, 'Authenticator Attestation CA');
    this.rootDer = certificate({
      subject: this.#name,
      subjectKey: this.#keys.publicKey,
      issuer: this.#name,
      issuerKey: this.#keys.privateKey,
      ca: true,
      ...validity,
    });
    this.root = pem(this.rootDer);
  }

  /**
   * An attestation key for a model. `aaguid` (text with dashes) and `crl` in the certificate only when given. `through`: an
   * intermediate stands between, which is a proper authority or (`'not-a-ca'`) an attestation certificate misused as one.
   */
  attester(
    options: Validity & { readonly aaguid?: string; readonly through?: 'ca' | 'not-a-ca'; readonly crl?: string } = {},
  ): Attester {
    const { aaguid, through, ...more } = options;
    const keys = newKeys();
    const middle = newKeys();
    const middleName = nameOf('Example Keys Batch', 'Authenticator Attestation');
    const leaf = certificate({
      subject: nameOf('Example Key', 'Authenticator Attestation'),
      subjectKey: keys.publicKey,
      issuer: through === undefined ? this.#name : middleName,
      issuerKey: through === undefined ? this.#keys.privateKey : middle.privateKey,
      ca: false,
      ...(aaguid === undefined ? {} : { aaguid: Buffer.from(aaguid.replaceAll('-', ''), 'hex') }),
      ...more,
    });
    if (through === undefined) return { key: keys.privateKey, x5c: [leaf] };
    const between = certificate({
      subject: middleName,
      subjectKey: middle.publicKey,
      issuer: this.#name,
      issuerKey: this.#keys.privateKey,
      ca: through === 'ca',
    });
    return { key: keys.privateKey, x5c: [leaf, between] };
  }
}
