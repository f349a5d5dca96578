import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import type { Scene } from './checks.ts';
import type { Front } from './guarded.ts';
import { Person } from './person.ts';
import type { Product } from './product.ts';

/** After the sign-out nothing of the product is there for this browser. */
async function leaves(person: Person): Promise<void> {
  const { product, front } = person;
  const { relay, order } = front;
  await person.signOut();
  const before = relay.bytes;
  await person.goto(product.person.target);
  if (order === 'factor-first') {
    assert.equal(person.path, '/.sallyport/sign-in');
    assert.equal(relay.bytes, before);
  } else if (product.person.page !== null) await person.page.locator(product.person.page.secret).waitFor();
}

async function works(person: Person): Promise<void> {
  const { product, front, page } = person;
  await product.person.arrived(page);
  await product.person.work(page, front);
  await person.checkWhole();
  if (product.person.leave === undefined || product.person.page === null) return;
  await product.person.leave(page, front);
  await person.goto(product.person.target);
  await page.locator(product.person.page.secret).waitFor();
}

async function withPerson(on: Scene, front: Front, work: (person: Person) => Promise<void>): Promise<void> {
  const browser: Browser = await launchBrowser();
  let person: Person | undefined;
  try {
    const { phone, product } = on.mine;
    if (phone === undefined) throw new Error('nobody has enrolled');
    person = await Person.of(product, front, phone, browser);
    await work(person);
  } catch (error) {
    // What a person would have seen, and what Sallyport wrote about it.
    const seen = [person?.page.url(), ...(person?.complaints ?? []), on.guarded.lastWords()];
    process.stderr.write(`${seen.join('\n')}\n`);
    throw error;
  } finally {
    await browser.close();
  }
}

/** Sign in, work, sign out, in a real browser and in each order. */
export function browserTests(on: Scene, product: Product): void {
  test('in a browser, factor-first: name and factor, then the own login of the product, work, sign out', () =>
    withPerson(on, on.guarded.first, async (person) => {
      const { relay } = on.guarded.first;
      const before = relay.bytes;
      await person.goto(product.person.target);
      assert.equal(relay.bytes, before, 'the product is not asked for anything before the factor');
      await person.signIn(product.person.target);
      await person.logIn(product.mine, product.person.page?.filled === true);
      await works(person);
      await leaves(person);
    }));

  if (product.orders === 'both')
    test("in a browser, login-first: the product's login page, then the factor, then where the login led to", () =>
      withPerson(on, on.guarded.login, async (person) => {
        await person.goto(product.person.target);
        await person.logIn(product.mine, false);
        await person.factor();
        await works(person);
        await leaves(person);
      }));
}
