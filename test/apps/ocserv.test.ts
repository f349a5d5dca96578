import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { keptNothing, onlyMine, refusedInSilence, sentCookies } from './attacks.ts';
import { enrolled, presetHolds } from './checks.ts';
import { Client, get } from './client.ts';
import { spellingsOf } from './decoys.ts';
import { type Guarded, startGuarded } from './guarded.ts';
import { ocserv, reply, sent, TAKING } from './products/ocserv.ts';
import type { Visitor } from './visitor.ts';

const { mine, other } = ocserv;

describe('ocserv', () => {
  let guarded: Guarded;
  let alice: Visitor;
  let bob: Visitor;
  before(async () => {
    guarded = await startGuarded(ocserv);
    alice = await enrolled(guarded, mine.name);
    bob = await enrolled(guarded, other.name);
  });
  after(() => guarded?.stop());
  const known = (): readonly string[] => ocserv.witness?.(guarded.folder) ?? [];

  const init =
    '<?xml version="1.0"?><config-auth client="vpn" type="init"><version who="vpn">v9</version></config-auth>';

  /** As its client does it: it begins, and sends the name and then the password. The last answer. */
  async function signIn(at = '/auth', password = mine.password) {
    assert.match((await alice.ask(sent(at, init))).body, /name="username"/);
    const asked = await alice.ask(sent(at, reply('username', mine.name)));
    assert.match(asked.body, /<input type="password" name="password"/, `${asked.status} ${asked.body}`);
    return alice.ask(sent(at, reply('password', password)));
  }

  test('whoever has no session gets nothing of it, by any body at any address', async () => {
    for (const ask of [...ocserv.sideDoors(mine), get('/'), get('/auth'), get('/VPN'), get('/1/index.html')])
      await refusedInSilence(new Client(guarded.first), ask);
    await refusedInSilence(new Client(guarded.first), sent('/auth', reply('password', mine.password)));
  });

  test('in a session its client’s beginning, name and password sign in, at each address', async () => {
    for (const [i, at] of TAKING.entries()) {
      const done = await signIn(at);
      assert.match(done.body, /<auth id="success">/, `${done.status} ${done.body}`);
      assert.deepEqual(
        known(),
        Array.from({ length: i + 1 }, () => mine.name),
      );
    }
  });

  test('a wrong password fails as at the product itself, and the right one signs in afterwards', async () => {
    const { length } = known();
    const failed = await signIn('/auth', 'not this one');
    assert.ok(ocserv.failed(failed), failed.body);
    assert.equal(known().length, length);
    assert.equal((await alice.ask(sent('/auth', init))).status, 401);
    await alice.page('/logout');
    assert.match((await signIn()).body, /<auth id="success">/);
  });

  test('nobody else signs in there: any type, any form of the fields, split, at each address, in any state of the sign-in', async () => {
    const raw = (password: string, type: string) => sent('/VPN', `password=${encodeURIComponent(password)}`, type);
    for (const begin of [
      () => Promise.resolve(),
      signIn,
      () => alice.ask(sent('/auth', reply('username', mine.name))),
    ]) {
      await begin();
      for (const ask of ocserv.sideDoors(other)) await refusedInSilence(alice, ask);
      for (const type of ['text/plain', 'x/y', 'application/x-www-form-urlencoded', ''])
        await refusedInSilence(alice, raw(other.password, type));
    }
    for (const name of spellingsOf(other.name).filter((each) => !/[\0\r]/.test(each)))
      await refusedInSilence(alice, sent('/auth', reply('username', name)));
    onlyMine(guarded);
  });

  test('the tunnel, other methods and other spellings of its addresses are shut', async () => {
    const shut = [
      get('/CSCOSSLC/tunnel'),
      ...['/auth/', '/AUTH', '//auth', '/%61uth', '/vpn', '/VPN/', '/x/../VPN'].map((target) =>
        sent(target, reply('username', other.name)),
      ),
      ...['PUT', 'PATCH'].map((method) => ({ ...sent('/VPN', reply('username', other.name)), method })),
    ];
    for (const ask of shut) await refusedInSilence(alice, ask);
  });

  test('its session is in no browser, and worth nothing to whoever has it', async () => {
    const { relay } = guarded.first;
    await alice.page('/logout');
    const since = relay.requests.length;
    await signIn();
    await alice.page('/');
    const session = [...sentCookies(guarded.first, since)].filter(([name]) => ocserv.sessionCookies?.test(name));
    assert.ok(session.some(([name]) => name === 'webvpncontext'));
    const { length } = relay.requests;
    const own = [...bob.cookies].map((pair) => pair.join('=')).join('; ');
    const stolen = session.map((pair) => pair.join('=')).join('; ');
    for (const cookies of [stolen, `${own}; ${stolen}`, `${stolen}; ${own}`])
      await new Client(guarded.first).ask(get('/', [['Cookie', cookies]]));
    for (const request of relay.requests.slice(length))
      for (const [name, value] of session)
        assert.ok(!request.head.includes(value), `${name} went along: ${request.head}`);
    for (const browser of [alice, bob]) keptNothing(browser, ocserv);
  });

  test('a sign-out here ends everything', async () => {
    const before = new Map(alice.cookies);
    await alice.own('/.sallyport/sign-out');
    for (const [name, value] of before) alice.cookies.set(name, value);
    for (const ask of [get('/'), sent('/auth', reply('username', mine.name))]) await refusedInSilence(alice, ask);
    onlyMine(guarded);
  });

  test('preset test holds on the product, sent as the proxy sends', () => presetHolds(guarded));
});
