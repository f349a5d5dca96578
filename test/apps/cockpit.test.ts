import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page, WebSocket as PageSocket } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { Person, tryWithoutSession } from './person.ts';
import { startGuarded } from './processes.ts';

/** Signs in at Cockpit itself, which opens its WebSocket; resolves with that. */
async function logIn(page: Page): Promise<PageSocket> {
  const opened = page.waitForEvent('websocket');
  await page.fill('#login-user-input', 'sallyport-test');
  await page.fill('#login-password-input', 'Passw0rd!a');
  await page.click('#login-button');
  return await opened;
}

test('Cockpit behind Sallyport: its terminal works over the WebSocket, and a revocation cuts it', async (t) => {
  const guarded = await startGuarded('cockpit');
  const browser = await launchBrowser();
  try {
    await guarded.command('account', 'add', 'alice', '--realm', 'staff');
    const person = await Person.of(guarded, browser);
    await tryWithoutSession(guarded, person, ['/cockpit/socket', '/', '/cockpit/login', '/cockpit/static/login.js']);
    await person.enrol(await guarded.command('ticket', 'issue', 'alice'));
    assert.equal(guarded.relay.bytes, 0);
    await person.signOut();
    await person.signIn('/');

    const { page } = person;
    const socket = await logIn(page);
    assert.equal(socket.url(), `${guarded.origin.replace('http', 'ws')}/cockpit/socket`);
    const [again] = await Promise.all([page.waitForEvent('websocket'), page.goto(`${guarded.origin}/system/terminal`)]);
    const terminal = page.frameLocator('iframe[name="cockpit1:localhost/system/terminal"]');
    await terminal.locator('.terminal-title').getByText('sallyport-test').waitFor();
    // The terminal paints on a canvas; its text stands in the list for screen readers.
    await terminal.locator('.xterm-helper-textarea').focus();
    await page.keyboard.type('echo the answer is $((6*7))\n');
    await terminal.locator('.xterm-accessibility').getByText('the answer is 42').first().waitFor();
    // Cockpit asks with a 401 of its own whether somebody is signed in there.
    assert.deepEqual(
      person.complaints.filter((complaint) => complaint !== `401 ${guarded.origin}/cockpit/login`),
      [],
    );

    const closed = new Promise<number>((resolve) => again.once('close', () => resolve(performance.now())));
    assert.equal(again.isClosed(), false);
    await guarded.command('session', 'revoke', '--all');
    const told = performance.now();
    const at = await Promise.race([
      closed,
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error('the WebSocket is still open')), 5_000)),
    ]);
    t.diagnostic(`cut ${(at - told).toFixed(0)} ms after the revoking command had ended`);
    assert.ok(at - told < 1_000);
    const before = guarded.relay.bytes;
    await page.goto(`${guarded.origin}/system`);
    assert.equal(new URL(page.url()).pathname, '/.sallyport/sign-in');
    assert.equal(guarded.relay.bytes, before);
  } finally {
    await browser.close();
    await guarded.stop();
  }
});
