import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { verify } from '../../src/pack/verify/verify.ts';
import { axeFaults, withAxe } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { packCases, said } from '../support/pack-cases.ts';

const PAGE = new URL('../../src/pack/verifier.html', import.meta.url).href;
const browser = await launchBrowser();
const context = await browser.newContext({ offline: true });
await withAxe(context);
const page = await context.newPage();
const faults: string[] = [];
page.on('pageerror', (error) => faults.push(String(error)));
page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
await page.goto(PAGE);
const cases = await packCases(100);
const folder = await mkdtemp(join(tmpdir(), 'sallyport-verifier-'));
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

test('the page, opened as a file, says of every pack what the command says', async () => {
  for (const { name, pack, key, checkpoint } of cases) {
    const base64 = Buffer.from(pack).toString('base64');
    const inPage = await page.evaluate(
      async (asked) => {
        const bytes = Uint8Array.from(atob(asked.base64), (c) => c.charCodeAt(0));
        return await Reflect.get(globalThis, 'sallyportVerify')({ ...asked, pack: bytes });
      },
      { base64, key, checkpoint },
    );
    assert.deepEqual(said(inPage), said(await verify({ pack, key, checkpoint })), name);
  }
});

const told = (text: string) => page.locator('#verdict').filter({ hasText: text }).waitFor();

test('a person chooses a pack, gives the key, and is told; by keyboard too', async () => {
  const [good] = cases;
  const bad = cases.find(({ name }) => name.startsWith('signed anew, tables'));
  assert.ok(good && bad);
  const file = join(folder, 'pack.zip');
  writeFileSync(file, good.pack);
  await page.setInputFiles('#pack', file);
  await told('The pack fits together');
  await page.fill('#key', good.key ?? '');
  await page.focus('#verify');
  await page.keyboard.press('Enter');
  await told('Verified: all of it holds');
  assert.equal(await page.locator('#checks li.yes').count(), 12);
  assert.deepEqual(await axeFaults(page), []);
  const other = join(folder, 'other.zip');
  writeFileSync(other, bad.pack);
  await page.setInputFiles('#pack', other);
  await told('Not verified');
  assert.match(await page.locator('#checks li.no .where').innerText(), /^tables\/[a-z]+\.csv, line [0-9]+/);
  assert.deepEqual(await axeFaults(page), []);
});

test('on a phone nothing is cut off, and nothing was asked of any network', async () => {
  await page.setViewportSize({ width: 360, height: 640 });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  assert.deepEqual(faults, []);
});
