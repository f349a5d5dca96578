import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import test from 'node:test';
import type { PasskeyFault } from '../../../src/factors/passkey.ts';
import { isSignatureOf } from '../../../src/factors/passkey-signature.ts';
import { Authenticator, type RegistrationResponse } from '../../support/authenticator.ts';
import { Maker } from '../../support/authenticator-attestation.ts';
import { type Cbor, cbor } from '../../support/authenticator-cbor.ts';
import { assertWith, b64, bytes, type Registering, RP, refusal, register } from './passkey-support.ts';

/** Everything here is proof enough for the library, but written in a way of which there must be one only. */

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = body.length < 0x80 ? [tag, body.length] : [tag, 0x81, body.length];
  return Buffer.concat([Buffer.from(head), body]);
};

/** The bodies of the two INTEGERs of a well-formed signature. */
function numbersOf(signature: Buffer): [Buffer, Buffer] {
  const at = signature[1] === 0x81 ? 3 : 2;
  const end = at + 2 + (signature[at + 1] ?? 0);
  return [signature.subarray(at + 2, end), signature.subarray(end + 2)];
}

const INT = 0x02;
const SEQ = 0x30;
const ZERO = Buffer.from([0]);
const join = Buffer.concat;

const pair = (r: Uint8Array, s: Uint8Array): Buffer => der(SEQ, der(INT, r), der(INT, s));

/** Other spellings of one ECDSA signature (X.690 §8 and §10), and numbers out of range. `order`: of the curve. */
const ECDSA: Readonly<Record<string, (good: Buffer, order: Buffer) => Buffer>> = {
  'a byte behind it': (good) => join([good, ZERO]),
  'a second signature behind it': (good) => join([good, good]),
  'a third number inside': (good) => der(SEQ, ...numbersOf(good).map((n) => der(INT, n)), der(INT, Buffer.from([1]))),
  'a NULL inside': (good) => der(SEQ, ...numbersOf(good).map((n) => der(INT, n)), Buffer.from([5, 0])),
  'a length in two bytes': (good) => join([Buffer.from([SEQ, 0x82, 0]), good.subarray(good[1] === 0x81 ? 2 : 1)]),
  'a length in one byte too many': (good) =>
    join([Buffer.from(good[1] === 0x81 ? [SEQ, 0x82, 0] : [SEQ, 0x81]), good.subarray(good[1] === 0x81 ? 2 : 1)]),
  'an indefinite length': (good) =>
    join([Buffer.from([SEQ, 0x80]), good.subarray(good[1] === 0x81 ? 3 : 2), ZERO, ZERO]),
  'a long length of r': (good) => {
    const [r, s] = numbersOf(good);
    return der(SEQ, Buffer.from([INT, 0x81, r.length]), r, der(INT, s));
  },
  'a long length of s': (good) => {
    const [r, s] = numbersOf(good);
    return der(SEQ, der(INT, r), Buffer.from([INT, 0x81, s.length]), s);
  },
  'a zero before r': (good) => pair(join([ZERO, numbersOf(good)[0]]), numbersOf(good)[1]),
  'a zero before s': (good) => pair(numbersOf(good)[0], join([ZERO, numbersOf(good)[1]])),
  'the sign of r left out': (good) =>
    pair(join([Buffer.from([0x80]), numbersOf(good)[0].subarray(1)]), numbersOf(good)[1]),
  'r below nothing': (good) => pair(join([Buffer.from([0xff]), numbersOf(good)[0]]), numbersOf(good)[1]),
  'r of no byte': (good) => pair(Buffer.alloc(0), numbersOf(good)[1]),
  's of no byte': (good) => pair(numbersOf(good)[0], Buffer.alloc(0)),
  'r of nothing': (good) => pair(ZERO, numbersOf(good)[1]),
  's of nothing': (good) => pair(numbersOf(good)[0], ZERO),
  'both of nothing': () => pair(ZERO, ZERO),
  'r of the order': (good, order) => pair(order, numbersOf(good)[1]),
  's of the order': (good, order) => pair(numbersOf(good)[0], order),
  's above the order': (good, order) => pair(numbersOf(good)[0], join([order.subarray(0, -1), Buffer.from([0xff])])),
  'another tag': (good) => join([Buffer.from([0x31]), good.subarray(1)]),
  'bit strings in it': (good) => der(SEQ, ...numbersOf(good).map((n) => der(0x03, n))),
  'a sequence around it': (good) => der(SEQ, good),
  'the last byte missing': (good) => good.subarray(0, -1),
  'a length that promises less': (good) => {
    const short = Buffer.from(good);
    const at = short[1] === 0x81 ? 2 : 1;
    short[at] = (short[at] ?? 0) - 1;
    return short;
  },
  'the two numbers bare': (good) => join(numbersOf(good)),
  'nothing but the head': () => Buffer.from([SEQ, 0]),
  'one byte': () => Buffer.from([SEQ]),
};

