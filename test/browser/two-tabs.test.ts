import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../support/person.ts';
import { stagedTests } from '../support/staged.ts';

const staged = stagedTests();

async function begins(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.fill('#account', 'ada');
  await page.fill('#password', PASSWORD);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.waitForURL(/sign-in\/(totp|passkey)/);
}

staged('two tabs of a real browser land where each belongs; the one that is quicker by a passkey', async (stage) => {
  await stage.desk(async (desk) => {
    const key = await desk.plug();
    await desk.invited('ada');
    await desk.press(/Set up a passkey/);
    await desk.at('Your first way to sign in is ready');
    await desk.finish(/just one way/);
    await desk.signOut();
    await desk.touches(key, false);
    const other = await desk.context.newPage();
    await begins(desk.page, `${stage.origin}/first?tab=1`);
    await begins(other, `${stage.origin}/second?tab=2`);
    // The cookie names the sign-in of the second tab by now.
    await desk.page.bringToFront();
    await desk.touches(key, true);
    await desk.press(/passkey/i);
    await desk.at('The app');
    assert.equal(desk.page.url(), `${stage.origin}/first?tab=1`);
    await other.getByRole('link', { name: 'Use a recovery code' }).first().click();
    await other.waitForURL(/recovery/);
    assert.match(other.url(), /next=%2Fsecond%3Ftab%3D2/);
    await other.getByRole('link', { name: 'Use a passkey' }).click();
    await other.waitForURL(/passkey/);
    assert.match(other.url(), /next=%2Fsecond%3Ftab%3D2/);
  });
});
