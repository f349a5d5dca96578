import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { PasswordRefused } from '../../src/accounts/password.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import type { Html } from '../../src/lib/html.ts';
import { ASSETS } from '../../src/web/assets/assets.ts';
import { connectSource, PAGE_HEADERS, scriptSource } from '../../src/web/headers.ts';
import { enrolPage } from '../../src/web/pages/enrol.ts';
import { errorPage } from '../../src/web/pages/error.ts';
import type { Frame } from '../../src/web/pages/frame.ts';
import { codePage, passkeyPage } from '../../src/web/pages/sign-in.ts';
import { unsentPage } from '../../src/web/pages/unsent.ts';
import { axeFaults, withAxe } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { error, frame, state } from '../unit/web/pages-views.ts';

const WAYS = ['passkey', 'totp', 'recovery'] as const;

type View = (frame: Frame) => Html;

/** States that differ from those of pages-views.ts in their words alone: each is judged once per writing direction. */
const STATES: Readonly<Record<string, View>> = {
  ...Object.fromEntries(ERROR_CODES.map((code) => [code, (f: Frame) => errorPage(f, error(code))])),
  'password-refused': (f) =>
    enrolPage(f, { state: state({ password: 'set' }), choose: false, error: new PasswordRefused('too-common') }),
  'password-old': (f) => enrolPage(f, { state: state({ password: 'verify' }), choose: false }),
  'password-wait': (f) =>
    enrolPage(f, { state: state({ password: 'verify' }), choose: false, error: error('too-many-attempts', 30) }),
  'added-app': (f) => enrolPage(f, { state: state({ adding: true, confirmed: true, added: ['totp'] }), choose: false }),
  'unsent-confirm': (f) => unsentPage(f, { again: 'confirm', href: '/.sallyport/sign-in/totp', next: '/a' }),
  'passkey-only-sign-in': (f) => passkeyPage(f, { next: '/a', stepUp: false, offers: WAYS, only: true }),
  'code-step-up': (f) => codePage(f, { next: '/a', stepUp: true, offers: WAYS }),
};

test('every error page and every remaining state is accessible, in both schemes and directions', async () => {
  let origin = '';
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const asset = ASSETS.get(path);
    if (asset !== undefined) {
      response.writeHead(200, { 'Content-Type': asset.type }).end(asset.body);
      return;
    }
    const [, language = '', name = ''] = path.split('/');
    const policy = `${PAGE_HEADERS['Content-Security-Policy']};script-src ${scriptSource(origin)};connect-src ${connectSource(origin)}`;
    const headers = { ...PAGE_HEADERS, 'Content-Security-Policy': policy, 'Content-Type': 'text/html; charset=utf-8' };
    response.writeHead(200, headers).end(STATES[name]?.(frame(language)).text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A cast: a TCP server that listens has an AddressInfo.
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const browser = await launchBrowser();
  try {
    for (const [language, colorScheme] of [
      ['en', 'light'],
      ['ar', 'dark'],
    ] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width: 320, height: 640 } });
      await withAxe(context);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (fault) => complaints.push(String(fault)));
      for (const name of Object.keys(STATES)) {
        const at = `${name}, ${language}, ${colorScheme}`;
        await page.goto(`${origin}/${language}/${name}`);
        assert.equal(await page.locator('h1').count(), 1, at);
        await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
        assert.deepEqual(await axeFaults(page), [], at);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320, `${at}: too wide`);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
