import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { freePort } from '../support/process.ts';
import { startSallyport } from '../support/sallyport.ts';
import { answer } from '../support/upstream.ts';

const FIELDS = [
  ['SAMLResponse', 'PHNhbWw+"\'&<b>=='],
  ['RelayState', 'https://x.example/?a=b&c=é 中\r\n"two"'],
  ['submit', ''],
  ['action', '/evil'],
  ['_charset_', 'UTF-8'],
] as const;

/** Another site, whose page posts as an identity provider does. */
async function otherSite(target: string) {
  const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
  const inputs = FIELDS.map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
  const page = `<!doctype html><meta charset="utf-8"><title>Provider</title><form method="post" action="${target}">${inputs.join('')}<button>Go</button></form>`;
  const server = createServer((_request, response) => void response.end(page));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A cast: a TCP server that listens has an AddressInfo.
  return { server, port: (server.address() as AddressInfo).port };
}

test('a SAML response from another site reaches the app of a live session once, with and without a script', async () => {
  const port = await freePort();
  // `localhost` and `127.0.0.1` are two sites to a browser, and both may hold Secure cookies or post over plain HTTP.
  const { server, port: other } = await otherSite(`http://localhost:${port}/acs?from=idp`);
  const from = `http://127.0.0.1:${other}`;
  const sally = await startSallyport({
    port,
    host: 'localhost',
    app: [`    cross_site: [{ path: /acs, from: ["${from}"] }]`],
  });
  const browser = await launchBrowser();
  try {
    sally.upstream.on(
      '/acs',
      answer('<!doctype html><title>App</title><h1>The app</h1>', '200 OK', ['Content-Type: text/html']),
    );
    const [name = '', value = ''] = (await sally.session('ada')).split('=');
    for (const javaScriptEnabled of [true, false]) {
      sally.upstream.clear();
      const context = await browser.newContext({ javaScriptEnabled });
      const lax = { secure: true, httpOnly: true, sameSite: 'Lax' as const, path: '/', domain: 'localhost' };
      await context.addCookies([{ name: `${name}-${port}`, value, ...lax }]);
      const page = await context.newPage();
      await page.goto(from);
      await page.getByRole('button', { name: 'Go' }).click();
      if (!javaScriptEnabled) {
        await page.locator('h1', { hasText: 'Continue to the portal' }).waitFor();
        sally.upstream.silent();
        await page.getByRole('button', { name: 'Continue' }).click();
      }
      await sally.upstream.until(() => sally.upstream.hits > 0, 5000);
      await sally.upstream.until(() => sally.upstream.requests[0]?.complete === true, 5000);
      await page.locator('h1', { hasText: 'The app' }).waitFor();
      assert.equal(sally.upstream.requests.filter(({ method }) => method === 'POST').length, 1);
      const [arrived] = sally.upstream.requests;
      assert.equal(arrived?.target, '/acs?from=idp');
      const body = new URLSearchParams();
      for (const [key, text] of FIELDS) body.append(key, text);
      assert.equal(arrived?.body, body.toString());
      assert.deepEqual(arrived?.all('origin'), [sally.origin]);
      await context.close();
    }
    // Nobody is signed in: told so, and no loop.
    const context = await browser.newContext();
    const page = await context.newPage();
    sally.upstream.clear();
    await page.goto(from);
    await page.getByRole('button', { name: 'Go' }).click();
    await page.locator('h1', { hasText: 'Please sign in' }).waitFor();
    sally.upstream.silent();
    await context.close();
  } finally {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await sally.close();
  }
});
