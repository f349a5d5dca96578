import assert from 'node:assert/strict';
import test from 'node:test';
import type { Caller, Offer } from '../../../src/login/types.ts';
import { disableAccount } from '../../support/manage.ts';
import { holder } from './passkey-world.ts';
import { begun, codeAt, enrolled, inWorld, type Person, type World } from './world.ts';

const ALL: readonly Offer[] = ['passkey', 'totp', 'recovery'];

async function disable(world: World, person: Person, ...kinds: readonly string[]): Promise<void> {
  const rows = await world.store.authenticators.ofAccount(person.id);
  await world.store.underAccount(person.id, async (tx) => {
    for (const row of rows) if (kinds.includes(row.kind)) await tx.authenticators.remove(row.id);
  });
}

/** What each account has, and what it is offered once its password was right. */
const HAS: readonly (readonly [has: string, remove: readonly string[], offers: readonly Offer[]])[] = [
  ['all', [], ALL],
  ['no passkey', ['passkey'], ['totp', 'recovery']],
  ['no app', ['totp'], ['passkey', 'recovery']],
  ['no recovery codes', ['recovery'], ['passkey', 'totp']],
  ['a passkey alone', ['totp', 'recovery'], ['passkey']],
  ['an app alone', ['passkey', 'recovery'], ['totp']],
  ['recovery codes alone', ['passkey', 'totp'], ['recovery']],
  ['nothing', ['passkey', 'totp', 'recovery'], ALL],
];

for (const [has, remove, offers] of HAS)
  test(
    `after a right password: what an account with ${has} has`,
    inWorld(async (world) => {
      const caller = world.caller(world.wiki);
      const person = await holder(world, world.wiki, 'alice');
      await disable(world, person, ...remove);
      const started = await world.login.begin(caller, {
        account: 'alice',
        password: 'a long walk by the grey sea',
        next: '/',
      });
      assert.deepEqual(started.offer, offers);
      assert.deepEqual(await world.login.offers(caller, started.cookie, null), offers);
    }),
  );

for (const [has, remove] of HAS)
  test(
    `where only a name was typed an account with ${has} is offered what everybody is`,
    inWorld(async (world) => {
      const caller = world.caller(world.portal);
      const person = await holder(world, world.portal, 'alice');
      await disable(world, person, ...remove);
      for (const account of ['alice', 'nobody']) {
        const started = await world.login.begin(caller, { account, password: undefined, next: '/' });
        assert.deepEqual(started.offer, ALL);
        assert.deepEqual(await world.login.offers(caller, started.cookie, null), ALL);
      }
    }),
  );

test(
  'a recovery code that is the last one is not offered any more; a passkey of another app, or of none, is not either',
  inWorld(async (world) => {
    const { login, clock, wiki } = world;
    const caller = world.caller(wiki);
    const person = await holder(world, wiki, 'alice');
    for (const code of person.recoveryCodes) {
      await login.second(caller, await begun(world, caller, 'alice'), 'recovery', code);
      clock.at += 60_000;
    }
    const cookie = await begun(world, caller, 'alice');
    assert.deepEqual(await login.offers(caller, cookie, null), ['passkey', 'totp']);
    const at = (relyingParty: typeof wiki.relyingParty): Caller => ({ ...caller, app: { ...wiki, relyingParty } });
    assert.ok(wiki.relyingParty);
    assert.deepEqual(await login.offers(at({ ...wiki.relyingParty, id: 'elsewhere.test' }), cookie, null), ['totp']);
    assert.deepEqual(await login.offers(at(null), cookie, null), ['totp']);
  }),
);

test(
  'a signed-in person is offered what their account has, an account that was disabled meanwhile what everybody is',
  inWorld(async (world) => {
    const { login, clock } = world;
    const caller = world.caller(world.portal);
    const bob = await enrolled(world, world.portal, 'bob');
    const { session } = await login.second(
      caller,
      await begun(world, caller, 'bob'),
      'totp',
      codeAt(bob.secret, clock.at),
    );
    assert.deepEqual(await login.offers(caller, null, session), ['totp', 'recovery']);
    assert.deepEqual(await login.offers(caller, 'x'.repeat(43), null), ALL, 'a cookie that names nothing');
    const pending = await begun(world, caller, 'bob');
    await disableAccount(world.manage, bob.id);
    assert.deepEqual(await login.offers(caller, pending, null), ALL);
  }),
);

test(
  'where its passkeys are bound to is told of an account whose password was right, or that is signed in; of a name alone, nothing',
  inWorld(async (world) => {
    const { login, clock, wiki, portal } = world;
    const caller = world.caller(wiki);
    const person = await holder(world, wiki, 'alice');
    const at = { ...caller, app: { ...wiki, relyingParty: null } };
    const domain = [wiki.relyingParty?.id];
    const cookie = await begun(world, at, 'alice');
    assert.deepEqual(await login.passkeyDomains(at, cookie, null), domain);
    const { session } = await login.second(at, cookie, 'totp', codeAt(person.secret, clock.at));
    assert.deepEqual(await login.passkeyDomains(at, null, session), domain);
    assert.deepEqual(await login.passkeyDomains(at, null, null), []);
    await disable(world, person, 'passkey');
    assert.deepEqual(await login.passkeyDomains(at, null, session), [], 'one that is gone works nowhere');

    await holder(world, portal, 'bob');
    const named = { ...world.caller(portal), app: { ...portal, relyingParty: null } };
    for (const account of ['bob', 'nobody']) {
      const started = await login.begin(named, { account, password: undefined, next: '/' });
      assert.deepEqual(await login.passkeyDomains(named, started.cookie, null), [], account);
      // A session that is open beside it is not asked: the sign-in that waits may be somebody else's.
      assert.deepEqual(await login.passkeyDomains(named, started.cookie, session), [], account);
    }
  }),
);
