import assert from 'node:assert/strict';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { axeFaults, withAxe } from '../support/axe.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { PASSWORD } from '../support/person.ts';
import { freePort } from '../support/process.ts';
import type { Desk, Stage } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';
import { ticks } from '../support/upstream.ts';

const staged = stagedTests();
const PORT = await freePort();
const CONSOLE = `http://localhost:${PORT}`;
const WITH_CONSOLE = { console: 'require: passkey', consolePort: PORT };

/** Two organisations with their people. */
async function town({ sally: { manage } }: Stage): Promise<Readonly<Record<'first' | 'other', string>>> {
  const first = (await addOrganisation.perform(manage, { name: 'First Practice' })).id;
  const other = (await addOrganisation.perform(manage, { name: 'Other Practice' })).id;
  for (const [name, organisation] of [
    ['ada.lovelace', first],
    ['carys.morgan', first],
    ['david.okafor', first],
    ['zoe.other', other],
  ] as const)
    await addAccount(manage, { name, realm: 'staff', organisation, email: `${name}@people.test` });
  return { first, other };
}

/** Somebody with a passkey and a role, signed in at the console. */
async function signsIn(desk: Desk, name: string, grant: Parameters<typeof grantRole.perform>[1] | null): Promise<void> {
  const { manage } = desk.stage.sally;
  await addAccount(manage, { name, realm: 'staff', ...(grant === null ? { admin: true } : {}) });
  if (grant !== null) await grantRole.perform(manage, grant);
  const { links } = await issueTicket(manage, name, {}, 'staff');
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

/** Presses Tab until what has the focus is called so. */
async function tabsTo({ page }: Desk, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (
      (
        await page
          .locator(':focus')
          .textContent()
          .catch(() => null)
      )?.trim() === name
    )
      return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not lead to ${name}`);
}

staged(
  'the help desk finds a person and creates a new link, by the keyboard alone',
  async (stage) => {
    await town(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await signsIn(desk, 'desk', { account: 'desk', role: 'help-desk' });
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(`${CONSOLE}/accounts`);
      await desk.at('Accounts');
      await page.keyboard.press('/');
      await page.keyboard.type('morgan');
      await page.getByText('Accounts: 1').waitFor();
      assert.match(page.url(), /\?text=morgan$/);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await desk.at('carys.morgan');
      await page.getByText('this person cannot sign in').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Disable' }).count(), 0);
      await tabsTo(desk, 'New link');
      await page.keyboard.press('Enter');
      await desk.at('New link');
      const link = await page.locator('#secret').innerText();
      assert.match(link, /\/\.sallyport\/enrol\//);
      await tabsTo(desk, 'Back to the account');
      await page.keyboard.press('Enter');
      await desk.at('carys.morgan');
      await page.getByText('A link is open until').waitFor();
      // The link is good.
      await page.goto(link);
      await desk.press('Start');
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'sessions are ended, and the page says when the last stream stopped, as the record does',
  async (stage) => {
    const { sally } = stage;
    await stage.desk(async (desk) => {
      const { page } = desk;
      await signsIn(desk, 'root', null);
      const cookie = await sally.session('dora');
      await sally.session('emil');
      sally.upstream.on('/events', ticks(20));
      const cut = sally.raw(sally.request('GET', '/events', { cookie }), { deadlineMs: 30_000 });
      await page.goto(`${CONSOLE}/sessions?app=portal`);
      await page.getByText('Live sessions: 2').waitFor();
      await page.locator('summary', { hasText: 'End all sessions at portal' }).click();
      await desk.press('End them now');
      await page.getByText('Sessions ended: 2').waitFor();
      await cut;
      const said = await page.getByText('Everything they had open stopped within').innerText();
      const [row] = await sally.audit('session.stopped');
      const { ms, streams, sessions } = JSON.parse(row?.detail ?? '{}') as Record<string, number>;
      assert.deepEqual([sessions, streams], [2, 1]);
      assert.equal(Number(/([\d.,]+) milliseconds?$/.exec(said)?.[1]), Math.ceil(ms ?? Number.NaN));
      await page.getByText('Requests and connections that were cut: 1').waitFor();

      // Everything, one's own session too: the figure is on the last page that one is shown.
      await page.goto(`${CONSOLE}/sessions`);
      await page.locator('summary', { hasText: 'End every session' }).click();
      await page.fill('#confirm', 'nobody');
      await desk.press('End every session now');
      await page.getByText('That is not the word').waitFor();
      await page.fill('#confirm', 'everybody');
      await desk.press('End every session now');
      await desk.at('Sessions ended');
      await page.getByText('Your own session was among them').waitFor();
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'a role is given for one organisation, and whoever holds it sees that organisation alone',
  async (stage) => {
    const { first } = await town(stage);
    const { manage } = stage.sally;
    await stage.desk(async (desk) => {
      const { page } = desk;
      await signsIn(desk, 'root', null);
      await addAccount(manage, { name: 'manager', realm: 'staff' });
      await moveAccount.perform(manage, { account: 'manager', organisation: first });
      await page.goto(`${CONSOLE}/roles`);
      await page.locator('summary', { hasText: 'Give a role' }).click();
      await page.fill('#account', 'manager');
      await page.selectOption('#role', 'administrator');
      await desk.press('Give the role');
      await page.getByText('Please choose one').waitFor();
      assert.equal(await page.inputValue('#account'), 'manager');
      await page.selectOption('#organisation', { label: 'First Practice' });
      await desk.press('Give the role');
      await page.getByText('The role has been given').waitFor();
    });
    const holder = await manage.store.accounts.byName('staff', 'manager');
    assert.deepEqual(holder?.roles, [{ role: 'administrator', organisation: first }]);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await desk.plug();
      const { links } = await issueTicket(manage, 'manager', {}, 'staff');
      await page.goto(links[0]?.url ?? '');
      await desk.press('Start');
      for (const field of ['#password', '#again']) await page.fill(field, PASSWORD);
      await desk.press('Continue');
      await desk.press(/Set up a passkey/);
      await desk.press(/just one way/);
      await desk.at('Save your recovery codes');
      await page.goto(`${CONSOLE}/accounts`);
      await page.getByText('Accounts: 4').waitFor();
      assert.equal(await page.getByText('zoe.other').count(), 0);
      await page.goto(`${CONSOLE}/organisations`);
      await page.getByText('1 organisation').waitFor();
      assert.equal(await page.getByText('Other Practice').count(), 0);
      await page.goto(`${CONSOLE}/me`);
      await page.getByText('Only for the organisations that my roles are for').waitFor();
    });
  },
  WITH_CONSOLE,
);

staged(
  'many at once, with progress; whoever it failed for is told apart',
  async (stage) => {
    await town(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await signsIn(desk, 'root', null);
      await page.goto(`${CONSOLE}/accounts`);
      await page.check('[data-pick-all]');
      await page.getByRole('button', { name: 'Create links' }).click();
      await desk.at('Create links');
      await page.getByRole('button', { name: 'Create links: 5' }).click();
      await page.getByText('Done, but not for everybody').waitFor();
      assert.equal(await page.locator('code.link').count(), 4);
      // Nobody does to themselves what opens a door.
      await page.getByText('your role does not allow it for this person').waitFor();
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'axe finds nothing on any page or state for the work with people, on a phone and at a desk',
  async (stage) => {
    const { first } = await town(stage);
    const { manage } = stage.sally;
    await grantRole.perform(manage, { account: 'ada.lovelace', role: 'help-desk', organisation: first });
    await issueTicket(manage, 'david.okafor', {}, 'staff');
    const id = (await manage.store.accounts.byName('staff', 'david.okafor'))?.id ?? '';
    await stage.desk(async (desk) => {
      const { page } = desk;
      await withAxe(desk.context);
      await signsIn(desk, 'root', null);
      await stage.sally.session('dora');
      for (const path of [
        '/accounts',
        '/accounts?state=invited&text=o',
        '/accounts?text=zzz',
        '/accounts/new',
        `/accounts/${id}`,
        '/accounts/id-dora',
        '/sessions?app=portal',
        '/sessions?ended=3&streams=2&ms=40&silent=1',
        '/organisations',
        `/organisations/${first}`,
        '/organisations/new',
        '/roles',
        '/tokens',
        '/tokens/new',
        '/lock-down',
        '/me',
      ]) {
        await page.goto(`${CONSOLE}${path}`);
        await page.locator('main h1').waitFor();
        await page.locator('details').evaluateAll((all) => {
          for (const each of all) each.setAttribute('open', '');
        });
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          assert.deepEqual(await axeFaults(page), [], `${path} at ${width}`);
          const wide = (await page.locator('html').evaluate((html) => html.scrollWidth)) - width;
          assert.ok(wide <= 0, `${path} is ${wide} px wider than ${width}`);
        }
      }
      await page.goto(`${CONSOLE}/accounts/${id}`);
      await page.getByRole('button', { name: 'Invite again', exact: true }).click();
      await desk.at('New link');
      assert.deepEqual(await axeFaults(page), [], 'a link');
    });
  },
  WITH_CONSOLE,
);
