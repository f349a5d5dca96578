import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { claimsOf, headOf, type Issuer, signed } from './assertions.ts';

/**
 * The one table of tokens that every verifier is tried with: bad ones by what is wrong with each, and good ones. All are
 * made for the moment `now`, seconds since the epoch.
 */
export type Tokens = ReadonlyMap<string, string>;

type Json = Readonly<Record<string, unknown>>;
type Rows = Iterable<readonly [string, string]>;

const b64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url');
const part = (value: unknown): string => b64(JSON.stringify(value));
const p1363 = (input: string, key: KeyObject, digest = 'sha256'): Buffer =>
  sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });

/** A token of these very texts, whatever they are, well signed. */
function written(issuer: Issuer, head: string | Uint8Array, claims: string | Uint8Array): string {
  const input = `${b64(head)}.${b64(claims)}`;
  return `${input}.${b64(p1363(input, issuer.privateKey))}`;
}

interface Base {
  readonly issuer: Issuer;
  readonly now: number;
  readonly head: Json;
  readonly claims: Json;
  readonly good: string;
  readonly headed: (changes: Json) => string;
  readonly claimed: (changes: Json) => string;
}

function baseOf(issuer: Issuer, now: number): Base {
  const head = headOf(issuer);
  const claims = claimsOf(issuer, 'alice', 0, now);
  return {
    issuer,
    now,
    head,
    claims,
    good: signed(issuer, head, claims),
    headed: (changes) => signed(issuer, { ...head, ...changes }, claims),
    claimed: (changes) => signed(issuer, head, { ...claims, ...changes }),
  };
}

/** Values that are not the one that should stand there, though some can be made into it. Undefined: absent. */
const WRONG: Readonly<Record<string, (good: unknown) => unknown>> = {
  absent: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  'an empty list': () => [],
  'itself in a list': (good) => [good],
  'itself twice in a list': (good) => [good, good],
  'an empty object': () => ({}),
  'itself in an object': (good) => ({ 0: good }),
  'a decimal': () => 1.5,
};

const WRONG_TEXT: Readonly<Record<string, (good: string) => unknown>> = {
  empty: () => '',
  'a blank': () => ' ',
  'blanks of other kinds': () => '\u00a0\u3000',
  'a blank before it': (good) => ` ${good}`,
  'a blank behind it': (good) => `${good} `,
  'a NUL behind it': (good) => `${good}\0`,
  'a newline behind it': (good) => `${good}\n`,
  'a DEL in it': (good) => `a\u007f${good}`,
  'zero as a number': () => 0,
  'a number': () => 7,
};

const WRONG_TIME: Readonly<Record<string, (good: number) => unknown>> = {
  'in text': (good) => `${good}`,
  'in words': () => 'never',
  empty: () => '',
  zero: () => 0,
  'below zero': (good) => -good,
  'with a fraction': (good) => good + 0.5,
  'in milliseconds': (good) => good * 1000,
  'beyond whole numbers': () => 2 ** 53,
  'beyond 64 bits': () => 2 ** 64,
  enormous: () => 1e300,
  'a date': (good) => new Date(good * 1000).toISOString(),
};

const TEXTS = ['iss', 'aud', 'sub', 'name', 'realm', 'sid', 'jti', 'acr'] as const;
const TIMES = ['iat', 'nbf', 'exp', 'auth_time'] as const;

function* claimValues({ claims, claimed }: Base): Rows {
  for (const name of [...TEXTS, ...TIMES, 'amr']) {
    for (const [what, wrong] of Object.entries(WRONG))
      yield [`${name}: ${what}`, claimed({ [name]: wrong(claims[name]) })];
  }
  for (const name of TEXTS) {
    for (const [what, wrong] of Object.entries(WRONG_TEXT))
      yield [`${name}: ${what}`, claimed({ [name]: wrong(String(claims[name])) })];
  }
  for (const name of TIMES) {
    for (const [what, wrong] of Object.entries(WRONG_TIME))
      yield [`${name}: ${what}`, claimed({ [name]: wrong(Number(claims[name])) })];
  }
}

