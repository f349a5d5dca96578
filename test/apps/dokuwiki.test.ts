import assert from 'node:assert/strict';
import test from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { Person, tryWithoutSession } from './person.ts';
import { startGuarded } from './processes.ts';

test('DokuWiki behind Sallyport: nothing without a factor, and with one a page is written and read', async () => {
  const guarded = await startGuarded('dokuwiki');
  const browser = await launchBrowser();
  try {
    await guarded.command('account', 'add', 'alice', '--realm', 'staff');
    const person = await Person.of(guarded, browser);
    await tryWithoutSession(guarded, person, ['/doku.php?do=login', '/lib/exe/css.php', '/lib/exe/xmlrpc.php']);
    await person.enrol(await guarded.command('ticket', 'issue', 'alice'));
    assert.equal(guarded.relay.bytes, 0);
    await person.signOut();
    await person.signIn('/doku.php?id=start&do=login');

    const { page } = person;
    await page.fill('input[name="u"]', 'alice');
    await page.fill('input[name="p"]', 'Passw0rd!a');
    await page.locator('#dw__login button[type="submit"]').click();
    await page.locator('.action.logout').first().waitFor({ state: 'attached' });
    const words = 'The second door is at the north.';
    await page.goto(`${guarded.origin}/doku.php?id=doors&do=edit`);
    await page.fill('textarea[name="wikitext"]', words);
    await page.locator('button[name="do[save]"]').click();
    await page.getByText(words).waitFor();
    await page.goto(`${guarded.origin}/doku.php?id=doors`);
    assert.match(await page.locator('body').innerText(), new RegExp(words));
    const rules = await page.evaluate('[...document.styleSheets].reduce((n, sheet) => n + sheet.cssRules.length, 0)');
    assert.ok(Number(rules) > 20, `${rules} rules of style are in force`);
    person.checkWhole();

    await person.signOut();
    const before = guarded.relay.bytes;
    await page.goto(`${guarded.origin}/doku.php?id=doors`);
    assert.equal(new URL(page.url()).pathname, '/.sallyport/sign-in');
    assert.equal(guarded.relay.bytes, before);
  } finally {
    await browser.close();
    await guarded.stop();
  }
});
