import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests } from '../support/login-app-bound.ts';
import { rawSocket } from '../support/raw.ts';
import { answerAtEnd } from '../support/upstream.ts';

const BODY = ['rewrite: { location: true, body: ["http://inner.test:8081"] }'];
const PATIENCE_MS = 2500;

boundTests(
  (on) => {
    for (const [why, site, signedIn] of [
      ['it is mapped', 'portal', true],
      ['the app has still to be asked whose cookies there are', 'plain', false],
    ] as const)
      test(`a client that waits for 100 Continue gets it before its body is read, where ${why}`, async () => {
        const bob = await on.signer('bob', site);
        await (signedIn ? bob.arrive() : bob.signIn().then(() => bob.loginPage()));
        const end = answerAtEnd(() => 'kept');
        on.app.upstream.on('/settings', end);
        const { host, cookie, origin } = bob;
        const type = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
        const headers = [type, ['Expect', '100-continue']] as const;
        const request = on.sally.request('POST', '/settings', { host, cookie, origin, body: 'a=1', headers });
        const head = request.indexOf('\r\n\r\n') + 4;
        const socket = await rawSocket(on.sally.port);
        let got = '';
        const until = async (what: RegExp): Promise<void> => {
          for (const from = performance.now(); !what.test(got); ) {
            assert.ok(performance.now() - from < PATIENCE_MS, `${what} did not come, but ${got}`);
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        };
        socket.on('data', (chunk) => {
          got += chunk.toString('latin1');
        });
        socket.write(request.slice(0, head));
        await until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
        socket.write(request.slice(head));
        await until(/HTTP\/1\.1 200 OK[\s\S]*kept$/);
        socket.destroy();
        assert.equal(got.split('100 Continue').length, 2, 'once');
        const arrived = on.app.upstream.requests.find(({ target }) => target === '/settings');
        assert.deepEqual(arrived?.all('content-length'), ['3']);
        assert.deepEqual(arrived?.all('transfer-encoding'), []);
      });
  },
  { portal: { order: 'factor-first', preset: { more: BODY } }, plain: { order: 'factor-first' } },
);
