import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page, Request } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startStage } from '../support/stage.ts';

const MOST_BYTES = 60_000;
const MOST_REQUESTS = 6;

/** Bytes as they came over the wire, heads included, and requests, of one visit with nothing in the cache. */
async function weigh(page: Page, url: string): Promise<{ bytes: number; requests: number }> {
  let bytes = 0;
  let requests = 0;
  const heard: Promise<void>[] = [];
  const hear = (request: Request): void => {
    heard.push(
      request.sizes().then((sizes) => {
        requests += 1;
        bytes += sizes.responseBodySize + sizes.responseHeadersSize;
      }),
    );
  };
  page.on('requestfinished', hear);
  await page.goto(url, { waitUntil: 'networkidle' });
  page.off('requestfinished', hear);
  await Promise.all(heard);
  // A browser without a window asks for no icon; one with a window does.
  const icon = await page.request.get(new URL((await page.getAttribute('link[rel="icon"]', 'href')) ?? '', url).href);
  const head = icon.headersArray().reduce((sum, { name, value }) => sum + name.length + value.length + 4, 0);
  return { bytes: bytes + head + (await icon.body()).length, requests: requests + 1 };
}

test('a page of ours is at most 60 kB and 6 requests in all', async (t) => {
  const browser = await launchBrowser();
  const stage = await startStage(browser);
  const judge = async (page: Page, name: string, path: string): Promise<void> => {
    const { bytes, requests } = await weigh(page, `${stage.origin}${path}`);
    t.diagnostic(`${name}: ${bytes} bytes, ${requests} requests`);
    assert.ok(bytes > 5000 && bytes <= MOST_BYTES, `${name}: ${bytes} bytes`);
    assert.ok(requests >= 2 && requests <= MOST_REQUESTS, `${name}: ${requests} requests`);
  };
  try {
    const pages = {
      'sign-in': '/.sallyport/sign-in',
      'enrolment link': `/.sallyport/enrol/${await stage.ticket('alice')}`,
      'signed out': '/.sallyport/signed-out',
    };
    for (const [name, path] of Object.entries(pages)) await stage.desk(({ page }) => judge(page, name, path));
    await stage.desk(async (desk) => {
      // Each as if it were the first page that this browser sees.
      await desk.cdp.send('Network.enable');
      await desk.cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
      await desk.invited('bob');
      await judge(desk.page, 'choice of a way', '/.sallyport/enrol');
      await desk.press(/Set up an authenticator app/);
      await desk.at('Connect your authenticator app');
      await judge(desk.page, 'QR code', '/.sallyport/enrol');
      await desk.scan();
      await desk.at('Your first way to sign in is ready');
      await desk.finish(/just one way/);
      await judge(desk.page, 'account', '/.sallyport/account');
      await desk.signOut();
      await desk.first('bob');
      await desk.at('Enter your code');
      await judge(desk.page, 'code', '/.sallyport/sign-in/totp');
      await judge(desk.page, 'recovery code', '/.sallyport/sign-in/recovery');
      await judge(desk.page, 'passkey', '/.sallyport/sign-in/passkey');
    });
  } finally {
    await browser.close();
    await stage.sally.close();
  }
});
