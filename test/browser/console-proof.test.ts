import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { logVerifier } from '../../src/audit/log-key.ts';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { verify } from '../../src/pack/verify/verify.ts';
import { formatVerifierKey } from '../../src/tlog/key.ts';
import { axeFaults, withAxe } from '../support/axe.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { PASSWORD } from '../support/person.ts';
import { freePort } from '../support/process.ts';
import { filesOf } from '../support/remake.ts';
import type { Desk, Stage } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';

const staged = stagedTests();
const PORT = await freePort();
const CONSOLE = `http://localhost:${PORT}`;
const WITH_CONSOLE = { console: 'require: passkey', consolePort: PORT };
const LIST = 'username;mail\nada;a@x.example\nbob;b@x.example\n=cmd|x;c@x.example\nnobody.here;d@x.example\n';

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

async function twoPractices({ sally: { manage } }: Stage): Promise<void> {
  for (const [name, of] of [
    ['ada', 'First Practice'],
    ['qzx-bob', 'Qzx Other Practice'],
  ] as const) {
    await addAccount(manage, { name, realm: 'staff' });
    const { id } = await addOrganisation.perform(manage, { name: of });
    await moveAccount.perform(manage, { account: name, organisation: id });
  }
  await addAccount(manage, { name: 'bob', realm: 'staff' });
  await issueTicket(manage, 'bob', {}, 'staff');
}

async function chooseDays(page: Page, { sally }: Stage): Promise<void> {
  const today = new Date(sally.clock.now()).toISOString().slice(0, 10);
  for (const label of ['First day', 'Last day']) await page.getByLabel(label).fill(today);
}

async function downloaded(page: Page): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 30_000 }),
    page.getByRole('button', { name: 'Make and download' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^evidence-.*\.zip$/);
  return readFile(await download.path());
}

async function keyOf({ sally }: Stage): Promise<string> {
  const [row] = await sally.app.store.log.keys();
  assert.ok(row);
  return formatVerifierKey(logVerifier(row));
}

