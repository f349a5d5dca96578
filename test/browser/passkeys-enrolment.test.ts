import assert from 'node:assert/strict';
import { PASSWORD } from '../support/person.ts';
import type { Desk } from '../support/stage.ts';
import { arrives, evidence, refusals, rewriteOptions, stagedTests } from '../support/staged.ts';

const staged = stagedTests();

/** What the account page says of the ways to sign in. */
async function ways(desk: Desk): Promise<string> {
  await desk.go('/.sallyport/account');
  await desk.at('Your account');
  return await desk.page.locator('section[aria-labelledby="authenticators"]').innerText();
}

staged('with a passkey alone: from the link to the app, which hears nothing before', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug();
    await desk.invited('ada');
    await desk.press('Set up a passkey');
    await desk.at('Your first way to sign in is ready');
    stage.sally.upstream.silent();
    assert.equal((await desk.finish(/just one way/)).length, 10);
    await arrives(desk, '/');
    assert.deepEqual(await evidence(desk), ['hwk', 'mfa', 'pwd', 'user']);
    assert.match(await ways(desk), /This is your only working way to sign in/);
  });
});

staged('with an authenticator app alone, where there is no key at all', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.invited('ada');
    await desk.press('Set up an authenticator app');
    const secret = await desk.scan();
    await desk.at('Your first way to sign in is ready');
    stage.sally.upstream.silent();
    await desk.finish(/just one way/);
    await arrives(desk, '/');
    assert.deepEqual(await evidence(desk), ['mfa', 'otp', 'pwd']);
    await desk.signOut();
    await stage.sally.advance(60_000);
    stage.sally.upstream.clear();
    await desk.first('ada', '/work');
    await desk.at('Enter your code');
    await desk.page.fill('#code', stage.code(secret));
    await desk.press('Sign in');
    await arrives(desk, '/work');
  });
});

for (const first of ['passkey', 'app'] as const) {
  staged(`with both, the ${first} first: either signs in afterwards`, async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug({ transport: 'usb' });
      await desk.invited('ada');
      let secret = '';
      if (first === 'passkey') {
        await desk.press('Set up a passkey');
        await desk.at('Your first way to sign in is ready');
        await desk.press('Add an authenticator app as well');
        secret = await desk.scan();
      } else {
        await desk.press('Set up an authenticator app');
        secret = await desk.scan();
        await desk.at('Your first way to sign in is ready');
        await desk.press('Add a passkey as well');
      }
      await desk.at('You are all set up');
      stage.sally.upstream.silent();
      await desk.finish(/Show my recovery codes/);
      await arrives(desk, '/');
      const told = await ways(desk);
      assert.match(told, /Security key/);
      assert.match(told, /Authenticator app/);
      assert.doesNotMatch(told, /only working way/);

      await desk.signOut();
      await stage.sally.advance(60_000);
      stage.sally.upstream.clear();
      await desk.go('/by-key');
      await desk.press('Sign in with a passkey');
      await arrives(desk, '/by-key');
      await desk.signOut();
      stage.sally.upstream.clear();
      await desk.first('ada', '/by-app');
      await desk.page.getByRole('link', { name: 'Use a code from your authenticator app' }).click();
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Sign in');
      await arrives(desk, '/by-app');
    });
  });

  staged(
    `where the app asks for the password itself, the ${first} alone is set up without one`,
    async (stage) => {
      await stage.desk(async (desk) => {
        await desk.plug({ transport: 'usb' });
        await desk.go(`/.sallyport/enrol/${await stage.ticket('ada')}`);
        await desk.press('Start');
        await desk.at('Choose how to confirm');
        assert.equal(await desk.page.locator('input[type="password"]').count(), 0);
        if (first === 'passkey') await desk.press('Set up a passkey');
        else {
          await desk.press('Set up an authenticator app');
          await desk.scan();
        }
        await desk.at('Your first way to sign in is ready');
        stage.sally.upstream.silent();
        await desk.finish(/just one way/);
        await arrives(desk, '/');
        assert.equal((await evidence(desk)).includes('pwd'), false);
      });
    },
    { realm: 'app' },
  );
}

