import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startStage } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';

const staged = stagedTests();
let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const background = (page: Page, name: string): Promise<string> =>
  page
    .getByRole('button', { name })
    .evaluate((button) => Reflect.get(globalThis, 'getComputedStyle')(button).backgroundColor);

test('on a phone the authenticator page leads with the app, can copy the key, and unfolds the QR code', async () => {
  const stage = await startStage(browser);
  const context = await browser.newContext({
    viewport: { width: 390, height: 800 },
    hasTouch: true,
    isMobile: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  try {
    const page = await context.newPage();
    await page.goto(`${stage.origin}/.sallyport/enrol/${await stage.ticket('alice')}`);
    await page.getByRole('button', { name: 'Start' }).click();
    for (const field of ['#password', '#again']) await page.fill(field, 'eleven quiet lighthouses');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    const first = page.locator('.guide a, .guide button, .guide summary, .guide input').locator('visible=true').first();
    assert.match((await first.getAttribute('href')) ?? '', /^otpauth:\/\/totp\//);
    assert.equal(await page.locator('svg.qr').locator('visible=true').count(), 0, 'folded');
    await page.getByText('Show the QR code instead').click();
    const shown = await page.locator('svg.qr use').boundingBox();
    assert.ok(shown !== null && shown.width > 150 && shown.height > 150, 'it is drawn');
    await page.getByRole('button', { name: 'Copy the key' }).click();
    await page.locator('.copy [role="status"]', { hasText: 'Copied.' }).waitFor();
    const key = (await page.locator('.key').innerText()).replace(/\s/g, '');
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), key);
  } finally {
    await context.close();
    await stage.sally.close();
  }
});

staged('on a larger screen the QR code is there without a click', async (stage) => {
  await stage.desk(async (desk) => {
    await desk.page.setViewportSize({ width: 1280, height: 900 });
    await desk.invited('alice');
    await desk.press(/Set up an authenticator app/);
    await desk.at('Connect your authenticator app');
    assert.equal(await desk.page.locator('svg.qr').locator('visible=true').count(), 1);
    assert.equal(await desk.page.getByText('Show the QR code instead').isVisible(), false);
  });
});

for (const [what, options] of [
  ['without a script', { javaScriptEnabled: false }],
  ['in a browser that knows no passkeys', {}],
] as const) {
  staged(`${what} the code comes first, and has the big button`, async (stage) => {
    await stage.desk(async (desk) => {
      const { page } = desk;
      await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'));
      await desk.invited('alice');
      const places = await page
        .locator('.choice')
        .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().y));
      const [passkey = 0, app = 0] = places;
      assert.ok(app < passkey, 'the app stands above');
      assert.equal(await page.getByText('Recommended').isVisible(), false);
      assert.equal(await page.getByRole('button', { name: /passkey/ }).count(), 0);
      const big = await background(page, 'Set up an authenticator app');
      await desk.press('Set up an authenticator app');
      assert.equal(big, await background(page, 'Confirm'), 'the colour of what leads on');
      await desk.go('/.sallyport/sign-in');
      assert.equal(await page.getByRole('button', { name: /passkey/ }).count(), 0);
    }, options);
  });
}

staged(
  'whoever has a passkey and stands before a browser without gets the next way as the button of the page',
  async (stage) => {
    await stage.desk(async (desk) => {
      await desk.plug({ transport: 'usb' });
      await desk.enrolKey('alice');
      await desk.signOut();
      await desk.first('alice');
      await desk.at('Use your passkey');
      const lost = desk.page.getByRole('link', { name: 'Use a recovery code' });
      assert.equal(await lost.locator('visible=true').count(), 1, 'a link among others');
      await stage.desk(async (other) => {
        await other.page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'));
        await other.first('alice');
        await other.at('Use your passkey');
        assert.equal(await other.page.getByRole('button', { name: /passkey/ }).count(), 0);
        await other.page.locator('a.button').click();
        await other.at('Use a recovery code');
      });
    });
  },
);
