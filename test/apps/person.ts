import assert from 'node:assert/strict';
import { generateSync } from 'otplib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Guarded } from './processes.ts';

const PASSWORD = 'a lantern over the harbour';
const PERIOD_MS = 30_000;

/** A person with a browser and an authenticator app. */
export class Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Style sheets, scripts, pictures and calls that failed, and faults on the page's console. */
  readonly complaints: string[] = [];
  /** Kinds of what was loaded well from the product: `stylesheet`, `script`, … */
  readonly loaded = new Map<string, number>();
  readonly #guarded: Guarded;
  #secret = '';
  #step = 0;

  private constructor(guarded: Guarded, context: BrowserContext, page: Page) {
    this.#guarded = guarded;
    this.context = context;
    this.page = page;
    page.on('requestfailed', (request) => {
      // A page that is left while it loads is no fault.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') this.complaints.push(`${request.url()} failed`);
    });
    page.on('response', (response) => {
      const kind = response.request().resourceType();
      if (response.status() < 400) this.loaded.set(kind, (this.loaded.get(kind) ?? 0) + 1);
      else if (kind !== 'document') this.complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  static async of(guarded: Guarded, browser: Browser): Promise<Person> {
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    return new Person(guarded, context, await context.newPage());
  }

  /** The code of the authenticator app; each time of a later step, since a step is good for one sign-in. */
  #code(): string {
    const now = Math.floor(Date.now() / PERIOD_MS);
    this.#step = Math.max(now, this.#step + 1);
    assert.ok(this.#step <= now + 1, 'more codes than the clock allows');
    return generateSync({ strategy: 'totp', secret: this.#secret, epoch: (this.#step * PERIOD_MS) / 1000 });
  }

  /** Opens the link of a ticket, chooses a password, connects the authenticator app, keeps the recovery codes. */
  async enrol(link: string): Promise<void> {
    const { page } = this;
    await page.goto(link);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.fill('#password', PASSWORD);
    await page.fill('#again', PASSWORD);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    this.#secret = (await page.locator('.key').innerText()).replace(/\s/g, '');
    await page.fill('#code', this.#code());
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('button', { name: 'Go on with one way only' }).click();
    await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
  }

  /** Signs in at the page that Sallyport shows for `target`; ends at `target`. */
  async signIn(target: string, account = 'alice'): Promise<void> {
    const { page } = this;
    await page.goto(this.#guarded.origin + target);
    assert.equal(new URL(page.url()).pathname, '/.sallyport/sign-in');
    await page.fill('#account', account);
    await page.fill('#password', PASSWORD);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.fill('#code', this.#code());
    await page.locator('main form button.button').first().click();
    await page.waitForURL((url) => !url.pathname.startsWith('/.sallyport/'));
  }

  async signOut(): Promise<void> {
    await this.page.goto(`${this.#guarded.origin}/.sallyport/account`);
    await this.page.getByRole('button', { name: 'Sign out here', exact: true }).click();
    await this.page.getByRole('heading', { name: 'Signed out' }).waitFor();
  }

  /** Fails unless the product's pages came with their style sheets and scripts and nothing on them failed. */
  checkWhole(): void {
    assert.deepEqual(this.complaints, []);
    for (const kind of ['document', 'stylesheet', 'script'])
      assert.ok((this.loaded.get(kind) ?? 0) > 0, `no ${kind} was loaded`);
  }
}

/** Everything a person without a session can try reaches Sallyport and nobody else. */
export async function tryWithoutSession(guarded: Guarded, person: Person, targets: readonly string[]): Promise<void> {
  const { page } = person;
  for (const target of targets) {
    await page.goto(guarded.origin + target);
    assert.equal(new URL(page.url()).pathname, '/.sallyport/sign-in');
    const answer = await fetch(guarded.origin + target, { method: 'POST', body: 'u=alice&p=Passw0rd!a' });
    assert.equal(answer.status, 401);
  }
  const socket = new WebSocket(`${guarded.origin.replace('http', 'ws')}${targets[0]}`);
  await new Promise((resolve) => socket.addEventListener('error', resolve, { once: true }));
  assertUntouched(guarded);
}

export function assertUntouched(guarded: Guarded): void {
  const { connections, bytes } = guarded.relay;
  assert.deepEqual({ connections, bytes }, { connections: 0, bytes: 0 }, 'the product must have seen nothing');
}
