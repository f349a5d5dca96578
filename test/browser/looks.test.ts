import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { startStage } from '../support/stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40"><circle cx="20" cy="20" r="18" fill="#7a1f5c"/></svg>';

test('name, logo and colours of the operator stand on every page, light and dark, without an accessibility fault', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-logo-'));
  const logo = join(folder, 'logo.svg');
  writeFileSync(logo, LOGO);
  const browser = await launchBrowser();
  const looks = `name: Example Health, logo: ${logo}, accent: "#7a1f5c", accent_dark: "#f0a8d8", time_zone: Europe/London`;
  const help = 'help: { text: Ward staff call 1234., contact: desk@example.org }';
  const stage = await startStage(browser, { top: [`pages: { ${looks} }`, help] });
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      await stage.desk(async ({ page }) => {
        await page.emulateMedia({ colorScheme });
        await page.goto(`${stage.origin}/.sallyport/sign-in`);
        assert.match(await page.locator('header').innerText(), /Example Health/);
        assert.doesNotMatch(await page.locator('body').innerText(), /Sallyport/);
        assert.equal(await page.evaluate(`document.querySelector('header img').naturalWidth`), 40);
        const button = await page.evaluate(`getComputedStyle(document.querySelector('.button')).backgroundColor`);
        assert.equal(button, colorScheme === 'light' ? 'rgb(122, 31, 92)' : 'rgb(240, 168, 216)');
        assert.match(await page.locator('footer').innerText(), /Ward staff call 1234\./);
        await page.evaluate(AXE);
        const faults = await page.evaluate(async () => {
          const { violations } = await Reflect.get(globalThis, 'axe').run();
          return violations.map((v: { id: string }) => v.id);
        });
        assert.deepEqual(faults, [], colorScheme);
      });
    }
    const gone = await stage.sally.send('GET', '/.sallyport/assets/logo.0000000000000000.svg');
    assert.equal(gone.status, 404);
  } finally {
    await browser.close();
    await stage.sally.close();
    rmSync(folder, { recursive: true });
  }
});

test('recovery codes are copied, and saved as a file, by the page alone', async () => {
  const browser = await launchBrowser();
  const stage = await startStage(browser);
  try {
    await stage.desk(async (desk) => {
      await desk.context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await desk.invited('alice');
      await desk.press(/Set up an authenticator app/);
      await desk.scan();
      await desk.press(/just one way/);
      await desk.at('Save your recovery codes');
      const codes = await desk.page.locator('.codes code').allInnerTexts();
      stage.sally.upstream.clear();
      await desk.press(/^Copy$/);
      await desk.page.getByText('Copied.').waitFor();
      const copied = String(await desk.page.evaluate('navigator.clipboard.readText()'));
      const [download] = await Promise.all([desk.page.waitForEvent('download'), desk.press(/^Download$/)]);
      const saved = readFileSync(await download.path(), 'utf8');
      for (const code of codes) assert.ok(copied.includes(code) && saved.includes(code), code);
      assert.match(download.suggestedFilename(), /\.txt$/);
      stage.sally.upstream.silent();
      assert.deepEqual(desk.complaints, []);
    });
  } finally {
    await browser.close();
    await stage.sally.close();
  }
});
