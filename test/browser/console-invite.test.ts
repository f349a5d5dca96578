import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listAccounts } from '../../src/manage/accounts.ts';
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
const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/', import.meta.url));

async function signsIn(desk: Desk): Promise<void> {
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

/** Looked at on a desk and on a phone, light and dark; nothing is wider than the screen. */
async function looks({ page }: Desk, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  for (const width of [1280, 390])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      // Colours move there.
      await page.evaluate('Promise.all(document.getAnimations().map(({ finished }) => finished)).then(() => 0)');
      assert.deepEqual(await axeFaults(page), [], `${name} ${width} ${colorScheme}`);
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
      assert.ok(wide <= 0, `${name} is ${wide} px wider than ${width}`);
      await page.screenshot({ path: join(SCREENS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  await page.setViewportSize({ width: 1280, height: 900 });
}

const LIST =
  'account,realm,email,groups,name,address,language\nann.hughes,staff,ann@people.test,desk,Ann Hughes,1 High Street|Leeds,cy\nben.adams,staff,,,Ben Adams,,en\n';

staged(
  'a list is pasted, its faults are shown by line and column, and what is right is done and handed out as letters',
  async (stage) => {
    await stage.desk(async (desk) => {
      const { page } = desk;
      await withAxe(desk.context);
      await signsIn(desk);
      const { manage } = stage.sally;
      await addAccount(manage, { name: 'ben.adams', realm: 'staff' });
      await page.goto(`${CONSOLE}/`);
      await page.getByRole('navigation').getByRole('link', { name: 'Invite', exact: true }).click();
      await desk.at('Invite many people');
      await looks(desk, 'console-invite');
      await desk.press('Show what would be done');
      await page.getByText('Paste a list, or choose a file.').waitFor();
      await page.fill('#text', `${LIST}carl,staff,no-address,,,,\n<b>x,staff,,,,,\n`);
      await desk.press('Show what would be done');
      await desk.at('What would be done');
      await page.getByText('Lines with a fault: 2').waitFor();
      await page.getByRole('row', { name: /^4 email "no-address" is not an e-mail address/ }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Do this now' }).count(), 0);
      await looks(desk, 'console-invite-faults');
      await page.getByRole('link', { name: 'Bring another list' }).click();
      // The same by a file, as a spreadsheet on Windows saves it.
      const buffer = Buffer.from(`\ufeff${LIST.replaceAll(',', ';').replaceAll('\n', '\r\n')}`, 'utf16le');
      await page.setInputFiles('#file', { name: 'people.csv', mimeType: 'text/csv', buffer });
      await desk.press('Show what would be done');
      await page.getByRole('row', { name: /^2 ann\.hughes New staff/ }).waitFor();
      await page.getByRole('row', { name: /^3 ben\.adams Unchanged staff/ }).waitFor();
      await looks(desk, 'console-invite-preview');
      assert.equal(
        (await listAccounts.ask(manage, {})).some(({ name }) => name === 'ann.hughes'),
        false,
      );
      await desk.press('Do this now');
      await desk.at('The list is in');
      await page.getByText('Added: 1').waitFor();
      await looks(desk, 'console-invite-done');
      const [letters] = await Promise.all([page.waitForEvent('download'), desk.press('Letters to print (PDF)')]);
      assert.equal(letters.suggestedFilename(), 'letters.pdf');
      const pdf = readFileSync(await letters.path()).toString('latin1');
      assert.match(pdf, /^%PDF-/);
      assert.match(pdf, /\/Count 2\b/);
      const issued = await stage.sally.audit('ticket.issue');
      assert.equal(issued.length, 3, 'root’s own, and one for each of the list');
      // More than five minutes later the factor is asked for in place, and then the file comes.
      await stage.sally.advance(6 * 60_000);
      await desk.press('List of links (CSV)');
      await desk.at('Please confirm it’s you');
      const [csv] = await Promise.all([page.waitForEvent('download'), desk.press('Confirm with your passkey')]);
      assert.match(readFileSync(await csv.path(), 'utf8'), /"ann\.hughes","staff","staff","ann@people\.test","http/);
      assert.deepEqual(desk.complaints, []);
    });
  },
  WITH_CONSOLE,
);

staged(
  'a list of more than 5 MB is refused, and a form with anything else in it too',
  async (stage) => {
    await stage.desk(async (desk) => {
      await signsIn(desk);
      await desk.page.goto(`${CONSOLE}/invite`);
      const statuses = await desk.page.evaluate(async () => {
        const ask = async (parts: readonly [string, string | Blob][]) => {
          const body = new FormData();
          for (const [name, value] of parts) body.append(name, value);
          return (await fetch('/invite', { method: 'POST', body })).status;
        };
        return [
          await ask([['text', 'x'.repeat(6_000_000)]]),
          await ask([['other', 'x']]),
          await ask([
            ['text', 'a'],
            ['text', 'b'],
          ]),
          await ask([['text', new Blob(['x'])]]),
          await ask([['text', 'account\u0000']]),
          await ask(Array.from({ length: 20 }, (_, i) => [`f${i}`, 'x'])),
          await ask([['text', 'account,realm\nzed,staff\n']]),
        ];
      });
      assert.deepEqual(statuses, [413, 400, 400, 400, 400, 400, 200]);
    });
  },
  WITH_CONSOLE,
);
