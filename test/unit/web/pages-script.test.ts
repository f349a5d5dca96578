import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Html } from '../../../src/lib/html.ts';
import { ASSETS } from '../../../src/web/assets/assets.ts';
import { connectSource, PAGE_HEADERS, scriptSource } from '../../../src/web/headers.ts';
import { enrolPage } from '../../../src/web/pages/enrol.ts';
import { codePage, passkeyPage } from '../../../src/web/pages/sign-in.ts';
import { wordsOf } from '../../../src/web/words/words.ts';
import { launchBrowser } from '../../support/browser.ts';
import { error, frame, state } from './pages-views.ts';

const WAYS = ['passkey', 'totp', 'recovery'] as const;

const en = wordsOf('en');
const PAGES: Readonly<Record<string, Html>> = {
  '/wait': codePage(frame(), { next: '/', stepUp: false, offers: WAYS, error: error('too-many-attempts', 30) }),
  '/password': enrolPage(frame(), { state: state({ password: 'set' }), choose: false }),
  '/second': passkeyPage(frame(), { next: '/reports', stepUp: false, offers: WAYS, only: false }),
  '/choose': enrolPage(frame(), { state: state(), choose: false }),
};

interface Reply {
  readonly status: number;
  readonly value: object;
}

/** What the addresses that scripts ask answer; undefined cuts the connection. */
let reply: ((path: string, body: string) => Reply | undefined) | null = null;
let browser: Browser;
let origin: string;

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

const server = createServer(async (request, response) => {
  const path = request.url ?? '/';
  const found = ASSETS.get(path);
  const page = PAGES[path];
  if (found !== undefined) response.writeHead(200, { 'Content-Type': found.type }).end(found.body);
  else if (page !== undefined) {
    const policy = `${PAGE_HEADERS['Content-Security-Policy']};script-src ${scriptSource(origin)};connect-src ${connectSource(origin)}`;
    const headers = { ...PAGE_HEADERS, 'Content-Security-Policy': policy, 'Content-Type': 'text/html; charset=utf-8' };
    response.writeHead(200, headers).end(page.text);
  } else {
    const answer = reply?.(path, await bodyOf(request));
    if (answer === undefined) request.socket.destroy();
    else response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer.value));
  }
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A cast: a TCP server that listens has an AddressInfo.
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A page of its own; closed afterwards, and it may throw nothing. */
async function on(path: string, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  const thrown: Error[] = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (fault) => thrown.push(fault));
    // A clock that a test moves on.
    await page.clock.install();
    await page.goto(`${origin}${path}`);
    await work(page);
    assert.deepEqual(thrown, []);
  } finally {
    reply = null;
    await context.close();
  }
}

test('a wait counts down, the button rests, and the end is said', () =>
  on('/wait', async (page) => {
    const button = page.locator('form.form button');
    assert.equal(await button.isDisabled(), true);
    await page.clock.runFor(20_000);
    // Said once: what counts stands in place of the sentence, which is for voices.
    assert.equal((await page.locator('.alert .spoken').boundingBox())?.width, 1);
    const left = /You can try again in (\d+) seconds\./.exec(await page.locator('.countdown').innerText());
    assert.ok(Number(left?.[1]) <= 10, 'it has counted');
    await page.clock.runFor(11_000);
    await page.getByText(en.waits.over).waitFor();
    assert.ok(((await page.locator('.alert p').first().boundingBox())?.width ?? 0) > 100);
    assert.equal(await button.isEnabled(), true);
    assert.equal(await page.locator('.countdown').innerText(), '');
  }));

test('one button shows and hides both passwords, and they are hidden when the form is sent', () =>
  on('/password', async (page) => {
    const types = () =>
      page.locator('#password, #again').evaluateAll((fields) => fields.map((f) => f.getAttribute('type')));
    await page.getByRole('button', { name: en.field.showPassword }).click();
    assert.deepEqual(await types(), ['text', 'text']);
    await page.getByRole('button', { name: en.field.hidePassword }).click();
    assert.deepEqual(await types(), ['password', 'password']);
    await page.getByRole('button', { name: en.field.showPassword }).click();
    await page.evaluate("document.querySelector('form.form').dispatchEvent(new Event('submit'))");
    assert.deepEqual(await types(), ['password', 'password']);
  }));

test('advice on a password comes when the typing pauses, and goes when it is too short for any', () =>
  on('/password', async (page) => {
    const asked: string[] = [];
    reply = (path, body) => {
      assert.equal(path, '/.sallyport/enrol/password/advice');
      asked.push(body);
      return { status: 200, value: { score: 3 } };
    };
    await page.locator('#password').pressSequentially('seven lights');
    await page.locator('#advice', { hasText: en.newPassword.score3 }).waitFor();
    assert.deepEqual(asked, ['{"password":"seven lights"}']);
    await page.fill('#password', 'short');
    assert.equal(await page.locator('#advice').innerText(), '');
  }));

test('more time is asked for in place, and nothing typed is lost', () =>
  on('/password', async (page) => {
    await page.fill('#password', 'seven lights');
    reply = (path) => ({ status: path === '/.sallyport/enrol/extend' ? 200 : 404, value: {} });
    await page.getByRole('button', { name: en.moreTime.button }).click();
    await page.getByText(en.moreTime.done).waitFor();
    reply = () => ({ status: 401, value: { code: 'pending-expired' } });
    await page.getByRole('button', { name: en.moreTime.button }).click();
    await page.getByText(en.moreTime.over).waitFor();
    assert.equal(await page.inputValue('#password'), 'seven lights');
  }));

test('each trouble of a ceremony is said in its own words, and the button works again', () =>
  on('/choose', async (page) => {
    const button = page.getByRole('button', { name: en.choose.passkeyButton });
    const region = page.locator('form[data-ceremony] [role="status"]');
    const troubles: readonly (readonly [Reply | undefined, string])[] = [
      [undefined, en.passkey.network],
      [{ status: 401, value: { code: 'pending-expired' } }, en.passkey.expired],
      [{ status: 500, value: {} }, en.passkey.failed],
    ];
    for (const [answer, said] of troubles) {
      reply = () => answer;
      await button.click();
      await region.filter({ hasText: said }).waitFor();
      assert.equal(await button.getAttribute('aria-disabled'), null);
      assert.equal(await page.evaluate('document.activeElement.textContent'), en.choose.passkeyButton);
    }
  }));

test('who has to confirm first is sent there', () =>
  on('/choose', async (page) => {
    reply = () => ({ status: 403, value: { code: 'step-up-required' } });
    await page.getByRole('button', { name: en.choose.passkeyButton }).click();
    await page.waitForURL((url) => url.pathname === '/.sallyport/sign-in/totp');
    assert.equal(new URL(page.url()).searchParams.get('next'), '/.sallyport/account');
  }));

test('options are asked for what the page is for; who signed in in another tab goes where this one leads', () =>
  on('/second', async (page) => {
    const asked: string[] = [];
    reply = (path, body) => {
      asked.push(path, body);
      return { status: 200, value: { ok: true, next: '/wait' } };
    };
    await page.getByRole('button', { name: en.passkey.button }).click();
    await page.waitForURL((url) => url.pathname === '/wait');
    assert.deepEqual(asked, ['/.sallyport/sign-in/passkey/options', '{"purpose":"sign-in","next":"/reports"}']);
  }));
