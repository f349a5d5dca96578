import assert from 'node:assert/strict';
import type { Desk, Stage } from '../support/stage.ts';
import { arrives, evidence, refusals, rewriteOptions, stagedTests, told } from '../support/staged.ts';
import { answer } from '../support/upstream.ts';

const staged = stagedTests();
const MINUTES = 60_000;
const RULES = {
  app: ['    rules: [{ path: /pay/**, max_age: 5m }, { path: /vault/**, require: passkey, max_age: 5m }]'],
};
const FORM = '<!doctype html><title>App</title><link rel="icon" href="data:,"><h1>The app</h1>';

/** With the app alone, and in. */
async function withApp(desk: Desk): Promise<string> {
  await desk.invited('ada');
  await desk.press('Set up an authenticator app');
  const secret = await desk.scan();
  await desk.at('Your first way to sign in is ready');
  await desk.finish(/just one way/);
  desk.stage.sally.upstream.clear();
  return secret;
}

async function withKey(desk: Desk): Promise<string> {
  const device = await desk.plug({ transport: 'usb' });
  await desk.enrolKey('ada');
  desk.stage.sally.upstream.clear();
  return device;
}

async function opens(desk: Desk, path: string): Promise<void> {
  await desk.go(path);
  await arrives(desk, path);
}

/** Time passes, without a session going idle. */
async function passes(stage: Stage, minutes: number): Promise<void> {
  await stage.sally.advance(minutes * MINUTES);
  stage.sally.upstream.clear();
}

staged(
  'a page that wants a factor of the last minutes asks for a code in place, and is there afterwards',
  async (stage) => {
    await stage.desk(async (desk) => {
      const secret = await withApp(desk);
      await opens(desk, '/pay/1');
      await passes(stage, 6);
      await opens(desk, '/elsewhere');
      await desk.go('/pay/2?to=%C3%A9&n=1');
      await desk.at('Confirm it’s you');
      stage.sally.upstream.silent();
      await desk.page.fill('#code', '000000');
      await desk.press('Confirm');
      await desk.page.locator('#code-error').waitFor();
      stage.sally.upstream.silent();
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Confirm');
      await arrives(desk, '/pay/2?to=%C3%A9&n=1');
      await opens(desk, '/pay/3');
    });
  },
  RULES,
);

staged(
  'whoever has a passkey confirms with it; a cancelled confirmation leaves the session as it was',
  async (stage) => {
    await stage.desk(async (desk) => {
      const device = await withKey(desk);
      await passes(stage, 6);
      await desk.go('/vault/a?b=1');
      await desk.at('Confirm it’s you');
      await desk.touches(device, false);
      await rewriteOptions(desk, (options) => {
        options.timeout = 300;
      });
      await desk.press('Use passkey');
      await told(desk, 'Nothing has changed');
      stage.sally.upstream.silent();
      await opens(desk, '/elsewhere');
      await desk.touches(device, true);
      await desk.go('/vault/a?b=1');
      await desk.press('Use passkey');
      await arrives(desk, '/vault/a?b=1');
      await passes(stage, 6);
      await desk.go('/pay/1');
      await desk.at('Confirm it’s you');
      const link = desk.page.getByRole('link', { name: 'Use a passkey' });
      if ((await link.count()) > 0) await link.click();
      stage.sally.upstream.silent();
      await desk.press('Use passkey');
      await arrives(desk, '/pay/1');
    });
  },
  RULES,
);

staged(
  'a code, however new, does not open what wants a passkey; who has both is asked for the passkey alone',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug({ transport: 'usb' });
      await desk.invited('ada');
      await desk.press('Set up a passkey');
      await desk.at('Your first way to sign in is ready');
      await desk.press('Add an authenticator app as well');
      const secret = await desk.scan();
      await desk.at('You are all set up');
      await desk.finish(/Show my recovery codes/);
      await desk.signOut();
      await passes(stage, 1);
      await desk.first('ada', '/vault/a');
      await desk.at('Enter your code');
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Sign in');
      await desk.at('Confirm it’s you');
      stage.sally.upstream.silent();
      assert.equal(await desk.page.getByRole('link', { name: /Use a code/ }).count(), 0);
      await desk.press('Use passkey');
      await arrives(desk, '/vault/a');
      assert.deepEqual(await evidence(desk), ['hwk', 'mfa', 'otp', 'pwd', 'user']);
    });
  },
  RULES,
);

