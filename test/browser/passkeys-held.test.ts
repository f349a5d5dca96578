import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { APP_PASSWORDS, type LoginApp, startLoginApp } from '../support/login-app.ts';
import { presetText } from '../support/login-app-preset.ts';
import { freePort } from '../support/process.ts';
import { startSallyport } from '../support/sallyport.ts';
import { type Desk, Stage } from '../support/stage.ts';

/** Runs with a browser before an app that asks for the password first, and where passkeys work. */
async function guarded(work: (stage: Stage, app: LoginApp) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-held-'));
  const browser = await launchBrowser();
  const app = await startLoginApp();
  try {
    await writeFile(join(folder, 'app.yml'), presetText());
    const sally = await startSallyport({
      realm: 'app',
      host: 'localhost',
      port: await freePort(),
      upstream: app.upstream,
      app: [`    login: { preset: ${folder}/app.yml, order: login-first }`],
    });
    try {
      await work(new Stage(sally, browser), app);
    } finally {
      await sally.close();
    }
  } finally {
    await app.close();
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A passkey alone, and then a browser that knows nothing. */
async function enrols(desk: Desk, name: string): Promise<void> {
  await desk.plug();
  await desk.invited(name);
  await desk.press(/Set up a passkey/);
  await desk.at('Your first way to sign in is ready');
  await desk.press(/just one way/);
  await desk.at('Save your recovery codes');
  await desk.context.clearCookies();
}

async function typesAtTheApp(desk: Desk, name: string): Promise<void> {
  await desk.go('/login');
  await desk.page.fill('[name=username]', name);
  await desk.page.fill('[name=password]', APP_PASSWORDS[name] ?? '');
  // The app's form has no button.
  await desk.page.evaluate('document.forms[0].submit()');
  // The app has checked the password: nobody but its owner, or who has stolen it, learns that there is a passkey.
  await desk.at('Use your passkey');
  await desk.page.waitForURL((url) => url.pathname === '/.sallyport/sign-in/passkey');
}

test('the password at the app, then a passkey, and the answer that was held', () =>
  guarded((stage, app) =>
    stage.desk(async (desk) => {
      await enrols(desk, 'alice');
      await typesAtTheApp(desk, 'alice');
      assert.deepEqual(
        app.pagesOf('alice').filter((line) => line !== 'POST /login'),
        [],
      );
      await desk.press(/passkey/i);
      await desk.page.waitForURL((url) => url.pathname === '/account');
      assert.match(await desk.page.innerText('body'), /private page of alice/);
      const cookies = await desk.context.cookies();
      assert.deepEqual(
        cookies.map(({ name }) => name).filter((name) => !name.startsWith('__Host-sallyport')),
        [],
      );
      assert.deepEqual(desk.complaints, []);
    }),
  ));

test('somebody else’s passkey does not let out what a stolen password has got', () =>
  guarded((stage, app) =>
    stage.desk(async (desk) => {
      await stage.desk((hers) => enrols(hers, 'alice'));
      await enrols(desk, 'mallory');
      await typesAtTheApp(desk, 'alice');
      await desk.press(/passkey/i);
      await desk.page.locator('[role=alert], .error, .complaint').first().waitFor();
      await desk.go('/account');
      assert.notEqual(new URL(desk.page.url()).pathname, '/account');
      assert.doesNotMatch(await desk.page.innerText('body'), /private page of/);
      assert.deepEqual(
        app.pagesOf('alice').filter((line) => line !== 'POST /login'),
        [],
      );
    }),
  ));
