import assert from 'node:assert/strict';
import { after } from 'node:test';
import { FREE_GUESSES, withPlace } from '../../src/accounts/throttle.ts';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { PASSWORD } from '../support/person.ts';
import { freePort } from '../support/process.ts';
import { startSmtp } from '../support/smtp.ts';
import type { Desk, Stage } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';

const staged = stagedTests();
const PORT = await freePort();
const CONSOLE = `http://localhost:${PORT}`;
const WITH_CONSOLE = { console: 'require: passkey', consolePort: PORT };
const smtp = await startSmtp({});
after(() => smtp.close());
const MAIL = ['mail:', `  server: smtp://127.0.0.1:${smtp.port}`, '  from: Cwm Care <s@example.org>'];

/** Somebody with the role, signed in at a desk. */
async function signsIn(desk: Desk, role: 'help-desk' | 'auditor' | 'administrator'): Promise<void> {
  const { manage } = desk.stage.sally;
  await addAccount(manage, { name: 'desk', realm: 'staff' });
  await grantRole.perform(manage, { account: 'desk', role });
  const { links } = await issueTicket(manage, 'desk', {}, 'staff');
  await desk.plug();
  await desk.page.goto(links[0]?.url ?? '');
  await desk.press('Start');
  for (const field of ['#password', '#again']) await desk.page.fill(field, PASSWORD);
  await desk.press('Continue');
  await desk.press(/Set up a passkey/);
  await desk.press(/just one way/);
  await desk.at('Save your recovery codes');
  await desk.page.setViewportSize({ width: 1280, height: 800 });
}

interface Focused {
  readonly text: string;
  /** The browser draws something around it, inside of what is shown. */
  readonly visible: boolean;
}

const focused = ({ page }: Desk): Promise<Focused> =>
  page.evaluate(`(() => {
    const e = document.activeElement;
    const style = getComputedStyle(e);
    const { top, bottom } = e.getBoundingClientRect();
    // Inside of a field for a day it is the browser that shows which part has it.
    const drawn = e.type === 'date' || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0);
    return { text: e.textContent.trim().replace(/\\s+/g, ' '), visible: drawn && bottom > 0 && top < innerHeight };
  })()`);

/** Presses Tab until what has the focus is called so; everything on the way shows that it has it. */
async function tabsTo(desk: Desk, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await desk.page.keyboard.press('Tab');
    const { text, visible } = await focused(desk);
    assert.ok(visible, `${text}: the focus cannot be seen`);
    if (text === name) return;
  }
  assert.fail(`Tab does not lead to ${name}`);
}

/** The same by the arrow keys, where a list has several. */
async function arrowsTo(desk: Desk, name: string): Promise<void> {
  for (const key of ['ArrowUp', 'ArrowDown']) {
    if ((await focused(desk)).text === name) return;
    await desk.page.keyboard.press(key);
  }
  assert.equal((await focused(desk)).text, name);
}

/** From any page to the account, as somebody on the telephone spells it. */
async function finds(desk: Desk, typed: string, name: string): Promise<void> {
  const { page } = desk;
  await page.goto(`${CONSOLE}/accounts`);
  await page.keyboard.press('/');
  await page.keyboard.type(typed);
  await page.getByText('Accounts: 1').waitFor();
  await page.keyboard.press('ArrowDown');
  assert.deepEqual(await focused(desk), { text: name, visible: true });
  await page.keyboard.press('Enter');
  await desk.at(name);
}

async function people({ sally }: Stage): Promise<void> {
  for (const name of ['ada.lovelace', 'carys.morgan', 'david.okafor'])
    await addAccount(sally.manage, { name, realm: 'staff' });
  await sally.session('dora');
}

/** Wrongly, as often as somebody has to wait for. */
async function guesses({ sally: { manage } }: Stage, name: string): Promise<void> {
  const target = { guess: 'code', realm: 'staff', name, from: 'known' } as const;
  const now = manage.clock.now();
  for (let i = 0; i < FREE_GUESSES; i += 1)
    await withPlace(manage.store, target, now, (place) => place.failed(manage.store.throttles, now));
}

