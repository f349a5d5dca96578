import assert from 'node:assert/strict';
import { grantRole } from '../../src/manage/roles.ts';
import { axeFaults, withAxe } from '../support/axe.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { PASSWORD } from '../support/person.ts';
import { freePort } from '../support/process.ts';
import type { Desk, Stage } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';

const staged = stagedTests();
const PORT = await freePort();
const CONSOLE = `http://localhost:${PORT}`;
const WITH_CONSOLE = { console: 'require: passkey', consolePort: PORT };
const WITH_CODES = { console: 'require: mfa', consolePort: PORT };

/** The links of an account, as they are handed out, the first of them first. */
async function linksOf({ sally }: Stage, name: string, admin: boolean): Promise<string[]> {
  if ((await sally.manage.store.accounts.byName('staff', name)) === undefined)
    await addAccount(sally.manage, { name, realm: 'staff', admin });
  return (await issueTicket(sally.manage, name, {}, 'staff')).links.map(({ url }) => url);
}

/** From a link to the choice of a way to sign in. */
async function opens(desk: Desk, link: string): Promise<void> {
  await desk.page.goto(link);
  await desk.press('Start');
  for (const field of ['#password', '#again']) await desk.page.fill(field, PASSWORD);
  await desk.press('Continue');
}

async function enrolKey(desk: Desk, link: string): Promise<void> {
  await opens(desk, link);
  await desk.press(/Set up a passkey/);
  await desk.at('Your first way to sign in is ready');
  await desk.press(/just one way/);
  await desk.at('Save your recovery codes');
}

/** Settles when the text is to be seen. */
async function reads(desk: Desk, text: string | RegExp): Promise<void> {
  await desk.page.getByText(text).first().waitFor();
}

staged(
  'by the link of an administrator a passkey is enrolled at the console, signs in there, and works at the apps',
  async (stage) => {
    const [link = '', ...others] = await linksOf(stage, 'root', true);
    assert.ok(link.startsWith(`${CONSOLE}/.sallyport/enrol/`), link);
    assert.equal(others.length, 1);
    await stage.desk(async (desk) => {
      await desk.plug();
      await withAxe(desk.context);
      await enrolKey(desk, link);
      await desk.page.getByRole('link', { name: 'Go to administration' }).click();
      await desk.at('Overview');
      assert.equal(desk.page.url(), `${CONSOLE}/`);
      for (const [place, heading] of [
        ['Overview', 'Overview'],
        ['About me', 'About me'],
      ] as const) {
        await desk.page.getByRole('navigation').getByRole('link', { name: place }).click();
        await desk.at(heading);
        assert.deepEqual(await axeFaults(desk.page), [], place);
      }
      await reads(desk, 'You have just confirmed');

      await desk.press('Sign out');
      await desk.at('Signed out');
      // The browser suggests the passkey, and its person takes it.
      await desk.page.goto(`${CONSOLE}/me`);
      await desk.at('About me');
      await desk.page.goto(`${stage.origin}/`);
      await desk.at('The app');
      // Two sessions beside each other on one host name.
      await desk.page.goto(`${CONSOLE}/me`);
      await desk.at('About me');
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'where a passkey is required, whoever has a code alone is asked for one, and can add it in place',
  async (stage) => {
    const [, link = ''] = await linksOf(stage, 'root', true);
    await stage.desk(async (desk) => {
      await opens(desk, link);
      await desk.press('Set up an authenticator app');
      const secret = await desk.scan();
      await desk.at('Your first way to sign in is ready');
      await desk.finish(/just one way/);
      await stage.sally.advance(60_000);
      await desk.page.goto(`${CONSOLE}/me`);
      await desk.page.fill('#account', 'root');
      await desk.page.fill('#password', PASSWORD);
      await desk.press('Continue');
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Sign in');
      await desk.at('You need a passkey here');
      await desk.plug();
      await desk.press('Add a passkey');
      await desk.press('Set up a passkey');
      await desk.at('Added');
      await desk.press('Finish');
      // The page that was wanted is not lost meanwhile.
      await desk.press('Use passkey');
      await desk.at('About me');
    });
  },
  WITH_CONSOLE,
);

/** Somebody is signed in at the portal; the administrator wants them out, more than five minutes after a factor. */
async function wantsThemOut(stage: Stage, desk: Desk): Promise<void> {
  await stage.sally.session('ada');
  await stage.sally.advance(6 * 60_000);
  await desk.page.goto(`${CONSOLE}/`);
  await desk.page.locator('summary', { hasText: 'End all sessions' }).first().click();
  await desk.press('End them now');
  await desk.at('Please confirm it’s you');
  await reads(desk, 'Nothing has been done yet.');
  assert.equal((await stage.sally.audit('session.revoke')).length, 0);
}

async function areOut(stage: Stage, desk: Desk): Promise<void> {
  await reads(desk, 'Sessions ended: 1');
  assert.equal(desk.page.url(), `${CONSOLE}/?ended=1`);
  const [row, ...more] = await stage.sally.audit('session.revoke');
  assert.deepEqual([row?.appId, more.length], ['portal', 0]);
  assert.equal((await stage.sally.manage.store.accounts.byId(row?.actor ?? ''))?.name, 'root');
}

staged(
  'an act that wants a factor of the last minutes asks for the passkey in place, and then does what was asked',
  async (stage) => {
    const [link = ''] = await linksOf(stage, 'root', true);
    await stage.desk(async (desk) => {
      const device = await desk.plug();
      await withAxe(desk.context);
      await enrolKey(desk, link);
      await wantsThemOut(stage, desk);
      assert.deepEqual(await axeFaults(desk.page), []);
      await desk.touches(device, false);
      await desk.page.route('**/passkey/options', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), timeout: 300 } });
      });
      await desk.press('Confirm with your passkey');
      await desk.page.locator('[role="status"].error').first().waitFor();
      assert.equal((await stage.sally.audit('session.revoke')).length, 0, 'cancelled: nothing was done');
      await desk.touches(device, true);
      await desk.page.unroute('**/passkey/options');
      await desk.press('Confirm with your passkey');
      await areOut(stage, desk);
      assert.deepEqual(desk.complaints, []);
      // A program is told, and nothing is done for it.
      await stage.sally.advance(6 * 60_000);
      const heard = await desk.page.evaluate(() =>
        fetch('/sessions/end-of-app', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ app: 'portal' }),
        }).then(async (answer) => [answer.status, ((await answer.json()) as { code: string }).code]),
      );
      assert.deepEqual(heard, [403, 'step-up-required']);
    });
  },
  WITH_CONSOLE,
);

