import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { VIEW } from '../../src/workbench/record/chromium/view.ts';
import { launchBrowser } from '../support/browser.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** A page with other menus before the one that has the way out, and when that one opens. */
const page = (others: number, opens: string): string => `<!doctype html><title>Harbour</title>
${'<span role="button" aria-haspopup="true">Sort</span>'.repeat(others)}
<span id="menu" role="button" aria-haspopup="true">≡</span>
<div id="items" hidden><div role="menuitem">Help</div><div role="menuitem" id="out">Logout</div></div>
<script>
document.querySelector('#menu').addEventListener('${opens}', (event) => { if (event.button === 0) document.querySelector('#items').hidden = false; });
document.querySelector('#out').addEventListener('click', () => { document.title = 'out'; });
</script>`;

for (const opens of ['click', 'mousedown', 'pointerdown', 'pointerup', 'mouseup'])
  for (const others of [0, 8])
    test(`the recorder finds the way out in a menu that opens at ${opens}, after ${others} others`, async () => {
      const tab = await browser.newPage();
      await tab.setContent(page(others, opens));
      assert.equal(await tab.evaluate(VIEW.leave), false, 'it is not shown yet');
      assert.equal(await tab.evaluate(VIEW.menu(others, 'alice')), true);
      assert.equal(await tab.evaluate(VIEW.leave), true);
      assert.equal(await tab.title(), 'out');
      await tab.close();
    });
