import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Where each element stands and how it is shown, but for colours: a page of which this is as it was differs for axe by its
 * colours alone. Put into pages beside axe.
 */
const SHAPE = `globalThis.shape = () => [...document.querySelectorAll('*')].map((element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  const s = getComputedStyle(element);
  const how = [s.display, s.visibility, s.opacity, s.position, s.overflow, s.clip, s.clipPath, s.fontSize, s.fontWeight];
  const around = ['::before', '::after'].map((part) => getComputedStyle(element, part).content);
  return [element.outerHTML.length, left, top, width, height, ...how, ...around].join(' ');
}).join()`;

/**
 * Puts axe into every page that is opened in a context from here on, past the policies of the pages, by the browser's own
 * debugger. The browser compiles it once, which takes longer than everything that axe does on a page.
 */
export async function withAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript(`${AXE};${SHAPE}`);
}

/** What axe finds wrong on a page as it stands: each rule with its elements. `tags`: of which rules; default: all. */
export function axeFaults(page: Page, tags?: readonly string[]): Promise<string[]> {
  return page.evaluate(async (values) => {
    const axe = Reflect.get(globalThis, 'axe');
    const only = values === undefined ? {} : { runOnly: { type: 'tag', values } };
    // What passes is found all the same, and not described.
    const { violations } = await axe.run({ ...only, resultTypes: ['violations'] });
    return violations.map((v: { id: string; nodes: { html: string }[] }) => `${v.id}: ${v.nodes.map((n) => n.html)}`);
  }, tags);
}

/** Rules of axe that look at colours. All others look at elements, their words and where they stand. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * The same of a page in another colour scheme: where it stands as it stood when it was last looked at in this `state`, what
 * is wrong with its colours; else all.
 */
export function axeFaultsByColour(page: Page, tags: readonly string[], state: string): Promise<string[]> {
  return page.evaluate(
    async ([values, colours, key]) => {
      const [axe, shape] = ['axe', 'shape'].map((name) => Reflect.get(globalThis, name));
      const now = shape();
      const known = Reflect.get(globalThis, key) === now;
      Reflect.set(globalThis, key, now);
      const runOnly = known ? { type: 'rule', values: colours } : { type: 'tag', values };
      const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] });
      return violations.map((v: { id: string; nodes: { html: string }[] }) => `${v.id}: ${v.nodes.map((n) => n.html)}`);
    },
    [tags, OF_COLOURS, `seen ${state}`] as const,
  );
}
