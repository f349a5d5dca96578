import assert from 'node:assert/strict';
import test from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { PASSWORD } from '../support/person.ts';
import { type Desk, startStage } from '../support/stage.ts';

interface Focused {
  readonly tag: string;
  readonly text: string;
  readonly id: string;
  /** The browser draws something around what has the focus. */
  readonly visible: boolean;
}

function focused(desk: Desk): Promise<Focused> {
  return desk.page.evaluate(`(() => {
    const e = document.activeElement;
    const style = getComputedStyle(e);
    const visible = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return { tag: e.tagName, id: e.id, text: e.textContent.trim().replace(/\\s+/g, ' '), visible };
  })()`);
}

/** Presses Tab until something with this text or id has the focus. Everything on the way must show that it has it. */
async function tabTo(desk: Desk, wanted: RegExp): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    const now = await focused(desk);
    if (now.tag !== 'BODY') assert.ok(now.visible, `${now.tag} ${now.id} ${now.text}: the focus cannot be seen`);
    if (now.tag !== 'BODY' && wanted.test(now.id === '' ? now.text : now.id)) return;
    await desk.page.keyboard.press('Tab');
  }
  throw new Error(`${wanted} is not reached by Tab`);
}

async function type(desk: Desk, id: string, text: string): Promise<void> {
  await tabTo(desk, new RegExp(`^${id}$`));
  await desk.page.keyboard.press('ControlOrMeta+a');
  await desk.page.keyboard.type(text);
}

async function enter(desk: Desk, wanted: RegExp): Promise<void> {
  await tabTo(desk, wanted);
  await desk.page.keyboard.press('Enter');
}

async function enrol(desk: Desk): Promise<string> {
  await desk.go(`/.sallyport/enrol/${await desk.stage.ticket('alice')}`);
  await enter(desk, /^Start$/);
  await desk.at('Choose a password');
  await type(desk, 'password', PASSWORD);
  await type(desk, 'again', `${PASSWORD}!`);
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('[role="alert"]').waitFor();
  const wrong = await focused(desk);
  assert.match(wrong.id, /^(password|again)$/, 'the field that was wrong has the focus');
  assert.notEqual(await desk.page.getAttribute(`#${wrong.id}`, 'aria-describedby'), null);
  await type(desk, 'password', PASSWORD);
  await type(desk, 'again', PASSWORD);
  await desk.page.keyboard.press('Enter');
  await desk.at('Choose how to confirm');
  await enter(desk, /Set up an authenticator app/);
  await desk.at('Connect your authenticator app');
  const secret = (await desk.page.locator('.key').innerText()).replace(/\s/g, '');
  await type(desk, 'code', '000000');
  await desk.page.keyboard.press('Enter');
  await desk.page.locator('#code-error').waitFor();
  assert.equal((await focused(desk)).id, 'code');
  await desk.page.keyboard.type(desk.stage.code(secret));
  await desk.page.keyboard.press('Enter');
  await desk.at('Your first way to sign in is ready');
  await enter(desk, /passkey as well/);
  await desk.at('You are all set up');
  await enter(desk, /Show my recovery codes/);
  await desk.at('Save your recovery codes');
  await enter(desk, /^Copy$/);
  await desk.page.locator('[role="status"]').filter({ hasText: /\S/ }).first().waitFor();
  await enter(desk, /Continue to the portal/);
  await desk.at('The app');
  return secret;
}

async function account(desk: Desk): Promise<void> {
  await desk.go('/.sallyport/account');
  await tabTo(desk, /^Rename/);
  await desk.page.keyboard.press('Enter');
  await desk.page.keyboard.press('Tab');
  await desk.page.keyboard.press('ControlOrMeta+a');
  await desk.page.keyboard.type('Green phone');
  await desk.page.keyboard.press('Enter');
  await desk.page.getByText('Green phone').first().waitFor();
  await enter(desk, /^Cymraeg$/);
  await desk.at('Eich cyfrif');
  await enter(desk, /^English$/);
  await desk.at('Your account');
  await enter(desk, /^Sign out here$/);
  await desk.at('Signed out');
}

async function signIn(desk: Desk, secret: string): Promise<void> {
  await desk.stage.sally.advance(60_000);
  await enter(desk, /^Sign in again$/);
  await desk.at('Sign in');
  assert.equal((await focused(desk)).id, 'account', 'the first field has the focus');
  await desk.page.keyboard.type('alice');
  await type(desk, 'password', PASSWORD);
  await desk.page.keyboard.press('Enter');
  await desk.at('Use your passkey');
  await enter(desk, /code from your authenticator app/);
  await desk.at('Enter your code');
  await tabTo(desk, /^code$/);
  const code = desk.stage.code(secret);
  await desk.page.keyboard.type(`${code.slice(0, 3)} ${code.slice(3)}`);
  await desk.page.keyboard.press('Enter');
  await desk.at('The app');
}

test('by keyboard alone a person enrols both ways, changes the account, signs out and in; the focus is always seen', async () => {
  const browser = await launchBrowser();
  const stage = await startStage(browser);
  try {
    await stage.desk(async (desk) => {
      await desk.context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const device = await desk.plug();
      const secret = await enrol(desk);
      await account(desk);
      await desk.touches(device, false);
      await signIn(desk, secret);
      assert.deepEqual(desk.complaints, []);
    });
  } finally {
    await browser.close();
    await stage.sally.close();
  }
});
