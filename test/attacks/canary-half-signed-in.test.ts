import assert from 'node:assert/strict';
import test from 'node:test';
import { canonicalName } from '../../src/accounts/name.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { carryNobodys, NOBODYS_NAME } from '../../src/login/carried.ts';
import { GETS, POSTS } from '../support/addresses.ts';
import { Person } from '../support/person.ts';
import { PENDING, SESSION, startSallyport } from '../support/sallyport.ts';

const TARGETS = ['/', '/admin', '/favicon.ico', '/.well-known/x', '/api/v1/users', '/unknown?x=1'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'QUERY'];

for (const realm of ['local', 'app'] as const)
  test(`the sign-in that the canary comes with waits, and is good for nothing: no address, no method, no factor of anybody (${realm})`, async (t) => {
    const sally = await startSallyport({ host: 'portal.localhost', realm });
    t.after(() => sally.close());
    const [app] = sally.config.apps;
    assert.ok(app !== undefined);
    const alice = new Person(sally, 'alice');
    await alice.enrol();
    const { seal } = sally.app;
    // A new one each time: codes take time, and it would be over.
    const value = () => carryNobodys({ seal, random: systemRandom, clock: sally.clock }, { app, source: 'canary' });
    const cookie = () => `${PENDING}=${value()}`;
    // It is true: the second step is tried, and refused as wrong; what is none is over.
    const tryCode = async (code: string, with_: string) =>
      sally.send('POST', '/.sallyport/sign-in/totp', { cookie: with_, json: { code } });
    const tried = await tryCode(await alice.code(), cookie());
    assert.match(tried.body, /"code":"wrong-credentials"/);
    const none = await tryCode('123456', `${PENDING}=${value().slice(0, -4)}AAAA`);
    assert.doesNotMatch(none.body, /"code":"wrong-credentials"/);
    const sessions = async () => (await sally.audit('session.open')).length;
    const before = await sessions();
    sally.upstream.clear();
    const gives = (all: readonly string[]) =>
      all.filter((each) => each.startsWith(SESSION) && !each.startsWith(PENDING));
    const opens = (all: readonly string[]) => gives(all).filter((each) => /^__Host-sallyport(-\d+)?=[^;]/.test(each));
    for (const carried of [cookie, () => `${SESSION}=${value()}`, () => `${cookie()}; ${SESSION}=${value()}`]) {
      for (const target of TARGETS)
        for (const method of METHODS) {
          const answer = await sally.send(method, target, { cookie: carried() });
          assert.ok(answer.status === 401 || answer.status === 405, `${method} ${target}: ${answer.status}`);
        }
      const upgrade = await sally.raw(
        sally
          .request('GET', '/ws', {
            cookie: carried(),
            headers: [
              ['Origin', sally.origin],
              ['Upgrade', 'websocket'],
              ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
              ['Sec-WebSocket-Version', '13'],
            ],
          })
          .replace('Connection: close', 'Connection: Upgrade'),
      );
      assert.match(upgrade.text, /^HTTP\/1\.1 401 /);
      for (const target of GETS) {
        const answer = await sally.send('GET', target, { cookie: carried() });
        assert.deepEqual(opens(answer.all('set-cookie')), [], target);
      }
      for (const target of POSTS)
        for (const json of [{}, { code: await alice.code() }, { code: alice.wrongCode() }, { account: 'alice' }]) {
          const answer = await sally.send('POST', target, { cookie: carried(), json });
          assert.deepEqual(opens(answer.all('set-cookie')), [], `${target} ${JSON.stringify(json)}: ${answer.status}`);
        }
    }
    assert.equal((await sally.send('GET', '/.sallyport/session', { cookie: cookie() })).status, 401);
    assert.equal(await sessions(), before);
    sally.upstream.silent();
  });

test('no account can have the name that the canary’s sign-in is of, in any realm', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const [app] = sally.config.apps;
  assert.ok(app !== undefined);
  for (const unicode of [false, true])
    for (const typed of [
      NOBODYS_NAME,
      `CORP\\${NOBODYS_NAME}`,
      `${NOBODYS_NAME}@corp.test`,
      NOBODYS_NAME.toUpperCase(),
    ])
      assert.equal(canonicalName(typed, { ...app.realm, unicode }), undefined, typed);
  assert.equal(await sally.app.store.accounts.byName('staff', NOBODYS_NAME), undefined);
});
