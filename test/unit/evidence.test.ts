import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Proof, type ProofKind, strengthOf, waysOf } from '../../src/evidence.ts';
import type { RealmSource } from '../../src/sources/table.ts';

const NOW = 1_800_000_000_000;
const of = (kind: ProofKind, more: Partial<Proof> = {}): Proof => ({ kind, at: NOW, ...more });
const key = (userVerified: boolean, deviceBound = true, at = NOW): Proof =>
  of('passkey', { userVerified, deviceBound, at });

type Row = readonly [what: string, proofs: readonly Proof[], local: boolean, app: boolean, amr: string, acr: string];

const TABLE: readonly Row[] = [
  ['nothing', [], false, false, '', 'possession'],
  ['a password', [of('password')], false, false, 'pwd', 'possession'],
  ['a ticket', [of('ticket')], false, false, '', 'possession'],
  ['a ticket and a password', [of('ticket'), of('password')], false, false, 'pwd', 'possession'],
  ['a code', [of('totp')], false, true, 'otp', 'possession'],
  ['two codes', [of('totp'), of('recovery')], false, true, 'otp', 'possession'],
  ['a password and a code', [of('password'), of('totp')], true, true, 'mfa otp pwd', 'mfa'],
  ['a password and a recovery code', [of('password'), of('recovery')], true, true, 'mfa otp pwd', 'mfa'],
  ['a verified passkey on its device', [key(true)], true, true, 'hwk mfa user', 'phr'],
  ['a verified synced passkey', [key(true, false)], true, true, 'mfa swk user', 'phr'],
  ['a passkey that was only touched', [key(false)], false, true, 'hwk user', 'phr'],
  ['a synced passkey that was only touched', [key(false, false)], false, true, 'swk user', 'phr'],
  ['a passkey that says nothing of itself', [of('passkey')], false, true, 'swk user', 'phr'],
  ['two passkeys that were only touched', [key(false), key(false, false)], false, true, 'hwk swk user', 'phr'],
  ['a touched passkey and a code', [key(false), of('totp')], false, true, 'hwk otp user', 'phr'],
  ['a password and a touched passkey', [of('password'), key(false)], true, true, 'hwk mfa pwd user', 'phr'],
  ['a password and a verified passkey', [of('password'), key(true, false)], true, true, 'mfa pwd swk user', 'phr'],
  ['a ticket and a touched passkey', [of('ticket'), key(false)], false, true, 'hwk user', 'phr'],
];

for (const [what, proofs, local, app, amr, acr] of TABLE) {
  test(`${what}: ${local ? 'opens' : 'does not open'} a session where a password is asked for`, () => {
    const strength = strengthOf(proofs, 'local');
    assert.equal(strength.opensSession, local);
    assert.equal(strengthOf(proofs, 'app').opensSession, app);
    assert.equal(strength.amr.join(' '), amr);
    assert.equal(strength.acr, acr);
    assert.equal(strength.phishingResistant, acr === 'phr');
  });
}

test('the moments of a factor and of a passkey are apart, and no password or ticket moves either', () => {
  const proofs = [
    of('ticket', { at: NOW + 9 }),
    of('password', { at: NOW + 8 }),
    key(true, true, NOW + 1),
    key(false, false, NOW + 3),
    of('totp', { at: NOW + 5 }),
  ];
  const strength = strengthOf(proofs, 'local');
  assert.equal(strength.lastPasskeyAt, NOW + 3);
  assert.equal(strength.lastFactorAt, NOW + 5);
  assert.equal(strength.authTime, NOW + 1);
  const codes = strengthOf([of('password'), of('totp')], 'local');
  assert.deepEqual([codes.lastPasskeyAt, codes.lastFactorAt], [0, NOW]);
  assert.deepEqual([strengthOf([of('password')], 'local').lastFactorAt, strengthOf([], 'app').lastPasskeyAt], [0, 0]);
});

const proof: fc.Arbitrary<Proof> = fc.record({
  kind: fc.constantFrom<ProofKind>('password', 'ticket', 'totp', 'recovery', 'passkey'),
  at: fc.integer({ min: NOW, max: NOW + 10 }),
  userVerified: fc.boolean(),
  deviceBound: fc.boolean(),
});

test('whatever was proven: two factors of different kind or nothing, and nothing but a passkey resists phishing', () => {
  const source = fc.constantFrom<RealmSource>('local', 'app');
  fc.assert(
    fc.property(fc.array(proof, { maxLength: 5 }), source, (proofs, realm) => {
      const has = (kind: ProofKind) => proofs.some((each) => each.kind === kind);
      const possession = has('totp') || has('recovery') || has('passkey');
      const verified = proofs.some((each) => each.kind === 'passkey' && each.userVerified === true);
      const mfa = verified || (has('password') && possession);
      const strength = strengthOf(proofs, realm);
      assert.equal(strength.opensSession, realm === 'local' ? mfa : possession);
      assert.equal(strength.amr.includes('mfa'), mfa);
      assert.equal(strength.phishingResistant, has('passkey'));
      assert.equal(strength.lastPasskeyAt > 0, has('passkey'));
      assert.ok(strength.lastPasskeyAt <= strength.lastFactorAt);
    }),
    { seed: 20260301, numRuns: 2000 },
  );
});

test('the order of the proofs does not matter', () => {
  fc.assert(
    fc.property(fc.array(proof, { maxLength: 5 }), (proofs) => {
      assert.deepEqual(strengthOf([...proofs].reverse(), 'local'), strengthOf(proofs, 'local'));
    }),
    { seed: 20260302, numRuns: 500 },
  );
});

test('each way of signing in is told apart, once and in one order, and a ticket is none', () => {
  const kinds: readonly ProofKind[] = ['recovery', 'passkey', 'ticket', 'totp', 'password', 'recovery'];
  assert.deepEqual(waysOf(kinds.map((kind) => of(kind))), ['password', 'totp', 'recovery', 'passkey']);
  assert.deepEqual(waysOf([of('recovery')]), ['recovery'], 'not as the code that it stands in for');
  assert.deepEqual(waysOf([key(true, true)]), waysOf([key(true, false)]), 'a passkey, wherever it is kept');
});
