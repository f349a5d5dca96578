import assert from 'node:assert/strict';
import type { Desk, Stage } from '../support/stage.ts';
import { arrives, refusals, stagedTests } from '../support/staged.ts';

const staged = stagedTests();
const NOT_ACCEPTED = 'That passkey was not accepted.';

/** The passkey of a key, as its maker would have to give it away. */
async function passkeyOf(desk: Desk, authenticatorId: string) {
  const { credentials } = await desk.cdp.send('WebAuthn.getCredentials', { authenticatorId });
  const [passkey] = credentials;
  assert.ok(passkey !== undefined);
  return passkey;
}

async function copyInto(desk: Desk, passkey: Awaited<ReturnType<typeof passkeyOf>>, signCount: number): Promise<void> {
  const authenticatorId = await desk.plug({ transport: 'usb' });
  await desk.cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...passkey, signCount } });
}

async function signsIn(desk: Desk, path = '/'): Promise<void> {
  await desk.go(path);
  await desk.press('Sign in with a passkey');
  await arrives(desk, path);
}

async function isRefused(desk: Desk): Promise<void> {
  const { upstream } = desk.stage.sally;
  upstream.clear();
  await desk.go('/');
  await desk.press('Sign in with a passkey');
  await desk.page.getByRole('alert').filter({ hasText: NOT_ACCEPTED }).waitFor();
  upstream.silent();
}

async function signals(stage: Stage): Promise<string[]> {
  const rows = await stage.sally.audit('authenticator.signal');
  return rows.map(({ outcome, detail }) => `${outcome} ${JSON.parse(detail).cause}`);
}

staged('a copy behind the original is refused and seen by the owner, whose own key goes on working', async (stage) => {
  await stage.desk(async (owner) => {
    const key = await owner.plug({ transport: 'usb' });
    await owner.enrolKey('ada');
    const early = await passkeyOf(owner, key);
    await owner.signOut();
    stage.sally.upstream.clear();
    await signsIn(owner);
    await stage.desk(async (thief) => {
      await copyInto(thief, early, early.signCount);
      await isRefused(thief);
    });
    assert.deepEqual(await refusals(stage, 'sign-in.second'), ['counter']);
    assert.deepEqual(await signals(stage), ['refused counter']);
    await owner.go('/.sallyport/account');
    await owner.page.getByText('A passkey was refused because it may have been copied').waitFor();
    await owner.signOut();
    stage.sally.upstream.clear();
    await signsIn(owner, '/next');
  });
});

staged('a copy that runs ahead gives itself away when the owner uses the original', async (stage) => {
  await stage.desk(async (owner) => {
    const key = await owner.plug({ transport: 'usb' });
    await owner.enrolKey('ada');
    const early = await passkeyOf(owner, key);
    await owner.signOut();
    stage.sally.upstream.clear();
    await stage.desk(async (thief) => {
      await copyInto(thief, early, early.signCount + 20);
      await signsIn(thief);
    });
    assert.deepEqual(await signals(stage), []);
    await isRefused(owner);
    assert.deepEqual(await signals(stage), ['refused counter']);
  });
});

staged('a copied key is no second factor either: after the password nothing opens', async (stage) => {
  await stage.desk(async (owner) => {
    const key = await owner.plug({ transport: 'usb' });
    await owner.enrolKey('ada');
    const early = await passkeyOf(owner, key);
    await owner.signOut();
    stage.sally.upstream.clear();
    await signsIn(owner);
    await stage.desk(async (thief) => {
      await copyInto(thief, early, 0);
      await thief.first('ada');
      await thief.at('Use your passkey');
      await thief.press('Use passkey');
      await thief.page.getByRole('alert').filter({ hasText: NOT_ACCEPTED }).waitFor();
      await thief.at('Use your passkey');
      stage.sally.upstream.silent();
    });
  });
});

staged(
  'a synced passkey may count as each device likes: it is let in, and what was odd is on record',
  async (stage) => {
    await stage.desk(async (phone) => {
      const key = await phone.plug({ transport: 'usb', synced: true });
      await phone.enrolKey('ada');
      const early = await passkeyOf(phone, key);
      await phone.signOut();
      stage.sally.upstream.clear();
      await signsIn(phone);
      await stage.desk(async (tablet) => {
        await copyInto(tablet, early, 0);
        await signsIn(tablet, '/tablet');
      });
      assert.deepEqual(await signals(stage), ['ok counter']);
      await phone.signOut();
      stage.sally.upstream.clear();
      await signsIn(phone, '/phone');
    });
  },
);
