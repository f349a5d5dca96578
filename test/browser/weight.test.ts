import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startStage } from '../support/stage.ts';

const MOST_BYTES = 60_000;
const MOST_REQUESTS = 6;

/** Bytes as they came over the wire, heads included, and requests, of one visit with nothing in the cache. */
async function weigh(page: Page, url: string): Promise<{ bytes: number; requests: number }> {
  let bytes = 0;
  let requests = 0;
  const heard: Promise<void>[] = [];
  page.on('requestfinished', (request) => {
    heard.push(
      request.sizes().then((sizes) => {
        requests += 1;
        bytes += sizes.responseBodySize + sizes.responseHeadersSize;
      }),
    );
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await Promise.all(heard);
  return { bytes, requests };
}

test('a page of ours is at most 60 kB and 6 requests in all', async (t) => {
  const browser = await launchBrowser();
  const stage = await startStage(browser);
  try {
    const pages = {
      'sign-in': '/.sallyport/sign-in',
      'enrolment link': `/.sallyport/enrol/${await stage.ticket('alice')}`,
      'signed out': '/.sallyport/signed-out',
    };
    for (const [name, path] of Object.entries(pages)) {
      await stage.desk(async ({ page }) => {
        const { bytes, requests } = await weigh(page, `${stage.origin}${path}`);
        t.diagnostic(`${name}: ${bytes} bytes, ${requests} requests`);
        assert.ok(bytes > 5000 && bytes <= MOST_BYTES, `${name}: ${bytes} bytes`);
        assert.ok(requests >= 2 && requests <= MOST_REQUESTS, `${name}: ${requests} requests`);
      });
    }
  } finally {
    await browser.close();
    await stage.sally.close();
  }
});
