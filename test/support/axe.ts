import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Puts axe into every page that is opened in a context from here on, past the policies of the pages, by the browser's own
 * debugger. The browser compiles it once, which takes longer than everything that axe does on a page.
 */
export async function withAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript(AXE);
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
