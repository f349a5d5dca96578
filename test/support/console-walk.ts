import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { consoleRoutes } from '../../src/web/console/routes/table.ts';
import { axeFaults, axeFaultsByColour, withAxe } from './axe.ts';
import { PASSWORD } from './person.ts';

const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/console/', import.meta.url));
const WITH_SCREENS = process.env['TEST_SCREENS'] === '1';
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export const PHONE = { width: 390, height: 844 };
/** A4 within margins of 1 cm, at 96 dpi. */
const PAPER = { width: 718, height: 1046 };
export const DESK = { width: 1280, height: 900 };

/** Rows of the table of addresses: what is asked for, and how its path is told. */
const ROUTES = consoleRoutes().flatMap(({ path, get, post }) => {
  const shape = new RegExp(`^${path.replaceAll(/[.]/g, '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
  const methods = [...(get === undefined ? [] : ['GET']), ...(post === undefined ? [] : ['POST'])];
  return methods.map((method) => ({ name: `${method} ${path}`, method, shape, params: path.split(':').length }));
});

/** What is wrong with a page as it stands, but for what axe finds: too wide, or too small to be touched. */
function faultsOf(page: Page, smallest: number): Promise<string[]> {
  return page.evaluate(`(() => {
    const root = document.documentElement;
    const wider = root.scrollWidth - root.clientWidth;
    const faults = wider > 0 ? ['wider than the screen by ' + wider] : [];
    // Of links, those that stand by themselves; at a desk they are pointed at.
    const links = ${smallest} < 44 ? '' : ', .who a, .export a, .list tbody th > a, .list td.number a';
    const touched = 'button, summary, select, input, textarea, nav a, a.button' + links;
    for (const element of document.querySelectorAll(touched)) {
      if (element.offsetWidth === 0 || getComputedStyle(element).clipPath !== 'none') continue;
      // What is touched is the label as well, and of a box to pick in a list its cell.
      const { width, height } = (element.closest('label, td.pick') ?? element).getBoundingClientRect();
      // Boxes of a list stand apart from all else: WCAG 2.2, 2.5.8.
      const least = element.closest('td.pick') ? 24 : ${smallest};
      if (width < 24 || height < least) faults.push('too small: ' + element.outerHTML.slice(0, 100) + [width, height].join('x'));
    }
    return faults;
  })()`);
}

const unfold = (page: Page): Promise<number> =>
  page.locator('details:not([open])').evaluateAll((all) => {
    for (const each of all) each.setAttribute('open', '');
    return all.length;
  });

/**
 * Pages of the console, looked at as they stand: on a phone and at a desk, light and dark, folded and unfolded. Keeps what is wrong with
 * each, and which addresses were seen. With `TEST_SCREENS=1` pictures are left in `.artifacts/screens/console`, printed ones too.
 */
export class Walk {
  readonly faults: string[] = [];
  readonly #seen = new Set<string>();
  readonly #shown = new Map<Page, string>();

  constructor() {
    if (WITH_SCREENS) mkdirSync(SCREENS, { recursive: true });
  }

  /** Before anything is opened in it. */
  async follow(context: BrowserContext, page: Page): Promise<void> {
    await withAxe(context);
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('response', (response) => {
      const request = response.request();
      const isPage = request.isNavigationRequest() && request.frame() === page.mainFrame();
      if (isPage && response.status() !== 303)
        this.#shown.set(page, `${request.method()} ${new URL(response.url()).pathname}`);
    });
  }

  /** Which rows of the table have been looked at: of two that fit, the one that names more. */
  #mark(page: Page): void {
    const [method, path = ''] = (this.#shown.get(page) ?? '').split(' ');
    const fits = ROUTES.filter((route) => route.method === method && route.shape.test(path));
    const [route] = fits.toSorted((a, b) => a.params - b.params);
    if (route !== undefined) this.#seen.add(route.name);
  }

  /** Rows of the table of addresses of which no page was looked at. */
  unseen(of: 'GET' | 'POST'): readonly string[] {
    return ROUTES.filter(({ method, name }) => method === of && !this.#seen.has(name)).map(({ name }) => name);
  }

  async #pictures(page: Page, name: string): Promise<void> {
    if (!WITH_SCREENS) return;
    const path = (how: string) => join(SCREENS, `${name}-${page.viewportSize()?.width ?? 0}-${how}.png`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, media: 'screen', reducedMotion: 'reduce' });
      await page.screenshot({ path: path(colorScheme), fullPage: true });
    }
    if (page.viewportSize()?.width === DESK.width) {
      const print = path('print');
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize(PAPER);
      await page.screenshot({ path: print, fullPage: true });
      await page.setViewportSize(DESK);
    }
    await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
  }

  async #axe(page: Page, name: string): Promise<string[]> {
    const bright = await axeFaults(page, TAGS);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    const dark = await axeFaultsByColour(page, TAGS, name);
    await page.emulateMedia({ colorScheme: 'light' });
    return [...bright, ...dark.map((fault) => `dark: ${fault}`)];
  }

  /** The page as it stands, then with all that folds opened. `axe`: at which sizes it looks, at what is unfolded. */
  async look(page: Page, name: string, axe: readonly { readonly width: number }[] = [PHONE, DESK]): Promise<void> {
    await page.locator('main h1').waitFor();
    this.#mark(page);
    const complain = (where: string, faults: readonly string[]) => {
      for (const fault of faults) this.faults.push(`${name} ${where}: ${fault}`);
    };
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      complain(`at ${size.width}`, await faultsOf(page, size === PHONE ? 44 : 24));
      await this.#pictures(page, name);
    }
    const folded = await unfold(page);
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      if (folded > 0) {
        complain(`at ${size.width}, unfolded`, await faultsOf(page, size === PHONE ? 44 : 24));
        await this.#pictures(page, `${name}-open`);
      }
      if (axe.includes(size)) complain(`at ${size.width}`, await this.#axe(page, `${name} ${size.width}`));
    }
  }

  /** Each of these addresses in turn. `axe`: at which sizes it looks. */
  async visit(page: Page, [origin, ...paths]: readonly string[], prefix = '', axe = [PHONE, DESK]): Promise<void> {
    for (const path of paths) {
      await page.goto(`${origin}${path}`);
      await this.look(page, `${prefix}${nameOf(path)}`, axe);
    }
  }
}

function nameOf(path: string): string {
  return (
    path
      .replace(/[^a-z0-9]+/gi, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'home'
  );
}

/** Enrols a passkey by the link, which signs in; the address of the console. */
export async function signIn(page: Page, link: string): Promise<string> {
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