function* lists({ claimed }: Base): Rows {
  const wrong: readonly unknown[] = [
    'mfa',
    '',
    [''],
    [1],
    [null],
    ['mfa', 1],
    ['mfa', ['otp']],
    [' '],
    [{}],
    { 0: 'mfa' },
    1,
  ];
  for (const value of wrong) {
    yield [`amr: ${JSON.stringify(value)}`, claimed({ amr: value })];
    yield [`groups: ${JSON.stringify(value)}`, claimed({ groups: value })];
  }
  yield ['groups: []', claimed({ groups: [] })];
  yield ['groups: null', claimed({ groups: null })];
}

function* parties({ issuer, claimed }: Base): Rows {
  const { issuer: iss, audience: aud } = issuer;
  const url = new URL(iss);
  const issuers = [
    'https://evil.example.org',
    `${iss}.evil.example.org`,
    `${iss}/`,
    `${iss}:443`,
    `${iss}#`,
    iss.toUpperCase(),
  ];
  for (const value of [...issuers, iss.replace('https', 'http'), url.host, iss.slice(0, -1)])
    yield [`iss: ${value}`, claimed({ iss: value })];
  const audiences = [
    'payroll',
    `${aud}2`,
    `x${aud}`,
    aud.slice(0, -1),
    aud.toUpperCase(),
    `${aud},payroll`,
    `${aud} payroll`,
    '*',
  ];
  for (const value of [...audiences, iss, `${aud}/`, [aud, 'payroll'], ['payroll', aud]])
    yield [`aud: ${JSON.stringify(value)}`, claimed({ aud: value })];
}

function* times({ now, claims, claimed }: Base): Rows {
  const all = (iat: number, life = 60) => claimed({ iat, nbf: iat, exp: iat + life, auth_time: Math.min(iat, now) });
  yield ['expired for the leeway', claimed({ iat: now - 40, nbf: now - 40, exp: now - 5 })];
  yield ['expired for a second more', claimed({ iat: now - 40, nbf: now - 40, exp: now - 6 })];
  yield ['expired long ago', all(now - 86_400)];
  yield ['65 seconds old', all(now - 65)];
  yield ['70 seconds old, though not expired', claimed({ iat: now - 70, nbf: now - 70, exp: now + 3600 })];
  yield ['a life of 61 seconds', all(now, 61)];
  yield ['a life of a day', all(now, 86_400)];
  yield ['a life of nothing', all(now, 0)];
  yield ['a life that ends before it begins', claimed({ iat: now + 4, nbf: now, exp: now + 3 })];
  yield ['made a second beyond the leeway', claimed({ iat: now + 6, exp: now + 60 })];
  yield ['made tomorrow', claimed({ iat: now + 86_400, nbf: now, exp: now + 86_460 })];
  yield ['not before a second beyond the leeway', claimed({ nbf: now + 6 })];
  yield ['not before tomorrow', claimed({ nbf: now + 86_400 })];
  yield ['not before its end', claimed({ iat: now - 58, nbf: now + 2, exp: now + 2 })];
  yield ['signed in beyond the leeway', claimed({ auth_time: now + 6 })];
  yield ['signed in tomorrow', claimed({ auth_time: now + 86_400 })];
  yield ['times of 1970', claimed({ iat: 1, nbf: 1, exp: 61, auth_time: 1 })];
  yield ['a life to the end of whole numbers', claimed({ exp: Number.MAX_SAFE_INTEGER })];
  yield ['a begin at the end of whole numbers', claimed({ iat: Number.MAX_SAFE_INTEGER, exp: Number(claims['exp']) })];
}

