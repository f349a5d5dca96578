import assert from 'node:assert/strict';
import type { Desk } from '../support/stage.ts';
import { arrives, evidence, refusals, rewriteOptions, stagedTests, told } from '../support/staged.ts';

const staged = stagedTests();

/** The key is made to answer by touch alone, as it may for a passkey that was named to it. */
async function touchAlone(desk: Desk, authenticatorId: string): Promise<void> {
  const { credentials } = await desk.cdp.send('WebAuthn.getCredentials', { authenticatorId });
  const ids = credentials.map(({ credentialId }) => Buffer.from(credentialId, 'base64').toString('base64url'));
  await rewriteOptions(desk, (options) => {
    options.userVerification = 'discouraged';
    options.allowCredentials = ids.map((id) => ({ type: 'public-key', id }));
  });
}

staged(
  'a phone nearby signs in without a name, and is told apart from a key that is kept on one device',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug({ transport: 'hybrid', synced: true });
      await desk.enrolKey('ada');
      await desk.go('/.sallyport/account');
      await desk.page.getByText('synced between your devices').waitFor();
      await desk.signOut();
      stage.sally.upstream.clear();
      await desk.go('/a?b=1');
      await desk.at('Sign in');
      stage.sally.upstream.silent();
      await desk.press('Sign in with a passkey');
      await arrives(desk, '/a?b=1');
      assert.deepEqual(await evidence(desk), ['mfa', 'swk', 'user']);
    });
  },
);

staged(
  'a page that asks for less than we did gains nothing: presence alone is refused without a name',
  async (stage) => {
    await stage.desk(async (desk) => {
      const key = await desk.plug({ transport: 'usb' });
      await desk.enrolKey('ada');
      await desk.go('/.sallyport/account');
      await desk.page.getByText('on one device').waitFor();
      await desk.signOut();
      stage.sally.upstream.clear();
      await touchAlone(desk, key);
      await desk.go('/');
      await desk.press('Sign in with a passkey');
      await desk.page.getByRole('alert').filter({ hasText: 'That passkey was not accepted.' }).waitFor();
      await desk.at('Sign in');
      stage.sally.upstream.silent();
      assert.deepEqual(await refusals(stage, 'sign-in.second'), ['verification']);
      assert.equal(
        (await desk.context.cookies()).some(({ name }) => /^__Host-sallyport-[0-9]+$/.test(name)),
        false,
      );

      await desk.first('ada', '/b');
      stage.sally.upstream.silent();
      await desk.press('Use passkey');
      await arrives(desk, '/b');
      assert.deepEqual(await evidence(desk), ['hwk', 'mfa', 'pwd', 'user']);
    });
  },
);

staged(
  'where verification is required, a key without PIN is no second factor either',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug({ transport: 'usb', uv: false });
      await desk.invited('ada');
      await desk.press('Set up a passkey');
      await told(desk, 'Nothing has changed');
      await rewriteOptions(desk, (options) => {
        // A cast: the authenticatorSelection of our options (WebAuthn L3 §5.4.4).
        (options.authenticatorSelection as Record<string, unknown>).userVerification = 'discouraged';
      });
      await desk.press('Set up a passkey');
      await desk.page.getByRole('alert').filter({ hasText: 'That passkey was not accepted.' }).waitFor();
      await desk.at('Choose how to confirm');
      assert.deepEqual(await refusals(stage, 'enrol.authenticator'), ['verification']);
      stage.sally.upstream.silent();
    });
  },
  { realmLines: 'passkeys: { verification: required }' },
);

staged(
  'a key that keeps no names is a second factor after the password, and is never found without one',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug({ transport: 'usb', uv: false, resident: false });
      await desk.enrolKey('ada');
      await desk.signOut();
      stage.sally.upstream.clear();
      await desk.go('/');
      await desk.press('Sign in with a passkey');
      await told(desk, 'Nothing has changed');
      stage.sally.upstream.silent();
      await desk.first('ada');
      await desk.press('Use passkey');
      await arrives(desk, '/');
    });
  },
);

staged(
  'where the app asks for the password itself, presence after a name is one factor and opens what one factor opens',
  async (stage) => {
    await stage.desk(async (desk) => {
      const key = await desk.plug({ transport: 'usb' });
      await desk.enrolKey('ada');
      await desk.signOut();
      stage.sally.upstream.clear();
      await touchAlone(desk, key);
      await desk.first('ada', '/b');
      stage.sally.upstream.silent();
      await desk.press('Use passkey');
      await arrives(desk, '/b');
      const proven = await evidence(desk);
      assert.deepEqual(proven, ['hwk', 'user']);
    });
  },
  { realm: 'app' },
);
