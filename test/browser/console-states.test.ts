import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after } from 'node:test';
import type { Page } from 'playwright-core';
import { addOrganisation, moveAccount, restrictOrganisation } from '../../src/manage/organisations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { readRosterOf } from '../../src/manage/roster/read.ts';
import { signIn, Walk } from '../support/console-walk.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { freePort } from '../support/process.ts';
import type { SallyportOptions } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import { startSmtp } from '../support/smtp.ts';
import type { Desk, Stage } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';
import { JPEG } from '../unit/lib/pictures.ts';

/** What the forms of the console answer, and the states of its pages that nothing but an act brings about; as in console-screens.test.ts. */

/** Forms that lead on to a page which is looked at, or to a file; where something was typed wrongly they are shown as others are. */
const LEAD_ON = [
  'POST /sessions/end-of-app',
  // With a script what came of each stands on the page before.
  'POST /accounts/many/do',
  'POST /accounts/:account/ticket/email',
  'POST /accounts/:account/tickets/end',
  'POST /accounts/:account/end',
  'POST /accounts/:account/sessions/end',
  'POST /accounts/:account/authenticators/remove',
  'POST /accounts/:account/disable',
  'POST /accounts/:account/enable',
  'POST /accounts/:account/unlock',
  'POST /accounts/:account/remove',
  'POST /accounts/:account/set',
  'POST /accounts/:account/move',
  'POST /accounts/:account/names',
  'POST /accounts/:account/names/remove',
  'POST /accounts/:account/roles/grant',
  'POST /accounts/:account/roles/revoke',
  'POST /invite/letters',
  'POST /sessions/end',
  'POST /sessions/end-app',
  'POST /sessions/end-organisation',
  'POST /organisations/:organisation/set',
  'POST /organisations/:organisation/policy',
  'POST /organisations/:organisation/hosts',
  'POST /organisations/:organisation/remove',
  'POST /roles/revoke',
  'POST /tokens/revoke',
  'POST /evidence/pack',
  'POST /waiting/withdraw',
  'POST /lock-down',
  'POST /lock-down/end',
];

const walk = new Walk();

/** An owner beside the first, whose acts want a second person. */
async function owner({ sally: { manage } }: Stage, name: string): Promise<string> {
  await addAccount(manage, { name, realm: 'staff', admin: true });
  return (await issueTicket(manage, name, {}, 'staff')).links[0]?.url ?? '';
}

/** What the console calls the cookie of a session at its address, as a browser has it that has signed in. */
async function cookieName({ context }: Desk): Promise<string> {
  const names = (await context.cookies()).map(({ name }) => name);
  return (
    names.find((name) => /^__Host-sallyport(?!.*(?:browser|pending|visitor|jar))/.test(name)) ??
    assert.fail(names.join())
  );
}

/** A browser that is signed in at the console already, by its cookie. */
async function comesIn({ stage, context, page }: Desk, account: string, name: string): Promise<void> {
  const value = (await stage.sally.session(account, { appId: 'console', factor: 'passkey' })).split('=')[1] ?? '';
  // To a browser localhost is as good as https.
  await context.addCookies([{ name, value, url: `https://localhost:${PORT}/`, secure: true, httpOnly: true }]);
  await walk.follow(context, page);
  page.setDefaultTimeout(60_000);
}

const PORT = await freePort();
const folder0 = mkdtempSync(join(tmpdir(), 'sallyport-'));
const LIST = join(folder0, 'portal.csv');
writeFileSync(LIST, 'account\ndora\neve\n');
const smtp = await startSmtp({ refuse: (to) => (to.startsWith('gone') ? { code: 550, message: 'no' } : null) });
after(async () => {
  await smtp.close();
  rmSync(folder0, { recursive: true });
});
const STATES: SallyportOptions = {
  console: 'require: passkey, two_person: [role.grant, lock-down.end]',
  consolePort: PORT,
  app: [`    roster: { file: ${LIST}, every: 24h }`],
  top: [
    ...['mail:', `  server: smtp://127.0.0.1:${smtp.port}`, '  from: Cwm Care <s@example.org>'],
    ...['record:', '  receivers:', `    archive: { to: "file://${join(folder0, 'record.jsonl')}" }`],
    '    siem: { to: "tls://127.0.0.1:9" }',
  ],
};
const LONG = 'margaret.llewellyn-jones.of.the.northern.practice';
const PEOPLE = `account,realm,email,groups,name,address,language
ann.hughes,staff,ann@people.test,desk,Ann Hughes,1 High Street|Leeds,cy
gone,staff,gone@people.test,,,,
ben.adams,staff,,,Ben Adams,,en
`;