function* headValues({ issuer, head, headed }: Base): Rows {
  for (const name of ['alg', 'typ', 'kid']) {
    for (const [what, wrong] of Object.entries(WRONG))
      yield [`${name}: ${what}`, headed({ [name]: wrong(head[name]) })];
    for (const [what, wrong] of Object.entries(WRONG_TEXT))
      yield [`${name}: ${what}`, headed({ [name]: wrong(String(head[name])) })];
  }
  const algs = [
    'none',
    'None',
    'NONE',
    'nOnE',
    'es256',
    'Es256',
    'ES256K',
    'ES384',
    'ES512',
    'EdDSA',
    'RS256',
    'PS256',
    'HS256',
    'HS512',
    'dir',
    'ES256,none',
  ];
  for (const alg of algs) yield [`alg: ${alg}, signed as ES256`, headed({ alg })];
  const types = [
    'JWT',
    'jwt',
    'at+jwt',
    'sallyport-assertion',
    'sallyport-assertion+JWT',
    'Sallyport-Assertion+jwt',
    'application/sallyport-assertion+jwt',
    'sallyport-assertion+jwt; v=1',
    'sallyport-assertion2+jwt',
  ];
  for (const typ of types) yield [`typ: ${typ}`, headed({ typ })];
  const kids = [
    'key-2',
    'rsa-1',
    'p384',
    'twice',
    'sealing',
    'for-es384',
    '../../../dev/null',
    issuer.jwksUrl.href,
    "' OR '1'='1",
    'KEY-1',
    'key-1/',
    'key-1?',
    '__proto__',
    '0',
    'x'.repeat(4000),
  ];
  for (const kid of kids) yield [`kid: ${kid.slice(0, 40)}`, headed({ kid })];
}

/** Members of a header that ask for something, or bring a key: no assertion has any. */
function* headMembers({ issuer, headed, head, claims }: Base): Rows {
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = foreign.publicKey.export({ format: 'jwk' });
  const own = { kty: 'EC', crv: 'P-256' };
  const more: Json[] = [
    { crit: ['b64'] },
    { crit: ['b64'], b64: true },
    { crit: ['b64'], b64: false },
    { b64: true },
    { b64: false },
    { crit: [] },
    { crit: null },
    { crit: 'b64' },
    { crit: {} },
    { crit: ['exp'] },
    { crit: ['alg'] },
    { crit: ['crit'] },
    { crit: ['x-unknown'], 'x-unknown': true },
    { crit: ['x-unknown'] },
    { jwk },
    { jwk: own },
    { jku: issuer.jwksUrl.href },
    { jku: 'https://evil.example.org/jwks.json' },
    { x5u: 'https://evil.example.org/cert.pem' },
    { x5c: ['AAAA'] },
    { x5t: 'AAAA' },
    { 'x5t#S256': 'AAAA' },
    { cty: 'JWT' },
    { zip: 'DEF' },
    { enc: 'A256GCM' },
    { epk: jwk },
    { nonce: '1' },
    { url: issuer.issuer },
    { ppt: 'x' },
    { iss: issuer.issuer },
    { unknown: 1 },
    { '': '' },
  ];
  for (const members of more) yield [`header with ${JSON.stringify(members).slice(0, 60)}`, headed(members)];
  yield ['a foreign key embedded as jwk', signed(issuer, { ...head, jwk }, claims, foreign.privateKey)];
  yield [
    'a foreign key embedded, no kid',
    signed(issuer, { ...head, kid: undefined, jwk }, claims, foreign.privateKey),
  ];
}

