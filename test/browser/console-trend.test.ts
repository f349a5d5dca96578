import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dayAfter, dayOf } from '../../src/coverage/trend/days.ts';
import { recordConfiguration } from '../../src/manage/configuration.ts';
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
const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/console/', import.meta.url));
const DAY = 86_400_000;

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

/** Two months of two practices: people join and enrol, one of them falls back, an app answers others for some days. */
async function lived({ sally: { manage, clock, config } }: Stage): Promise<void> {
  const { store } = manage;
  const happened = (ago: number, kind: string, accountId: string | null, detail: object, more = {}) =>
    store.audit.append({
      ...{ sessionId: null, appId: null, source: null, outcome: 'ok' as const, actor: 'cli:root' },
      ...{ at: clock.now() - ago * DAY, kind, accountId, detail: JSON.stringify(detail), ...more },
    });
  await recordConfiguration({ store, clock }, config);
  const [loaded] = (await store.audit.list({ limit: 10_000, kind: 'config.load' })).slice(-1);
  await happened(61, 'config.load', null, JSON.parse(loaded?.detail ?? '{}'));
  for (const id of ['first', 'other'])
    await happened(61, 'organisation.add', null, { organisation: id, realm: 'staff', name: `Practice ${id}` });
  for (let n = 0; n < 24; n += 1) {
    const [id, name, joined] = [`p${n}`, `person${n}`, 60 - n];
    const organisation = n % 3 === 0 ? 'other' : 'first';
    await happened(joined, 'account.add', id, { realm: 'staff', name, organisation, groups: '' });
    if (n % 8 === 7) continue;
    await happened(joined - (n % 4), 'enrol.password', id, { set: true });
    await happened(joined - (n % 4), 'enrol.authenticator', id, { authenticator: `f${n}`, kind: 'totp' });
  }
  for (const n of [0, 3, 6])
    await happened(20, 'authenticator.remove', `p${n}`, { authenticator: `f${n}`, kind: 'totp' });
  const [app] = config.apps;
  await happened(15, 'origin.checked', null, {}, { outcome: 'failed', appId: app?.id });
  await happened(9, 'origin.checked', null, {}, { appId: app?.id });
}

staged(
  'the trend: reached from coverage by keyboard, read as numbers, and led on to the day on which it fell',
  async (stage) => {
    await lived(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await ownerSignsIn(desk);
      await page.goto(`${CONSOLE}/coverage`);
      await page.getByRole('link', { name: 'From day to day' }).focus();
      await page.keyboard.press('Enter');
      await desk.at('Coverage from day to day');
      assert.equal(await page.getByRole('navigation').locator('[aria-current]').first().innerText(), 'Coverage');
      await page.locator('.numbers summary').focus();
      await page.keyboard.press('Enter');
      const today = dayOf(stage.sally.clock.now());
      const fell = dayAfter(today, -20);
      await page
        .getByRole('row')
        .filter({ has: page.locator(`time[datetime="${fell}"]`) })
        .waitFor();
      const card = page.locator('.falls > li', { has: page.locator(`time[datetime="${fell}"]`) });
      assert.match(await card.innerText(), /from [\d.]+% to [\d.]+%\s+Protected: \d+, before: \d+\./);
      await card.getByRole('link', { name: /^Coverage of that day/ }).focus();
      await page.keyboard.press('Enter');
      await desk.at('Coverage');
      assert.equal(await page.locator('#day').inputValue(), fell);
      await page.goBack();
      await page.getByRole('link', { name: 'Practice other' }).click();
      await desk.at('Coverage from day to day');
      assert.equal(await page.locator('#organisation').inputValue(), 'other');
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'the trend has no fault that axe finds, in light and dark, on a phone and a desk, folded or not, in every language',
  async (stage) => {
    await lived(stage);
    if (process.env['TEST_SCREENS'] === '1') mkdirSync(SCREENS, { recursive: true });
    await stage.desk(async (desk) => {
      const { page } = desk;
      await withAxe(desk.context);
      await ownerSignsIn(desk);
      const paths = ['/coverage/trend', '/coverage/trend?organisation=other', '/coverage/trend?from=2099-01-01'];
      for (const language of ['en', 'cy', 'ar']) {
        await page.goto(CONSOLE);
        await page.locator(`button.language[value="${language}"]`).click();
        for (const [n, path] of paths.entries())
          for (const [width, colorScheme] of [
            [390, 'light'],
            [390, 'dark'],
            [1280, 'light'],
            [1280, 'dark'],
          ] as const) {
            await page.setViewportSize({ width, height: 800 });
            await page.emulateMedia({ colorScheme });
            await page.goto(`${CONSOLE}${path}`);
            assert.equal(await page.locator('html').getAttribute('lang'), language);
            const where = `${path} at ${width} in ${language}, ${colorScheme}`;
            if (process.env['TEST_SCREENS'] === '1')
              await page.screenshot({
                path: `${SCREENS}trend-${n}-${language}-${width}-${colorScheme}.png`,
                fullPage: true,
              });
            for (const summary of await page.locator('.numbers:not([open]) > summary').all()) await summary.click();
            assert.deepEqual(await axeFaults(page), [], where);
            const wide = (await page.locator('html').evaluate((html) => html.scrollWidth)) - width;
            assert.ok(wide <= 0, `${where} is no wider than the screen`);
            if (process.env['TEST_SCREENS'] === '1' && n === 0)
              await page.screenshot({
                path: `${SCREENS}trend-open-${language}-${width}-${colorScheme}.png`,
                fullPage: true,
              });
          }
      }
    });
  },
  WITH_CONSOLE,
);