/** What forms answer that were filled in wrongly, or ask for more. */
async function forms(page: Page, origin: string): Promise<void> {
  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  const open = (text: string) => page.locator('summary', { hasText: text }).first().click();
  await page.goto(`${origin}/accounts/new`);
  await page.fill('#name', 'dora');
  await press('Add the account');
  await walk.look(page, 'own-accounts-new-taken');
  await page.goto(`${origin}/organisations/new`);
  await page.fill('#name', 'staff');
  await press('Add');
  await walk.look(page, 'own-organisations-new-taken');
  await page.goto(`${origin}/tokens/new`);
  await page.fill('#name', 'backup');
  await page.selectOption('#scope', 'everything');
  await press('Make the token');
  await walk.look(page, 'own-tokens-none-chosen');
  await page.locator('.checks input').first().check();
  await press('Make the token');
  await page.locator('#secret').waitFor();
  await walk.look(page, 'own-token-made');
  await walk.visit(page, [origin, '/tokens'], 'own-');
  await page.goto(`${origin}/sessions`);
  await open('End sessions by passkey model');
  await page.fill('#aaguid', 'x');
  await press('End them now');
  await walk.look(page, 'own-sessions-no-model');
  await page.goto(`${origin}/roles`);
  await open('Give a role');
  await page.fill('#account', 'carys.morgan');
  await page.selectOption('#role', 'auditor');
  await page.selectOption('#scope', 'everything');
  await press('Give the role');
  await page.locator('h1', { hasText: /second person/ }).waitFor();
  await page.getByText('Another person who may do this confirms it there, until:').waitFor();
  assert.equal(await page.getByText('Error:').count(), 0, 'it is none');
  await walk.look(page, 'own-proposed');
}

/** A list of people from its first fault to what became of each link. */
async function invites(page: Page, origin: string): Promise<void> {
  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  await page.goto(`${origin}/invite`);
  await page.fill('#text', `${PEOPLE}carl,staff,no-address,,,,\n<b>x,staff,,,,,\n`);
  await press('Show what would be done');
  await walk.look(page, 'own-invite-faults');
  await page.goto(`${origin}/invite`);
  await page.fill('#text', PEOPLE);
  await press('Show what would be done');
  await walk.look(page, 'own-invite-preview');
  await press('Do this now');
  await walk.look(page, 'own-invite-done');
  await press('Send by e-mail');
  await walk.look(page, 'own-invite-queued');
  await until(async () => {
    await page.goto(`${origin}/invitations`);
    return (await page.getByRole('row', { name: /Waiting/ }).count()) === 0;
  });
  await walk.look(page, 'own-invitations');
}

/** What is done to many at once, to one, and to a list of an app. */
async function acts({ page, stage }: Desk, origin: string): Promise<void> {
  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  await page.goto(`${origin}/rosters/erase`);
  await page.fill('#name', 'somebody.else');
  await page.fill('#reason', 'Art. 17');
  await press('Erase the name');
  await walk.look(page, 'own-erased');
  await page.goto(`${origin}/accounts`);
  await page.check('[data-pick-all]');
  await press('Create links');
  await walk.look(page, 'own-many');
  await press(/^Create links: /);
  await page.getByText('Done, but not for everybody').waitFor();
  await walk.look(page, 'own-many-done');
  const carys = (await stage.sally.manage.store.accounts.byName('staff', 'carys.morgan'))?.id ?? '';
  await page.goto(`${origin}/accounts/${carys}`);
  await press('Invite again');
  await page.locator('#secret').waitFor();
  await walk.look(page, 'own-link');
  writeFileSync(LIST, '"open');
  await page.goto(`${origin}/reconciliation/portal`);
  await press('Read it again now');
  await walk.look(page, 'own-list-refused');
  await page.goto(`${origin}/reconciliation/portal`);
  await page.setInputFiles('#file', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('name\n') });
  await press('Compare');
  await walk.look(page, 'own-list-brought-wrong');
}

