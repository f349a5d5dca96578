import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { axeFaults, withAxe } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { CODE, NAME, PASSWORD, RECOVERY, type Stand, startStand, TICKET, USED_CODE } from '../unit/web/stand.ts';

const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/', import.meta.url));
const WITH_SCREENS = process.env['TEST_SCREENS'] === '1';
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };

let browser: Browser;
before(async () => {
  if (WITH_SCREENS) mkdirSync(SCREENS, { recursive: true });
  browser = await launchBrowser();
});
after(() => browser.close());

/** A page that fails the test by what it logs: refused styles, blocked scripts, missing files. */
async function open(context: BrowserContext, complaints: string[]): Promise<Page> {
  const page = await context.newPage();
  page.on('console', (message) => {
    // A refused form is a 4xx of the page itself, which Chromium puts on the console; that is no fault of the page.
    const own = /status of (400|401|403|404|429)/.test(message.text()) && message.location().url === page.url();
    if (['error', 'warning'].includes(message.type()) && !own) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  return page;
}

/** Pictures for people to look at; taken when they are asked for. */
async function shot(page: Page, name: string): Promise<void> {
  if (!WITH_SCREENS) return;
  await page.screenshot({ path: join(SCREENS, `${name}-${page.viewportSize()?.width ?? 0}.png`), fullPage: true });
}

const heading = (page: Page): Promise<string> => page.locator('h1').innerText();

/** Every page of a person's way, in order; `seen` is called at each. */
async function walk(page: Page, stand: Stand, seen: (name: string) => Promise<void>): Promise<void> {
  const submit = (): Promise<void> => page.locator('main form button.button').first().click();
  await page.goto(`${stand.origin}/.sallyport/enrol/${TICKET}`);
  await seen('enrol-ticket');
  await submit();
  assert.equal(await heading(page), 'Choose a password');
  await seen('enrol-password');
  await page.fill('#password', 'short');
  await page.fill('#again', 'short');
  await submit();
  await page.locator('#password-error').waitFor();
  await seen('enrol-password-refused');
  await page.fill('#password', PASSWORD);
  await page.fill('#again', PASSWORD);
  await submit();
  assert.equal(await heading(page), 'Connect your authenticator app');
  await seen('enrol-totp');
  await page.fill('#code', '000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.locator('#code-error').waitFor();
  await seen('enrol-totp-wrong');
  await page.fill('#code', CODE);
  await page.fill('#label', 'Work phone');
  await page.getByRole('button', { name: 'Confirm' }).click();
  assert.equal(await heading(page), 'Your first way to sign in is ready');
  await seen('enrol-connected');
  await page.getByRole('button', { name: /just one way/ }).click();
  assert.equal(await heading(page), 'Save your recovery codes');
  await seen('enrol-codes');
  await page.getByRole('link', { name: 'Continue to the portal' }).click();
  assert.equal(await heading(page), 'The app');
  await page.goto(`${stand.origin}/.sallyport/enrol/${TICKET}`);
  await seen('enrol-closed');

  await page.goto(`${stand.origin}/.sallyport/account`);
  await seen('account');
  stand.world.factorIsFresh = false;
  await page.getByRole('button', { name: 'Add a way to sign in' }).click();
  assert.equal(await heading(page), 'Confirm it’s you');
  await seen('step-up');
  await page.fill('#code', CODE);
  await submit();
  assert.equal(await heading(page), 'Your account');
  await page.getByRole('button', { name: 'Add a way to sign in' }).click();
  assert.equal(await heading(page), 'Connect your authenticator app');
  await page.fill('#code', CODE);
  await page.getByRole('button', { name: 'Confirm' }).click();
  assert.equal(await heading(page), 'Added');
  await seen('enrol-added');
  await submit();
  assert.equal(await heading(page), 'Your account');
  await page.getByRole('button', { name: 'Sign out here', exact: true }).click();
  assert.equal(await heading(page), 'Signed out');
  await seen('signed-out');

  await page.goto(`${stand.origin}/.sallyport/sign-in?next=%2Freports%3Fyear%3D2026`);
  await seen('sign-in');
  await page.fill('#account', NAME);
  await page.fill('#password', 'wrong');
  await submit();
  await page.locator('#password-error').waitFor();
  assert.equal(await page.inputValue('#account'), NAME);
  assert.equal(await page.inputValue('#password'), '');
  await seen('sign-in-wrong');
  await page.fill('#password', PASSWORD);
  await submit();
  assert.equal(await heading(page), 'Enter your code');
  await seen('code');
  await page.fill('#code', USED_CODE);
  await submit();
  await page.locator('#code-error').waitFor();
  await seen('code-used');
  await page.getByRole('link', { name: /Use a recovery code/ }).click();
  await seen('recovery');
  await page.getByRole('link', { name: /code from your authenticator app/ }).click();
  await page.fill('#code', `${CODE.slice(0, 3)} ${CODE.slice(3)}`);
  await submit();
  assert.equal(await heading(page), 'The app');
  assert.equal(page.url(), `${stand.origin}/reports?year=2026`);
  await page.goto(`${stand.origin}/.sallyport/nowhere`);
  await seen('not-found');
}

test('a person without JavaScript enrols, signs in, steps up and signs out, at 360 px', async () => {
  const stand = await startStand();
  const complaints: string[] = [];
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: PHONE });
  try {
    const page = await open(context, complaints);
    await walk(page, stand, async (name) => shot(page, name));
    const cookies = await context.cookies(stand.origin);
    const ours = cookies.filter((cookie) => cookie.name.startsWith('__Host-sallyport'));
    assert.deepEqual(ours.map((cookie) => cookie.name).sort(), [
      '__Host-sallyport',
      '__Host-sallyport-browser',
      '__Host-sallyport-prefs',
    ]);
    for (const cookie of ours) {
      assert.equal(cookie.secure && cookie.httpOnly && cookie.sameSite === 'Lax' && cookie.path === '/', true);
    }
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
    await stand.close();
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has an accessibility fault or overflows at 320 px, ${colorScheme}`, async () => {
    const stand = await startStand();
    const complaints: string[] = [];
    // axe needs scripts and is let in past the policy by the browser's own debugger, so the pages stay as they are.
    const context = await browser.newContext({ colorScheme, viewport: DESK, reducedMotion: 'reduce' });
    try {
      await withAxe(context);
      const page = await open(context, complaints);
      await walk(page, stand, async (name) => {
        await shot(page, `${name}-${colorScheme}`);
        assert.deepEqual(await axeFaults(page), [], `${name}, ${colorScheme}`);
        await page.setViewportSize({ width: 320, height: 640 });
        const overflow = await page.evaluate('document.documentElement.scrollWidth');
        assert.equal(overflow, 320, `${name} is wider than the screen`);
        const small = await page.evaluate(
          `[...document.querySelectorAll('button, input:not([type=hidden]), summary, .others a')].filter((e) => e.offsetParent && e.getBoundingClientRect().height < (e.matches('.show-password, .foot button') ? 24 : 44)).map((e) => e.outerHTML)`,
        );
        assert.deepEqual(small, [], `${name} has small targets`);
        await page.setViewportSize(DESK);
      });
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
      await stand.close();
    }
  });
}

test('the field that was wrong has the focus, is marked, and is described by the message', async () => {
  const stand = await startStand('app');
  const context = await browser.newContext({ viewport: PHONE });
  try {
    const page = await context.newPage();
    await page.goto(`${stand.origin}/.sallyport/sign-in`);
    await shot(page, 'sign-in-realm-app');
    assert.equal(await page.locator('#password').count(), 0);
    await page.fill('#account', NAME);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sign-in/totp');
    await page.fill('#code', '000000');
    await page.keyboard.press('Enter');
    await page.locator('#code-error').waitFor();
    assert.equal(await page.evaluate('document.activeElement.id'), 'code');
    assert.equal(await page.getAttribute('#code', 'aria-invalid'), 'true');
    assert.equal(await page.getAttribute('#code', 'aria-describedby'), 'code-error');
    await page.goto(`${stand.origin}/.sallyport/sign-in/recovery`);
    await page.fill('#code', RECOVERY);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sign-in/recovered');
    await page.locator('main .actions a[href="/"]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${stand.origin}/`);
  } finally {
    await context.close();
    await stand.close();
  }
});

