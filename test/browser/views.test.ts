import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { ASSETS, ONWARD } from '../../src/web/assets/assets.ts';
import { connectSource, PAGE_HEADERS, scriptSource } from '../../src/web/headers.ts';
import { axeFaultsByColour, withAxe } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { frame, VIEWS } from '../unit/web/pages-views.ts';

const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/views/', import.meta.url));
const WITH_SCREENS = process.env['TEST_SCREENS'] === '1';
const LANGUAGES = ['en', 'cy', 'ar'] as const;
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };

let server: Server;
let origin = '';
let browser: Browser;

/** Every page in every state as it is sent, with its headers; `/en/code` is the page `code` in English. */
function serve(): Server {
  return createServer((request, response) => {
    const path = request.url ?? '';
    const asset = ASSETS.get(path);
    if (asset !== undefined) {
      // The page that sends its form on by itself is looked at as it stands where it has to wait for its button.
      response.writeHead(200, { 'Content-Type': asset.type }).end(path === ONWARD.path ? '' : asset.body);
      return;
    }
    const [, language = '', name = ''] = path.split('/');
    const view = VIEWS[name];
    if (view === undefined) {
      response.writeHead(404).end();
      return;
    }
    const policy = `${PAGE_HEADERS['Content-Security-Policy']};script-src ${scriptSource(origin)};connect-src ${connectSource(origin)}`;
    const headers = { ...PAGE_HEADERS, 'Content-Security-Policy': policy, 'Content-Type': 'text/html; charset=utf-8' };
    response.writeHead(200, headers).end(view(frame(language)).text);
  });
}

before(async () => {
  if (WITH_SCREENS) mkdirSync(SCREENS, { recursive: true });
  server = serve();
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

interface Seen {
  readonly requests: string[];
  readonly complaints: string[];
}

/** A page that notes what it asks for and what it complains of. */
async function watched(page: Page): Promise<Seen> {
  const seen: Seen = { requests: [], complaints: [] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  page.on('console', (message) => {
    // The stand has no ceremonies: asking for options is answered with 404.
    const options = message.location().url.endsWith('/passkey/options');
    if (['error', 'warning'].includes(message.type()) && !options) seen.complaints.push(message.text());
  });
  // What moves after it was first shown, by the browser's own measure.
  await page.addInitScript(`globalThis.shift = 0;
    new PerformanceObserver((list) => { for (const e of list.getEntries()) globalThis.shift += e.value; })
      .observe({ type: 'layout-shift', buffered: true });`);
  return seen;
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const faultsOf = (page: Page, state: string): Promise<string[]> => axeFaultsByColour(page, TAGS, state);

/** Everything, text too, that reaches beyond the room inside of the card, or of the page's foot. */
function outside(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('main, footer')].flatMap((card) => {
    const box = card.getBoundingClientRect();
    const style = getComputedStyle(card);
    const left = box.left + parseFloat(style.paddingLeft) - 1;
    const right = box.right - parseFloat(style.paddingRight) + 1;
    const out = [];
    const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement;
      if (element.closest('.unseen, :root.script .spoken, svg, option') || node.className === 'unseen') continue;
      const range = document.createRange();
      if (node.nodeType === Node.TEXT_NODE) range.selectNodeContents(node);
      const rects = node.nodeType === Node.TEXT_NODE ? range.getClientRects() : node.getClientRects();
      if ([...rects].some((r) => r.width > 0 && (r.left < left || r.right > right)))
        out.push(node.outerHTML?.slice(0, 120) ?? node.data);
    }
    return out;
  })`);
}

/** Unfolds or folds everything that can be; how much. */
const fold = (page: Page, open: boolean): Promise<number> =>
  page.evaluate(`(() => {
    const all = document.querySelectorAll('details');
    for (const details of all) details.open = ${open};
    return all.length;
  })()`);

/** Pictures for people to look at, of each page and state; taken when they are asked for. */
async function shot(page: Page, at: string): Promise<void> {
  if (!WITH_SCREENS) return;
  await page.screenshot({ path: join(SCREENS, `${at}-${page.viewportSize()?.width ?? 0}.png`), fullPage: true });
}

type Scheme = 'light' | 'dark';

/** Nothing has moved since the page was loaded, and as its colours came. */
async function still(page: Page, at: string, scheme: Scheme): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  assert.ok(Number(await page.evaluate('globalThis.shift')) < 0.01, `${at}, ${scheme}: something moves`);
}

/** One page, as it stands in a colour scheme. */
async function look(page: Page, name: string, language: string, scheme: Scheme): Promise<void> {
  const at = `${name}, ${language}, ${scheme}`;
  await page.emulateMedia({ colorScheme: scheme });
  const dark = await page.evaluate(`matchMedia('(prefers-color-scheme: dark)').matches`);
  assert.equal(dark, scheme === 'dark', at);
  assert.equal(await page.getAttribute('html', 'lang'), language, at);
  assert.equal(await page.getAttribute('html', 'dir'), language === 'ar' ? 'rtl' : 'ltr', at);
  await shot(page, `${name}-${language}-${scheme}`);
  assert.deepEqual(await faultsOf(page, 'as it comes'), [], at);
  await page.setViewportSize(DESK);
  assert.deepEqual(await outside(page), [], `${at}: beyond the card at 1280 px`);
  await shot(page, `${name}-${language}-${scheme}`);
  // What is folded away is looked at neither by axe nor by a screenshot until it is open.
  if ((await fold(page, true)) > 0) assert.deepEqual(await faultsOf(page, 'unfolded'), [], `${at}, unfolded`);
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320, `${at}: wider than the screen`);
  assert.deepEqual(await outside(page), [], `${at}: beyond the card at 320 px`);
}

/** What is wrong in each scheme. A page is loaded once, in the first of them. */
async function walk(language: string, schemes: readonly Scheme[]): Promise<Map<Scheme, unknown[]>> {
  const faults = new Map(schemes.map((scheme) => [scheme, [] as unknown[]]));
  const context = await browser.newContext({ viewport: PHONE, reducedMotion: 'reduce' });
  try {
    await withAxe(context);
    const page = await context.newPage();
    const seen = await watched(page);
    // A page that sends itself on is looked at before it goes.
    await page.route(/\/onward[^/]*\.js$/, (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    for (const name of Object.keys(VIEWS)) {
      await page.emulateMedia({ colorScheme: schemes[0] ?? null });
      await page.goto(`${origin}/${language}/${name}`);
      const folded = await page.evaluate(`document.querySelectorAll('details[open]').length`);
      const note = (scheme: Scheme) => (fault: unknown) => faults.get(scheme)?.push(fault);
      for (const scheme of schemes) await still(page, `${name}, ${language}`, scheme).catch(note(scheme));
      for (const scheme of schemes) {
        await look(page, name, language, scheme).catch(note(scheme));
        await page.setViewportSize(PHONE);
        if (folded === 0) await fold(page, false);
      }
    }
    const strange = seen.requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'));
    for (const found of faults.values()) found.push(...seen.complaints, ...strange);
  } finally {
    await context.close();
  }
  return faults;
}

for (const [n, language] of LANGUAGES.entries()) {
  // Each scheme is the one in which pages are loaded, in some language.
  const schemes = n % 2 === 0 ? (['light', 'dark'] as const) : (['dark', 'light'] as const);
  let walked: ReturnType<typeof walk> | undefined;
  for (const scheme of ['light', 'dark'] as const) {
    test(`every page and state is accessible, still, and asks nobody else: ${language}, ${scheme}`, async () => {
      walked ??= walk(language, schemes);
      assert.deepEqual((await walked).get(scheme), []);
    });
  }
}