/** JSON that two readers could read in two ways, or that is none. */
function* spellings({ issuer, head, claims, now }: Base): Rows {
  const [h, c] = [JSON.stringify(head), JSON.stringify(claims)];
  const inner = c.slice(1, -1);
  const texts: Readonly<Record<string, string | Uint8Array>> = {
    'a name twice, the first one better': `{"name":"admin",${inner}}`,
    'a name twice, the last one better': `{${inner},"name":"admin"}`,
    'a name twice, the same': `{${inner},"name":"alice"}`,
    'a name twice, once in escapes': `{"\\u006eame":"admin",${inner}}`,
    'an end twice': `{"exp":${now + 9000},${inner}}`,
    'an audience twice': `{"aud":"payroll",${inner}}`,
    'a prototype': `{"__proto__":{"name":"admin"},${inner}}`,
    'a member without a name': `{"":1,${inner}}`,
    'a member named by a number': `{${inner},"1":1}`,
    'a member with a blank in its name': `{${inner},"na me":"x"}`,
    'a byte order mark': `\ufeff${c}`,
    'a blank before it': ` ${c}`,
    'a blank behind it': `${c} `,
    'a newline behind it': `${c}\n`,
    'a NUL behind it': `${c}\0`,
    'blanks inside': JSON.stringify(claims, null, 1),
    'a letter in escapes': c.replace('alice', '\\u0061lice'),
    'a slash in escapes': c.replaceAll('/', '\\/'),
    'half a letter': c.replace('alice', '\\ud800'),
    'half a letter in a claim nobody knows': `{${inner},"more":"\\udc00"}`,
    'a control character in a claim nobody knows': `{${inner},"more":"\\u0007"}`,
    'a time in powers of ten': c.replace(`"exp":${now + 60}`, `"exp":${(now + 60) / 10}e1`),
    'a time with a point': c.replace(`"exp":${now + 60}`, `"exp":${now + 60}.0`),
    'a time with a sign': c.replace(`"exp":${now + 60}`, `"exp":+${now + 60}`),
    'a time with a zero before it': c.replace(`"exp":${now + 60}`, `"exp":0${now + 60}`),
    'a time in hexadecimal': c.replace(`"exp":${now + 60}`, `"exp":0x${(now + 60).toString(16)}`),
    'an end of NaN': c.replace(`"exp":${now + 60}`, '"exp":NaN'),
    'an end of Infinity': c.replace(`"exp":${now + 60}`, '"exp":Infinity'),
    'an end of 1e999': c.replace(`"exp":${now + 60}`, '"exp":1e999'),
    'an end of forty digits': c.replace(`"exp":${now + 60}`, `"exp":${'9'.repeat(40)}`),
    'an end of 5000 digits': c.replace(`"exp":${now + 60}`, `"exp":${'9'.repeat(5000)}`),
    'a begin of nothing below zero': c.replace(`"nbf":${now}`, '"nbf":-0'),
    'NaN in a claim nobody knows': `{${inner},"more":NaN}`,
    'a decimal in a claim nobody knows': `{${inner},"more":0.5}`,
    'a huge number in a claim nobody knows': `{${inner},"more":9007199254740993}`,
    'a comma too many': `{${inner},}`,
    'a comment': `{${inner}/* */}`,
    'simple quotes': c.replaceAll('"', "'"),
    'another text behind it': `${c}{}`,
    'itself twice': `${c}${c}`,
    'a list round it': `[${c}]`,
    'itself as text': JSON.stringify(c),
    'another object inside': `{"claims":${c}}`,
    'another base64url inside': b64(c),
    'nine levels': `{${inner},"more":${'['.repeat(8)}${']'.repeat(8)}}`,
    'three thousand levels': `{${inner},"more":${'['.repeat(2500)}${']'.repeat(2500)}}`,
    'three thousand objects in each other': `{${inner},"more":${'{"a":'.repeat(700)}1${'}'.repeat(700)}}`,
    'an empty list': '[]',
    'an empty object': '{}',
    null: 'null',
    true: 'true',
    'a number': '1',
    text: '"alice"',
    'no JSON': 'alice',
    'half of it': c.slice(0, -9),
    'UTF-16': Buffer.from(c, 'utf16le'),
    'UTF-16 with its mark': Buffer.from(`\ufeff${c}`, 'utf16le'),
    'a byte that is no UTF-8': Buffer.from(c.replace('alice', 'al\u00efce'), 'latin1'),
    'a slash of two bytes': Buffer.from(c.replace('alice', '\u00c0\u00af'), 'latin1'),
    'a surrogate in UTF-8': Buffer.from(c.replace('alice', '\u00ed\u00a0\u0080'), 'latin1'),
  };
  for (const [what, text] of Object.entries(texts)) yield [`claims: ${what}`, written(issuer, h, text)];
  const heads: Readonly<Record<string, string>> = {
    'alg twice': `{"alg":"none",${h.slice(1)}`,
    'alg twice, the last one worse': `${h.slice(0, -1)},"alg":"none"}`,
    'kid twice': `{"kid":"key-2",${h.slice(1)}`,
    'a byte order mark': `\ufeff${h}`,
    'blanks inside': JSON.stringify(head, null, 1),
    'a blank behind it': `${h} `,
    'a letter in escapes': h.replace('ES256', '\\u0045S256'),
    'a list round it': `[${h}]`,
    'itself as text': JSON.stringify(h),
    'an empty object': '{}',
    'an empty list': '[]',
    null: 'null',
    'no JSON': 'ES256',
    'a comma too many': `${h.slice(0, -1)},}`,
  };
  for (const [what, text] of Object.entries(heads)) yield [`header: ${what}`, written(issuer, text, c)];
}

