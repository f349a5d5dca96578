import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test from 'node:test';
import { parseTarget } from '../../src/request/target.ts';
import { launchBrowser } from '../support/browser.ts';

const PRINTS = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x21 + i));

test('every address as a browser really sends it is accepted, each character that prints in path and query', async (t) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address !== 'string');
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${address.port}/`);
  // What ends a path or makes it another is no character of it, and a percent sign alone is refused in one.
  const inPath = PRINTS.filter((each) => !'/\\?#%.'.includes(each)).map((each) => `/p${each}q`);
  const inQuery = PRINTS.filter((each) => each !== '#').map((each) => `/p?x=${each}&y`);
  seen.length = 0;
  await page.evaluate(
    async (targets) => {
      for (const target of targets) await fetch(target);
    },
    [...inPath, ...inQuery],
  );
  const sent = seen.filter((target) => target !== '/favicon.ico');
  assert.equal(sent.length, inPath.length + inQuery.length);
  for (const target of sent) assert.equal(parseTarget(target).raw, target);
  const bare = sent.filter((target) => !target.includes('%')).length;
  assert.ok(bare > 150, `${bare} were sent bare`);
  t.diagnostic(sent.filter((target) => /[[\]^|{}`"<>\\]/.test(target)).join(' '));
});
