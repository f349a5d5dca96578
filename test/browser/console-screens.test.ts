import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { PLACES } from '../../src/web/console/pages/places.ts';
import { launchBrowser } from '../support/browser.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { PASSWORD } from '../support/person.ts';
import { folder, freePort, startWhole } from '../support/process.ts';
import type { SallyportOptions } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import type { Stage } from '../support/stage.ts';
import { stagedTests } from '../support/staged.ts';

/**
 * Every page of the console, as the owner of the demonstration sees it, at the widths of a phone and of a desk. With
 * `TEST_SCREENS=1` pictures are left in `.artifacts/screens/console`, light and dark and as printed, for people to look at.
 */

const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/console/', import.meta.url));
const WITH_SCREENS = process.env['TEST_SCREENS'] === '1';
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
/** Pages that no place leads to by itself, filters, and lists that find nobody. */
const MORE = [
  '/accounts?state=none',
  '/accounts?text=zzz',
  '/accounts/new',
  '/invitations',
  '/organisations/new',
  '/tokens/new',
  '/record?kind=session.open',
  '/record?text=zzz',
  '/record/checkpoint',
  '/sessions?text=zzz',
  '/coverage/trend',
  '/coverage/trend?from=2020-01-01&to=2020-01-03',
  '/nowhere',
];

let browser: Browser;
before(async () => {
  if (WITH_SCREENS) mkdirSync(SCREENS, { recursive: true });
  browser = await launchBrowser();
});
after(() => browser.close());

/** The demonstration with all of its people, as `npm start` brings it up; the link of its first administrator. */
async function demonstration(t: TestContext): Promise<string> {
  const [port, data] = [await freePort(), folder(t)];
  const running = startWhole(t, '--port', String(port), '--console-port', String(await freePort()), '--data', data);
  await running.until(/Stop with Ctrl-C/);
  const [link = ''] = /http\S+\/\.sallyport\/enrol\/\S+/.exec(running.text()) ?? [];
  assert.notEqual(link, '', running.text());
  return link;
}

/** Enrols a passkey by the link, which signs in; the address of the console. */
async function signIn(page: Page, link: string): Promise<string> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const options = { protocol: 'ctap2', transport: 'internal', automaticPresenceSimulation: true } as const;
  const person = { hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, ...person } });
  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  await page.goto(link);
  await press('Start');
  for (const field of ['#password', '#again']) await page.fill(field, PASSWORD);
  await press('Continue');
  await press(/Set up a passkey/);
  await press(/just one way/);
  await page.locator('h1', { hasText: 'Save your recovery codes' }).waitFor();
  return new URL(link).origin;
}

/** Settles when everybody of the demonstration is there. */
async function peopled(page: Page, origin: string): Promise<void> {
  await until(async () => {
    await page.goto(`${origin}/accounts?state=disabled`);
    return (await page.locator('#results tbody tr').count()) >= 3;
  }, 120_000);
}

/** Pages of single things, which have addresses of their own: the first of each list. */
async function single(page: Page, origin: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const list of ['/accounts?state=protected', '/accounts?state=invited', '/organisations', '/apps']) {
    await page.goto(`${origin}${list}`);
    const links = page.locator('#results tbody th a, main .list tbody th a');
    const href = (await links.count()) === 0 ? null : await links.first().getAttribute('href');
    if (href !== null) found.push(href);
  }
  return found;
}

