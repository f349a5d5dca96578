import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { docsPage } from '../../src/web/console/api/docs.ts';
import { axeFaults, withAxe } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

for (const [width, scheme] of [
  [390, 'light'],
  [1280, 'dark'],
] as const)
  test(`the reference of the API, ${scheme} at ${width} px, is wide enough, asks for nothing and is read by everybody`, async () => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme });
    await withAxe(context);
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    // Kept as one file and opened without any server: it is the same.
    await page.setContent(docsPage().text);
    await page.evaluate('for (const each of [...document.querySelectorAll("details")].slice(0, 6)) each.open = true');
    assert.deepEqual(
      asked.filter((url) => !url.startsWith('data:')),
      [],
    );
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
    assert.deepEqual(await axeFaults(page), []);
    await context.close();
  });
