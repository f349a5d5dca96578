import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
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
  close(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const kid = 'key-1';
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwks = JSON.stringify({
    keys: [
      { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' },
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', use: 'sig' },
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

/** The claims of a good assertion made `age` seconds ago. */
export function claimsOf(issuer: Issuer, name = 'alice', age = 0): Json {
  const now = Math.floor(Date.now() / 1000) - age;
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

/** Every forgery a verifier must refuse, by what is wrong with it. Values are sent as header lines, in this order. */
export function forgeries(issuer: Issuer): ReadonlyMap<string, readonly string[]> {
  const head = headOf(issuer);
  const claims = claimsOf(issuer);
  const good = signed(issuer, head, claims);
  const [h = '', c = '', s = ''] = good.split('.');
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Math.floor(Date.now() / 1000);
  const claimed = (changes: Json): string[] => [signed(issuer, head, { ...claims, ...changes })];
  const headed = (changes: Json): string[] => [signed(issuer, { ...head, ...changes }, claims)];
  const hs256 = `${part({ ...head, alg: 'HS256' })}.${c}`;
  const rs256 = `${part({ ...head, alg: 'RS256', kid: 'rsa-1' })}.${c}`;
  const flipped = Buffer.from(s, 'base64url');
  flipped[10] = (flipped[10] ?? 0) ^ 1;
  const der = sign('sha256', Buffer.from(`${h}.${c}`), { key: issuer.privateKey, dsaEncoding: 'der' }).toString(
    'base64url',
  );
  return new Map<string, readonly string[]>([
    ['no assertion at all', []],
    ['an empty assertion', ['']],
    ['a word', ['null']],
    ['alg none without signature', [`${part({ ...head, alg: 'none' })}.${c}.`]],
    ['alg none with the old signature', [`${part({ ...head, alg: 'none' })}.${c}.${s}`]],
    [
      'HS256 keyed with the public key PEM',
      [`${hs256}.${createHmac('sha256', issuer.publicPem).update(hs256).digest('base64url')}`],
    ],
    [
      'RS256 by another published key',
      [`${rs256}.${sign('sha256', Buffer.from(rs256), issuer.rsaKey).toString('base64url')}`],
    ],
    ['alg in another case', headed({ alg: 'es256' })],
    ['an unknown kid', headed({ kid: 'key-2' })],
    ['a kid that is a path', headed({ kid: '../../../dev/null' })],
    ['a foreign key under our kid', [signed(issuer, head, claims, foreign.privateKey)]],
    [
      'a foreign key embedded as jwk',
      [signed(issuer, { ...head, jwk: foreign.publicKey.export({ format: 'jwk' }) }, claims, foreign.privateKey)],
    ],
    ['crit with an unknown name', headed({ crit: ['x-unknown'], 'x-unknown': true })],
    ['typ JWT', headed({ typ: 'JWT' })],
    ['no typ', headed({ typ: undefined })],
    ['another app as audience', claimed({ aud: 'payroll' })],
    ['no audience', claimed({ aud: undefined })],
    ['another issuer', claimed({ iss: 'https://evil.example.org' })],
    ['the issuer as a prefix', claimed({ iss: `${issuer.issuer}.evil.example.org` })],
    ['no issuer', claimed({ iss: undefined })],
    ['no exp', claimed({ exp: undefined })],
    ['exp in words', claimed({ exp: 'never' })],
    ['an expired assertion', claimed({ exp: now - 6 })],
    ['nbf in the future', claimed({ nbf: now + 30 })],
    ['no nbf', claimed({ nbf: undefined })],
    ['made in the future', claimed({ iat: now + 30 })],
    ['no iat', claimed({ iat: undefined })],
    ['more than 60 seconds old, though not expired', claimed({ iat: now - 70, nbf: now - 70, exp: now + 3600 })],
    ['no sub', claimed({ sub: undefined })],
    ['no jti', claimed({ jti: undefined })],
    ['changed claims under the old signature', [`${h}.${part({ ...claims, name: 'admin' })}.${s}`]],
    ['one bit of the signature changed', [`${h}.${c}.${flipped.toString('base64url')}`]],
    ['a DER signature', [`${h}.${c}.${der}`]],
    ['a signature of zeros', [`${h}.${c}.${Buffer.alloc(64).toString('base64url')}`]],
    ['no signature', [`${h}.${c}.`]],
    ['a space inside the signature', [`${h}.${c}.${s.slice(0, 20)} ${s.slice(20)}`]],
    ['a padded signature', [`${good}==`]],
    ['a newline, folded, inside the signature', [`${h}.${c}.${s.slice(0, 20)}\n${s.slice(20)}`]],
    ['a trailing newline', [`${good}\n`]],
    ['base64 instead of base64url', [`${h}.${c}.+/${s.slice(2)}`]],
    ['five parts', [`${good}.${s}.${s}`]],
    ['as a Bearer', [`Bearer ${good}`]],
    ['two header lines, both good', [good, good]],
    ['two header lines, a forged one first', [`${h}.${part({ ...claims, name: 'admin' })}.${s}`, good]],
    ['an enormous one, well signed', claimed({ padding: 'A'.repeat(9000) })],
  ]);
}
