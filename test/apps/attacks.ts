import assert from 'node:assert/strict';
import { type Answer, type Ask, Client, get } from './client.ts';
import { spellingsOf } from './decoys.ts';
import type { Front, Guarded } from './guarded.ts';
import type { Product } from './product.ts';
import type { Visitor } from './visitor.ts';

/** Statuses of a request that Sallyport does not take. */
const REFUSED = new Set([400, 401, 403, 404, 405, 413, 415]);

function ours(answer: Answer): boolean {
  if (answer.status === 303) return answer.location?.startsWith('/.sallyport/') === true;
  return REFUSED.has(answer.status);
}

export const describeAsk = ({ method, target, headers = [], body }: Ask): string =>
  `${method} ${target} ${JSON.stringify(headers)} ${String(body ?? '').slice(0, 300)}`;

/** Sends it; fails unless it is refused and not one byte of anything goes to the product meanwhile. */
export async function refusedInSilence(browser: Client, ask: Ask): Promise<Answer> {
  const { relay } = browser.front;
  const before = relay.bytes;
  const answer = await browser.ask(ask);
  assert.ok(ours(answer), `${answer.status} ${answer.body.slice(0, 200)} to ${describeAsk(ask)}`);
  assert.equal(relay.bytes, before, `the product has seen something of ${describeAsk(ask)}`);
  return answer;
}

/** What may be seen before signing in is everybody's: the product is asked for it without what the browser sent. */
async function refusedOrBare(browser: Client, ask: Ask): Promise<void> {
  const { relay } = browser.front;
  const before = relay.requests.length;
  const answer = await browser.ask(ask);
  assert.ok(answer.status === 200 || answer.status === 303 || ours(answer), `${answer.status} to ${describeAsk(ask)}`);
  // The sign-in itself may be sent; what the app says to it is held.
  if (answer.location?.startsWith('/.sallyport/sign-in/') === true) return;
  for (const { head, method } of relay.requests.slice(before)) {
    assert.equal(method, 'GET', describeAsk(ask));
    assert.doesNotMatch(head, /^(?:authorization|cookie|content-length|transfer-encoding):/im, describeAsk(ask));
  }
}

/** As a script sends it, so that the refusal comes with its code. */
function asScript(ask: Ask): Ask {
  const headers = (ask.headers ?? []).filter(([name]) => name.toLowerCase() !== 'accept');
  return { ...ask, headers: [...headers, ['Accept', 'application/json']] };
}

function sendable({ unsendable }: Product, names: readonly string[]): readonly string[] {
  return unsendable === undefined ? names : names.filter((name) => !unsendable.test(name));
}

/** Codes of a refusal that is about whose credentials are where. */
const BINDING = new Set(['wrong-account', 'credentials-misplaced', 'forbidden', 'wrong-origin']);

/** Without a session there is no way in with a password, however right it is. */
export async function nobodyGetsIn(product: Product, front: Front): Promise<void> {
  const { mine } = product;
  const asks = [...product.sideDoors(mine)];
  if (front.order === 'factor-first') {
    asks.push(get(product.inside.target), await product.attempt(new Client(front), mine));
    asks.push(
      get('/', [['Authorization', 'Bearer x']]),
      get(product.inside.target, [
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
      ]),
    );
  }
  const check = front.order === 'factor-first' ? refusedInSilence : refusedOrBare;
  for (const ask of asks) await check(new Client(front), ask);
}

/** Nobody in a session of `mine` signs in as `other`, whose password they know: by the form or by any other way. */
export async function otherStaysOut(visitor: Visitor): Promise<void> {
  const { product } = visitor;
  const { mine, other } = product;
  const form = await product.attempt(visitor, other);
  const answer = await refusedInSilence(visitor, asScript(form));
  assert.equal(`${answer.status} ${answer.code}`, '403 wrong-account', describeAsk(form));
  for (const door of product.sideDoors(other)) {
    const { status, code } = await refusedInSilence(visitor, asScript(door));
    assert.ok(
      status !== 403 || BINDING.has(code ?? '') || door.method === 'HEAD',
      `${status} ${code} to ${describeAsk(door)}`,
    );
  }
  for (const name of sendable(product, spellingsOf(other.name))) {
    const ask = await product.attempt(visitor, { name, password: other.password });
    await refusedInSilence(visitor, asScript(ask));
  }
  const good = await product.attempt(visitor, mine);
  for (const decoy of product.decoys(good, mine, other)) await refusedInSilence(visitor, decoy);
}

/** Another session, as a line of a head that begins wherever the product's server cuts a longer one. */
const WITHIN = 'Cookie: ';
/** Bytes of a line that is longer than short buffers, and that with all else stays below the 8 KiB of a head that Tomcat takes. */
const LONG = 4800;

/** Of a product that takes no such request; 502: it hangs up. */
const NOT_TAKEN = new Set([400, 413, 431, 494, 502]);

/**
 * No header in a header: whatever a server cuts a long line into, nobody is another person to it, or nobody. Whether the product hung up
 * on one of them, with which it may have ended the session.
 */
