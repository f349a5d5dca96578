import assert from 'node:assert/strict';
import test from 'node:test';
import { disableAccount, removeAuthenticator, revokeSessions } from '../support/manage.ts';
import { Person } from '../support/person.ts';
import { type Sallyport, SESSION, startSallyport } from '../support/sallyport.ts';
import { postgres } from '../support/stores.ts';

/** Asks until it is refused. A request that is under way at that very moment is cut without an answer. */
async function refusedSoon(sally: Sallyport, cookie: string): Promise<number> {
  const began = performance.now();
  const request = sally.request('GET', '/', { cookie });
  while (performance.now() - began < 3000) {
    if ((await sally.raw(request)).text.startsWith('HTTP/1.1 401')) return performance.now() - began;
  }
  throw new Error('the session still works three seconds after it ended');
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: what one process revokes, disables, removes or regroups holds in the other within a second`, async (t) => {
    const database = kind === 'postgres' ? { postgres: await (await postgres()).migrated() } : {};
    const rules = ['    rules: [{ path: /ops/**, groups: [ops] }]'];
    const first = await startSallyport({ ...database, app: rules });
    const second = await startSallyport({
      ...database,
      app: rules,
      data: first.data,
      upstream: first.upstream,
      clock: first.clock,
    });
    try {
      const ways: readonly (readonly [string, (person: Person) => Promise<unknown>])[] = [
        ['signed out elsewhere', (person) => person.post('/.sallyport/sign-out')],
        ['revoked', (person) => revokeSessions(first.manage, { by: 'account', account: person.name })],
        ['disabled', (person) => disableAccount(first.manage, person.name)],
        ['factor removed', async (person) => removeFactor(first, person.name)],
      ];
      for (const [i, [name, end]] of ways.entries()) {
        const person = new Person(first, `person${i}`);
        await person.enrol();
        const cookie = `${SESSION}=${person.session}`;
        assert.equal((await second.send('GET', '/', { cookie })).status, 200, name);
        await end(person);
        const ms = await refusedSoon(second, cookie);
        t.diagnostic(`${name}: refused by the other process after ${Math.round(ms)} ms`);
        assert.ok(ms < 1000, `${name}: ${ms} ms`);
        second.upstream.clear();
        assert.equal((await second.send('GET', '/', { cookie })).status, 401);
        assert.equal((await first.send('GET', '/', { cookie })).status, 401);
        second.upstream.silent();
      }
      await regroup(first, second);
    } finally {
      await second.close();
      await first.close();
    }
  });
}

async function removeFactor(sally: Sallyport, name: string): Promise<void> {
  const account = await sally.app.store.accounts.byName('staff', name);
  const rows = await sally.app.store.authenticators.ofAccount(account?.id ?? '');
  await removeAuthenticator(sally.manage, rows.find((row) => row.kind === 'totp')?.id ?? '');
}

async function regroup(first: Sallyport, second: Sallyport): Promise<void> {
  const person = new Person(first, 'grouped');
  await person.enrol(await person.invited(['ops']));
  const cookie = `${SESSION}=${person.session}`;
  assert.equal((await second.send('GET', '/ops/x', { cookie })).status, 200);
  const account = await first.app.store.accounts.byName('staff', 'grouped');
  await first.app.store.accounts.update(account?.id ?? '', { groups: [] });
  const began = performance.now();
  const request = second.request('GET', '/ops/x', { cookie });
  for (let answer = ''; !answer.startsWith('HTTP/1.1 403'); ) {
    const asked = performance.now() - began;
    assert.ok(asked < 10_000, 'never refused for its group');
    // Cut without an answer where it was under way at that very moment.
    answer = (await second.raw(request)).text;
    const served = answer.startsWith('HTTP/1.1 200');
    assert.ok(!served || asked < 1000, 'the group still counts for what is asked a second later');
  }
  assert.equal((await second.send('GET', '/', { cookie })).status, 200);
}
