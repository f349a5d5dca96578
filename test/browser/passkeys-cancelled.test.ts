import assert from 'node:assert/strict';
import { wordsOf } from '../../src/web/words/words.ts';
import type { Desk } from '../support/stage.ts';
import { arrives, evidence, keepOptions, refusals, rewriteOptions, stagedTests, told } from '../support/staged.ts';

const staged = stagedTests();
const NOTHING_CHANGED = 'That was cancelled or took too long, and nothing has changed. Please try again.';

/** The button is ready for the next try, and a screen reader is where the person was. */
async function ready(desk: Desk, name: RegExp): Promise<void> {
  const button = desk.page.getByRole('button', { name });
  assert.equal(await button.getAttribute('aria-disabled'), null);
  assert.match(await desk.page.evaluate('document.activeElement.textContent'), name);
}

async function shortly(desk: Desk): Promise<void> {
  await rewriteOptions(desk, (options) => {
    options.timeout = 400;
  });
}

async function kept(desk: Desk, device: string): Promise<number> {
  const { credentials } = await desk.cdp.send('WebAuthn.getCredentials', { authenticatorId: device });
  return credentials.length;
}

staged('a key that is not touched in time is not enrolled; the page says so, and the next try works', async (stage) => {
  await stage.desk(async (desk) => {
    const device = await desk.plug();
    await desk.invited('ada');
    await desk.touches(device, false);
    await shortly(desk);
    const region = desk.page.locator('form[data-ceremony="create"] [role="status"]');
    await desk.press(/Set up a passkey/);
    await region.filter({ hasText: 'Follow the steps in your browser.' }).waitFor();
    assert.equal(
      await desk.page.getByRole('button', { name: /Set up a passkey/ }).getAttribute('aria-disabled'),
      'true',
    );
    await told(desk, NOTHING_CHANGED);
    await ready(desk, /Set up a passkey/);
    assert.equal(await kept(desk, device), 0);
    assert.deepEqual(await stage.sally.audit('enrol.authenticator'), []);
    await keepOptions(desk);
    await desk.touches(device, true);
    await desk.press(/Set up a passkey/);
    await desk.at('Your first way to sign in is ready');
    assert.equal(await kept(desk, device), 1);
    stage.sally.upstream.silent();
    assert.deepEqual(desk.complaints, []);
  });
});

staged(
  'a key that is not touched at the sign-in opens nothing, and neither the key nor a password is blocked',
  async (stage) => {
    await stage.desk(async (desk) => {
      const device = await desk.plug();
      await desk.enrolKey('ada');
      await desk.signOut();
      stage.sally.upstream.clear();
      await desk.touches(device, false);
      await shortly(desk);
      await desk.go('/reports?year=2026');
      await desk.at('Sign in');
      await desk.press('Sign in with a passkey');
      await told(desk, NOTHING_CHANGED);
      await ready(desk, /Sign in with a passkey/);
      stage.sally.upstream.silent();

      await desk.first('ada', '/reports?year=2026');
      await desk.at('Use your passkey');
      await desk.press('Use passkey');
      await told(desk, NOTHING_CHANGED);
      await ready(desk, /Use passkey/);
      stage.sally.upstream.silent();
      const opened = await stage.sally.audit('session.open');
      assert.equal(opened.length, 1, 'the one of the enrolment');

      await keepOptions(desk);
      await desk.touches(device, true);
      await desk.press('Use passkey');
      await arrives(desk, '/reports?year=2026');
    });
  },
);

staged('a finger that is not recognised opens nothing; the same person is let in when it is', async (stage) => {
  await stage.desk(async (desk) => {
    const authenticatorId = await desk.plug({ transport: 'usb' });
    await desk.enrolKey('ada');
    await desk.signOut();
    stage.sally.upstream.clear();
    await desk.cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await desk.go('/');
    await desk.at('Sign in');
    await desk.press('Sign in with a passkey');
    await told(desk, NOTHING_CHANGED);
    stage.sally.upstream.silent();
    await desk.cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await desk.press('Sign in with a passkey');
    await arrives(desk, '/');
  });
});

staged('without the server the page says so; the ceremony works when it is back', async (stage) => {
  await stage.desk(async (desk) => {
    const device = await desk.plug({ transport: 'usb' });
    await desk.enrolKey('ada');
    await desk.signOut();
    stage.sally.upstream.clear();
    await desk.touches(device, false);
    await desk.go('/');
    await desk.at('Sign in');
    await desk.page.route('**/passkey/options', (route) => route.abort());
    await desk.press('Sign in with a passkey');
    await told(desk, 'The server could not be reached.');
    await ready(desk, /Sign in with a passkey/);
    stage.sally.upstream.silent();
    await keepOptions(desk);
    await desk.touches(device, true);
    await desk.press('Sign in with a passkey');
    await arrives(desk, '/');
  });
});

staged('an answer that comes after the challenge has ended is refused, and the next one is taken', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug({ transport: 'usb' });
    await desk.enrolKey('ada');
    await desk.signOut();
    stage.sally.upstream.clear();
    await desk.go('/');
    await desk.at('Sign in');
    await desk.page.route(
      '**/sign-in/passkey',
      async (route) => {
        await stage.sally.advance(301_000);
        await route.continue();
      },
      { times: 1 },
    );
    await desk.press('Sign in with a passkey');
    await desk.page.getByRole('alert').filter({ hasText: 'That passkey was not accepted.' }).waitFor();
    stage.sally.upstream.silent();
    assert.deepEqual(await refusals(stage, 'sign-in.second'), ['challenge']);
    await desk.press('Sign in with a passkey');
    await arrives(desk, '/');
  });
});

staged('an enrolment that has ended meanwhile says that the page is too old, and adds nothing', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug();
    await desk.invited('ada');
    await stage.sally.advance(3_700_000);
    await desk.press(/Set up a passkey/);
    await told(desk, 'This page has been open too long. Please reload it.');
    await ready(desk, /Set up a passkey/);
    await desk.page.reload();
    await desk.at('This link does not work');
    assert.deepEqual(await stage.sally.audit('enrol.authenticator'), []);
    stage.sally.upstream.silent();
  });
});

staged(
  'a password that was typed an hour ago counts no more: the passkey has to be enough by itself',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug({ transport: 'usb' });
      await desk.enrolKey('ada');
      await desk.signOut();
      stage.sally.upstream.clear();
      await desk.go('/work');
      await desk.at('Sign in');
      await desk.first('ada', '/work');
      await desk.at('Use your passkey');
      await stage.sally.advance(3_700_000);
      await desk.press('Use passkey');
      // That sign-in is over, and the button of its page begins no other.
      await desk.page.getByText(wordsOf('en').passkey.expired).waitFor();
      await desk.go('/work');
      await desk.at('Sign in');
      await desk.press(wordsOf('en').signIn.withPasskey);
      await arrives(desk, '/work');
      assert.deepEqual(await evidence(desk), ['hwk', 'mfa', 'user']);
    });
  },
);
