import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFull, everything, Faults } from '../support/faults.ts';
import { Person } from '../support/person.ts';
import { rawSocket } from '../support/raw.ts';
import { startSallyport } from '../support/sallyport.ts';
import { assertShut, statusOf, until } from '../support/shut.ts';

test('every call fails: everything is refused, and it works again when they succeed', async (t) => {
  const faults = new Faults();
  const sally = await startSallyport({ store: faults.wrap });
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  assert.equal(await statusOf(sally, cookie), 200);
  faults.broken = everything;
  assert.equal(await statusOf(sally, '__Host-sallyport=unknown'), 503, 'whoever has to be asked for');
  // The trial that is made every five seconds finds out for everybody.
  await until(async () => (await sally.send('GET', '/.sallyport/health')).status === 503);
  await assertShut(sally, cookie);
  faults.broken = null;
  await sally.healthy();
  assert.equal(await statusOf(sally, cookie), 200);
});

test('a full disk: nobody signs in, no session is admitted for the first time, and then everything is refused', async (t) => {
  const faults = new Faults();
  const sally = await startSallyport({ store: faults.wrap });
  t.after(() => sally.close());
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  await sally.advance(60_000);
  const fresh = await sally.session('bob');
  sally.upstream.clear();
  faults.broken = diskFull;
  const again = alice.elsewhere();
  assert.equal((await again.begin()).status, 503);
  assert.equal(again.pending, undefined);
  assert.equal(await statusOf(sally, fresh), 503, 'its first admission cannot be put on record');
  await until(async () => (await sally.send('GET', '/.sallyport/health')).status === 503);
  await assertShut(sally, alice.cookie);
  faults.broken = null;
  await sally.healthy();
  await again.signIn();
  assert.equal(await statusOf(sally, fresh), 200);
});

test('the record cannot be written: nothing happens that would have to be on it', async (t) => {
  const faults = new Faults();
  const sally = await startSallyport({ store: faults.wrap });
  t.after(() => sally.close());
  const alice = new Person(sally, 'alice');
  const ticket = await alice.invited();
  const bob = new Person(sally, 'bob');
  await bob.enrol();
  await sally.advance(60_000);
  const fresh = await sally.session('carol');
  sally.upstream.clear();
  const pending = bob.elsewhere();
  await pending.begin();
  faults.broken = (call) => call === 'audit.append';
  assert.equal(await statusOf(sally, fresh), 503);
  assert.equal((await alice.post('/.sallyport/enrol', { ticket })).status, 503);
  assert.equal((await pending.post('/.sallyport/sign-in/totp', { code: await pending.code() })).status, 503);
  assert.equal(pending.session, undefined);
  assert.equal((await bob.elsewhere().begin()).status, 503);
  sally.upstream.silent();
  faults.broken = null;
  await sally.healthy();
  // Rolled back as a whole: the ticket and the sign-in are still good.
  await alice.enrol(ticket);
  await pending.expect(200, pending.post('/.sallyport/sign-in/totp', { code: await pending.code() }));
});

test('a store that takes 300 ms for everything is slow, not open', async (t) => {
  const faults = new Faults();
  const sally = await startSallyport({ store: faults.wrap, realm: 'app' });
  t.after(() => sally.close());
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  await sally.advance(60_000);
  const bob = await sally.session('bob');
  sally.upstream.clear();
  faults.slowMs = 300;
  const sent = ['', '__Host-sallyport=unknown', `__Host-sallyport=${alice.session?.replace(/.$/, '')}`].map((cookie) =>
    sally.send('GET', '/', { cookie, deadlineMs: 4000 }),
  );
  assert.deepEqual(
    (await Promise.all(sent)).map((answer) => answer.status),
    [401, 401, 401],
  );
  sally.upstream.silent();
  // Ended while its first request waits for the store.
  const first = sally.send('GET', '/', { cookie: bob });
  await sleep(100);
  await sally.app.store.sessions.end({ by: 'account', accountId: 'id-bob' }, 'test', sally.clock.now());
  await first;
  assert.equal(await statusOf(sally, bob), 401);
  // One code, several at once: one session. (A transaction of twelve calls at 300 ms would only take the test's time.)
  faults.slowMs = 40;
  const code = await alice.code();
  const others = Array.from({ length: 5 }, () => alice.elsewhere());
  await Promise.all(others.map((other) => other.begin()));
  const answers = await Promise.all(
    others.map((other) => other.post('/.sallyport/sign-in/totp', { code }, { deadlineMs: 9000 })),
  );
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
});

test('the client leaves while a slow store is asked: nothing is opened towards the app', async (t) => {
  const faults = new Faults();
  const sally = await startSallyport({ store: faults.wrap });
  t.after(() => sally.close());
  const cookies = await Promise.all(Array.from({ length: 50 }, (_, i) => sally.session(`user${i}`)));
  faults.slowMs = 200;
  for (const cookie of cookies) {
    const socket = await rawSocket(sally.port);
    socket.write(`POST /a HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nContent-Length: 10\r\n\r\n`);
    setTimeout(() => socket.destroy(), 50);
  }
  await sleep(900);
  sally.upstream.silent();
  faults.slowMs = 0;
  assert.equal(await statusOf(sally, cookies[0] ?? ''), 200);
});