const ORDERS = {
  'P-256': '00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  'P-384': '00ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  'P-521':
    '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
} as const;

for (const curve of ['P-256', 'P-384', 'P-521'] as const) {
  test(`a signature on ${curve} is read in its one spelling only`, () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curve });
    // Many, because a number that happens to be short takes another path.
    for (let i = 0; i < 300; i++) {
      const good = sign('sha256', Buffer.from(`${i}`), privateKey);
      assert.equal(isSignatureOf(publicKey, good), true, good.toString('hex'));
      if (i % 30 !== 0) continue;
      for (const [what, write] of Object.entries(ECDSA)) {
        const bad = write(good, Buffer.from(ORDERS[curve], 'hex'));
        if (bad.equals(good)) continue; // no sign that could be left out
        assert.equal(isSignatureOf(publicKey, bad), false, `${what}: ${bad.toString('hex')}`);
      }
    }
  });
}

/** A good signature that the library takes for one, whatever is written round it. */
function respelt(alg: 'ES256' | 'EdDSA' | 'RS256', how: (good: Buffer) => Buffer) {
  return async () => {
    const authenticator = new Authenticator({ alg });
    const row = await register(authenticator);
    await assertWith(authenticator, row);
    const spoil = (answer: { response: { signature: string } }) => ({
      ...answer,
      response: { ...answer.response, signature: b64(how(bytes(answer.response.signature))) },
    });
    await assert.rejects(assertWith(authenticator, row, { spoil }), refusal('signature'));
  };
}

for (const [what, write] of Object.entries(ECDSA)) {
  test(
    `an ES256 assertion is refused whose signature has ${what}`,
    respelt('ES256', (good) => {
      const changed = write(good, Buffer.from(ORDERS['P-256'], 'hex'));
      // Where the number has no sign byte, it cannot be left out: another fault in its place.
      return changed.equals(good) ? join([good, ZERO]) : changed;
    }),
  );
}
for (const alg of ['EdDSA', 'RS256'] as const) {
  test(
    `an ${alg} assertion is refused with a byte behind its signature`,
    respelt(alg, (good) => join([good, ZERO])),
  );
  test(
    `an ${alg} assertion is refused with a byte before its signature`,
    respelt(alg, (good) => join([ZERO, good])),
  );
  test(
    `an ${alg} assertion is refused with a byte less`,
    respelt(alg, (good) => good.subarray(0, -1)),
  );
}

const MODEL = 'd8522d9f-575b-4866-88a9-ba99fa02f35b';
const maker = new Maker();
const attester = maker.attester({ aaguid: MODEL });
const [certificate = Buffer.alloc(0)] = attester.x5c;

type Statement = Map<string, Cbor>;
const without = (name: string) => (of: Statement) => new Map([...of].filter(([member]) => member !== name));
const set = (name: string, value: Cbor) => (of: Statement) => new Map([...of, [name, value] as const]);
const sigOf = (of: Statement): Buffer => Buffer.from(of.get('sig') as Uint8Array); // the software authenticator's own

