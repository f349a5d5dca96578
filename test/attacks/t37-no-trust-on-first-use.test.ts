import assert from 'node:assert/strict';
import test from 'node:test';
import { hashPassword } from '../../src/accounts/password.ts';
import { PASSWORD, Person } from '../support/person.ts';
import { SESSION, withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

test('the right password of an account without a factor enrols nothing and opens nothing', async () => {
  const { sally } = on;
  const newbie = new Person(sally, 'newbie');
  await newbie.invited();
  const { store } = sally.app;
  const account = await store.accounts.byName('staff', 'newbie');
  await store.accounts.update(account?.id ?? '', {
    passwordHash: await hashPassword(PASSWORD, [], { source: '127.0.0.1', account: 'newbie', rank: 0 }),
  });
  await newbie.expect(200, newbie.begin());
  const session = `${SESSION}=${newbie.pending}`;
  for (const cookie of [newbie.cookie, session, `${newbie.cookie}; ${session}`]) {
    for (const [path, body] of [
      ['/.sallyport/enrol', { ticket: newbie.pending ?? '' }],
      ['/.sallyport/enrol/password', { password: 'another long password' }],
      ['/.sallyport/enrol/totp', {}],
      ['/.sallyport/enrol/totp/confirm', { code: '123456' }],
      ['/.sallyport/enrol/finish', {}],
      ['/.sallyport/sign-in/totp', { code: '000000' }],
      ['/.sallyport/account/recovery-codes', {}],
    ] as const) {
      const answer = await sally.send('POST', path, { cookie, json: body });
      assert.ok([401, 403].includes(answer.status), `${path}: ${answer.status}`);
    }
    assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
    // An e-mail address or telephone of the asker's choice is no field of ours.
    for (const field of ['email', 'phone', 'user', 'account']) {
      assert.equal(
        (await sally.send('POST', '/.sallyport/enrol', { cookie, json: { ticket: 'A'.repeat(27), [field]: 'x' } }))
          .status,
        400,
      );
    }
  }
  assert.deepEqual(await store.authenticators.ofAccount(account?.id ?? ''), []);
  sally.upstream.silent();
});

test('a ticket alone does not bind a phone to an account whose password somebody else has', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  await sally.advance(3_700_000);
  const finder = new Person(sally, 'alice', 'a guess of mine');
  await finder.expect(200, finder.post('/.sallyport/enrol', { ticket: await alice.invited() }));
  assert.equal((await finder.post('/.sallyport/enrol/totp')).status, 409);
  assert.equal((await finder.post('/.sallyport/enrol/password', { password: finder.password })).status, 401);
  assert.equal((await finder.post('/.sallyport/enrol/totp')).status, 409);
  assert.equal(finder.session, undefined);
});
