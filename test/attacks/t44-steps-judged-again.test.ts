import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests } from '../support/login-app-bound.ts';
import { parseAnswer, rawSocket } from '../support/raw.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 500));

boundTests(
  (on) => {
    const groups = async (name: string, of: readonly string[]): Promise<void> => {
      const account = await on.sally.app.store.accounts.byName('staff', name);
      await on.sally.app.store.accounts.update(account?.id ?? '', { groups: of });
      await soon();
    };

    test('a sign-in at the app whose body comes after its rule has shut the person out is not sent', async () => {
      const alice = await on.signer('alice');
      await groups('alice', ['ops']);
      await alice.signIn();
      const form = { csrf: await alice.loginPage(), username: 'alice', password: alice.password };
      const { host, origin, cookie } = alice;
      const text = on.sally.request('POST', '/login', { host, origin, cookie, form });
      const body = text.indexOf('\r\n\r\n') + 9;
      const socket = await rawSocket(on.sally.port);
      let got = '';
      socket.on('data', (chunk) => {
        got += chunk.toString('latin1');
      });
      socket.write(text.slice(0, body), 'latin1');
      await soon();
      await groups('alice', []);
      assert.equal((await alice.send('GET', '/login')).status, 403);
      on.app.upstream.clear();
      socket.write(text.slice(body), 'latin1');
      await soon();
      socket.destroy();
      on.app.upstream.silent();
      assert.equal(parseAnswer(got).status, 403);
    });
  },
  { portal: { order: 'factor-first', lines: ['    rules: [{ path: /login, groups: [ops] }]'] } },
);
