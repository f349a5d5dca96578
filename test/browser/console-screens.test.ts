import assert from 'node:assert/strict';
import test, { after, before, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { PLACES } from '../../src/web/console/pages/places.ts';
import { launchBrowser } from '../support/browser.ts';
import { DESK, PHONE, signIn, Walk } from '../support/console-walk.ts';
import { folder, freePort, startWhole } from '../support/process.ts';
import { until } from '../support/shut.ts';

/**
 * Every page of the console, as the owner of the demonstration sees it; what forms answer is in console-states.test.ts. `Walk` says what
 * is looked at; with `TEST_SCREENS=1` pictures are left for people to look at.
 */

/** Pages that no place leads to by itself, filters, and lists that find nobody. */
const MORE = [
  '/accounts?state=none',
  '/accounts?text=zzz',
  '/accounts/new',
  '/invitations',
  '/organisations/new',
  '/organisations?text=zzz',
  '/tokens/new',
  '/record?kind=session.open',
  '/record?account=zzz',
  '/record/checkpoint',
  '/sessions?text=zzz',
  '/coverage?state=closed',
  '/coverage/trend',
  '/coverage/trend?from=2020-01-01&to=2020-01-03',
  '/evidence?from=2026-02-31&to=2026-03-01',
  '/evidence/mandates',
  '/reconciliation/portal',
  '/rosters/erase',
  '/apps?method=GET&url=http%3A%2F%2Fnowhere.test%2Freports',
  '/nowhere',
];
/** Addresses that answer with a file, or with a stream of events. */
const FILES = [
  'GET /record/live',
  'GET /record/export.jsonl',
  'GET /record/export.csv',
  'GET /coverage/export.csv',
  'GET /coverage/trend/export.csv',
  'GET /reconciliation/:app/export.csv',
];

const walk = new Walk();
let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** The demonstration with all of its people, as `npm start` brings it up; the link of its first administrator, and where its portal is. */
async function demonstration(t: TestContext): Promise<{ readonly link: string; readonly portal: string }> {
  const [port, data] = [await freePort(), folder(t)];
  const running = startWhole(t, '--port', String(port), '--console-port', String(await freePort()), '--data', data);
  await running.until(/Stop with Ctrl-C/);
  const [link = ''] = /http\S+\/\.sallyport\/enrol\/\S+/.exec(running.text()) ?? [];
  assert.notEqual(link, '', running.text());
  return { link, portal: `http://localhost:${port}` };
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

test('every page of the console fits a phone and a desk, has no fault that axe finds, and all of it can be touched', {
  timeout: 460_000,
}, async (t) => {
  const { link, portal } = await demonstration(t);
  const context = await browser.newContext({ viewport: DESK, locale: 'en-GB', reducedMotion: 'reduce' });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await walk.follow(context, page);
    const origin = await signIn(page, link);
    await peopled(page, origin);
    const found = await single(page, origin);
    const places = PLACES.map(({ href }) => href);
    // Tables are cards there; what it finds at a desk is looked for in other tests, page by page.
    const explained = `/apps?method=GET&url=${encodeURIComponent(`${portal}/reports`)}`;
    await walk.visit(page, [origin, ...places, ...found, ...MORE, explained], '', [PHONE]);
    // From right to left, with longer words.
    await page.goto(`${origin}/me`);
    await page.getByRole('button', { name: 'العربية' }).click();
    await page.locator('html[dir="rtl"]').waitFor();
    await walk.visit(page, [origin, ...places, found[0] ?? '/'], 'ar-', []);
    assert.deepEqual(walk.faults, []);
    assert.deepEqual(walk.unseen('GET'), FILES, 'every other address was looked at');
  } finally {
    await context.close();
  }
});
