import assert from 'node:assert/strict';
import test from 'node:test';
import { hashPassword, PasswordRefused, passwordFault, verifyPassword } from '../../../src/accounts/password.ts';

const ASKER = { source: '192.0.2.1', account: 'alice', rank: 1 };
const CONTEXT = ['alice.jones', 'staff', 'wiki.example.org'];

const JUDGED: readonly (readonly [password: string, fault: string | undefined])[] = [
  ['', 'too-short'],
  ['1234567', 'too-short'],
  ['pässwö1', 'too-short'],
  ['😀😀😀😀😀😀😀', 'too-short'],
  ['x'.repeat(1025), 'too-long'],
  ['zq\ud800zqzqzqzq', 'too-long'],
  ['password', 'too-common'],
  ['PassWord', 'too-common'],
  ['password123', 'too-common'],
  ['zzzzzzzzzzzz', 'too-common'],
  ['xyxyxyxyxyxy', 'too-common'],
  ['alice.jones', 'contains-name'],
  ['Alice-2026!', 'contains-name'],
  ['sallyport1', 'contains-name'],
  ['wiki.example.org', 'contains-name'],
  ['k7#qzzpv', undefined],
  ['nur kleine buchstaben', undefined],
  ['alice went to the market', undefined],
  ['мой дом стоит у реки', undefined],
  [`${'correct horse '.repeat(9)}`, undefined],
];

for (const [password, fault] of JUDGED) {
  test(`${JSON.stringify(password).slice(0, 32)} is ${fault ?? 'accepted'}`, async () => {
    assert.equal(await passwordFault(password, CONTEXT), fault);
  });
}

test('a refused password gives its reason and not itself', async () => {
  await assert.rejects(hashPassword('password123', CONTEXT, ASKER), (error: unknown) => {
    assert.ok(error instanceof PasswordRefused);
    assert.equal(error.code, 'bad-body');
    assert.equal(error.reason, 'too-common');
    assert.match(error.publicMessage, /first that others would try/);
    assert.doesNotMatch(`${error.message} ${error.publicMessage}`, /password123/);
    return true;
  });
});

test('the whole password is verified, in any normalisation, and stored as argon2id with its parameters', async () => {
  const long = `${'ä'.repeat(200)}X`;
  const stored = await hashPassword(`start ${long}`, CONTEXT, ASKER);
  assert.match(stored, /^\$argon2id\$v=19\$m=47104,t=2,p=1\$/);
  assert.equal(await verifyPassword(stored, `start ${long}`, ASKER), true);
  assert.equal(await verifyPassword(stored, `start ${long}`.normalize('NFD'), ASKER), true);
  assert.equal(await verifyPassword(stored, `start ${long.slice(0, -1)}Y`, ASKER), false);
  assert.equal(await verifyPassword(stored, `Start ${long}`, ASKER), false);
});

test('where no password is stored none is right, not even the one of the dummy', async () => {
  for (const typed of ['', 'no account has this password', 'x'.repeat(5000)]) {
    assert.equal(await verifyPassword(null, typed, ASKER), false);
  }
});
