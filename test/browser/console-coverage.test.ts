import assert from 'node:assert/strict';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
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

/** Two organisations: of one a person is waiting, of the other somebody has nothing. */
async function twoPractices({ sally: { manage } }: Stage): Promise<void> {
  for (const [name, of] of [
    ['ada', 'First Practice'],
    ['bob', 'Other Practice'],
  ] as const) {
    await addAccount(manage, { name, realm: 'staff' });
    const { id } = await addOrganisation.perform(manage, { name: of });
    await moveAccount.perform(manage, { account: name, organisation: id });
  }
  await issueTicket(manage, 'bob', {}, 'staff');
}

staged(
  'coverage of a day: found from the navigation, chosen by day and state, and led on to the account and its record',
  async (stage) => {
    await twoPractices(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await ownerSignsIn(desk);
      await page.goto(`${CONSOLE}/`);
      await page.getByRole('link', { name: 'Coverage' }).click();
      await desk.at('Coverage');
      await page.getByText('with a password alone: 0').waitFor();
      const row = page.locator('tr', { has: page.getByRole('rowheader', { name: 'Other Practice' }) });
      assert.match((await row.innerText()).replaceAll(/\s+/g, ' '), /^Other Practice 1 0 1 0 0 0/);
      await page.getByLabel('State').selectOption('waiting');
      await desk.press('Show');
      await page.getByText('Accounts by name: 1').waitFor();
      await page
        .locator('#accounts')
        .getByRole('link', { name: /^Record/ })
        .click();
      await desk.at('Record');
      await page.locator('#results code', { hasText: 'ticket.issue' }).waitFor();
      await page.goBack();
      await page.locator('#accounts').getByRole('link', { name: 'bob', exact: true }).click();
      await desk.at('bob');
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'coverage has no fault that axe finds, in light and dark, on a phone and a desk, and in Arabic',
  async (stage) => {
    await twoPractices(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await withAxe(desk.context);
      await ownerSignsIn(desk);
      const paths = ['/coverage', '/coverage?class=none', '/coverage?day=2020-01-01', '/coverage?day=2099-01-01'];
      for (const language of ['en', 'ar']) {
        await page.goto(CONSOLE);
        await page.locator(`button.language[value="${language}"]`).click();
        for (const path of paths)
          for (const [width, colorScheme] of [
            [390, 'light'],
            [1280, 'dark'],
          ] as const) {
            await page.setViewportSize({ width, height: 800 });
            await page.emulateMedia({ colorScheme });
            await page.goto(`${CONSOLE}${path}`);
            assert.equal(await page.locator('html').getAttribute('lang'), language);
            assert.deepEqual(await axeFaults(page), [], `${path} at ${width} in ${language}`);
            const wide = (await page.locator('html').evaluate((html) => html.scrollWidth)) - width;
            assert.ok(wide <= 0, `${path} at ${width} in ${language} is no wider than the screen`);
          }
      }
    });
  },
  WITH_CONSOLE,
);