/** What is wrong with a packed statement whose signature stays good, for both kinds of it. */
const STATEMENTS: readonly (readonly [string, (good: Statement) => Map<number | string, Cbor>])[] = [
  ['alg of another hash', set('alg', -35)],
  ['alg of RSA', set('alg', -257)],
  ['alg of Ed25519', set('alg', -8)],
  ['alg in words', set('alg', 'ES256')],
  ['alg of nothing', set('alg', 0)],
  ['no alg', without('alg')],
  ['no sig', without('sig')],
  ['one member more', set('more', 1)],
  ['ecdaaKeyId', set('ecdaaKeyId', Buffer.from([1]))],
  ['a member named by a number', (good) => new Map<number | string, Cbor>([...good, [1, 1]])],
  ['no certificates, but their member', set('x5c', [])],
  ['a certificate that is text', set('x5c', ['certificate'])],
  ['a certificate with a byte behind it', set('x5c', [Buffer.concat([certificate, ZERO])])],
  ['six certificates', set('x5c', Array(6).fill(certificate))],
  ['a sig that is text', set('sig', 'sig')],
  ['a sig of no byte', set('sig', Buffer.alloc(0))],
  ...Object.entries(ECDSA).map(
    ([what, write]) =>
      [
        `a signature with ${what}`,
        (good: Statement) => {
          const changed = write(sigOf(good), Buffer.from(ORDERS['P-256'], 'hex'));
          return set('sig', changed.equals(sigOf(good)) ? join([changed, ZERO]) : changed)(good);
        },
      ] as const,
  ),
];

for (const kind of ['self', 'x5c'] as const) {
  for (const [what, change] of STATEMENTS) {
    test(`a packed statement (${kind}) is refused: ${what}`, async () => {
      const authenticator = new Authenticator({ aaguid: MODEL });
      const tweaks = { attestation: kind === 'self' ? ('self' as const) : attester };
      await assert.rejects(register(authenticator, { tweaks: { ...tweaks, restate: change } }), refusal('attestation'));
    });
  }
}

for (const [alg, other] of [
  ['EdDSA', -7],
  ['EdDSA', -257],
  ['RS256', -258],
  ['RS256', -37],
  ['RS256', -65535],
  ['RS256', -7],
] as const) {
  test(`a packed self-attestation of an ${alg} key that says ${other} is refused, though well signed`, async () => {
    const tweaks = { attestation: 'self' as const, restate: set('alg', other) };
    await assert.rejects(register(new Authenticator({ alg }), { tweaks }), refusal('attestation'));
  });
}

test('a self-attestation well signed with another hash than the one of the key is refused', async () => {
  for (const [digest, label] of [
    ['sha384', -35],
    ['sha512', -36],
  ] as const) {
    const tweaks = { attestation: 'self' as const, statementHash: digest, restate: set('alg', label) };
    await assert.rejects(register(new Authenticator(), { tweaks }), refusal('attestation'));
    const vouched = { attestation: attester, statementHash: digest, restate: set('alg', label) };
    const rp = { ...RP, models: [MODEL], roots: [maker.root] };
    await assert.rejects(
      register(new Authenticator({ aaguid: MODEL }), { rp, tweaks: vouched }),
      refusal('attestation'),
    );
  }
});

/** A registration whose authenticator data are changed; without a statement nothing signs them. */
function changed(change: (data: Buffer) => Uint8Array): Registering {
  return { tweaks: { rewrite: change } };
}

const ED = 0x80;
const flag = (data: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(data);
  copy[32] = (copy[32] ?? 0) | bit;
  return copy;
};
const withExtensions = (...hex: readonly string[]) =>
  changed((data) => join([flag(data, ED), ...hex.map((text) => Buffer.from(text, 'hex'))]));
/** The offset of the COSE key behind a credential id of 16 bytes. */
const KEY_AT = 37 + 16 + 2 + 16;

