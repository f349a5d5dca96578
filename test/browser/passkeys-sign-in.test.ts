import assert from 'node:assert/strict';
import { PASSWORD } from '../support/person.ts';
import type { Desk, Stage } from '../support/stage.ts';
import { arrives, evidence, refusals, stagedTests, told } from '../support/staged.ts';

const staged = stagedTests();

/** Ceremonies that the page begins by itself, by how they were begun. */
async function watchCeremonies(desk: Desk): Promise<() => Promise<string[]>> {
  await desk.context.addInitScript(`{
    const { credentials } = navigator;
    const get = credentials.get.bind(credentials);
    globalThis.begun = [];
    credentials.get = (options) => {
      globalThis.begun.push(options.mediation ?? 'asked');
      return get(options);
    };
  }`);
  return () => desk.page.evaluate('globalThis.begun');
}

/** Settles when the page has begun a ceremony. Asked from outside: the policy of the page allows no polling in it. */
async function suggested(desk: Desk, times = 1): Promise<void> {
  for (const end = performance.now() + 8000; performance.now() < end; ) {
    if (Number(await desk.page.evaluate('globalThis.begun.length')) >= times) return;
    await desk.page.waitForTimeout(20);
  }
  throw new Error('the page suggested no passkey');
}

/** Signed out, with the key at hand; nothing at the app. */
async function leaves(desk: Desk): Promise<void> {
  await desk.signOut();
  desk.stage.sally.upstream.clear();
}

staged(
  'the browser suggests the passkey in the field of the name, and the person is where they wanted to be',
  async (stage) => {
    await stage.desk(async (desk) => {
      const device = await desk.plug();
      await desk.enrolKey('ada');
      await leaves(desk);
      const begun = await watchCeremonies(desk);
      await desk.touches(device, false);
      await desk.go('/reports?year=2026&q=%C3%A9');
      await desk.at('Sign in');
      await suggested(desk);
      assert.deepEqual(await begun(), ['conditional']);
      assert.equal(await desk.page.getAttribute('#account', 'autocomplete'), 'username webauthn');
      stage.sally.upstream.silent();
      await desk.touches(device, true);
      await desk.page.reload();
      await arrives(desk, '/reports?year=2026&q=%C3%A9');
      assert.deepEqual(await evidence(desk), ['hwk', 'mfa', 'user']);
    });
  },
);

staged(
  'a suggestion leaves what is typed alone: the focus stays, and a wrong password is told beside its field',
  async (stage) => {
    await stage.desk(async (desk) => {
      const device = await desk.plug();
      await desk.enrolKey('ada');
      await leaves(desk);
      const begun = await watchCeremonies(desk);
      await desk.touches(device, false);
      await desk.go('/work');
      await suggested(desk);
      assert.equal(await desk.page.evaluate('document.activeElement.id'), 'account');
      await desk.page.keyboard.type('ada');
      await desk.page.keyboard.press('Tab');
      assert.notEqual(await desk.page.evaluate('document.activeElement.id'), 'account');
      await desk.page.fill('#password', 'not the password');
      assert.equal(await desk.page.inputValue('#account'), 'ada');
      await desk.press('Continue');
      await desk.page.locator('#password-error').waitFor();
      assert.equal(await desk.page.inputValue('#account'), 'ada');
      // Suggested again on the new page, and no more in the way than before.
      await suggested(desk);
      assert.deepEqual(await begun(), ['conditional']);
      await desk.page.fill('#password', PASSWORD);
      await desk.press('Continue');
      await desk.at('Use your passkey');
      stage.sally.upstream.silent();
      await desk.touches(device, true);
      await desk.press('Use passkey');
      await arrives(desk, '/work');
    });
  },
);

staged('the button takes over from the suggestion', async (stage) => {
  await stage.desk(async (desk) => {
    const device = await desk.plug();
    await desk.enrolKey('ada');
    await leaves(desk);
    const begun = await watchCeremonies(desk);
    await desk.touches(device, false);
    await desk.go('/work');
    await suggested(desk);
    await desk.cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: device });
    await desk.plug({ transport: 'usb' });
    await desk.press('Sign in with a passkey');
    await told(desk, 'Nothing has changed');
    assert.deepEqual((await begun()).slice(0, 2), ['conditional', 'asked']);
    stage.sally.upstream.silent();
  });
});

