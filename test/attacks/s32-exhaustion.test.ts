import assert from 'node:assert/strict';
import test from 'node:test';
import { FORM } from '../support/login-app-attempts.ts';
import { boundTests } from '../support/login-app-bound.ts';
import { rawSocket } from '../support/raw.ts';
import { answer, download } from '../support/upstream.ts';

const SITES = { portal: { order: 'factor-first' }, front: { order: 'login-first' } } as const;

boundTests((on) => {
  test('300 logins broken off half-way hold nothing up', async () => {
    const alice = await on.signer('alice', 'front');
    const csrf = await alice.loginPage();
    const body = `csrf=${csrf}&username=alice&password=x`;
    const head = `POST /login HTTP/1.1\r\nHost: ${alice.host}\r\nOrigin: ${alice.origin}\r\nCookie: ${alice.cookie}\r\nContent-Type: ${FORM}\r\nContent-Length: ${body.length}\r\n\r\n`;
    on.faults.slowMs = 20;
    const sockets = await Promise.all(Array.from({ length: 300 }, () => rawSocket(on.sally.port)));
    for (const [n, socket] of sockets.entries()) socket.write(n % 2 === 0 ? head + body.slice(0, 10) : head + body);
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const socket of sockets) socket.destroy();
    on.faults.slowMs = 0;
    await alice.forgiven();
    const bob = await on.signer('bob', 'front');
    await bob.release();
    assert.match((await bob.page('/account')).body, /private page of bob/);
  });

  test('a login whose browser has gone away signs nobody in for whoever comes next with its cookies', async () => {
    const alice = await on.signer('alice', 'front');
    const csrf = await alice.loginPage();
    let go = (): void => {};
    on.app.until = new Promise<void>((resolve) => {
      go = () => resolve();
    });
    const body = new URLSearchParams({ csrf, username: 'alice', password: alice.password }).toString();
    const socket = await rawSocket(on.sally.port);
    socket.write(
      `POST /login HTTP/1.1\r\nHost: ${alice.host}\r\nOrigin: ${alice.origin}\r\nCookie: ${alice.cookie}\r\nContent-Type: ${FORM}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await on.app.upstream.until(() => on.app.as('alice').length > 0);
    socket.destroy();
    go();
    await new Promise((resolve) => setTimeout(resolve, 200));
    on.app.served.length = 0;
    on.app.until = null;
    await alice.page('/login');
    assert.notEqual((await alice.page('/account')).status, 200);
    assert.deepEqual(on.app.as('alice'), []);
    await alice.release();
    assert.match((await alice.page('/account')).body, /private page of alice/);
  });

  test('an answer of more than 256 kB is not held, an endless one is not read on', async () => {
    const alice = await on.signer('alice', 'front');
    const sent = { bytes: 0 };
    for (const [name, make] of [
      ['too much', answer('x'.repeat(257 * 1024), '302 Found', ['Location: /account'])],
      ['a gigabyte', download(1 << 30, sent)],
    ] as const) {
      on.app.answers = () => make;
      const got = await alice.login();
      assert.ok([413, 502].includes(got.status), `${name}: ${got.status}`);
      assert.equal(alice.pending, undefined, name);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(sent.bytes < 32 << 20, `${sent.bytes} bytes were taken`);
    on.app.answers = (_, fields) => answer('y'.repeat(250 * 1024), '302 Found', [...fields, 'Location: /account']);
    const released = await alice.release();
    assert.equal(released.body.length, 250 * 1024);
  });

  test('cookies without number or measure do not fill the jar', async () => {
    const alice = await on.signer('alice', 'portal');
    await alice.arrive();
    for (let round = 0; round < 20; round += 1) {
      on.app.noise = Array.from({ length: 100 }, (_, n) => `Set-Cookie: r${round}n${n}=${'v'.repeat(60)}; Path=/`);
      await alice.page('/account');
    }
    on.app.noise = [`Set-Cookie: big=${'b'.repeat(12_000)}; Path=/`];
    await alice.page('/account');
    on.app.noise = [];
    on.app.upstream.clear();
    const got = await alice.page('/account');
    const sent = on.app.upstream.requests.at(-1)?.all('cookie').join('; ').length ?? 0;
    assert.ok(sent < 64 * 1024, `${sent} bytes of cookies`);
    // A request of the person’s goes on, signed in or led to the app’s login; the app’s cookies cannot shut her out.
    assert.ok([200, 302, 303].includes(got.status), String(got.status));
    assert.equal((await alice.send('GET', '/.sallyport/session')).status, 200);
  });
}, SITES);