export async function noLineIsTwo(visitor: Visitor): Promise<boolean> {
  const { product } = visitor;
  let hungUp = false;
  for (let shift = 0; shift < WITHIN.length; shift += 1) {
    const value = `${'a'.repeat(shift)}${WITHIN.repeat(LONG / WITHIN.length)}`;
    const { ask, target } = product.inside;
    const asked = ask === undefined ? get(target) : await ask(visitor, product.mine);
    const answer = await visitor.ask({ ...asked, headers: [...(asked.headers ?? []), ['X-Long', value]] });
    hungUp ||= answer.status === 502;
    if (NOT_TAKEN.has(answer.status)) continue;
    assert.equal(product.inside.name(answer), product.mine.name, `${answer.status} with a long line, ${shift}`);
  }
  return hungUp;
}

/** However one's own name is written: it is that account, or refused. */
export async function spellings(visitor: Visitor): Promise<void> {
  const { product, front } = visitor;
  const { mine } = product;
  for (const name of sendable(product, spellingsOf(mine.name))) {
    await product.leave?.(visitor);
    const ask = await product.attempt(visitor, { name, password: mine.password });
    const before = front.relay.bytes;
    const answer = await visitor.ask(asScript(ask));
    const silent = front.relay.bytes === before;
    if (silent) assert.ok(ours(answer), `${answer.status} for ${JSON.stringify(name)}`);
    else {
      const who = await visitor.who({ name, password: mine.password });
      assert.ok(who === null || who === mine.name, `${JSON.stringify(name)} was taken for ${who}`);
      assert.ok(
        who !== null || !answer.status.toString().startsWith('5'),
        `${answer.status} for ${JSON.stringify(name)}`,
      );
    }
  }
}

/** Cookies that went to the product since a request. */
export function sentCookies(front: Front, since: number): Map<string, string> {
  const pairs = front.relay.requests
    .slice(since)
    .flatMap((request) => request.all('cookie'))
    .flatMap((line) => line.split('; '));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** The session at the product, read where nobody but this test can read it. */
export async function stolenCookies(signedIn: Visitor): Promise<[string, string][]> {
  const { front, product } = signedIn;
  const since = front.relay.requests.length;
  assert.equal(await signedIn.who(), product.mine.name);
  const session = [...sentCookies(front, since)].filter(([name]) => product.sessionCookies?.test(name) === true);
  assert.ok(session.length > 0, 'the product has no session to steal');
  return session;
}

/** Where products take a session's id besides the cookie. */
function urlIds(target: string, name: string, value: string): string[] {
  const [path = '', query] = target.split('?');
  const rest = query === undefined ? '' : `?${query}`;
  const parameter = `${name}=${encodeURIComponent(value)}`;
  return [
    `${path};${parameter}${rest}`,
    `${path};jsessionid=${encodeURIComponent(value)}${rest}`,
    `${path}%3b${parameter}${rest}`,
    `${path}?${parameter}${query === undefined ? '' : `&${query}`}`,
    `${path}?PHPSESSID=${encodeURIComponent(value)}${query === undefined ? '' : `&${query}`}`,
  ];
}

/** A session at the product, stolen, is worth nothing to anybody. */
export async function stolenIsUseless(guarded: Guarded, signedIn: Visitor, thief: Visitor): Promise<void> {
  const { product, first, login } = guarded;
  const stolen = await stolenCookies(signedIn);
  const text = stolen.map((pair) => pair.join('=')).join('; ');
  const fronts = product.orders === 'both' ? [first, login] : [first];
  for (const front of fronts) {
    const { length } = front.relay.requests;
    const outside = await new Client(front).ask(get(product.inside.target, [['Cookie', text]]));
    assert.equal(product.inside.name(outside), null);
    if (front === first) assert.equal(front.relay.requests.length, length);
    unseen(front, length, stolen);
  }
  const { length } = first.relay.requests;
  const own = [...thief.cookies].map((pair) => pair.join('=')).join('; ');
  for (const cookies of [`${own}; ${text}`, `${text}; ${own}`]) {
    const inside = await thief.ask(get(product.inside.target, [['Cookie', cookies]]));
    assert.equal(product.inside.name(inside), null);
  }
  unseen(first, length, stolen);
  for (const [name, value] of stolen)
    for (const target of urlIds(product.inside.target, name, value)) {
      await refusedInSilence(new Client(first), get(target));
      await refusedInSilence(thief, get(target));
      await refusedInSilence(signedIn, get(target));
    }
}

function unseen(front: Front, since: number, values: readonly (readonly [string, string])[]): void {
  for (const request of front.relay.requests.slice(since))
    for (const [name, value] of values)
      assert.ok(!request.head.includes(value), `${name} of somebody else went along with ${request.target}`);
}

/** Twenty looks inside at once; none may find anybody there. */
export async function nobodyInside(visitor: Visitor): Promise<void> {
  const { inside } = visitor.product;
  const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.ask(get(inside.target))));
  for (const answer of answers) assert.equal(inside.name(answer), null, `${answer.status} ${answer.location}`);
}

/** No cookie of the product's, save those that scripts must read, has ever been at this browser. */
export function keptNothing(browser: Client, product: Product): void {
  for (const name of browser.given)
    assert.ok(/^__Host-sallyport(-|$)/.test(name) || product.browserCookies.test(name), `${name} reached the browser`);
}

/** What the product itself has written down of who signed in. */
export function onlyMine(guarded: Guarded): void {
  const { witness, mine, other } = guarded.product;
  if (witness === undefined) return;
  const names = witness(guarded.folder);
  assert.ok(names.includes(mine.name), `the product knows of ${names.join()}`);
  assert.ok(!names.includes(other.name), `the product has signed ${other.name} in`);
}
