import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import type { Desk } from '../support/stage.ts';
import { arrives, refusals, stagedTests } from '../support/staged.ts';

const staged = stagedTests();

/** The same Sallyport at another port of the same machine. */
async function relay(port: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A cast: a TCP server that listens has an AddressInfo.
  return { server, port: (server.address() as AddressInfo).port };
}

/** What a script that is in the page could do by itself: ask for options, for an answer, and send it. */
async function forced(desk: Desk, challengeFrom?: string): Promise<unknown> {
  return await desk.page.evaluate(`(async () => {
    const given = ${JSON.stringify(challengeFrom ?? null)};
    const headers = { 'Content-Type': 'application/json' };
    const post = (path, body) => fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    const path = '/.sallyport/sign-in/passkey';
    const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    try {
      const challenge = given ?? (await (await post(path + '/options', { start: 'yes' })).json()).challenge;
      const publicKey = { challenge: bytes(challenge), rpId: 'localhost', userVerification: 'required' };
      const key = await navigator.credentials.get({ publicKey });
      const answer = await post(path, { response: key.toJSON(), start: 'yes' });
      return [answer.status, (await answer.json()).code];
    } catch (error) {
      return error.name;
    }
  })()`);
}

staged(
  'at another port, which is another origin, no passkey is offered, and one that answers opens nothing',
  async (stage) => {
    const { server, port } = await relay(stage.sally.port);
    try {
      await stage.desk(async (desk) => {
        await desk.plug();
        await desk.enrolKey('ada');
        await desk.signOut();
        stage.sally.upstream.clear();
        await desk.page.goto(`http://localhost:${port}/.sallyport/sign-in`);
        await desk.at('Sign in');
        assert.equal(await desk.page.locator('[data-ceremony]').count(), 0);
        assert.equal(await desk.page.getAttribute('#account', 'autocomplete'), 'username');
        // The browser binds passkeys to the host whatever the port, so only the server can tell.
        assert.deepEqual(await forced(desk), [401, 'passkey-refused']);
        assert.deepEqual(await refusals(stage, 'sign-in.second'), ['origin']);
        await desk.page.goto(`http://localhost:${port}/`);
        await desk.at('Sign in');
        stage.sally.upstream.silent();
      });
    } finally {
      server.close();
    }
  },
);

staged(
  'at a host name that the passkeys are not bound to the browser runs no ceremony',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug();
      await desk.enrolKey('ada');
      await desk.signOut();
      stage.sally.upstream.clear();
      await desk.page.goto(`${stage.origin.replace('localhost', '127.0.0.1')}/.sallyport/sign-in`);
      await desk.at('Sign in');
      assert.equal(await desk.page.locator('[data-ceremony]').count(), 0);
      assert.equal(await forced(desk, 'c29tZXRoaW5nIGVsc2UgZW50aXJlbHk'), 'SecurityError');
      // With a name and a password people get on by another way.
      await desk.page.fill('#account', 'ada');
      await desk.page.fill('#password', 'eleven quiet lighthouses');
      await desk.press('Continue');
      await desk.at('Use a recovery code');
      assert.equal(await desk.page.getByRole('link', { name: 'Use a passkey' }).count(), 0);
      stage.sally.upstream.silent();
      // The password was right, so they may know where their passkey works, and it leads to what they wanted.
      await desk.page.getByText('Passkeys do not work at this address.').waitFor();
      await desk.page.getByRole('link', { name: stage.origin }).click();
      // Suggested beside the name field, where this device says yes by itself.
      await arrives(desk, '/');
    });
  },
  { hosts: ['localhost', '127.0.0.1'] },
);

