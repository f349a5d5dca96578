import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  keptNothing,
  nobodyGetsIn,
  nobodyInside,
  noLineIsTwo,
  onlyMine,
  otherStaysOut,
  refusedInSilence,
  spellings,
  stolenCookies,
  stolenIsUseless,
} from './attacks.ts';
import { browserTests } from './browse.ts';
import { get } from './client.ts';
import { type Front, type Guarded, startGuarded } from './guarded.ts';
import type { Product } from './product.ts';
import { Visitor } from './visitor.ts';

/** What tests of a product share: one product, one Sallyport, two people with a session each. */
export interface Scene {
  readonly guarded: Guarded;
  /** In front of `first`, with a session of `mine`. */
  readonly mine: Visitor;
  /** The same of `other`, who is never signed in at the product. */
  readonly other: Visitor;
  /** Another browser of `mine`, without a session; looked at afterwards for what it was given. */
  fresh(front?: Front): Visitor;
}

/** Somebody with a session in front of the first front. */
export async function enrolled(guarded: Guarded, name: string): Promise<Visitor> {
  await guarded.command('account', 'add', name, '--realm', 'people');
  const visitor = new Visitor(guarded.first, guarded.product);
  await visitor.enrol(await guarded.command('ticket', 'issue', name));
  return visitor;
}

/**
 * Starts everything once, runs the product's own tests in a browser, and then every check that the product allows, and `more` that
 * is about this product alone.
 */
export function productTests(product: Product, more?: (on: Scene) => void): void {
  describe(product.name, () => {
    let scene: Scene | undefined;
    const browsers: Visitor[] = [];
    const of = (): Scene => {
      if (scene === undefined) throw new Error('the product is not running');
      return scene;
    };
    before(async () => {
      const guarded = await startGuarded(product);
      try {
        const people = [];
        for (const { name } of [product.mine, product.other]) people.push(await enrolled(guarded, name));
        const [mine, other] = people;
        if (mine === undefined || other === undefined) throw new Error('two people are needed');
        browsers.push(mine, other);
        const fresh = (front?: Front): Visitor => {
          const browser = mine.another(front);
          browsers.push(browser);
          return browser;
        };
        scene = { guarded, mine, other, fresh };
      } catch (error) {
        await guarded.stop();
        throw error;
      }
    });
    after(() => scene?.guarded.stop());
    const on: Scene = {
      get guarded() {
        return of().guarded;
      },
      get mine() {
        return of().mine;
      },
      get other() {
        return of().other;
      },
      fresh: (front) => of().fresh(front),
    };
    browserTests(on, product);
    checkSession(on, product);
    if (product.orders === 'both') checkHold(on, product);
    more?.(on);
    test('nothing of the product stays at a browser, and it has never signed anybody else in', () => {
      for (const browser of browsers) keptNothing(browser, product);
      onlyMine(of().guarded);
    });
    test('preset test holds on the product, sent as the proxy sends', () => presetHolds(of().guarded));
  });
}

/** The last of all, since both accounts sign in at the product, past Sallyport. */
export async function presetHolds(guarded: Guarded): Promise<void> {
  const { mine, other, single } = guarded.product;
  const file = (name: string, password: string) => {
    const path = join(guarded.folder, '..', name);
    writeFileSync(path, password, { mode: 0o600 });
    return path;
  };
  const first = ['--account', mine.name, '--password-file', file('mine', mine.password)];
  const second =
    single === true ? [] : ['--second', other.name, '--second-password-file', file('other', other.password)];
  await guarded.command('preset', 'test', '--app', 'factor-first', ...first, ...second).catch((error: unknown) => {
    assert.fail(error instanceof Error && 'stdout' in error ? `${error.message}\n${error.stdout}` : String(error));
  });
}

/** After others have tried to come in: the product knows whoever it knew, or nobody where its login page, which they looked at, ends sessions. */
async function stillMine(visitor: Visitor): Promise<void> {
  const { mine, pageEnds } = visitor.product;
  assert.equal(await visitor.who(), pageEnds === true ? null : mine.name);
}

/** Signs in at the product within a session; fails when the product does not know who it is afterwards. */
async function arrive(visitor: Visitor): Promise<void> {
  await visitor.product.leave?.(visitor);
  const answer = await visitor.logIn(visitor.product.mine);
  assert.equal(await visitor.who(), visitor.product.mine.name, `${answer.status} ${answer.body.slice(0, 300)}`);
}

