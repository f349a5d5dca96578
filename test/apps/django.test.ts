import assert from 'node:assert/strict';
import test from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { Person, tryWithoutSession } from './person.ts';
import { startGuarded } from './processes.ts';

test("Django's admin behind Sallyport: nothing without a factor, and with one a group is added", async () => {
  const guarded = await startGuarded('django');
  const browser = await launchBrowser();
  try {
    await guarded.command('account', 'add', 'alice', '--realm', 'staff');
    const person = await Person.of(guarded, browser);
    await tryWithoutSession(guarded, person, ['/admin/', '/admin/login/', '/static/admin/css/base.css']);
    await person.enrol(await guarded.command('ticket', 'issue', 'alice'));
    assert.equal(guarded.relay.bytes, 0);
    await person.signOut();
    await person.signIn('/admin/');

    const { page } = person;
    await page.fill('#id_username', 'alice');
    await page.fill('#id_password', 'Passw0rd!a');
    await page.locator('input[type="submit"]').click();
    await page.getByRole('heading', { name: 'Site administration' }).waitFor();
    await page.goto(`${guarded.origin}/admin/auth/group/add/`);
    await page.fill('#id_name', 'Night watch');
    await page.locator('input[name="_save"]').click();
    await page.locator('.messagelist .success').waitFor();
    await page.goto(`${guarded.origin}/admin/auth/group/`);
    await page.getByRole('link', { name: 'Night watch' }).waitFor();
    assert.equal(await page.evaluate('getComputedStyle(document.querySelector("#header")).display'), 'flex');
    person.checkWhole();

    await person.signOut();
    const before = guarded.relay.bytes;
    await page.goto(`${guarded.origin}/admin/auth/group/`);
    assert.equal(new URL(page.url()).pathname, '/.sallyport/sign-in');
    assert.equal(guarded.relay.bytes, before);
  } finally {
    await browser.close();
    await guarded.stop();
  }
});
