import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import type { RelyingParty } from '../../../src/config/types.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { type Attester, Maker } from '../../support/authenticator-attestation.ts';
import { RP, refusal, register } from './passkey-support.ts';

const MODEL = 'd8522d9f-575b-4866-88a9-ba99fa02f35b';
const OTHER = '00000000-0000-0000-0000-00000000abcd';
const maker = new Maker();
const LIMITED: RelyingParty = { ...RP, models: [MODEL], roots: [maker.root] };

function enrol(attestation: 'none' | 'self' | Attester, rp = LIMITED, aaguid = MODEL, now?: number) {
  return register(new Authenticator({ aaguid }), {
    rp,
    tweaks: { attestation },
    ...(now === undefined ? {} : { now }),
  });
}

test('where models are limited, a model on the list that its maker vouches for is registered', async () => {
  assert.equal((await enrol(maker.attester({ aaguid: MODEL }))).aaguid, MODEL);
  await enrol(maker.attester());
  await enrol(maker.attester({ aaguid: MODEL, through: 'ca' }));
});

test('the list may write its models in capitals and hold several makers', async () => {
  const rp = { ...LIMITED, models: [OTHER, MODEL.toUpperCase()], roots: [new Maker('Another').root, maker.root] };
  await enrol(maker.attester({ aaguid: MODEL }), rp);
});

test('an operator may pin the attestation certificate itself', async () => {
  const attester = maker.attester();
  const [leaf] = attester.x5c;
  const lines = leaf?.toString('base64').match(/.{1,64}/g) ?? [];
  const pinned = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  await enrol(attester, { ...LIMITED, roots: [pinned] });
});

const honest = maker.attester();

const REFUSED: readonly (readonly [string, 'none' | 'self' | Attester])[] = [
  ['no statement', 'none'],
  ['a statement signed by the new key itself', 'self'],
  ['a maker whom nobody knows', new Maker().attester({ aaguid: MODEL })],
  ['an attestation certificate misused as an authority', maker.attester({ through: 'not-a-ca' })],
  ['the root inside the chain', { ...honest, x5c: [...honest.x5c, maker.rootDer] }],
  ['no certificate', { ...honest, x5c: [] }],
  ['a certificate that is none', { ...honest, x5c: [Buffer.from('certificate')] }],
  ["another's certificate", { key: new Maker().attester().key, x5c: honest.x5c }],
  ['a chain that never ends', { ...honest, x5c: Array(9).fill(honest.x5c[0]) }],
  ['a certificate for another model', maker.attester({ aaguid: OTHER })],
  ['a certificate that has expired', maker.attester({ to: Date.UTC(2024, 0, 1) })],
  ['a certificate of tomorrow', maker.attester({ from: Date.UTC(2090, 0, 1) })],
];
for (const [what, attestation] of REFUSED) {
  test(`where models are limited, ${what} is refused`, () =>
    assert.rejects(enrol(attestation), refusal('attestation')));
}

test('what has expired vouches for nobody, by the clock that is given', async () => {
  const to = Date.UTC(2100, 0, 1);
  const after = Date.UTC(2101, 0, 1);
  const old = new Maker('Old', { to });
  const rp = { ...LIMITED, roots: [old.root] };
  await enrol(old.attester(), rp);
  await assert.rejects(enrol(old.attester(), rp, MODEL, after), refusal('attestation'));
  await enrol(honest, LIMITED, MODEL, after);
  await assert.rejects(enrol(maker.attester({ to }), LIMITED, MODEL, after), refusal('attestation'));
});

test('a model that is not on the list is refused, though its maker vouches for it', () =>
  assert.rejects(enrol(maker.attester({ aaguid: OTHER }), LIMITED, OTHER), refusal('model')));

test('models without roots, or with roots that cannot be read, refuse everything', async () => {
  for (const roots of [[], ['no certificate']]) {
    await assert.rejects(enrol(maker.attester({ aaguid: MODEL }), { ...LIMITED, roots }), refusal('attestation'));
  }
});

test('where models are free, a statement that nobody asked for must still be true', async () => {
  await enrol(new Maker().attester(), RP);
  const spoilt = register(new Authenticator(), { tweaks: { attestation: maker.attester(), badSignature: true } });
  await assert.rejects(spoilt, refusal('attestation'));
  await assert.rejects(enrol(maker.attester({ aaguid: OTHER }), RP), refusal('attestation'));
});

for (const fmt of ['android-key', 'apple', 'android-safetynet', 'compound', 'PACKED']) {
  test(`a statement of the format ${fmt} is not taken, whoever signed it`, async () => {
    for (const rp of [RP, LIMITED]) {
      const tweaks = { attestation: maker.attester({ aaguid: MODEL }), object: { fmt } };
      await assert.rejects(register(new Authenticator({ aaguid: MODEL }), { rp, tweaks }), refusal('attestation'));
    }
  });
}

test('no address in a certificate is called', async () => {
  let hits = 0;
  const server = createServer((_request, response) => {
    hits++;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
    const crl = `http://127.0.0.1:${port}/revoked`;
    await enrol(maker.attester({ aaguid: MODEL, crl }));
    await enrol(maker.attester({ aaguid: MODEL, crl, through: 'ca' }));
    await enrol(new Maker().attester({ crl }), RP);
    const object = { fmt: 'android-key' };
    const attestation = new Maker().attester({ crl, through: 'ca' });
    await assert.rejects(register(new Authenticator(), { tweaks: { attestation, object } }), refusal('attestation'));
    assert.equal(hits, 0);
  } finally {
    server.close();
  }
});