staged(
  'where codes are enough, a code confirms in place; a wrong one is told beside the field',
  async (stage) => {
    const [link = ''] = await linksOf(stage, 'root', true);
    await stage.desk(async (desk) => {
      await opens(desk, link);
      await desk.press('Set up an authenticator app');
      const secret = await desk.scan();
      await desk.at('Your first way to sign in is ready');
      await desk.press(/just one way/);
      await desk.at('Save your recovery codes');
      await wantsThemOut(stage, desk);
      await desk.page.fill('#code', '000000');
      await desk.press('Confirm');
      await reads(desk, 'That code did not match');
      await desk.page.fill('#code', stage.code(secret));
      await desk.press('Confirm');
      await areOut(stage, desk);
    });
  },
  WITH_CODES,
);

staged(
  'without a script the person confirms in another tab, and sends what was typed by the button',
  async (stage) => {
    const [link = ''] = await linksOf(stage, 'root', true);
    await stage.desk(
      async (desk) => {
        await opens(desk, link);
        await desk.press('Set up an authenticator app');
        const secret = await desk.scan();
        await desk.at('Your first way to sign in is ready');
        await desk.press(/just one way/);
        await desk.at('Save your recovery codes');
        await wantsThemOut(stage, desk);
        await desk.page.locator('summary', { hasText: 'It does not work here?' }).click();
        const [tab] = await Promise.all([
          desk.context.waitForEvent('page'),
          desk.page.getByRole('link', { name: /^Confirm in another tab/ }).click(),
        ]);
        await tab.fill('#code', stage.code(secret));
        await tab.getByRole('button', { name: 'Confirm' }).click();
        await tab.locator('h1', { hasText: 'About me' }).waitFor();
        await desk.press('Send what I entered');
        await areOut(stage, desk);
      },
      { javaScriptEnabled: false },
    );
  },
  WITH_CODES,
);

staged(
  'an ordinary account has no link to the console, and is told there that it has no role; a role lets it in at once',
  async (stage) => {
    const links = await linksOf(stage, 'ada', false);
    assert.deepEqual(
      links.map((link) => new URL(link).origin),
      [stage.origin],
    );
    await stage.desk(async (desk) => {
      await desk.plug();
      await enrolKey(desk, links[0] ?? '');
      await desk.page.goto(`${CONSOLE}/`);
      await desk.at('You have no role here');
      await grantRole.perform(stage.sally.manage, { account: 'ada', role: 'auditor' });
      await desk.page.goto(`${CONSOLE}/`);
      await desk.at('Overview');
    });
  },
  WITH_CONSOLE,
);
