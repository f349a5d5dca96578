import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import { listAccounts, removeAccount } from '../../src/manage/accounts.ts';
import { addOrganisation } from '../../src/manage/organisations.ts';
import { axeFaults, withAxe } from '../support/axe.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { PASSWORD } from '../support/person.ts';
import { freePort } from '../support/process.ts';
import { until } from '../support/shut.ts';
import { startSmtp } from '../support/smtp.ts';
import type { Desk } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';
import { JPEG, WEBP_LOSSLESS, WEBP_LOSSY } from '../unit/lib/pictures.ts';

const staged = stagedTests();
const PORT = await freePort();
const CONSOLE = `http://localhost:${PORT}`;
const WITH_CONSOLE = { console: 'require: passkey', consolePort: PORT };
const smtp = await startSmtp({ refuse: (to) => (to.startsWith('gone') ? { code: 550, message: 'no' } : null) });
after(() => smtp.close());
const MAIL = ['mail:', `  server: smtp://127.0.0.1:${smtp.port}`, '  from: Cwm Care <s@example.org>'];
const bytesOf = (text: string) => Buffer.from(text, 'base64');
const PNG = Buffer.from(encode({ width: 24, height: 16, data: new Uint8Array(24 * 16 * 3).fill(90), channels: 3 }));
const LOGOS: readonly (readonly [name: string, type: string, bytes: Buffer])[] = [
  ['a.jpg', 'image/jpeg', bytesOf(JPEG)],
  ['b.svg', 'image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['c.webp', 'image/webp', bytesOf(WEBP_LOSSY)],
  ['d.webp', 'image/webp', bytesOf(WEBP_LOSSLESS)],
  ['e.png', 'image/png', PNG],
];
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

/** As wide as the browser makes of it, once it has read it. */
function widthOf({ page }: Desk, selector: string): Promise<unknown> {
  return page.evaluate(
    `(async (img) => { await img.decode(); return img.naturalWidth; })(document.querySelector('${selector}'))`,
  );
}

const LIST =
  'account,realm,email,groups,name,address,language,organisation\nann.hughes,staff,ann@people.test,desk,Ann Hughes,1 High Street|Leeds,cy,staff\nben.adams,staff,,,Ben Adams,,en,\n';

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
      await page.fill('#text', `${LIST}carl,staff,no-address,,,,,\n<b>x,staff,,,,,,\n`);
      await desk.press('Show what would be done');
      await desk.at('What would be done');
      await page.getByText('Lines with a fault: 2').waitFor();
      await page.getByRole('row', { name: /^4 email "no-address" is not an e-mail address/ }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Do this now' }).count(), 0);
      await looks(desk, 'console-invite-faults');
      // The list is there to be mended: nothing that was typed is lost.
      assert.match(await page.inputValue('#text'), /carl,staff,no-address/);
      // By choice the others are done; what was wrong stays to be corrected, and nothing else.
      await page.getByRole('row', { name: /^2 ann\.hughes New staff ann@people\.test desk staff/ }).waitFor();
      await desk.press('Do 2, leave out 2');
      await desk.at('The list is in');
      await page.getByText('Added: 1').waitFor();
      await page.getByRole('row', { name: /^4 email "no-address"/ }).waitFor();
      await looks(desk, 'console-invite-left');
      const left = await page.inputValue('#text');
      assert.match(left, /^account,realm.*\ncarl,.*\n<b>x,/);
      assert.doesNotMatch(left, /ann|ben/);
      await page.fill('#text', left.replace('no-address', 'carl@people.test').replace('<b>x', 'dora.x'));
      await desk.press('Show what would be done');
      // Somebody else adds one of them meanwhile: what the list would do now is shown first.
      await addAccount(manage, { name: 'dora.x', realm: 'staff' });
      await desk.press('Do this now');
      await page.getByText('Something has changed since this was shown.').waitFor();
      await page.getByRole('row', { name: /dora\.x Unchanged staff/ }).waitFor();
      await desk.press('Do this now');
      await page.getByText('Added: 1').waitFor();
      for (const name of ['ann.hughes', 'carl', 'dora.x'])
        await removeAccount.perform(manage, { account: name, realm: 'staff' });
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
      // The post takes days.
      for (const { detail } of issued.slice(1)) assert.equal(JSON.parse(String(detail)).ttl, '7d');
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
  'links go by e-mail to those who have an address, the rest get letters, and what became of each is shown',
  async (stage) => {
    await stage.desk(async (desk) => {
      const { page } = desk;
      await withAxe(desk.context);
      await signsIn(desk);
      await page.goto(`${CONSOLE}/invite`);
      await page.fill('#text', LIST.concat('gone,staff,gone@people.test,,,,\n'));
      await desk.press('Show what would be done');
      await desk.press('Do this now');
      await desk.at('The list is in');
      await looks(desk, 'console-invite-mail');
      await desk.press('Send by e-mail');
      await desk.at('The links are on their way');
      await page.getByText('Links that go out by e-mail now: 2').waitFor();
      await page.getByRole('row', { name: /^ben\.adams No e-mail address/ }).waitFor();
      await looks(desk, 'console-invite-queued');
      const [pdf] = await Promise.all([page.waitForEvent('download'), desk.press('Letters to print (PDF)')]);
      assert.match(readFileSync(await pdf.path()).toString('latin1'), /\/Count 1\b/, 'for whom no e-mail reaches');
      await page.getByRole('link', { name: 'See what becomes of them' }).click();
      await until(async () => {
        await page.getByRole('link', { name: 'Look again' }).click();
        await page.waitForLoadState();
        return (await page.getByRole('row', { name: /Waiting/ }).count()) === 0;
      });
      await page.getByRole('row', { name: /^ann\.hughes Sent/ }).waitFor();
      await page
        .getByRole('row', {
          name: /^gone Not sent The mail server takes nothing for this address\. .* EENVELOPE RCPT TO 550/,
        })
        .waitFor();
      await looks(desk, 'console-invitations');
      const mail = smtp.received.find(({ to }) => to[0] === 'ann@people.test');
      assert.match(mail?.body ?? '', /enrol\/[\w-]{27}/);
      // The help desk's way, on the page of one of them.
      await page.getByRole('link', { name: 'gone' }).click();
      await page.getByText(/Last link by e-mail/).waitFor();
      await looks(desk, 'console-account-invited');
      await desk.press('Send a new link by e-mail');
      await page.getByText('The link goes out by e-mail now.').waitFor();
      await page.getByText(/Last link by e-mail/).waitFor();
      assert.deepEqual(desk.complaints, []);
    });
  },
  { ...WITH_CONSOLE, top: MAIL },
);

staged(
  'an organisation gets a logo that its people see, whatever format it has; what is none is told beside the field',
  async (stage) => {
    await stage.desk(async (desk) => {
      const { page } = desk;
      await withAxe(desk.context);
      await signsIn(desk);
      const { manage } = stage.sally;
      const { id } = await addOrganisation.perform(manage, { name: 'Cwm Practice', realm: 'staff' });
      await addAccount(manage, { name: 'ann', realm: 'staff', organisation: id });
      const { links } = await issueTicket(manage, 'ann', {}, 'staff');
      await page.goto(`${CONSOLE}/organisations/${id}`);
      for (const [name, mimeType, bytes] of LOGOS) {
        await page.getByText(/^(?:Add a logo|Replace the logo)$/).click();
        await page.setInputFiles('#logo', { name, mimeType, buffer: bytes });
        await page.locator('details[open]').getByRole('button', { name: 'Save' }).click();
        if (name.endsWith('.svg')) {
          await page.getByText('Choose a PNG, JPEG or WebP picture').waitFor();
          await looks(desk, 'console-organisation-logo-wrong');
          await page.goto(`${CONSOLE}/organisations/${id}`);
          continue;
        }
        await page.getByText('The organisation has been changed.').waitFor();
        assert.equal(await widthOf(desk, 'img.organisation-logo'), 24, name);
      }
      await looks(desk, 'console-organisation');
      await desk.context.clearCookies();
      await page.goto(links[0]?.url ?? '');
      await page.locator('p.organisation', { hasText: 'Cwm Practice' }).waitFor();
      assert.equal(await widthOf(desk, 'p.organisation img'), 24);
      await looks(desk, 'organisation-enrol');
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
