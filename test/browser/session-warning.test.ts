import assert from 'node:assert/strict';
import test from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { type Desk, startStage } from '../support/stage.ts';
import { answer } from '../support/upstream.ts';

const PAGE = (lang: string) =>
  `<!doctype html><html lang="${lang}"><title>App</title><link rel="icon" href="data:,"><h1>The app</h1><script src="/.sallyport/session.js" defer></script></html>`;

/**
 * What Chromium says of itself, and no fault: that storage was cleared as asked for, and that whoever is quick has the
 * first field before the page gives it.
 */
const USUAL = /^(?:Clear-Site-Data|Autofocus processing was blocked)/;

/** An app that allows scripts of its own origin alone, and no inline style. */
const STRICT = ['Content-Type: text/html; charset=utf-8', "Content-Security-Policy: default-src 'self'; img-src data:"];

async function idleEnd(desk: Desk): Promise<number> {
  const session = await desk.page.evaluate(() => fetch('/.sallyport/session').then((heard) => heard.json()));
  // A cast: the contract of that address.
  return (session as { idle_expires_at: number }).idle_expires_at;
}

test('an app that includes the script warns in time; the person stays with one press, or signs out', async () => {
  const browser = await launchBrowser();
  // Two minutes before the end it warns: here, three seconds after the page was opened.
  const stage = await startStage(browser, { top: ['sessions: { idle: 123s, absolute: 1h }'] });
  stage.sally.upstream.on('/en', answer(PAGE('en'), '200 OK', STRICT));
  stage.sally.upstream.on('/cy', answer(PAGE('cy'), '200 OK', STRICT));
  try {
    await stage.desk(async (desk) => {
      const complaints: string[] = [];
      desk.page.on('console', (message) => complaints.push(message.text()));
      await desk.plug();
      await desk.enrolKey('alice');
      await desk.go('/en');
      const dialog = desk.page.locator('dialog');
      assert.equal(await dialog.count(), 0);
      const before = await idleEnd(desk);
      await dialog.waitFor();
      assert.equal(await dialog.getAttribute('aria-labelledby'), 'title');
      assert.match(await dialog.innerText(), /Your session is about to end/);
      const hits = stage.sally.upstream.hits;
      await desk.press('Stay signed in');
      await dialog.waitFor({ state: 'detached' });
      assert.ok((await idleEnd(desk)) > before, 'the session lasts longer');
      assert.equal(stage.sally.upstream.hits, hits, 'the app was not asked');
      await desk.go('/cy');
      await dialog.waitFor();
      assert.doesNotMatch(await dialog.innerText(), /session/i);
      await dialog.locator('button').nth(1).click();
      await desk.at('Signed out');
      assert.deepEqual(
        complaints.filter((text) => !USUAL.test(text)),
        [],
      );
      assert.deepEqual(desk.complaints, []);
    });
  } finally {
    await browser.close();
    await stage.sally.close();
  }
});
