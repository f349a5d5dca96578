import assert from 'node:assert/strict';
import test from 'node:test';
import { hashPassword, PasswordRefused, passwordFault, verifyPassword } from '../../../src/accounts/password.ts';
import { createQueue } from '../../../src/accounts/queue.ts';
import { refusedAs } from '../login/world.ts';

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
  await assert.rejects(hashPassword('password123', CONTEXT), (error: unknown) => {
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
  const stored = await hashPassword(`start ${long}`, CONTEXT);
  assert.match(stored, /^\$argon2id\$v=19\$m=47104,t=2,p=1\$/);
  assert.equal(await verifyPassword(stored, `start ${long}`), true);
  assert.equal(await verifyPassword(stored, `start ${long}`.normalize('NFD')), true);
  assert.equal(await verifyPassword(stored, `start ${long.slice(0, -1)}Y`), false);
  assert.equal(await verifyPassword(stored, `Start ${long}`), false);
});

test('where no password is stored none is right, not even the one of the dummy', async () => {
  for (const typed of ['', 'no account has this password', 'x'.repeat(5000)]) {
    assert.equal(await verifyPassword(null, typed), false);
  }
});

test('the queue runs two at once, lets others wait, and turns the rest away', async () => {
  const queue = createQueue(2, 3);
  let running = 0;
  let most = 0;
  const gates: (() => void)[] = [];
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((open) => gates.push(open));
    running--;
  };
  const accepted = Array.from({ length: 5 }, () => queue(work));
  await assert.rejects(queue(work), refusedAs('too-many-attempts'));
  while (gates.length > 0 || running > 0) {
    gates.shift()?.();
    await new Promise((done) => setImmediate(done));
  }
  await Promise.all(accepted);
  assert.equal(most, 2);
});

test('work that fails gives its place free', async () => {
  const queue = createQueue(1, 1);
  await assert.rejects(
    queue(() => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await queue(async () => 'next'), 'next');
});