/** What is wrong with a page as it stands, but for what axe finds (console-people.test.ts): too wide, or too small to be touched. */
function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const root = document.documentElement;
    const wider = root.scrollWidth - root.clientWidth;
    const faults = wider > 0 ? ['wider than the screen by ' + wider] : [];
    for (const element of document.querySelectorAll('button, summary, select, input, textarea, nav a, a.button')) {
      if (element.offsetWidth === 0 || getComputedStyle(element).clipPath !== 'none') continue;
      // What is touched is the label as well. WCAG 2.2, 2.5.8.
      const { width, height } = (element.closest('label') ?? element).getBoundingClientRect();
      if (width < 24 || height < 24) faults.push('too small: ' + element.outerHTML.slice(0, 100) + [width, height].join('x'));
    }
    return faults;
  })()`);
}

async function pictures(page: Page, name: string): Promise<void> {
  if (!WITH_SCREENS) return;
  const path = (how: string) => join(SCREENS, `${name}-${page.viewportSize()?.width ?? 0}-${how}.png`);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, media: 'screen', reducedMotion: 'reduce' });
    await page.screenshot({ path: path(colorScheme), fullPage: true });
  }
  if (page.viewportSize()?.width === DESK.width) {
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: path('print'), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
}

const nameOf = (path: string) =>
  path
    .replace(/[^a-z0-9]+/gi, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'home';

/** A page, and then with all that folds opened. */
async function look(page: Page, path: string, name: string): Promise<string[]> {
  const faults: string[] = [];
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    faults.push(...(await faultsOf(page)).map((fault) => `${path} at ${size.width}: ${fault}`));
    await pictures(page, name);
  }
  const folded = await page.locator('details:not([open])').evaluateAll((all) => {
    for (const each of all) each.setAttribute('open', '');
    return all.length;
  });
  for (const size of folded === 0 ? [] : [PHONE, DESK]) {
    await page.setViewportSize(size);
    faults.push(...(await faultsOf(page)).map((fault) => `${path} at ${size.width}, unfolded: ${fault}`));
    await pictures(page, `${name}-open`);
  }
  return faults;
}

/** All of these pages in turn; what is wrong with them. */
async function lookAt(page: Page, origin: string, paths: readonly string[], prefix = ''): Promise<string[]> {
  const faults: string[] = [];
  for (const path of paths) {
    await page.goto(`${origin}${path}`);
    await page.locator('main h1').waitFor();
    faults.push(...(await look(page, path, `${prefix}${nameOf(path)}`)));
  }
  return faults;
}

test('every page of the console fits a phone and a desk, folded and unfolded, and all of it can be touched', async (t) => {
  const link = await demonstration(t);
  const context = await browser.newContext({ viewport: DESK, locale: 'en-GB', reducedMotion: 'reduce' });
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    const origin = await signIn(page, link);
    await peopled(page, origin);
    const found = [...(await single(page, origin)), ...MORE];
    const places = PLACES.map(({ href }) => href);
    const faults = await lookAt(page, origin, [...places, ...found]);
    // From right to left, with longer words.
    await page.goto(`${origin}/me`);
    await page.getByRole('button', { name: 'العربية' }).click();
    await page.locator('html[dir="rtl"]').waitFor();
    faults.push(...(await lookAt(page, origin, [...places, found[0] ?? '/'], 'ar-')));
    assert.deepEqual([...faults, ...complaints], []);
  } finally {
    await context.close();
  }
});

/** An owner beside the first, whose acts want a second person. */
async function owner({ sally: { manage } }: Stage, name: string): Promise<string> {
  await addAccount(manage, { name, realm: 'staff', admin: true });
  return (await issueTicket(manage, name, {}, 'staff')).links[0]?.url ?? '';
}

const PORT = await freePort();
const STATES: SallyportOptions = {
  console: 'require: passkey, two_person: [role.grant, lock-down.end]',
  consolePort: PORT,
  top: [
    'record:',
    '  receivers:',
    `    archive: { to: "file://${join(tmpdir(), `sallyport-screens-${PORT}.jsonl`)}" }`,
    '    siem: { to: "tls://127.0.0.1:9" }',
  ],
};

stagedTests()(
  'what waits for a second person, a lock-down, a receiver in trouble and one account fit a phone and a desk',
  async (stage) => {
    const [first, second] = [await owner(stage, 'root'), await owner(stage, 'boss')];
    await addAccount(stage.sally.manage, { name: 'carys.morgan', realm: 'staff' });
    await stage.sally.session('dora', { factor: 'passkey' });
    await stage.desk(async ({ page }) => {
      const origin = await signIn(page, first);
      await page.goto(`${origin}/roles`);
      await page.locator('summary', { hasText: 'Give a role' }).click();
      await page.fill('#account', 'carys.morgan');
      await page.selectOption('#role', 'auditor');
      await page.selectOption('#scope', 'everything');
      await page.getByRole('button', { name: 'Give the role' }).click();
      await page.locator('main h1').waitFor();
      await page.goto(`${origin}/lock-down`);
      await page.fill('#reason', 'A certificate was stolen');
      await page.getByRole('button', { name: 'Close it now' }).click();
      await page.getByText('A certificate was stolen').first().waitFor();
      assert.deepEqual(await lookAt(page, origin, ['/waiting', '/lock-down', '/sessions?app=portal'], 'own-'), []);
    });
    await stage.desk(async ({ page, complaints }) => {
      const origin = await signIn(page, second);
      const paths = ['/waiting', '/record/checkpoint', '/accounts/id-dora', '/sessions?organisation=realm.staff'];
      assert.deepEqual(await lookAt(page, origin, paths, 'other-'), []);
      assert.deepEqual(complaints, []);
    });
  },
  STATES,
);