staged('a page that stays open is given a new challenge before the old one ends', async (stage) => {
  await stage.desk(async (desk) => {
    const device = await desk.plug();
    await desk.enrolKey('ada');
    await leaves(desk);
    const begun = await watchCeremonies(desk);
    await desk.touches(device, false);
    await desk.page.clock.install();
    await desk.go('/work');
    await suggested(desk);
    const asked = desk.page.waitForResponse('**/passkey/options');
    await stage.sally.advance(241_000);
    await desk.page.clock.fastForward(241_000);
    assert.equal((await asked).status(), 200);
    await suggested(desk, 2);
    assert.deepEqual(await begun(), ['conditional', 'conditional']);
    assert.equal(await desk.page.locator('[role="status"].error, [role="alert"]').count(), 0, 'nobody is told');
    stage.sally.upstream.silent();
  });
});

staged('a browser that cannot suggest passkeys has the button and the password', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug();
    await desk.enrolKey('ada');
    await leaves(desk);
    await desk.context.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false');
    const begun = await watchCeremonies(desk);
    await desk.go('/work');
    await desk.at('Sign in');
    await desk.page.waitForLoadState('networkidle');
    assert.deepEqual(await begun(), []);
    stage.sally.upstream.silent();
    await desk.press('Sign in with a passkey');
    await arrives(desk, '/work');
  });
});

staged('a passkey of an account that is gone is refused once, and not suggested again by itself', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug();
    await desk.enrolKey('ada');
    await leaves(desk);
    const account = await stage.sally.manage.store.accounts.byName('staff', 'ada');
    await stage.sally.app.store.accounts.remove(account?.id ?? '');
    const begun = await watchCeremonies(desk);
    await desk.go('/');
    await desk.page.getByRole('alert').filter({ hasText: 'That passkey was not accepted.' }).waitFor();
    await desk.page.waitForLoadState('networkidle');
    assert.deepEqual(await begun(), []);
    assert.deepEqual(await refusals(stage, 'sign-in.second'), ['unknown-credential']);
    stage.sally.upstream.silent();
  });
});

staged('two people share a browser: each passkey opens the account of its owner', async (stage) => {
  await stage.desk(async (desk) => {
    const account = async (): Promise<string> =>
      // A cast: the contract of that address.
      (await desk.page.evaluate(`fetch('/.sallyport/session').then((a) => a.json()).then((s) => s.account)`)) as string;
    const ada = await desk.plug({ transport: 'usb' });
    await desk.enrolKey('ada');
    await leaves(desk);
    await desk.touches(ada, false);
    const ben = await desk.plug({ transport: 'usb' });
    await desk.enrolKey('ben');
    assert.equal(await account(), 'ben');
    await leaves(desk);
    await desk.touches(ben, false);
    await desk.touches(ada, true);
    await desk.go('/');
    await desk.press('Sign in with a passkey');
    await arrives(desk, '/');
    assert.equal(await account(), 'ada');
    await leaves(desk);
    // After the password of the one, the key of the other is no second factor.
    await desk.first('ben');
    await desk.at('Use your passkey');
    await desk.press('Use passkey');
    await told(desk, 'Nothing has changed');
    stage.sally.upstream.silent();
  });
});

/** With both ways, signed out. */
async function withBoth(desk: Desk, stage: Stage): Promise<string> {
  await desk.plug({ transport: 'usb' });
  await desk.invited('ada');
  await desk.press('Set up a passkey');
  await desk.at('Your first way to sign in is ready');
  await desk.press('Add an authenticator app as well');
  const secret = await desk.scan();
  await desk.at('You are all set up');
  await desk.finish(/Show my recovery codes/);
  await leaves(desk);
  await stage.sally.advance(60_000);
  return secret;
}

staged(
  'the second step begins with the way that this browser took last, and another is one press away',
  async (stage) => {
    await stage.desk(async (desk) => {
      const secret = await withBoth(desk, stage);
      // The app was what the enrolment ended with.
      await desk.first('ada', '/1');
      await desk.at('Enter your code');
      await desk.page.getByRole('link', { name: 'Use a passkey' }).click();
      await desk.at('Use your passkey');
      await desk.press('Use passkey');
      await arrives(desk, '/1');
      await leaves(desk);

      await desk.first('ada', '/2');
      await desk.at('Use your passkey');
      await desk.page.getByRole('link', { name: 'Use a code from your authenticator app' }).click();
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Sign in');
      await arrives(desk, '/2');
      await leaves(desk);

      await desk.first('ada', '/3');
      await desk.at('Enter your code');
      stage.sally.upstream.silent();
      // Another browser knows nothing of it.
      await stage.desk(async (other) => {
        await other.first('ada');
        await other.at('Enter your code');
      });
    });
  },
);
