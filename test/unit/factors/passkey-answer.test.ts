import assert from 'node:assert/strict';
import test from 'node:test';
import { challengeOf, parseAssertion, parseRegistration } from '../../../src/factors/passkey.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { b64, ORIGIN, RP, refusal } from './passkey-support.ts';

const CHALLENGE = b64('c'.repeat(32));
const authenticator = new Authenticator();
const created = authenticator.create({
  options: { challenge: CHALLENGE, rp: { id: RP.id }, user: { id: b64('account') } },
  origin: ORIGIN,
});
const asserted = authenticator.get({ options: { challenge: CHALLENGE, rpId: RP.id }, origin: ORIGIN });

test('the challenge is read out of the bytes that are signed', () => {
  assert.equal(challengeOf(parseRegistration(JSON.stringify({ ...created, challenge: 'other' }))), CHALLENGE);
  assert.equal(challengeOf(parseAssertion(JSON.stringify({ ...asserted, challenge: 'other' }))), CHALLENGE);
});

test('an answer gives its credential and its user handle', () => {
  const answer = parseAssertion(JSON.stringify(asserted));
  assert.deepEqual([answer.id, answer.userHandle], [asserted.id, b64('account')]);
  const { userHandle: _, ...response } = asserted.response;
  assert.equal(parseAssertion(JSON.stringify({ ...asserted, response })).userHandle, null);
  assert.equal(
    parseAssertion(JSON.stringify({ ...asserted, response: { ...response, userHandle: null } })).userHandle,
    null,
  );
});

test('a byte order mark before the client data is no part of it', () => {
  const clientDataJSON = b64(`\ufeff${JSON.stringify({ type: 'webauthn.get', challenge: CHALLENGE })}`);
  const answer = { ...asserted, response: { ...asserted.response, clientDataJSON } };
  assert.equal(challengeOf(parseAssertion(JSON.stringify(answer))), CHALLENGE);
});

const NO_ANSWER: readonly string[] = [
  '',
  'null',
  '[]',
  '"text"',
  '1',
  '{',
  '{}',
  '{"type":"public-key"}',
  '{"__proto__":{"type":"public-key"}}',
  'x'.repeat(40_000),
  JSON.stringify({ ...asserted, padding: ' '.repeat(32 * 1024) }),
  JSON.stringify({ ...asserted, padding: 'é'.repeat(17 * 1024) }),
];
for (const [i, text] of NO_ANSWER.entries()) {
  test(`text ${i} is no answer, and nothing else is thrown`, () => {
    const expected = i >= 6 && i <= 8 ? undefined : 'malformed';
    for (const parse of [parseAssertion, parseRegistration]) {
      assert.throws(() => parse(text), expected === undefined ? { code: 'passkey-refused' } : refusal('malformed'));
    }
  });
}

const BAD_BASE64 = ['', '=', 'AA==', 'A', 'AB', 'A+/A', 'A A=', 'AAé', 'AAAA\n', 7, null, undefined, {}, ['AAAA']];
for (const name of ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'] as const) {
  test(`${name} is base64url in its one spelling`, () => {
    for (const value of BAD_BASE64) {
      if (name === 'userHandle' && (value === null || value === undefined)) continue;
      const answer = { ...asserted, response: { ...asserted.response, [name]: value } };
      assert.throws(() => parseAssertion(JSON.stringify(answer)), refusal('malformed'), `${name} ${String(value)}`);
    }
  });
}

test('the credential id is base64url in its one spelling', () => {
  for (const value of BAD_BASE64) {
    for (const parse of [parseAssertion, parseRegistration]) {
      const answer = { ...(parse === parseAssertion ? asserted : created), id: value, rawId: value };
      assert.throws(() => parse(JSON.stringify(answer)), refusal('malformed'));
    }
  }
});

const CLIENT_DATA: readonly (readonly [string, string])[] = [
  ['no JSON', 'client data'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no challenge', '{"type":"webauthn.get"}'],
  ['a challenge that is a number', '{"challenge":1}'],
  ['a challenge twice', `{"challenge":"${CHALLENGE}","challenge":"other"}`],
  ['a challenge twice, once in escapes', `{"challenge":"other","\\u0063hallenge":"${CHALLENGE}"}`],
  ['an origin twice, with blanks', `{"challenge":"x","origin" : "a","x":{"origin":1}, "origin"\n:"b"}`],
  ['text behind it', `{"challenge":"${CHALLENGE}"} {}`],
  ['an inherited challenge', `{"__proto__":{"challenge":"${CHALLENGE}"}}`],
];
for (const [what, text] of CLIENT_DATA) {
  test(`client data are refused: ${what}`, () => {
    const answer = { ...asserted, response: { ...asserted.response, clientDataJSON: b64(text) } };
    assert.throws(() => parseAssertion(JSON.stringify(answer)), refusal('malformed'));
  });
}

test('client data that are not UTF-8 are refused', () => {
  const broken = Buffer.concat([Buffer.from('{"challenge":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  const answer = { ...asserted, response: { ...asserted.response, clientDataJSON: b64(broken) } };
  assert.throws(() => parseAssertion(JSON.stringify(answer)), refusal('malformed'));
});

test('the same name on different levels, or inside text, is not a member twice', () => {
  const text = `{"challenge":"${CHALLENGE}","a":{"challenge":1,"b":[{"challenge":2}]},"c":"\\"challenge\\":3,{"}`;
  const answer = { ...asserted, response: { ...asserted.response, clientDataJSON: b64(text) } };
  assert.equal(challengeOf(parseAssertion(JSON.stringify(answer))), CHALLENGE);
});