test('the app is never told the address of an enrolment link by a Referer', async () => {
  const stand = await startStand();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${stand.origin}/.sallyport/enrol/${TICKET}`);
    await page.evaluate('location.assign("/")').catch(() => {});
    await page.waitForURL(`${stand.origin}/`);
    assert.ok(stand.beyond.length > 0);
    for (const headers of stand.beyond) assert.doesNotMatch(headers.referer ?? '', /enrol/);
  } finally {
    await context.close();
    await stand.close();
  }
});

test('an app that sends people on to another host is reached after the code, and after a wrong one', async () => {
  const stand = await startStand('app');
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${stand.origin}/.sallyport/sign-in?next=/elsewhere`);
    await page.fill('#account', NAME);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sign-in/totp?*');
    for (const code of ['000000', CODE]) {
      await page.fill('#code', code);
      await page.keyboard.press('Enter');
      if (code !== CODE) await page.locator('#code-error').waitFor();
    }
    await page.waitForURL(`http://127.0.0.1:${stand.port}/`);
  } finally {
    await context.close();
    await stand.close();
  }
});

test('another site can neither frame our pages nor post to them', async () => {
  const stand = await startStand();
  const other = await startStand();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${other.port}/`);
    await page.setContent(
      `<form method="post" action="${stand.origin}/.sallyport/sign-in"><input name="account" value="eve"><input name="password" value="${PASSWORD}"><button>go</button></form><iframe src="${stand.origin}/.sallyport/sign-in"></iframe>`,
    );
    await page.waitForTimeout(300);
    for (const frame of page.frames().slice(1)) assert.equal(await frame.locator('#account').count(), 0);
    await page.click('button');
    await page.locator('h1').waitFor();
    assert.match(await page.content(), /wrong-origin/);
    assert.deepEqual(stand.world.calls, []);
  } finally {
    await context.close();
    await stand.close();
    await other.close();
  }
});