function checkSession(on: Scene, product: Product): void {
  test('a password alone is no way in', async () => {
    await nobodyGetsIn(product, on.guarded.first);
    if (product.orders === 'both') await nobodyGetsIn(product, on.guarded.login);
  });

  test('in a session nobody else signs in: form, other ways, spellings, decoys', async () => {
    await otherStaysOut(on.mine);
    await arrive(on.mine);
    await otherStaysOut(on.mine);
    await stillMine(on.mine);
  });

  test('a long line of a head is one line to the product, or refused', async () => {
    await arrive(on.mine);
    const hungUp = await noLineIsTwo(on.mine);
    // No page that ends sessions was looked at.
    const who = await on.mine.who();
    if (!hungUp || who !== null) return assert.equal(who, product.mine.name);
    await arrive(on.mine);
    assert.equal(await on.mine.who(), product.mine.name);
  });

  test('however the own name is written, it is that account or refused', async () => {
    await spellings(on.mine);
    await arrive(on.mine);
  });

  if (product.sessionCookies !== null)
    test("the product's session, stolen, is useless outside and in another session", async () => {
      await arrive(on.mine);
      await stolenIsUseless(on.guarded, on.mine, on.other);
    });

  const { remember } = product;
  if (remember !== undefined)
    test('to be remembered by the product ends with the session', async () => {
      const visitor = on.fresh(on.guarded.first);
      await visitor.signIn(product.mine.name);
      await visitor.logIn(product.mine, remember);
      const stolen = await stolenCookies(visitor);
      await visitor.own('/.sallyport/sign-out');
      await visitor.signIn(product.mine.name);
      const { length } = visitor.front.relay.requests;
      assert.equal(await visitor.who(), null);
      for (const request of visitor.front.relay.requests.slice(length))
        for (const [name, value] of stolen) assert.ok(!request.head.includes(value), `${name} is still kept`);
    });

  for (const end of product.ends)
    test(`after ${end === 'restart' ? 'a restart of the product' : "the end of the product's session"} its login is back, the factor is kept`, async () => {
      await arrive(on.mine);
      await on.guarded[end]();
      assert.equal(await on.mine.who(), null);
      assert.equal((await on.mine.ask(get('/.sallyport/session'))).status, 200);
      await arrive(on.mine);
    });

  test('a sign-out here ends everything', async () => {
    const visitor = on.fresh(on.guarded.first);
    await visitor.signIn(product.mine.name);
    await arrive(visitor);
    const before = new Map(visitor.cookies);
    await visitor.own('/.sallyport/sign-out');
    for (const [name, value] of before) visitor.cookies.set(name, value);
    await refusedInSilence(visitor, get(product.inside.target));
  });
}

function checkHold(on: Scene, product: Product): void {
  test('login-first: nothing of the answer is seen before the factor, however many ask; then once', async () => {
    const { login } = on.guarded;
    const visitor = on.fresh(login);
    const ask = await product.attempt(visitor, product.mine);
    login.relay.slow(600, (request) => request.method === ask.method && request.target === ask.target);
    const under = visitor.ask(ask);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await nobodyInside(visitor);
    const held = await under;
    login.relay.slow(0, null);
    assert.equal(held.status, 303, held.body.slice(0, 300));
    assert.equal(held.location?.split('?')[0], '/.sallyport/sign-in/totp');
    await nobodyInside(visitor);
    const waiting = new Map(visitor.cookies);
    await someoneElsesCode(on, visitor);
    const next = await visitor.factor();
    const { length } = login.relay.requests;
    const given = await visitor.page(next);
    assert.equal(login.relay.requests.length, length, 'the held answer was asked for again');
    assert.ok(
      given.status < 400 && (product.alike === true || !product.failed(given)),
      `${given.status} ${given.location}`,
    );
    assert.equal(await visitor.who(), product.mine.name);
    await replay(on, visitor, waiting, next);
    await stillMine(visitor);
    await otherStaysOut(visitor);
    await stillMine(visitor);
  });

  test('login-first: a wrong password fails as at the product itself', async () => {
    const visitor = on.fresh(on.guarded.login);
    const answer = await visitor.logIn({ ...product.mine, password: 'not this one' });
    assert.ok(product.failed(answer), `${answer.status} ${answer.location}`);
    await nobodyInside(visitor);
  });
}

/** Whoever knows the password but has another person's phone sees nothing. */
async function someoneElsesCode(on: Scene, visitor: Visitor): Promise<void> {
  const { phone } = on.other;
  if (phone === undefined) throw new Error('the other person has no phone');
  const { way, code } = phone.code();
  await assert.rejects(visitor.own(`/.sallyport/sign-in/${way}`, { code }), / 401 /);
  await nobodyInside(visitor);
}

/** The held answer has been given out: neither this browser nor what it had before gets it again. */
async function replay(on: Scene, visitor: Visitor, waiting: ReadonlyMap<string, string>, next: string): Promise<void> {
  const { relay } = on.guarded.login;
  const { length } = relay.requests;
  const again = await visitor.page(next);
  assert.ok(relay.requests.length > length || again.status >= 400, 'the held answer was given out twice');
  const earlier = on.fresh(on.guarded.login);
  for (const [name, value] of waiting) earlier.cookies.set(name, value);
  await earlier.page(next);
  await nobodyInside(earlier);
}