/** Another last character with the same bytes: its unused bits are set. */
function otherSpelling(text: string): string | undefined {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  if (text.length % 4 === 0) return undefined;
  const last = alphabet.indexOf(text.at(-1) ?? '');
  return text.slice(0, -1) + alphabet.charAt(last + 1);
}

function* encodings(base: Base): Rows {
  const { issuer, good, claims, head, claimed } = base;
  const [h = '', c = '', s = ''] = good.split('.');
  const texts: Readonly<Record<string, string>> = {
    empty: '',
    'a word': 'null',
    'dots alone': '..',
    'one part': h,
    'two parts': `${h}.${c}`,
    'no signature': `${h}.${c}.`,
    'no claims': `${h}..${s}`,
    'no header': `.${c}.${s}`,
    'four parts': `${good}.`,
    'five parts': `${good}.${s}.${s}`,
    'a dot before it': `.${good}`,
    'two dots between': good.replace('.', '..'),
    'padding behind it': `${good}==`,
    'padding behind the header': `${h}=.${c}.${s}`,
    'padding behind the claims': `${h}.${c}=.${s}`,
    'a blank before it': ` ${good}`.replace(' ', '\u00a0'),
    'a blank inside the signature': `${h}.${c}.${s.slice(0, 20)} ${s.slice(20)}`,
    'a blank inside the claims': `${h}.${c.slice(0, 20)} ${c.slice(20)}.${s}`,
    'a tab inside the header': `${h.slice(0, 9)}\t${h.slice(9)}.${c}.${s}`,
    'a comma behind it': `${good},`,
    'itself twice': `${good},${good}`,
    'itself twice, with a blank': `${good}, ${good}`,
    quoted: `"${good}"`,
    'as a Bearer': `Bearer ${good}`,
    'as a parameter': `token=${good}`,
    'percent-encoded dots': good.replaceAll('.', '%2E'),
    'base64 instead of base64url': `${h}.${c}.+/${s.slice(2)}`,
    'in capitals': good.toUpperCase(),
    'parts in another order': `${c}.${h}.${s}`,
    'in JSON': JSON.stringify({ payload: c, protected: h, signature: s }),
    'a letter that looks like another': `${h}.${c}.${s.slice(0, -1)}\u0430`,
    'a NUL of percent behind it': `${good}%00`,
    '64 KiB of a letter': 'A'.repeat(65_536),
    '64 KiB of dots': '.'.repeat(65_536),
    '64 KiB, well signed': claimed({ padding: 'A'.repeat(48_000) }),
    '64 KiB of header, well signed': signed(issuer, { ...head, padding: 'A'.repeat(48_000) }, claims),
    '64 KiB of name, well signed': claimed({ name: 'a'.repeat(48_000) }),
    'a byte too long, well signed': ofLength(base, 8193),
  };
  for (const [what, text] of Object.entries(texts)) yield [`encoding: ${what}`, text];
  const [h2, c2, s2] = [otherSpelling(h), otherSpelling(c), otherSpelling(s)];
  if (s2 !== undefined) yield ['encoding: other unused bits in the signature', `${h}.${c}.${s2}`];
  for (const [what, input] of [
    ['header', h2 === undefined ? undefined : `${h2}.${c}`],
    ['claims', c2 === undefined ? undefined : `${h}.${c2}`],
  ] as const)
    if (input !== undefined)
      yield [
        `encoding: other unused bits in the ${what}, well signed`,
        `${input}.${b64(p1363(input, issuer.privateKey))}`,
      ];
}

