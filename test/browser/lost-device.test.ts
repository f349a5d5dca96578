import assert from 'node:assert/strict';
import { issueTicket } from '../support/manage.ts';
import { PASSWORD } from '../support/person.ts';
import type { Desk, Stage } from '../support/stage.ts';
import { arrives, refusals, stagedTests } from '../support/staged.ts';

const staged = stagedTests();
const HELP = ['help: { text: Ward staff call 1234., contact: desk@example.org }'];

/** Enrols with a passkey and signs out; the codes that were saved. */
async function enrolled(desk: Desk, name = 'ada'): Promise<string[]> {
  await desk.invited(name);
  await desk.press('Set up a passkey');
  await desk.at('Your first way to sign in is ready');
  const codes = await desk.finish(/just one way/);
  await desk.signOut();
  desk.stage.sally.upstream.clear();
  return codes;
}

async function enters(desk: Desk, code: string): Promise<void> {
  await desk.page.fill('#code', code);
  await desk.press('Sign in');
}

/** Past the page that says how many codes are left, to where the person was going. Nothing arrives there before. */
async function goesOn(desk: Desk, path: string, left: number): Promise<void> {
  await desk.at('You used a recovery code');
  assert.equal(desk.page.url(), `${desk.stage.origin}/.sallyport/sign-in/recovered?next=${encodeURIComponent(path)}`);
  assert.match(await desk.page.locator('main').innerText(), new RegExp(`Unused codes: ${left}\\b`));
  desk.stage.sally.upstream.silent();
  await desk.page.getByRole('link', { name: 'Continue', exact: true }).click();
  await arrives(desk, path);
}

/** Whether the lost device, in whoever's hands, still opens anything. */
async function isRefused(finder: Desk): Promise<void> {
  const { upstream } = finder.stage.sally;
  upstream.clear();
  await finder.go('/');
  await finder.press('Sign in with a passkey');
  await finder.page.getByRole('alert').filter({ hasText: 'That passkey was not accepted.' }).waitFor();
  upstream.silent();
}

async function removesFirst(desk: Desk): Promise<void> {
  await desk.go('/.sallyport/account');
  const first = desk.page.locator('section[aria-labelledby="authenticators"] li').first();
  await first.locator('summary', { hasText: 'Remove' }).click();
  await first.getByRole('button', { name: 'Remove it' }).click();
  await desk.page.getByText('This is your only working way to sign in').waitFor();
}

staged(
  'a saved code lets the person in once; a new key takes the place of the lost one, which opens nothing more',
  async (stage) => {
    await stage.desk(async (finder) => {
      await finder.plug({ transport: 'usb' });
      const [code = '', other = ''] = await enrolled(finder);
      await stage.desk(async (desk) => {
        await desk.first('ada', '/work');
        await desk.at('Use your passkey');
        await desk.page.locator('summary', { hasText: 'Lost your device?' }).click();
        await desk.page.locator('details.lost').getByRole('link', { name: 'Use a recovery code' }).click();
        await desk.at('Use a recovery code');
        await enters(desk, 'AAAA-AAAA-AAAA-AAAA');
        await desk.page
          .locator('#code-error', { hasText: 'That code did not match, or has been used before' })
          .waitFor();
        stage.sally.upstream.silent();
        await enters(desk, ` ${code.toLowerCase().replaceAll('-', ' ')} `);
        await goesOn(desk, '/work', 9);

        await desk.go('/.sallyport/account');
        await desk.page.getByText('Unused codes: 9').waitFor();
        await desk.plug({ transport: 'usb' });
        await desk.press('Add a way to sign in');
        await desk.press('Set up a passkey');
        await desk.at('Added');
        await desk.press('Finish');
        await removesFirst(desk);
        await desk.signOut();
        stage.sally.upstream.clear();

        await desk.first('ada', '/again');
        await desk.page.getByRole('link', { name: 'Use a recovery code' }).first().click();
        await enters(desk, code);
        await desk.page.locator('#code-error').waitFor();
        stage.sally.upstream.silent();
        await enters(desk, other);
        await goesOn(desk, '/again', 8);
      });
      await isRefused(finder);
    });
  },
);