staged(
  'an account whose passkey works at another app of its realm is told where, and adds there what works here',
  async (stage) => {
    const here = stage.origin.replace('localhost', '127.0.0.1');
    await stage.desk(async (desk) => {
      await desk.plug();
      await desk.enrolKey('ada');
      await desk.signOut();
      await desk.page.goto(`${here}/.sallyport/sign-in?next=%2Freports`);
      assert.equal(await desk.page.getByText(stage.origin).count(), 0, 'a stranger is told nothing');
      await desk.page.fill('#account', 'ada');
      await desk.page.fill('#password', 'eleven quiet lighthouses');
      await desk.press('Continue');
      await desk.at('Use a recovery code');
      await desk.page.getByText('Your passkey works at another address.').waitFor();
      await desk.page.getByRole('link', { name: stage.origin }).click();
      await desk.at('Your account');
      await desk.press('Add a way to sign in');
      await desk.press('Set up an authenticator app');
      const secret = await desk.scan();
      await desk.at('Added');
      await stage.sally.advance(60_000);
      stage.sally.upstream.clear();
      await desk.page.goto(`${here}/reports`);
      await desk.page.fill('#account', 'ada');
      await desk.page.fill('#password', 'eleven quiet lighthouses');
      await desk.press('Continue');
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Sign in');
      await desk.at('The app');
      assert.equal(desk.page.url(), `${here}/reports`);
    });
  },
  {
    apps: ['  numbers:', '    hosts: [127.0.0.1]', '    upstream: http://127.0.0.1:9', '    realm: staff'],
  },
);

staged(
  'what wants a passkey says at an address without passkeys where to open it, and has no button that could not work',
  async (stage) => {
    const here = stage.origin.replace('localhost', '127.0.0.1');
    await stage.desk(async (desk) => {
      await desk.page.goto(`${here}/.sallyport/enrol/${await stage.ticket('ada')}`);
      await desk.press('Start');
      for (const field of ['#password', '#again']) await desk.page.fill(field, 'eleven quiet lighthouses');
      await desk.press('Continue');
      await desk.scan();
      await desk.at('Your first way to sign in is ready');
      await desk.finish(/just one way/);
      await desk.page.goto(`${here}/vault/a?b=1`);
      await desk.at('You need a passkey here');
      assert.equal(await desk.page.locator('[data-ceremony]').count(), 0);
      const link = desk.page.getByRole('link', { name: stage.origin });
      assert.equal(await link.getAttribute('href'), `${stage.origin}/vault/a?b=1`);
    });
  },
  { hosts: ['localhost', '127.0.0.1'], app: ['    rules: [{ path: /vault/**, require: passkey }]'] },
);

staged('a challenge that another browser was given is worth nothing in this one', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug();
    await desk.enrolKey('ada');
    await desk.signOut();
    stage.sally.upstream.clear();
    await stage.desk(async (other) => {
      await other.go('/.sallyport/sign-in');
      const challenge = await other.page.evaluate(`fetch('/.sallyport/sign-in/passkey/options', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"start":"yes"}',
      }).then((answer) => answer.json()).then((options) => options.challenge)`);
      // A page of ours without a ceremony of its own.
      await desk.go('/.sallyport/signed-out');
      assert.deepEqual(await forced(desk, String(challenge)), [401, 'passkey-refused']);
      assert.deepEqual(await refusals(stage, 'sign-in.second'), ['challenge']);
      stage.sally.upstream.silent();
    });
  });
});

staged('a page of somebody else that frames ours gets no ceremony', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug();
    await desk.enrolKey('ada');
    await desk.signOut();
    stage.sally.upstream.clear();
    await desk.page.route('http://evil.localhost/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe src="${stage.origin}/.sallyport/sign-in" allow="publickey-credentials-get *"></iframe>`,
      }),
    );
    await desk.page.goto('http://evil.localhost/');
    const frame = desk.page.frames()[1];
    assert.ok(frame !== undefined);
    await frame.waitForLoadState();
    assert.equal(await frame.locator('form').count(), 0);
    stage.sally.upstream.silent();
  });
});

staged(
  'other origins find at the domain which of them may use its passkeys; without a session, and nothing else',
  async (stage) => {
    await stage.desk(async (desk) => {
      const shown = await desk.page.goto(`${stage.origin}/.well-known/webauthn`);
      assert.equal(shown?.status(), 200);
      assert.equal(shown?.headers()['content-type'], 'application/json');
      assert.deepEqual(await shown?.json(), { origins: ['https://portal.example.org', stage.origin] });
      stage.sally.upstream.silent();
      await desk.go('/.well-known/webauthn/x');
      await desk.at('Sign in');
      stage.sally.upstream.silent();
    });
  },
  { realmLines: 'passkeys: { id: localhost, related: [https://portal.example.org] }' },
);