staged(
  'evidence: found from the navigation, shown before it is made, downloaded, and accepted by the verifier that people run',
  async (stage) => {
    await twoPractices(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await ownerSignsIn(desk);
      await page.goto(`${CONSOLE}/`);
      await page.getByRole('link', { name: 'Evidence' }).click();
      await desk.at('Evidence');
      const [first] = await stage.sally.audit();
      const began = new Date(first?.at ?? 0).toISOString().slice(0, 10);
      assert.equal(await page.getByLabel('First day').inputValue(), began, 'nothing is on record before');
      await chooseDays(page, stage);
      await desk.press('Show what it would hold');
      await page.getByRole('heading', { name: 'What the pack would hold' }).waitFor();
      assert.equal((await stage.sally.audit('evidence.export')).length, 0, 'nothing is made by looking');
      const pack = await downloaded(page);
      const verdict = await verify({ pack, key: await keyOf(stage), checkpoint: null });
      assert.equal(verdict.verdict, 'verified');
      const [entry] = await stage.sally.audit('evidence.export');
      const root = await stage.sally.app.store.accounts.byName('staff', 'root');
      assert.equal(entry?.actor, root?.id);
      await page.getByLabel('Organisation').selectOption({ label: 'First Practice' });
      await page.getByLabel(/^Hide names/).check();
      await desk.press('Show what it would hold');
      await page.getByText('Nothing of any other organisation is in it').waitFor();
      const files = await filesOf(await downloaded(page));
      const texts = [...files].map(([, content]) => content.toString('latin1')).join('\n');
      assert.doesNotMatch(texts, /qzx-bob|qzx other/i);
      assert.doesNotMatch(files.get('entries.ndjson')?.toString() ?? '', /"ada"/);
      await page.getByRole('link', { name: /What mandates ask for/ }).click();
      await page.getByText('Not covered').first().waitFor();
      await page.goto(`${CONSOLE}/evidence?from=2026-02-31&to=2026-03-01`);
      await page.getByText('No pack can be made of that').waitFor();
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'reconciliation: what to do first, a list brought, each account with its state, filtered, and taken along',
  async (stage) => {
    await twoPractices(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await ownerSignsIn(desk);
      await page.goto(`${CONSOLE}/`);
      await page.getByRole('link', { name: 'Reconciliation' }).click();
      await desk.at('Reconciliation');
      await page.getByText('No list of this app was read yet').waitFor();
      await page
        .getByRole('link', { name: /^Bring a list/ })
        .first()
        .click();
      await desk.at('portal');
      await page.getByText('Bring the app’s own list of accounts below').waitFor();
      const bring = async (text: string) => {
        await page
          .getByLabel('CSV file')
          .setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
        await desk.press('Compare');
      };
      await page.getByLabel('Column with the names').fill('no such column');
      await bring(LIST);
      await page.getByText('The list was not taken').waitFor();
      assert.equal((await stage.sally.audit('roster.read')).length, 0);
      await bring(LIST);
      await page.getByText('The list has been read and compared').waitFor();
      const figures = (await page.locator('.figures').innerText()).replaceAll(/\s+/g, ' ');
      assert.match(figures, /In the app, unknown here 2 Never came 1 Invited 1 .* Here, gone from the app 2/);
      const unknown = page.locator('.figure', { hasText: 'In the app, unknown here' }).getByRole('link');
      await unknown.click();
      await page.getByText('Accounts: 2').waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'CSV' }).click(),
      ]);
      const csv = await readFile(await download.path(), 'utf8');
      assert.deepEqual(csv.split('\r\n').slice(1, 3), [
        `"'=cmd|x","","","unknown","",""`,
        '"nobody.here","","","unknown","",""',
      ]);
      await page.getByLabel('State').selectOption('invited');
      await desk.press('Show');
      await page.locator('#accounts').getByRole('link', { name: 'bob', exact: true }).click();
      await desk.at('bob');
      await stage.sally.advance(6 * 60_000);
      await page.goto(`${CONSOLE}/reconciliation/portal`);
      await bring(`${LIST}later\n`);
      await page.getByText('Nothing has been done yet').or(page.getByText('nothing was done')).first().waitFor();
      assert.equal((await stage.sally.audit('roster.read')).length, 1, 'a factor of late is asked for first');
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'evidence and reconciliation have no fault that axe finds, in light and dark, on a phone and a desk, and in Arabic',
  async (stage) => {
    await twoPractices(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await withAxe(desk.context);
      await ownerSignsIn(desk);
      const today = new Date(stage.sally.clock.now()).toISOString().slice(0, 10);
      await page.goto(`${CONSOLE}/reconciliation/portal`);
      const shown = ['/evidence', `/evidence?from=${today}&to=${today}`, '/evidence?from=x&to=y', '/evidence/mandates'];
      const lists = ['/reconciliation', '/reconciliation/portal', '/reconciliation/portal?state=unknown'];
      await look(desk, [...shown, ...lists]);
      await page.locator('button.language[value="en"]').click();
      await page.goto(`${CONSOLE}/reconciliation/portal`);
      await page.setInputFiles('#file', { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) });
      await desk.press('Compare');
      await page.getByText('The list has been read and compared').waitFor();
      await look(desk, [...lists, '/reconciliation/portal?state=nonsense']);
    });
  },
  WITH_CONSOLE,
);

async function look({ page }: Desk, paths: readonly string[]): Promise<void> {
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
}

staged(
  'both pages work without JavaScript',
  async (stage) => {
    await twoPractices(stage);
    await stage.desk(async (desk) => {
      await ownerSignsIn(desk);
      const cookies = await desk.context.cookies();
      await stage.desk(
        async (plain) => {
          await plain.context.addCookies(cookies);
          const { page } = plain;
          await page.goto(`${CONSOLE}/evidence`);
          await chooseDays(page, stage);
          await plain.press('Show what it would hold');
          const pack = await downloaded(page);
          assert.equal((await verify({ pack, key: await keyOf(stage), checkpoint: null })).verdict, 'verified');
          await page.goto(`${CONSOLE}/reconciliation/portal`);
          await page.setInputFiles('#file', { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) });
          await plain.press('Compare');
          await page.getByText('The list has been read and compared').waitFor();
        },
        { javaScriptEnabled: false },
      );
    });
  },
  WITH_CONSOLE,
);
