import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import type { Page } from 'playwright-core';
import type { AppConfig } from '../../src/config/types.ts';
import { sha256 } from '../../src/lib/bytes.ts';
import { readCookies } from '../../src/request/cookies.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { isNavigation } from '../../src/request/head.ts';
import { Session } from '../../src/sessions/session.ts';
import { SALLYPORT_BRAND } from '../../src/web/brand.ts';
import { createOwn } from '../../src/web/own.ts';
import { launchBrowser } from '../support/browser.ts';
import { NO_LOOKS } from '../support/looks.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { codeAt, openWorld, PASSWORD, type World, wrongCode } from '../unit/login/world.ts';
import { frame } from '../unit/web/pages-views.ts';

/** Our pages in front of the real services; the app is one page. */
async function serve(world: World, app: AppConfig): Promise<Server> {
  const failed: object[] = [];
  const { login, enrol } = world;
  const own = createOwn({
    login: { ...login, adopting: (work) => work() },
    enrol,
    clock: world.clock,
    touch: () => {},
    jwks: () => ({ body: '{}' }),
    looks: NO_LOOKS,
    log: { error: (fields) => failed.push(fields) },
  });
  const server = createServer(async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    if (!path.startsWith('/.sallyport/')) {
      response.setHeader('Content-Type', 'text/html').end('<h1>The app</h1>');
      return;
    }
    const cookies = readCookies(HeaderFields.of(request.rawHeaders));
    const row = cookies.session === null ? undefined : await world.store.sessions.byHash(sha256(cookies.session));
    const found = row === undefined ? undefined : Session.fromRow(row, app.realm.source);
    own(request, response, {
      app,
      apps: [app],
      headers: HeaderFields.of(request.rawHeaders),
      client: { address: '192.0.2.1', scheme: 'http', forwardedFor: '192.0.2.1', near: true },
      origin: `http://${request.headers.host ?? ''}`,
      path,
      query,
      session: found?.liveAt(world.clock.at) === true ? found : null,
      cookies,
      ended: null,
      navigation: isNavigation(request.method ?? '', HeaderFields.of(request.rawHeaders)),
      brand: SALLYPORT_BRAND,
      frame: frame('en', { passkeys: false, here: '/.sallyport/account' }),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const heading = (page: Page): Promise<string> => page.locator('h1').innerText();
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

async function typedKey(page: Page): Promise<string> {
  return (await page.locator('.key').innerText()).replace(/\s/g, '');
}

async function walk(page: Page, world: World, origin: string, ticket: string): Promise<void> {
  await page.goto(`${origin}/.sallyport/enrol/${ticket}`);
  await press(page, 'Start');
  for (const [password, again] of [
    ['short', 'short'],
    [PASSWORD, `${PASSWORD}!`],
    [PASSWORD, PASSWORD],
  ] as const) {
    await page.fill('#password', password);
    await page.fill('#again', again);
    await press(page, 'Continue');
  }
  const secret = await typedKey(page);
  await page.fill('#code', wrongCode(secret, world.clock.at));
  await press(page, 'Confirm');
  assert.equal(await typedKey(page), secret, 'a wrong code keeps the QR code');
  await page.fill('#code', codeAt(secret, world.clock.at));
  await press(page, 'Confirm');
  await press(page, 'Continue with just one way');
  const codes = await page.locator('.codes code').allInnerTexts();
  assert.equal(codes.length, 10);
  await page.getByRole('link', { name: 'Continue to the portal' }).click();
  assert.equal(await heading(page), 'The app');

  await page.goto(`${origin}/.sallyport/account`);
  await press(page, 'Sign out here');
  await page.goto(`${origin}/.sallyport/sign-in?next=/start`);
  await page.fill('#account', 'ADA');
  await page.fill('#password', PASSWORD);
  await press(page, 'Continue');
  await page.fill('#code', codeAt(secret, world.clock.at));
  await press(page, 'Sign in');
  assert.match(await page.locator('#code-error').innerText(), /already been used/);
  world.clock.at += 60_000;
  await page.fill('#code', codeAt(secret, world.clock.at).replace(/(...)/, '$1 '));
  await press(page, 'Sign in');
  assert.equal(page.url(), `${origin}/start`);

  world.clock.at += 6 * 60_000;
  await page.goto(`${origin}/.sallyport/account`);
  await press(page, 'Add a way to sign in');
  assert.equal(await heading(page), 'Confirm it’s you');
  await page.getByRole('link', { name: /Use a recovery code/ }).click();
  await page.fill('#code', (codes[0] ?? '').toLowerCase());
  await press(page, 'Confirm');
  assert.equal(await heading(page), 'You used a recovery code');
  assert.match(await page.locator('main').innerText(), /Unused codes: 9/);
  await page.getByRole('link', { name: 'Continue', exact: true }).click();
  assert.equal(page.url(), `${origin}/.sallyport/account`);
  assert.equal(await heading(page), 'Your account');
  await press(page, 'Add a way to sign in');
  await page.fill('#code', codeAt(await typedKey(page), world.clock.at));
  await page.fill('#label', 'Tablet <b>');
  await press(page, 'Confirm');
  await press(page, 'Finish');
  assert.match(await page.locator('main').innerText(), /Tablet <b>/);
  await page.locator('summary', { hasText: 'Remove' }).first().click();
  await press(page, 'Remove it');
  assert.match(await page.locator('main').innerText(), /only working way to sign in, so it cannot be removed/);
  assert.match(await page.locator('main').innerText(), /Unused codes: 9/);
}

test('with the real services a person enrols by ticket, signs in, steps up and changes authenticators, without JavaScript', async () => {
  const world = await openWorld();
  const account = await addAccount(world.manage, { name: 'ada', realm: 'staff' });
  const ticket = await issueTicket(world.manage, account.id);
  const server = await serve(world, world.wiki);
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    // A cast: a TCP server that listens has an AddressInfo.
    const { port } = server.address() as AddressInfo;
    await walk(page, world, `http://localhost:${port}`, ticket.secret);
  } finally {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await world.close();
  }
});
