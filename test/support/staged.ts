import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import type { AuditRow } from '../../src/store/types.ts';
import { launchBrowser } from './browser.ts';
import type { SallyportOptions } from './sallyport.ts';
import { type Desk, type Stage, startStage } from './stage.ts';

type Staged = (name: string, work: (stage: Stage) => Promise<void>, options?: SallyportOptions) => void;

/** Tests with a Sallyport each, and one browser for the file. */
export function stagedTests(): Staged {
  let browser: Browser | undefined;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  return (name, work, options = {}) => {
    test(name, async () => {
      if (browser === undefined) throw new Error('the browser is not running');
      const stage = await startStage(browser, options);
      try {
        await work(stage);
      } finally {
        await stage.sally.close();
      }
    });
  };
}

/** At this path of the app by a session that was opened just now: nothing else arrived there, and nothing before. */
export async function arrives(desk: Desk, path: string): Promise<void> {
  const { upstream } = desk.stage.sally;
  await desk.at('The app');
  assert.equal(desk.page.url(), `${desk.stage.origin}${path}`);
  assert.deepEqual(
    upstream.requests.map(({ method, target }) => `${method} ${target}`),
    [`GET ${path}`],
  );
  assert.deepEqual(desk.complaints, []);
  upstream.clear();
}

/** What stands beside the button of a ceremony, in its live region, once it has failed. */
export async function told(desk: Desk, text: string): Promise<void> {
  await desk.page.locator('form[data-ceremony] [role="status"].error', { hasText: text }).waitFor();
}

/** How the session came about (RFC 8176 and ours). */
export async function evidence(desk: Desk): Promise<string[]> {
  const session = await desk.page.evaluate(() => fetch('/.sallyport/session').then((answer) => answer.json()));
  // A cast: the contract of that address.
  return (session as { evidence: { amr: string[] } }).evidence.amr;
}

/** Changes the options of ceremonies on their way to the browser, as a page under somebody else's hand could. */
export async function rewriteOptions(desk: Desk, change: (options: Record<string, unknown>) => void): Promise<void> {
  await desk.page.route('**/passkey/options', async (route) => {
    const response = await route.fetch();
    // A cast: the options are an object (WebAuthn L3 §5.1.9, §5.1.10).
    const options = (await response.json()) as Record<string, unknown>;
    change(options);
    await route.fulfill({ response, json: options });
  });
}

export async function keepOptions(desk: Desk): Promise<void> {
  await desk.page.unroute('**/passkey/options');
}

/** Entries of the record about a refused ceremony: what each was, and why. */
export async function refusals(stage: Stage, kind: AuditRow['kind']): Promise<string[]> {
  const rows = await stage.sally.audit(kind);
  const causes = rows.filter(({ outcome }) => outcome === 'refused').map(({ detail }) => JSON.parse(detail ?? '{}'));
  return causes.map(({ cause }) => String(cause));
}