staged('whoever chose the app may go back and choose the passkey', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug();
    await desk.invited('ada');
    await desk.press('Set up an authenticator app');
    await desk.at('Connect your authenticator app');
    await desk.press('Choose another way');
    await desk.at('Choose how to confirm');
    await desk.press('Set up a passkey');
    await desk.at('Your first way to sign in is ready');
    await desk.finish(/just one way/);
    assert.doesNotMatch(await ways(desk), /Authenticator app/);
  });
});

staged(
  'a scanner of mail that opens the link changes nothing; after its use it opens nothing any more',
  async (stage) => {
    await stage.desk(async (desk) => {
      const link = `/.sallyport/enrol/${await stage.ticket('ada')}`;
      for (let i = 0; i < 3; i += 1) {
        await stage.desk(async (scanner) => {
          await scanner.go(link);
          await scanner.at('Welcome');
          assert.equal((await scanner.context.cookies()).length, 0);
        });
      }
      await desk.plug();
      await desk.go(link);
      await desk.press('Start');
      for (const field of ['#password', '#again']) await desk.page.fill(field, PASSWORD);
      await desk.press('Continue');
      await desk.press('Set up a passkey');
      await desk.at('Your first way to sign in is ready');
      await stage.desk(async (late) => {
        await late.go(link);
        await late.at('This link does not work');
        assert.equal(await late.page.getByRole('button', { name: 'Start' }).count(), 0);
      });
      stage.sally.upstream.silent();
    });
  },
);

staged('a security key that is enrolled already is known again, and another one is taken', async (stage) => {
  await stage.desk(async (desk) => {
    const first = await desk.plug({ transport: 'usb' });
    await desk.enrolKey('ada');
    await desk.go('/.sallyport/account');
    await desk.press('Add a way to sign in');
    await desk.press('Set up a passkey');
    await desk.page.getByText('already has a passkey for your account').first().waitFor();
    await desk.touches(first, false);
    await desk.plug({ transport: 'usb' });
    await desk.press('Set up a passkey');
    await desk.at('Added');
    await desk.press('Finish');
    assert.doesNotMatch(await ways(desk), /only working way/);
    assert.equal(await desk.page.locator('section[aria-labelledby="authenticators"] li').count(), 2);
  });
});

staged('the answer of another account’s enrolment is refused', async (stage) => {
  await stage.desk(async (ada) => {
    await ada.touches(await ada.plug(), false);
    await ada.invited('ada');
    await stage.desk(async (ben) => {
      await ben.plug();
      await ben.invited('ben');
      const options = ada.page.waitForResponse('**/enrol/passkey/options');
      await ada.press('Set up a passkey');
      // A cast: the options are an object (WebAuthn L3 §5.1.9).
      const { challenge } = (await (await options).json()) as { challenge: string };
      await rewriteOptions(ben, (given) => {
        given.challenge = challenge;
      });
      await ben.press('Set up a passkey');
      await ben.page.getByRole('alert').filter({ hasText: 'That passkey was not accepted.' }).waitFor();
      assert.deepEqual(await refusals(stage, 'enrol.authenticator'), ['challenge']);
      stage.sally.upstream.silent();
    });
  });
});

staged('a browser without WebAuthn is told so, and the person goes on with an app', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.context.addInitScript('delete globalThis.PublicKeyCredential');
    await desk.invited('ada');
    await desk.page.getByText('because this browser does not support them').waitFor();
    assert.equal(await desk.page.getByRole('button', { name: 'Set up a passkey' }).isVisible(), false);
    await desk.press('Set up an authenticator app');
    await desk.scan();
    await desk.at('Your first way to sign in is ready');
    await desk.finish(/just one way/);
    await arrives(desk, '/');
    await desk.signOut();
    await desk.go('/');
    await desk.at('Sign in');
    assert.equal(await desk.page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible(), false);
  });
});
