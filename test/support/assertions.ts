import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stand-in for Sallyport: its key, a JWKS over real HTTP, and a hand-made signer that can also sign nonsense. */
export interface Issuer {
  readonly jwksUrl: URL;
  readonly issuer: string;
  readonly audience: string;
  readonly kid: string;
  readonly publicPem: string;
  readonly privateKey: KeyObject;
  /** Published beside it under the kid `rsa-1`; no verifier may take it for an assertion's key. */
  readonly rsaKey: KeyObject;
  /** Published under the kid `p384`. */
  readonly p384Key: KeyObject;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const kid = 'key-1';
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const own = publicKey.export({ format: 'jwk' });
  const jwks = JSON.stringify({
    keys: [
      { ...own, kid, alg: 'ES256', use: 'sig' },
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', use: 'sig' },
      { ...p384.publicKey.export({ format: 'jwk' }), kid: 'p384', use: 'sig' },
      // The right key, published in ways that make it none for an assertion.
      { ...own, kid: 'twice', use: 'sig' },
      { ...own, kid: 'twice', use: 'sig' },
      { ...own, kid: 'sealing', use: 'enc' },
      { ...own, kid: 'for-es384', alg: 'ES384' },
    ],
  });
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(jwks);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A cast: a TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    jwksUrl: new URL(`http://127.0.0.1:${port}/.sallyport/jwks.json`),
    issuer: 'https://portal.example.org',
    audience: 'portal',
    kid,
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    privateKey,
    rsaKey: rsa.privateKey,
    p384Key: p384.privateKey,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Json = Readonly<Record<string, unknown>>;
const part = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const headOf = (issuer: Issuer): Json => ({ alg: 'ES256', typ: 'sallyport-assertion+jwt', kid: issuer.kid });

/** The claims of a good assertion made `age` seconds before `at`, seconds since the epoch. */
export function claimsOf(issuer: Issuer, name = 'alice', age = 0, at = Math.floor(Date.now() / 1000)): Json {
  const now = at - age;
  return {
    iss: issuer.issuer,
    aud: issuer.audience,
    sub: `account-${name}`,
    name,
    realm: 'customers',
    sid: 'session-1',
    amr: ['mfa', 'otp', 'pwd'],
    acr: 'mfa',
    auth_time: now,
    iat: now,
    nbf: now,
    exp: now + 60,
    jti: 'token-1',
  };
}

/** A compact JWS, ES256, by `key` or the issuer's own. */
export function signed(issuer: Issuer, head: Json, claims: Json, key: KeyObject = issuer.privateKey): string {
  const input = `${part(head)}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export function goodAssertion(issuer: Issuer, name = 'alice'): string {
  return signed(issuer, headOf(issuer), claimsOf(issuer, name));
}

/** What only header lines can do, by what is wrong with it; the tokens by themselves are in `assertion-table.ts`. */
export function badLines(issuer: Issuer): ReadonlyMap<string, readonly string[]> {
  const good = goodAssertion(issuer);
  const [h = '', , s = ''] = good.split('.');
  const forged = `${h}.${part({ ...claimsOf(issuer), name: 'admin' })}.${s}`;
  return new Map<string, readonly string[]>([
    ['no assertion at all', []],
    ['two header lines, both good', [good, good]],
    ['two header lines, a forged one first', [forged, good]],
    ['two header lines, a forged one last', [good, forged]],
    ['two header lines, an empty one first', ['', good]],
    ['two header lines, an empty one last', [good, '']],
    ['a newline, folded, inside the signature', [`${good.slice(0, -20)}\n${good.slice(-20)}`]],
    ['a trailing newline', [`${good}\n`]],
    ['a NUL behind it', [`${good}\0`]],
  ]);
}