/** A good token, but for its length perhaps: as long as asked for, or a little less where no text has that length. */
function ofLength({ claimed }: Base, length: number): string {
  for (let size = Math.floor((length * 3) / 4); ; size--) {
    const token = claimed({ padding: 'A'.repeat(size) });
    if (token.length <= length + (length > 8192 ? 2 : 0)) return token;
  }
}

const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

function* signatures({ issuer, good, claims, head, claimed }: Base): Rows {
  const [h = '', c = '', s = ''] = good.split('.');
  const input = `${h}.${c}`;
  const raw = Buffer.from(s, 'base64url');
  const [r, t] = [raw.subarray(0, 32), raw.subarray(32)];
  const zero = Buffer.alloc(32);
  const order = Buffer.from(ORDER, 'hex');
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const bytes: Readonly<Record<string, Uint8Array>> = {
    'in DER': sign('sha256', Buffer.from(input), issuer.privateKey),
    'of zeros': Buffer.alloc(64),
    'of ones': Buffer.alloc(64, 0xff),
    'with r of nothing': Buffer.concat([zero, t]),
    'with s of nothing': Buffer.concat([r, zero]),
    'with r of the order': Buffer.concat([order, t]),
    'with s of the order': Buffer.concat([r, order]),
    'of two orders': Buffer.concat([order, order]),
    'with r of one and s of one': Buffer.concat([zero, zero]).fill(1, 31, 32).fill(1, 63, 64),
    'with its halves exchanged': Buffer.concat([t, r]),
    'a byte short': raw.subarray(0, 63),
    'a byte long': Buffer.concat([raw, Buffer.alloc(1)]),
    'a zero before it': Buffer.concat([Buffer.alloc(1), raw]),
    twice: Buffer.concat([raw, raw]),
    'by a foreign key': p1363(input, foreign),
    'by a key on P-384': p1363(input, p384, 'sha384'),
    'of another hash': p1363(input, issuer.privateKey, 'sha384'),
    'of the claims alone': p1363(c, issuer.privateKey),
    'of the decoded claims': p1363(JSON.stringify(claims), issuer.privateKey),
    'of another token': Buffer.from(claimed({ jti: 'token-2' }).split('.')[2] ?? '', 'base64url'),
    'by RSA': sign('sha256', Buffer.from(input), issuer.rsaKey),
    'by HMAC': createHmac('sha512', issuer.publicPem).update(input).digest(),
  };
  for (const [what, signature] of Object.entries(bytes)) yield [`signature ${what}`, `${input}.${b64(signature)}`];
  for (const at of [0, 1, 31, 32, 33, 63]) {
    const flipped = Buffer.from(raw);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    yield [`signature with a bit changed in byte ${at}`, `${input}.${b64(flipped)}`];
  }
  for (const changes of [
    { name: 'admin' },
    { sub: 'account-root' },
    { exp: Number(claims['exp']) + 1 },
    { groups: ['admins'] },
  ])
    yield [`${JSON.stringify(changes)} under the old signature`, `${h}.${part({ ...claims, ...changes })}.${s}`];
  yield ['another header under the old signature', `${part({ ...head, more: 1 })}.${c}.${s}`];
}

