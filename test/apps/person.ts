import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Front } from './guarded.ts';
import type { Phone } from './phone.ts';
import type { Account, Product } from './product.ts';

/** A person with a real browser and an authenticator app. */
export class Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly front: Front;
  readonly product: Product;
  /** Style sheets, scripts, pictures and calls that failed, and faults on the page's console. */
  readonly complaints: string[] = [];
  /** Kinds of what was loaded well from the product: `stylesheet`, `script`, … */
  readonly loaded = new Map<string, number>();
  readonly #phone: Phone;

  private constructor(product: Product, front: Front, phone: Phone, context: BrowserContext, page: Page) {
    this.product = product;
    this.front = front;
    this.#phone = phone;
    this.context = context;
    this.page = page;
    page.on('requestfailed', (request) => {
      // A page that is left while it loads is no fault.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') this.#complain(`${request.url()} failed`);
    });
    page.on('response', (response) => {
      const kind = response.request().resourceType();
      if (response.status() < 400) this.loaded.set(kind, (this.loaded.get(kind) ?? 0) + 1);
      else if (kind !== 'document') this.#complain(`${response.status()} ${response.url()}`);
    });
    page.on('pageerror', (error) => this.#complain(String(error)));
  }

  static async of(product: Product, front: Front, phone: Phone, browser: Browser): Promise<Person> {
    const { name: username, password } = product.mine;
    const own = product.person.page === null ? { httpCredentials: { username, password } } : {};
    const context = await browser.newContext(own);
    context.setDefaultTimeout(60_000);
    return new Person(product, front, phone, context, await context.newPage());
  }

  #complain(text: string): void {
    if (this.product.person.usual?.test(text) !== true) this.complaints.push(text);
  }

  goto(target: string): Promise<unknown> {
    return this.page.goto(this.front.origin + target);
  }

  get path(): string {
    return new URL(this.page.url()).pathname;
  }

  /** Name and factor at the page that Sallyport shows for `target`; ends at the product. */
  async signIn(target: string): Promise<void> {
    await this.goto(target);
    assert.equal(this.path, '/.sallyport/sign-in');
    await this.page.fill('#account', this.product.mine.name);
    await this.page.getByRole('button', { name: 'Continue', exact: true }).click();
    await this.factor();
  }

  /** At the page that asks for a code; ends at the product. */
  async factor(): Promise<void> {
    const { page } = this;
    const { way, code } = this.#phone.code();
    await page.waitForURL((url) => url.pathname === '/.sallyport/sign-in/totp');
    if (way === 'recovery') await this.goto(`/.sallyport/sign-in/recovery${new URL(page.url()).search}`);
    await page.fill('#code', code);
    await page.locator('main form button.button').first().click();
    if (way === 'recovery') {
      // A page that says how many codes are left stands in between.
      await page.waitForURL((url) => url.pathname === '/.sallyport/sign-in/recovered');
      await page.getByRole('link', { name: 'Continue', exact: true }).click();
    }
    await page.waitForURL((url) => !url.pathname.startsWith('/.sallyport/'));
  }

  /** Signs in at the product's own page, which is shown. */
  async logIn({ name, password }: Account, filled: boolean): Promise<void> {
    const { page: form } = this.product.person;
    if (form === null) return;
    await this.page.locator(form.secret).waitFor();
    if (filled) assert.equal(await this.page.inputValue(form.account), name, 'the name stands there already');
    else await this.page.fill(form.account, name);
    await this.page.fill(form.secret, password);
    await this.page.locator(form.submit).click();
  }

  async signOut(): Promise<void> {
    await this.goto('/.sallyport/account');
    await this.page.getByRole('button', { name: 'Sign out here', exact: true }).click();
    await this.page.getByRole('heading', { name: 'Signed out' }).waitFor();
  }

  /** Fails unless the product's pages came with what belongs to them and nothing on them failed; its cookies stayed away. */
  async checkWhole(): Promise<void> {
    assert.deepEqual(this.complaints, []);
    for (const kind of this.product.person.loads) assert.ok((this.loaded.get(kind) ?? 0) > 0, `no ${kind} was loaded`);
    for (const { name } of await this.context.cookies())
      assert.ok(
        /^__Host-sallyport(-|$)/.test(name) || this.product.browserCookies.test(name),
        `${name} reached the browser`,
      );
  }
}