staged(
  'the three usual acts of the help desk, by the keyboard alone; the focus is always seen',
  async (stage) => {
    await people(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await signsIn(desk, 'help-desk');
      await finds(desk, 'morgan', 'carys.morgan');
      await tabsTo(desk, 'New link');
      await page.keyboard.press('Enter');
      await desk.at('New link');
      await guesses(stage, 'carys.morgan');
      await finds(desk, 'morgan', 'carys.morgan');
      await tabsTo(desk, 'End waits after wrong attempts');
      await page.keyboard.press('Enter');
      await page.locator('main [role="status"]').waitFor();
      await finds(desk, 'dora', 'dora');
      await tabsTo(desk, 'End all sessions');
      await page.keyboard.press('Enter');
      await page.getByText('Sessions ended: 1').waitFor();
      const kinds = (await stage.sally.audit()).map(({ kind }) => kind);
      for (const kind of ['ticket.issue', 'account.unlock', 'session.revoke'])
        assert.ok(kinds.includes(kind as never), kind);
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'the arrow keys lead from the search through a list and back, and / to the first filter of the record',
  async (stage) => {
    await people(stage);
    await stage.desk(async (desk) => {
      const { page } = desk;
      await signsIn(desk, 'auditor');
      await page.goto(`${CONSOLE}/accounts`);
      await page.keyboard.press('/');
      const names: string[] = [];
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) {
        await page.keyboard.press(key);
        names.push((await focused(desk)).text);
      }
      assert.deepEqual(names, ['ada.lovelace', 'carys.morgan', 'david.okafor', 'carys.morgan']);
      for (const key of ['ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
      assert.equal(await page.locator(':focus').getAttribute('id'), 'text');
      await page.goto(`${CONSOLE}/record`);
      await page.keyboard.press('/');
      assert.equal(await page.locator(':focus').getAttribute('id'), 'account');
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'the trend by the keyboard alone: its days, its numbers, and from an organisation to its own',
  async (stage) => {
    await people(stage);
    const { manage } = stage.sally;
    const { id } = await addOrganisation.perform(manage, { name: 'Cwm Practice', realm: 'staff' });
    await moveAccount.perform(manage, { account: 'carys.morgan', organisation: id });
    await stage.desk(async (desk) => {
      const { page } = desk;
      await signsIn(desk, 'auditor');
      await page.goto(`${CONSOLE}/coverage`);
      await tabsTo(desk, 'From day to day');
      await page.keyboard.press('Enter');
      await desk.at('Coverage from day to day');
      await page.keyboard.press('/');
      assert.equal(await page.locator(':focus').getAttribute('id'), 'from');
      await tabsTo(desk, 'In numbers');
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('.numbers[open]').count(), 1);
      await page.keyboard.press('/');
      await tabsTo(desk, 'Cwm Practice');
      // The arrow keys lead through the list as through any other.
      const names: string[] = [];
      for (const key of ['ArrowDown', 'ArrowUp']) {
        await page.keyboard.press(key);
        const { text, visible } = await focused(desk);
        assert.ok(visible, text);
        names.push(text);
      }
      assert.deepEqual(names.toSorted(), ['Cwm Practice', 'staff']);
      await arrowsTo(desk, 'Cwm Practice');
      await page.keyboard.press('Enter');
      await page.waitForURL(/organisation=/);
      await desk.at('Coverage from day to day');
      assert.equal(await page.locator('#organisation').inputValue(), id);
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'many people are invited by the keyboard alone, to what became of each link and on to one of them',
  async (stage) => {
    await stage.desk(async (desk) => {
      const { page } = desk;
      await signsIn(desk, 'administrator');
      await page.goto(`${CONSOLE}/`);
      await tabsTo(desk, 'Invite');
      await page.keyboard.press('Enter');
      await desk.at('Invite many people');
      for (let presses = 0; (await page.locator('#text:focus').count()) === 0; presses += 1) {
        assert.ok(presses < 60, 'Tab leads to the list');
        await page.keyboard.press('Tab');
      }
      await page.keyboard.insertText(
        'account,realm,email\nann.hughes,staff,ann@people.test\nben.adams,staff,ben@people.test\n',
      );
      for (const [name, leadsTo] of [
        ['Show what would be done', 'What would be done'],
        ['Do this now', 'The list is in'],
        ['Send by e-mail', 'The links are on their way'],
        ['See what becomes of them', 'Links sent by e-mail'],
      ] as const) {
        await tabsTo(desk, name);
        await page.keyboard.press('Enter');
        await desk.at(leadsTo);
      }
      await tabsTo(desk, 'Look again');
      await page.keyboard.press('Tab');
      const names = [(await focused(desk)).text];
      for (const key of ['ArrowDown', 'ArrowUp']) {
        await page.keyboard.press(key);
        const { text, visible } = await focused(desk);
        assert.ok(visible, text);
        names.push(text);
      }
      assert.deepEqual([...new Set(names)].toSorted(), ['ann.hughes', 'ben.adams']);
      assert.equal(names[0], names[2]);
      await page.keyboard.press('Enter');
      await desk.at(names[0] ?? '');
      assert.deepEqual(desk.complaints, []);
    });
  },
  { ...WITH_CONSOLE, top: MAIL },
);

staged(
  'times are those of whoever reads them, in what is fetched later too, and UTC for whoever points at one',
  async (stage) => {
    await people(stage);
    await stage.desk(
      async (desk) => {
        const { page } = desk;
        await signsIn(desk, 'auditor');
        const format = { timeZone: 'Pacific/Auckland', dateStyle: 'medium', timeStyle: 'short' } as const;
        const expected = async (path: string) => {
          const times = page.locator('time');
          assert.ok((await times.count()) > 0, path);
          for (const time of await times.all()) {
            const at = new Date((await time.getAttribute('datetime')) ?? '');
            const utc = `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
            assert.equal(await time.getAttribute('title'), utc, path);
            const said = (await time.textContent()) ?? '';
            assert.ok(
              said.endsWith(new Intl.DateTimeFormat('en-GB', format).format(at)),
              `${path}: ${said} for ${utc}`,
            );
          }
        };
        for (const path of [
          '/accounts',
          '/accounts/id-dora',
          '/sessions',
          '/record',
          '/me',
          '/organisations',
          '/coverage',
        ]) {
          await page.goto(`${CONSOLE}${path}`);
          await page.getByText('Times are those of: Pacific/Auckland').waitFor();
          await expected(path);
        }
        await page.goto(`${CONSOLE}/accounts`);
        await page.keyboard.press('/');
        await page.keyboard.type('desk');
        await page.getByText('Accounts: 1').waitFor();
        await expected('typed');
        assert.deepEqual(desk.complaints, []);
      },
      { timezoneId: 'Pacific/Auckland' },
    );
  },
  WITH_CONSOLE,
);