staged(
  'an account without a passkey is told how to add one, and gets in with it',
  async (stage) => {
    await stage.desk(async (desk) => {
      await withApp(desk);
      await desk.go('/vault/a');
      await desk.at('You need a passkey here');
      await desk.page.getByText('You do not have a passkey yet.').waitFor();
      assert.equal(await desk.page.locator('[data-ceremony]').count(), 0, 'nothing to confirm with');
      await desk.plug();
      await desk.press('Add a passkey');
      await desk.press('Set up a passkey');
      await desk.at('Added');
      stage.sally.upstream.silent();
      await desk.press('Finish');
      // On to what was wanted, without a word of how to get what is there now.
      await desk.at('Confirm it’s you');
      await desk.page.getByText('Add another passkey').waitFor();
      await desk.press('Use passkey');
      await arrives(desk, '/vault/a');
    });
  },
  RULES,
);

staged(
  'whoever has no passkey, and has used no factor just now, is asked for the one in hand before one can be added',
  async (stage) => {
    await stage.desk(async (desk) => {
      const secret = await withApp(desk);
      await passes(stage, 6);
      await desk.plug();
      await desk.go('/vault/a');
      await desk.at('You need a passkey here');
      await desk.press('Add a passkey');
      await desk.at('Confirm it’s you');
      await desk.go('/.sallyport/enrol');
      await desk.at('Your account');
      assert.equal(await desk.page.getByText('Passkey', { exact: true }).count(), 0, 'nothing was begun');
      await desk.go('/vault/a');
      await desk.press('Add a passkey');
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Confirm');
      await desk.at('You need a passkey here');
      await desk.press('Add a passkey');
      await desk.press('Set up a passkey');
      await desk.at('Added');
      stage.sally.upstream.silent();
    });
  },
  RULES,
);

staged(
  'a passkey of somebody else, or a touch that would leave the session weaker, confirms nothing',
  async (stage) => {
    await stage.desk(async (desk) => {
      const own = await desk.plug({ transport: 'usb' });
      await desk.enrolKey('ada');
      await desk.signOut();
      stage.sally.upstream.clear();
      // Without the password: the key and who holds it are the two factors.
      await desk.go('/');
      await desk.press('Sign in with a passkey');
      await arrives(desk, '/');
      await passes(stage, 6);

      const { credentials } = await desk.cdp.send('WebAuthn.getCredentials', { authenticatorId: own });
      const id = Buffer.from(credentials[0]?.credentialId ?? '', 'base64').toString('base64url');
      await rewriteOptions(desk, (options) => {
        options.userVerification = 'discouraged';
        options.allowCredentials = [{ type: 'public-key', id }];
      });
      await desk.go('/vault/a');
      await desk.press('Use passkey');
      await desk.page.getByRole('alert').filter({ hasText: 'That passkey was not accepted.' }).waitFor();
      assert.deepEqual(await refusals(stage, 'sign-in.step-up'), ['verification']);
      stage.sally.upstream.silent();

      let stranger = '';
      await stage.desk(async (ben) => {
        const key = await ben.plug({ transport: 'usb' });
        await ben.enrolKey('ben');
        const kept = await ben.cdp.send('WebAuthn.getCredentials', { authenticatorId: key });
        const [credential] = kept.credentials;
        assert.ok(credential !== undefined);
        stranger = Buffer.from(credential.credentialId, 'base64').toString('base64url');
        const lent = await desk.plug({ transport: 'usb' });
        await desk.cdp.send('WebAuthn.addCredential', { authenticatorId: lent, credential });
      });
      stage.sally.upstream.clear();
      // The key that has nothing to say would otherwise be touched as soon as the other.
      await desk.touches(own, false);
      await desk.page.unroute('**/passkey/options');
      await rewriteOptions(desk, (options) => {
        options.allowCredentials = [{ type: 'public-key', id: stranger }];
      });
      await desk.go('/vault/a');
      await desk.press('Use passkey');
      await desk.page.getByRole('alert').filter({ hasText: 'That passkey was not accepted.' }).waitFor();
      assert.deepEqual((await refusals(stage, 'sign-in.step-up')).sort(), ['verification', 'wrong-account']);
      stage.sally.upstream.silent();
      await opens(desk, '/elsewhere');
      assert.deepEqual(await evidence(desk), ['hwk', 'mfa', 'user']);
    });
  },
  RULES,
);