async function organisationWithLogo(page: Page, origin: string, id: string): Promise<void> {
  await page.goto(`${origin}/organisations/${id}`);
  await page.getByText('Add a logo').click();
  await page.setInputFiles('#logo', { name: 'a.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') });
  await page.locator('details[open]').getByRole('button', { name: 'Save' }).click();
  await walk.look(page, 'own-logo-wrong');
  await page.goto(`${origin}/organisations/${id}`);
  await page.getByText('Add a logo').click();
  await page.setInputFiles('#logo', { name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(JPEG, 'base64') });
  await page.locator('details[open]').getByRole('button', { name: 'Save' }).click();
  await page.locator('img.organisation-logo').waitFor();
  await walk.look(page, 'own-organisation');
}

/** As whoever owns the database could. */
function alterLists(data: string): void {
  const database = new DatabaseSync(join(data, 'sallyport.db'));
  database.exec("drop trigger rosters_no_update; update rosters set text = replace(text, 'eve', 'ava')");
  database.close();
}

stagedTests()(
  'what is proposed, refused, shown once, closed, ended or altered fits a phone and a desk, with no fault that axe finds',
  async (stage) => {
    const { manage } = stage.sally;
    const origin = `http://localhost:${PORT}`;
    const first = await owner(stage, 'root');
    await addAccount(manage, { name: 'carys.morgan', realm: 'staff' });
    const { id } = await addOrganisation.perform(manage, { name: 'Cwm Practice', realm: 'staff' });
    await stage.sally.session('dora', { factor: 'passkey' });
    for (const name of ['boss', 'desk', LONG]) await stage.sally.session(name);
    await moveAccount.perform(manage, { account: LONG, organisation: id });
    await grantRole.perform(manage, { account: 'boss', role: 'owner' });
    await grantRole.perform(manage, { account: 'desk', role: 'help-desk' });
    await readRosterOf.perform(manage, { app: 'portal', names: ['dora', 'eve'] });
    let cookie = '';
    await stage.desk(async (desk) => {
      const { page } = desk;
      page.setDefaultTimeout(60_000);
      await walk.follow(desk.context, page);
      await signIn(page, first);
      cookie = await cookieName(desk);
      await forms(page, origin);
      await invites(page, origin);
      await acts(desk, origin);
      await organisationWithLogo(page, origin, id);
      alterLists(stage.sally.data);
      await walk.visit(page, [origin, '/reconciliation', '/reconciliation/portal'], 'own-altered-');
      await page.goto(`${origin}/lock-down`);
      await page.fill('#reason', 'A certificate was stolen');
      await page.getByRole('button', { name: 'Close it now' }).click();
      await page.getByText('A certificate was stolen').first().waitFor();
      await walk.visit(page, [origin, '/waiting', '/lock-down', '/sessions?ended=3&streams=2&ms=40&silent=1'], 'own-');
      await page.goto(`${origin}/record`);
      await page.getByLabel('Show new entries by themselves').check();
      await walk.look(page, 'own-record-live');
    });
    await stage.desk(async (desk) => {
      const { page } = desk;
      await comesIn(desk, 'boss', cookie);
      await walk.visit(page, [origin, '/waiting', '/record/checkpoint', '/accounts/id-dora'], 'other-');
      await stage.sally.advance(6 * 60_000);
      await page.goto(`${origin}/waiting`);
      await page.getByRole('button', { name: 'Confirm and do it' }).first().click();
      await page.locator('h1', { hasText: 'Please confirm' }).waitFor();
      await walk.look(page, 'other-asked-to-confirm');
    });
    await stage.desk(async (desk) => {
      const { page } = desk;
      await comesIn(desk, 'desk', cookie);
      await walk.visit(page, [origin, '/', '/evidence', '/accounts/id-dora'], 'desk-');
    });
    await stage.desk(async (desk) => {
      const { page } = desk;
      await comesIn(desk, LONG, cookie);
      await walk.visit(page, [origin, '/accounts'], 'no-role-');
      await restrictOrganisation.perform(manage, { organisation: id, policy: { networks: ['192.0.2.0/24'] } });
      await walk.visit(page, [origin, '/accounts'], 'elsewhere-');
    });
    await stage.desk(async (desk) => {
      const { page } = desk;
      await comesIn(desk, 'boss', cookie);
      await page.goto(`${origin}/sessions`);
      await page.locator('summary', { hasText: 'End every session' }).click();
      await page.fill('#confirm', 'everybody');
      await page.getByRole('button', { name: 'End every session now' }).click();
      await page.locator('h1', { hasText: 'Sessions ended' }).waitFor();
      await walk.look(page, 'other-everything-ended');
    });
    assert.deepEqual(walk.faults, []);
    assert.deepEqual(walk.unseen('POST'), LEAD_ON, 'what every other form answers was looked at');
  },
  STATES,
);