function* algorithms({ issuer, head, claims }: Base): Rows {
  const c = part(claims);
  const spki = Buffer.from(issuer.publicPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const secrets: Readonly<Record<string, string | Buffer>> = {
    'the public key as PEM': issuer.publicPem,
    'the public key as PEM without its last newline': issuer.publicPem.trimEnd(),
    'the public key as DER': spki,
    'the point of the public key': spki.subarray(-65),
    'the name of the key': issuer.kid,
    'an empty secret': '',
  };
  for (const [alg, hash] of [
    ['HS256', 'sha256'],
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ] as const)
    for (const [what, secret] of Object.entries(secrets)) {
      const input = `${part({ ...head, alg })}.${c}`;
      yield [`${alg} keyed with ${what}`, `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`];
    }
  for (const alg of ['none', 'None', 'NONE', ''])
    for (const signature of ['', b64(Buffer.alloc(64))])
      yield [
        `alg "${alg}" ${signature === '' ? 'without signature' : 'with zeros'}`,
        `${part({ ...head, alg })}.${c}.${signature}`,
      ];
  for (const kid of ['rsa-1', issuer.kid]) {
    const input = `${part({ ...head, alg: 'RS256', kid })}.${c}`;
    yield [
      `RS256 by another published key, kid ${kid}`,
      `${input}.${b64(sign('sha256', Buffer.from(input), issuer.rsaKey))}`,
    ];
  }
  for (const kid of ['p384', issuer.kid]) {
    const input = `${part({ ...head, alg: 'ES384', kid })}.${c}`;
    yield [`ES384 by another published key, kid ${kid}`, `${input}.${b64(p1363(input, issuer.p384Key, 'sha384'))}`];
  }
  for (const kid of ['twice', 'sealing', 'for-es384'])
    yield [`ES256 by the published key ${kid}`, signed(issuer, { ...head, kid }, claims, issuer.privateKey)];
}

/** Every token that a verifier must refuse, by what is wrong with it. */
export function badTokens(issuer: Issuer, now: number): Tokens {
  const base = baseOf(issuer, now);
  const kinds = [
    claimValues,
    lists,
    parties,
    times,
    headValues,
    headMembers,
    spellings,
    encodings,
    signatures,
    algorithms,
  ];
  return new Map(kinds.flatMap((kind) => [...kind(base)]));
}

const NAMES = [
  'alice',
  'o\u2019neil',
  'a "b" c',
  'a\\b',
  'a/b',
  '<b>&amp;</b>',
  'jos\u00e9',
  '\u4e2d\u6587',
  '\u0627\u0644\u0639\u0631\u0628\u064a\u0629',
  'a\u2028b',
  '\ud83d\ude80',
  'a b',
  'a@b.example',
  'x'.repeat(64),
];

/** Every token that a verifier must take, with the name of its account. */
export function goodTokens(issuer: Issuer, now: number): ReadonlyMap<string, readonly [token: string, name: string]> {
  const base = baseOf(issuer, now);
  const { claimed, claims, head } = base;
  const rows: [string, string, string?][] = [];
  // Signatures whose numbers are short come by chance only.
  for (let i = 0; i < 20; i++) rows.push([`as it is issued, ${i}`, claimed({ jti: `token-${i}` })]);
  for (const name of NAMES) rows.push([`name: ${name}`, claimed({ name }), name]);
  const aged = (age: number, life = 60) => ({ iat: now - age, nbf: now - age, exp: now - age + life });
  for (const age of [1, 30, 59, 60, 64, -1, -5]) rows.push([`${age} seconds old`, claimed(aged(age))]);
  rows.push(['a life of a second', claimed(aged(0, 1))]);
  rows.push(['expired for less than the leeway', claimed(aged(34, 30))]);
  rows.push(['not before the leeway', claimed({ nbf: now + 5 })]);
  rows.push(['signed in at the leeway', claimed({ auth_time: now + 5 })]);
  rows.push(['signed in a week ago', claimed({ auth_time: now - 604_800 })]);
  rows.push(['groups', claimed({ groups: ['staff', 'b\u00fcro'] })]);
  rows.push(['one method', claimed({ amr: ['otp'] })]);
  rows.push([
    'claims of a later edition',
    claimed({ more: ['a', 1, true, null], cnf: { a: { b: ['c'] } }, n: -7, e: {}, l: [] }),
  ]);
  rows.push(['eight levels', claimed({ more: [[[[[[[]]]]]]] })]);
  rows.push(['as long as may be', ofLength(base, 8192)]);
  rows.push([
    'a header in another order',
    signed(issuer, { kid: head['kid'], typ: head['typ'], alg: head['alg'] }, claims),
  ]);
  return new Map(rows.map(([what, token, name = 'alice']) => [what, [token, name]]));
}