const DATA: readonly (readonly [string, PasskeyFault, Registering])[] = [
  ['extensions said, but absent', 'malformed', changed((data) => flag(data, ED))],
  ['extensions there, but not said', 'malformed', changed((data) => join([data, Buffer.from('a0', 'hex')]))],
  ['extensions that are a number', 'malformed', withExtensions('01')],
  ['extensions that are a list', 'malformed', withExtensions('80')],
  ['extensions that are text', 'malformed', withExtensions('6161')],
  ['extensions that are null', 'malformed', withExtensions('f6')],
  ['extensions twice', 'malformed', withExtensions('a0', 'a0')],
  ['an extension twice', 'malformed', withExtensions('a2616101616102')],
  ['extensions with a long head', 'malformed', withExtensions('b800')],
  ['an extension with a long number', 'malformed', withExtensions('a161611801')],
  ['extensions without end', 'malformed', withExtensions('bf616101ff')],
  ['extensions cut off', 'malformed', withExtensions('a26161')],
  ['no attested data', 'malformed', changed((data) => flag(data.subarray(0, 37), 0).fill(0x05, 32, 33))],
  ['attested data, but not said', 'malformed', changed((data) => Buffer.from(data).fill(0x05, 32, 33))],
  [
    'a key with a long head',
    'malformed',
    changed((data) => join([data.subarray(0, KEY_AT), Buffer.from('b805', 'hex'), data.subarray(KEY_AT + 1)])),
  ],
  [
    'a key with a long label',
    'malformed',
    changed((data) => join([data.subarray(0, KEY_AT + 1), Buffer.from('1801', 'hex'), data.subarray(KEY_AT + 2)])),
  ],
  [
    'a key with a label twice',
    'malformed',
    changed((data) =>
      join([data.subarray(0, KEY_AT), Buffer.from('a6', 'hex'), data.subarray(KEY_AT + 1), Buffer.from('0102', 'hex')]),
    ),
  ],
  ['a key with a member more', 'algorithm', { tweaks: { cose: [[2, Buffer.from([1])]] } }],
  ['a key with permissions', 'algorithm', { tweaks: { cose: [[4, [2]]] } }],
  ['a key with a private half', 'algorithm', { tweaks: { cose: [[-4, Buffer.alloc(32, 1)]] } }],
  ['a point written compressed', 'algorithm', { tweaks: { cose: [[-3, 1]] } }],
  ['backed up but not eligible', 'backup-flags', { tweaks: { be: false, bs: true } }],
];
for (const [what, reason, how] of DATA) {
  test(`registering is refused: ${what} (${reason})`, () =>
    assert.rejects(register(new Authenticator(), how), refusal(reason)));
}

test('extensions that are well written are tolerated, as the standard demands', async () => {
  await register(new Authenticator(), withExtensions('a0'));
  await register(new Authenticator(), withExtensions('a16b6372656450726f7465637402'));
});

const RSA_KEYS: readonly (readonly [string, readonly (readonly [number, Cbor])[]])[] = [
  ['a zero before its modulus', [[-1, join([ZERO, Buffer.alloc(256, 0xff)])]]],
  ['a modulus that is short by a byte', [[-1, Buffer.alloc(255, 0xff)]]],
  ['a zero before its exponent', [[-2, Buffer.from([0, 1, 0, 1])]]],
  ['an even exponent', [[-2, Buffer.from([1, 0, 0])]]],
  ['an exponent of one', [[-2, Buffer.from([1])]]],
  ['a member more', [[2, Buffer.from([1])]]],
];
for (const [what, cose] of RSA_KEYS) {
  test(`an RSA key is refused that has ${what}`, () =>
    assert.rejects(register(new Authenticator({ alg: 'RS256' }), { tweaks: { cose } }), refusal('algorithm')));
}

/** The attestation object in other spellings of the same content. */
const OBJECTS: readonly (readonly [string, (good: Buffer) => Buffer])[] = [
  ['a long head', (good) => join([Buffer.from('b803', 'hex'), good.subarray(1)])],
  ['a member twice', (good) => join([Buffer.from('a4', 'hex'), good.subarray(1), cbor('fmt'), cbor('none')])],
  ['a member more', (good) => join([Buffer.from('a4', 'hex'), good.subarray(1), cbor('more'), cbor(1)])],
  ['no end', (good) => join([Buffer.from('bf', 'hex'), good.subarray(1), Buffer.from('ff', 'hex')])],
  ['a tag before it', (good) => join([Buffer.from('d9d9f7', 'hex'), good])],
  ['a byte behind it', (good) => join([good, ZERO])],
  ['itself behind it', (good) => join([good, good])],
  ['a long text', (good) => join([good.subarray(0, 1), Buffer.from('7803', 'hex'), good.subarray(2)])],
];
for (const [what, write] of OBJECTS) {
  test(`an attestation object is refused that has ${what}`, async () => {
    const spoil = (answer: RegistrationResponse) => {
      const attestationObject = b64(write(bytes(answer.response.attestationObject)));
      return { ...answer, response: { ...answer.response, attestationObject } };
    };
    await assert.rejects(register(new Authenticator(), { spoil }), refusal('malformed'));
  });
}