staged(
  'a new link makes a new way in; the password stays as it is, and the codes of before have ended',
  async (stage) => {
    await stage.desk(async (finder) => {
      await finder.plug({ transport: 'usb' });
      const [code = ''] = await enrolled(finder);
      await stage.desk(async (desk) => {
        await desk.plug({ transport: 'usb' });
        await desk.go(`/.sallyport/enrol/${await stage.ticket('ada')}`);
        await desk.press('Start');
        await desk.at('Enter your password');
        await desk.page.fill('#password', 'not the password');
        await desk.press('Continue');
        await desk.page.locator('#password-error').waitFor();
        await desk.page.fill('#password', PASSWORD);
        await desk.press('Continue');
        await desk.press('Set up a passkey');
        await desk.at('Your first way to sign in is ready');
        stage.sally.upstream.silent();
        const fresh = await desk.finish(/just one way/);
        await arrives(desk, '/');
        assert.equal(fresh.length, 10);
        assert.ok(!fresh.includes(code));
        await removesFirst(desk);
        await desk.signOut();
        stage.sally.upstream.clear();

        await desk.first('ada', '/old-code');
        await desk.page.getByRole('link', { name: 'Use a recovery code' }).first().click();
        await enters(desk, code);
        await desk.page.locator('#code-error').waitFor();
        stage.sally.upstream.silent();
        await enters(desk, fresh[0] ?? '');
        await goesOn(desk, '/old-code', 9);
      });
      await isRefused(finder);
      assert.deepEqual((await refusals(stage, 'sign-in.second')).includes('unknown-credential'), true);
    });
  },
);

async function ticketWithReset(stage: Stage): Promise<string> {
  return (await issueTicket(stage.sally.manage, 'ada', { resetPassword: true }, 'staff')).secret;
}

staged('whoever lost the password too chooses a new one by the link, and the old one opens nothing', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.plug({ transport: 'usb' });
    await enrolled(desk);
    await desk.go(`/.sallyport/enrol/${await ticketWithReset(stage)}`);
    await desk.press('Start');
    await desk.at('Choose a password');
    for (const field of ['#password', '#again']) await desk.page.fill(field, 'seven loud harbour bells');
    await desk.press('Continue');
    await desk.press('Set up an authenticator app');
    await desk.scan();
    await desk.at('Your first way to sign in is ready');
    stage.sally.upstream.silent();
    await desk.finish(/just one way/);
    await arrives(desk, '/');
    await desk.signOut();
    stage.sally.upstream.clear();
    await desk.first('ada');
    await desk.page.locator('#password-error').waitFor();
    stage.sally.upstream.silent();
  });
});

staged(
  'whoever lost everything reads whom to ask, in the operator’s own words, wherever they are stopped',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug({ transport: 'usb' });
      await enrolled(desk);
      const opened = async (summary: string): Promise<string> => {
        const box = desk.page.locator('details.lost').filter({ hasText: summary });
        await box.locator('summary').click();
        const text = await box.innerText();
        assert.match(text, /Ward staff call 1234\.[\s\S]*desk@example\.org/);
        return text;
      };
      const reads = async (): Promise<void> => assert.match(await opened('Lost your device?'), /new enrolment link/);
      await desk.go('/');
      await reads();
      await opened('Forgot your password?');
      await desk.first('ada');
      await desk.at('Use your passkey');
      await reads();
      await desk.page.getByRole('link', { name: 'Use a recovery code' }).first().click();
      await desk.at('Use a recovery code');
      assert.match(await desk.page.locator('main').innerText(), /Ward staff call 1234\./);
      stage.sally.upstream.silent();
    });
  },
  { top: HELP },
);

staged(
  'where the app asks for the password itself, name and saved code are enough for our part',
  async (stage) => {
    await stage.desk(async (finder) => {
      await finder.plug({ transport: 'usb' });
      const [code = ''] = await enrolled(finder);
      await stage.desk(async (desk) => {
        await desk.first('ada', '/work');
        await desk.page.getByRole('link', { name: 'Use a recovery code' }).first().click();
        stage.sally.upstream.silent();
        await enters(desk, code);
        await goesOn(desk, '/work', 9);
      });
    });
  },
  { realm: 'app' },
);
