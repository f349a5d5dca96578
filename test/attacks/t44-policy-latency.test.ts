import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt } from 'jose';
import { systemRandom } from '../../src/lib/random.ts';
import { disableAccount, removeAccount } from '../../src/manage/accounts.ts';
import { removeAuthenticator } from '../../src/manage/authenticators.ts';
import type { ManageContext } from '../../src/manage/context.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/types.ts';
import { Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  realm: 'app',
  app: ['    rules: [{ path: /ops/**, groups: [ops] }]', '    headers: { X-Team: "{groups}" }'],
}));

/** An administrator's store in another process. */
async function elsewhere(work: (ctx: ManageContext, store: Store) => Promise<unknown>): Promise<void> {
  const { sally } = on;
  const store = await openStore(sally.config.store, { clock: sally.clock });
  try {
    await work({ store, clock: sally.clock, random: systemRandom, config: sally.config, actor: 'cli:test' }, store);
  } finally {
    await store.close();
  }
}

async function within(ms: number, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a change of groups decides the next requests, and the app is told the new ones', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob', { groups: ['ops'] });
  assert.equal((await sally.send('GET', '/ops/x', { cookie })).status, 200);
  await elsewhere((_, store) => store.accounts.update('id-bob', { groups: ['staff'] }));
  await within(1000, async () => (await sally.send('GET', '/ops/x', { cookie })).status === 403);
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  const [arrived] = sally.upstream.requests;
  assert.deepEqual(arrived?.all('x-team'), ['staff']);
  assert.deepEqual(decodeJwt(arrived?.all('sallyport-assertion')[0] ?? '').groups, ['staff']);
});

for (const [how, change] of Object.entries({
  'the account is disabled': (ctx: ManageContext, name: string) => disableAccount(ctx, name),
  'the account is removed': (ctx: ManageContext, name: string) => removeAccount(ctx, name),
  'its authenticator is removed': async (ctx: ManageContext, name: string) => {
    const account = await ctx.store.accounts.byName('staff', name);
    for (const row of await ctx.store.authenticators.ofAccount(account?.id ?? ''))
      if (row.kind === 'totp') await removeAuthenticator(ctx, row.id);
  },
})) {
  test(`when ${how}, sessions and what was about to become one are over`, async () => {
    const { sally } = on;
    const person = new Person(sally, how.replaceAll(' ', '-'));
    await person.enrol();
    await sally.advance(60_000);
    const waiting = person.elsewhere();
    await waiting.begin();
    await elsewhere((ctx) => change(ctx, person.name));
    await within(1000, async () => (await person.send('GET', '/')).status === 401);
    assert.equal((await waiting.post('/.sallyport/sign-in/totp', { code: await waiting.code() })).status, 401);
    assert.equal(waiting.session, undefined);
    assert.equal((await person.post('/.sallyport/enrol/totp')).status, 401);
  });
}

test('a token that an app holds already is dead within a minute', async () => {
  const { sally } = on;
  await sally.send('GET', '/', { cookie: await sally.session('carol') });
  const { exp = Number.POSITIVE_INFINITY, iat = 0 } = decodeJwt(
    sally.upstream.requests[0]?.all('sallyport-assertion')[0] ?? '',
  );
  assert.ok(exp - iat <= 60);
});
