import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { ASSETS, ONWARD } from '../../src/web/assets/assets.ts';
import { connectSource, PAGE_HEADERS, scriptSource } from '../../src/web/headers.ts';
import { launchBrowser } from '../support/browser.ts';
import { frame, VIEWS } from '../unit/web/pages-views.ts';

const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/views/', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
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
  mkdirSync(SCREENS, { recursive: true });
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

async function faultsOf(page: Page): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const axe = Reflect.get(globalThis, 'axe');
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags } });
    return violations.map((v: { id: string; nodes: { html: string }[] }) => `${v.id}: ${v.nodes.map((n) => n.html)}`);
  });
}

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
      if (element.closest('.unseen, svg, option') || node.className === 'unseen') continue;
      const range = document.createRange();
      if (node.nodeType === Node.TEXT_NODE) range.selectNodeContents(node);
      const rects = node.nodeType === Node.TEXT_NODE ? range.getClientRects() : node.getClientRects();
      if ([...rects].some((r) => r.width > 0 && (r.left < left || r.right > right)))
        out.push(node.outerHTML?.slice(0, 120) ?? node.data);
    }
    return out;
  })`);
}

const openAll = (page: Page): Promise<number> =>
  page.evaluate(`(() => {
    const closed = [...document.querySelectorAll('details')];
    for (const details of closed) details.open = true;
    return closed.length;
  })()`);

for (const language of LANGUAGES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every page and state is accessible, still, and asks nobody else: ${language}, ${colorScheme}`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: PHONE, reducedMotion: 'reduce' });
      try {
        const page = await context.newPage();
        const seen = await watched(page);
        // A page that sends itself on is looked at before it goes.
        await page.route(/\/onward[^/]*\.js$/, (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
        for (const name of Object.keys(VIEWS)) {
          const at = `${name}, ${language}, ${colorScheme}`;
          await page.goto(`${origin}/${language}/${name}`);
          assert.equal(await page.getAttribute('html', 'lang'), language, at);
          assert.equal(await page.getAttribute('html', 'dir'), language === 'ar' ? 'rtl' : 'ltr', at);
          assert.ok(Number(await page.evaluate('globalThis.shift')) < 0.01, `${at}: something moves`);
          await page.screenshot({ path: join(SCREENS, `${name}-${language}-${colorScheme}-360.png`), fullPage: true });
          assert.deepEqual(await faultsOf(page), [], at);
          await page.setViewportSize(DESK);
          assert.deepEqual(await outside(page), [], `${at}: beyond the card at 1280 px`);
          await page.screenshot({ path: join(SCREENS, `${name}-${language}-${colorScheme}-1280.png`), fullPage: true });
          // What is folded away is looked at neither by axe nor by a screenshot until it is open.
          if ((await openAll(page)) > 0) assert.deepEqual(await faultsOf(page), [], `${at}, unfolded`);
          await page.setViewportSize({ width: 320, height: 640 });
          assert.equal(
            await page.evaluate('document.documentElement.scrollWidth'),
            320,
            `${at}: wider than the screen`,
          );
          assert.deepEqual(await outside(page), [], `${at}: beyond the card at 320 px`);
          await page.setViewportSize(PHONE);
        }
        assert.deepEqual(seen.complaints, []);
        assert.deepEqual(
          seen.requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:')),
          [],
        );
      } finally {
        await context.close();
      }
    });
  }
}