staged(
  'a form that meets the rule is not sent; confirmed in another tab, it is sent once by loading the page again',
  async (stage) => {
    const { upstream } = stage.sally;
    const html = ['Content-Type: text/html; charset=utf-8'];
    upstream.on(
      '/pay/form',
      answer(
        `${FORM}<form method="post" action="/pay/now"><input name="sum"><button>Pay</button></form>`,
        '200 OK',
        html,
      ),
    );
    await stage.desk(async (desk) => {
      const secret = await withApp(desk);
      await desk.go('/pay/form');
      await desk.page.fill('input', '12 €');
      await passes(stage, 6);
      await desk.press('Pay');
      await desk.at('Please confirm it’s you');
      await desk.page.getByText('Nothing was sent.').waitFor();
      upstream.silent();
      const [tab] = await Promise.all([
        desk.context.waitForEvent('page'),
        desk.page.getByRole('link', { name: /^Confirm\s*\(opens/ }).click(),
      ]);
      await tab.fill('#code', stage.code(secret));
      await tab.getByRole('button', { name: 'Confirm' }).click();
      await tab.locator('h1', { hasText: 'The app' }).waitFor();
      upstream.clear();
      await desk.page.reload();
      await desk.at('The app');
      const [sent, ...others] = upstream.requests;
      assert.deepEqual([sent?.method, sent?.target, others.length], ['POST', '/pay/now', 0]);
      assert.equal(new URLSearchParams(sent?.body).get('sum'), '12 €');
    });
  },
  RULES,
);

staged(
  'a script of the app that meets the rule is told by a problem, never by a page of ours',
  async (stage) => {
    await stage.desk(async (desk) => {
      await withKey(desk);
      await opens(desk, '/elsewhere');
      await passes(stage, 6);
      for (const path of ['/pay/api', '/vault/api']) {
        const heard = await desk.page.evaluate(`fetch('${path}', { method: 'POST', body: '{}' }).then(async (a) => [
          a.status, a.redirected, a.headers.get('content-type'), (await a.json()).code])`);
        assert.deepEqual(heard, [403, false, 'application/problem+json; charset=utf-8', 'step-up-required'], path);
      }
      stage.sally.upstream.silent();
    });
  },
  RULES,
);

staged('a change of the ways to sign in wants a factor of the last minutes, asked for in place', async (stage) => {
  await stage.desk(async (desk) => {
    await withKey(desk);
    await passes(stage, 6);
    await desk.go('/.sallyport/account');
    await desk.press('Add a way to sign in');
    await desk.at('Confirm it’s you');
    await desk.press('Use passkey');
    await desk.at('Your account');
    await desk.press('Add a way to sign in');
    await desk.at('Add a way to sign in');
    // A choice that stayed open for too long leads to the same question.
    await desk.go('/.sallyport/account');
    await passes(stage, 6);
    await desk.page.locator('summary', { hasText: 'Make new codes' }).click();
    await desk.press('Make new codes');
    await desk.at('Confirm it’s you');
    stage.sally.upstream.silent();
    await desk.press('Use passkey');
    await desk.at('Your account');
  });
});
