import assert from 'node:assert/strict';
import test from 'node:test';
import {
  PasskeyRefused,
  parseAssertion,
  parseRegistration,
  verifyAssertion,
  verifyRegistration,
} from '../../../src/factors/passkey.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { Maker } from '../../support/authenticator-attestation.ts';
import { ACCOUNT, b64, bytes, ORIGIN, RP, register, seeded } from './passkey-support.ts';

const SEED = 0x5a11;
const CHALLENGE = b64('m'.repeat(32));

/** A good answer with one byte of one part changed, for each byte of each part. */
function* mutants(
  parts: Readonly<Record<string, string>>,
  next: () => number,
): Generator<{ part: string; at: number; value: string }> {
  for (const [part, text] of Object.entries(parts)) {
    const good = bytes(text);
    for (let at = 0; at < good.length; at++) {
      const changed = Buffer.from(good);
      changed[at] = (changed[at] ?? 0) ^ (1 + (next() % 255));
      yield { part, at, value: b64(changed) };
    }
  }
}

async function outcome(judge: () => Promise<unknown>): Promise<string> {
  try {
    await judge();
    return 'accepted';
  } catch (error) {
    return error instanceof PasskeyRefused ? 'refused' : `threw ${String(error)}`;
  }
}

for (const alg of ['ES256', 'EdDSA', 'RS256'] as const) {
  test(`no changed byte of a good ${alg} assertion verifies (seed ${SEED})`, async () => {
    const authenticator = new Authenticator({ alg });
    const credential = await register(authenticator);
    const good = authenticator.get({ options: { challenge: CHALLENGE, rpId: RP.id }, origin: ORIGIN });
    const judge = (answer: object) =>
      outcome(async () =>
        verifyAssertion(RP, parseAssertion(JSON.stringify(answer)), {
          challenge: CHALLENGE,
          credential,
          accountId: ACCOUNT,
          verification: 'required',
          named: false,
        }),
      );
    assert.equal(await judge(good), 'accepted');
    const next = seeded(SEED);
    for (const { part, at, value } of mutants({ ...good.response }, next)) {
      const response = { ...good.response, [part]: value };
      assert.equal(await judge({ ...good, response }), 'refused', `${part} at ${at}: ${value}`);
    }
    for (const { at, value } of mutants({ id: good.id }, next)) {
      assert.equal(await judge({ ...good, id: value, rawId: value }), 'refused', `id at ${at}: ${value}`);
    }
  });
}

test(`no changed byte of a registration that its maker vouches for verifies (seed ${SEED})`, async () => {
  const aaguid = 'd8522d9f-575b-4866-88a9-ba99fa02f35b';
  const maker = new Maker();
  const rp = { ...RP, models: [aaguid], roots: [maker.root] };
  const good = new Authenticator({ aaguid }).create({
    options: { challenge: CHALLENGE, rp: { id: RP.id }, user: { id: b64(ACCOUNT) } },
    origin: ORIGIN,
    attestation: maker.attester({ aaguid, through: 'ca' }),
  });
  const judge = (answer: object) =>
    outcome(async () => verifyRegistration(rp, parseRegistration(JSON.stringify(answer)), CHALLENGE));
  assert.equal(await judge(good), 'accepted');
  const { transports: _, ...parts } = good.response;
  for (const { part, at, value } of mutants(parts, seeded(SEED))) {
    const response = { ...good.response, [part]: value };
    assert.equal(await judge({ ...good, response }), 'refused', `${part} at ${at}: ${value}`);
  }
});

test(`text with changed characters is refused or understood, and nothing else is thrown (seed ${SEED})`, async () => {
  const authenticator = new Authenticator();
  const credential = await register(authenticator);
  const text = JSON.stringify(authenticator.get({ options: { challenge: CHALLENGE, rpId: RP.id }, origin: ORIGIN }));
  const next = seeded(SEED);
  for (let i = 0; i < 500; i++) {
    const at = next() % text.length;
    const broken = text.slice(0, at) + String.fromCharCode(32 + (next() % 96)) + text.slice(at + (next() % 3));
    const result = await outcome(async () =>
      verifyAssertion(RP, parseAssertion(broken), {
        challenge: CHALLENGE,
        credential,
        accountId: ACCOUNT,
        verification: 'required',
        named: false,
      }),
    );
    assert.ok(result === 'refused' || result === 'accepted', `${result} for ${broken}`);
  }
});
