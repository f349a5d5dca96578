import assert from 'node:assert/strict';
import { grantRole } from '../../src/manage/roles.ts';
import { axeFaults, withAxe } from '../support/axe.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { PASSWORD } from '../support/person.ts';
import { freePort } from '../support/process.ts';
import type { Desk } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';

const staged = stagedTests();
const PORT = await freePort();
const CONSOLE = `http://localhost:${PORT}`;
const WITH_CONSOLE = { console: 'require: passkey', consolePort: PORT };

/** An owner with a passkey, signed in at the console. */
async function ownerSignsIn(desk: Desk): Promise<void> {
  const { manage } = desk.stage.sally;
  await addAccount(manage, { name: 'root', realm: 'staff', admin: true });
  const { links } = await issueTicket(manage, 'root', {}, 'staff');
  await desk.plug();
  await desk.page.goto(links[0]?.url ?? '');
  await desk.press('Start');
  for (const field of ['#password', '#again']) await desk.page.fill(field, PASSWORD);
  await desk.press('Continue');
  await desk.press(/Set up a passkey/);
  await desk.at('Your first way to sign in is ready');
  await desk.press(/just one way/);
  await desk.at('Save your recovery codes');
}

staged(
  'the overview says who is missing and leads there; the record is searched and followed; a request is explained',
  async (stage) => {
    const { manage } = stage.sally;
    for (const name of ['ada', 'bryn', 'carys']) await addAccount(manage, { name, realm: 'staff' });
    await issueTicket(manage, 'ada', {}, 'staff');
    await stage.desk(async (desk) => {
      const { page } = desk;
      await ownerSignsIn(desk);
      await page.goto(`${CONSOLE}/`);
      await desk.at('Overview');
      const missing = page.getByRole('link', { name: /People with nothing to sign in with/ });
      assert.match((await missing.innerText()).replaceAll('\n', ' '), /^2 /);
      const strongest = page.locator('tr', { has: page.getByRole('rowheader', { name: 'Passkey' }) });
      assert.match(await strongest.innerText(), /Passkey\s+1\s/);
      await missing.click();
      await desk.at('Accounts');
      await page.getByText('Accounts: 2').waitFor();
      await page.getByRole('link', { name: 'Record' }).click();
      await desk.at('Record');
      await page.getByLabel('Kind').selectOption('ticket.issue');
      await desk.press('Search');
      await page.getByRole('link', { name: 'ada' }).waitFor();
      assert.equal(await page.locator('#results tbody tr').count(), 2);
      // What comes in is shown by itself.
      await page.getByLabel('Show new entries by themselves').check();
      await issueTicket(manage, 'bryn', {}, 'staff');
      await page.getByRole('link', { name: 'bryn' }).waitFor({ timeout: 9000 });
      await issueTicket(manage, 'carys', {}, 'staff');
      await page.getByRole('link', { name: 'carys' }).waitFor({ timeout: 9000 });
      await page.getByText(/^New entries since then: [1-9]$/).waitFor();
      assert.match(await page.locator('#results tbody tr').first().innerText(), /carys/, 'the newest comes first');
      await page.getByRole('link', { name: 'Apps and rules' }).click();
      await page.getByLabel('Whole address').fill(`${stage.origin}/reports`);
      await page.getByLabel('Account').fill('bryn');
      await desk.press('Explain');
      await page.getByText('Only when signed in').waitFor();
      await page.getByText('may not').waitFor();
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'overview, record, apps and exemptions have no fault that axe finds, in light and dark, on a phone and a desk',
  async (stage) => {
    const { manage } = stage.sally;
    await addAccount(manage, { name: 'ada', realm: 'staff' });
    await grantRole.perform(manage, { account: 'ada', role: 'auditor' });
    await stage.desk(async (desk) => {
      const { page } = desk;
      await withAxe(desk.context);
      await ownerSignsIn(desk);
      const explained = `/apps?method=GET&url=${encodeURIComponent(`${stage.origin}/a`)}&account=ada`;
      for (const path of [
        '/',
        '/record',
        '/record?account=nobody',
        '/record/checkpoint',
        '/apps?url=x',
        explained,
        '/exemptions',
      ])
        for (const [width, colorScheme] of [
          [390, 'light'],
          [1280, 'dark'],
        ] as const) {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme });
          await page.goto(`${CONSOLE}${path}`);
          for (const details of await page.locator('main details').all())
            await details.evaluate((element) => element.setAttribute('open', ''));
          assert.deepEqual(await axeFaults(page), [], `${path} at ${width}`);
          const wide = (await page.locator('html').evaluate((html) => html.scrollWidth)) - width;
          assert.ok(wide <= 0, `${path} at ${width} is no wider than the screen`);
        }
    });
  },
  WITH_CONSOLE,
);
