import assert from 'node:assert/strict';
import test from 'node:test';
import { PASSWORD, Person } from '../support/person.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport();
const HTML = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
] as const;

/** The hidden fields of the form that is posted to an address, as a browser would send them. */
function formOf(page: ParsedAnswer, action: string): Record<string, string> {
  const form = page.body
    .split('<form')
    .slice(1)
    .find((text) => text.includes(`action="${action}"`));
  assert.ok(form, `no form to ${action}: ${page.body.slice(0, 300)}`);
  const fields = [...(form.split('</form>')[0] ?? '').matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]));
}

/** One tab of a browser: follows the pages and knows nothing but what they say. */
class Tab {
  readonly person: Person;
  at = '';
  page!: ParsedAnswer;

  constructor(person: Person) {
    this.person = person;
  }

  async go(path: string): Promise<void> {
    this.at = path;
    this.page = await this.person.send('GET', path, { headers: HTML });
    const on = this.page.header('location');
    if (this.page.status === 303 && on?.startsWith('/.sallyport/')) await this.go(on);
  }

  async send(action: string, typed: Readonly<Record<string, string>>): Promise<void> {
    const form = { ...formOf(this.page, action), ...typed };
    this.page = await this.person.send('POST', action, { form, headers: HTML });
    const on = this.page.header('location');
    if (this.page.status === 303 && on?.startsWith('/.sallyport/')) await this.go(on);
  }

  /** Where the browser was sent outside of our own pages. */
  get left(): string | undefined {
    return this.page.header('location');
  }
}

const START = '/.sallyport/sign-in';

async function person(): Promise<Person> {
  const { sally } = on;
  const alice = new Person(sally, `p${Math.random().toString(36).slice(2, 8)}`);
  await alice.enrol();
  await sally.advance(60_000);
  return alice.elsewhere();
}

async function begun(browser: Person, ...goals: readonly string[]): Promise<Tab[]> {
  const tabs = goals.map(() => new Tab(browser));
  for (const [i, tab] of tabs.entries()) await tab.go(goals[i] ?? '/');
  for (const tab of tabs) await tab.send(START, { account: browser.name, password: PASSWORD });
  return tabs;
}

const GOALS = [
  ['/a?x=1', '/b'],
  ['/', '/b'],
  ['/a', '/'],
] as const;

for (const goals of GOALS)
  for (const first of [0, 1] as const)
    test(`two tabs that sign in, for ${goals.join(' and ')}, land where each belongs; number ${first + 1} is quicker`, async () => {
      const browser = await person();
      const tabs = await begun(browser, ...goals);
      const quick = tabs[first] as Tab;
      const slow = tabs[1 - first] as Tab;
      await quick.send(`${START}/totp`, { code: await browser.code() });
      assert.equal(quick.left, goals[first]);
      // The other one is signed in by now: the same code is no second guess, and nobody is asked again.
      await slow.send(`${START}/totp`, { code: browser.codeOf(browser.lastStep) });
      assert.equal(slow.left, goals[1 - first]);
      assert.equal((await browser.send('GET', slow.left ?? '')).status, 200);
    });

test('a wrong code, another way and another language lose nobody their goal', async () => {
  const browser = await person();
  const [a, b] = (await begun(browser, '/a?x=1', '/b')) as [Tab, Tab];
  await a.send(`${START}/totp`, { code: browser.wrongCode() });
  assert.equal(a.page.status, 401);
  await a.send('/.sallyport/language', { language: 'cy' });
  assert.match(a.page.body, /lang="cy"/);
  const link = /href="(\/\.sallyport\/sign-in\/recovery[^"]*)"/.exec(a.page.body)?.[1] ?? '';
  await a.go(link.replaceAll('&amp;', '&'));
  await a.send(`${START}/recovery`, { code: 'AAAA-BBBB-CCCC-DDDD' });
  assert.equal(a.page.status, 401);
  await a.send(`${START}/recovery`, { code: browser.recoveryCodes[0] ?? '' });
  // A page of ours says how many codes are left, and goes on from there.
  assert.match(a.page.body, /href="\/a\?x=1"/);
  await b.send(`${START}/totp`, { code: await browser.code() });
  assert.equal(b.left, '/b');
});

test('a wrong password and another language keep the goal of the first page', async () => {
  const browser = await person();
  const tab = new Tab(browser);
  await tab.go('/deep?x=1&y=2');
  await tab.send(START, { account: browser.name, password: 'not the password' });
  assert.equal(tab.page.status, 401);
  await tab.send('/.sallyport/language', { language: 'cy' });
  await tab.send(START, { account: browser.name, password: PASSWORD });
  await tab.send(`${START}/totp`, { code: await browser.code() });
  assert.equal(tab.left, '/deep?x=1&y=2');
});

test('a sign-in that is over begins anew with its goal', async () => {
  const browser = await person();
  const [tab] = (await begun(browser, '/late')) as [Tab];
  await on.sally.advance(11 * 60_000);
  await tab.send(`${START}/totp`, { code: await browser.code() });
  await tab.send(START, { account: browser.name, password: PASSWORD });
  await tab.send(`${START}/totp`, { code: await browser.code() });
  assert.equal(tab.left, '/late');
});

test('where a client says no goal with its code, the first step has said it', async () => {
  const browser = await person();
  await browser.begin({ next: '/first' });
  const answer = await browser.post(`${START}/totp`, { code: await browser.code() });
  assert.equal((JSON.parse(answer.body) as { next: string }).next, '/first');
});

test('a page of the second step that was opened without a goal leads where the first step did', async () => {
  const browser = await person();
  await browser.begin({ next: '/first' });
  const tab = new Tab(browser);
  await tab.go(`${START}/totp`);
  await tab.send(`${START}/totp`, { code: await browser.code() });
  assert.equal(tab.left, '/first');
});

test('a goal with a code is a path of this origin, whatever is sent', async () => {
  const browser = await person();
  const bad = [
    '//evil',
    '/\\evil',
    'https://evil',
    '/%5cevil',
    '/\t/evil',
    '/.sallyport/sign-out',
    `/${'a'.repeat(3000)}`,
  ];
  for (const next of bad) {
    await browser.begin({ next: '/first' });
    const answer = await browser.post(`${START}/totp`, { code: await browser.code(), next });
    assert.equal((JSON.parse(answer.body) as { next: string }).next, '/', next);
    const again = await browser.post(`${START}/totp`, { code: '000000', next, purpose: 'sign-in' });
    assert.equal((JSON.parse(again.body) as { next: string }).next, '/', next);
    browser.cookies.clear();
  }
});

test('whoever says that a code is to sign in, without a session or a sign-in that waits, gets nothing', async () => {
  const browser = await person();
  const answer = await browser.post(`${START}/totp`, { code: await browser.code(), purpose: 'sign-in' });
  assert.equal(answer.status >= 400, true);
  assert.deepEqual(
    answer.all('set-cookie').filter((line) => line.startsWith('__Host-sallyport=')),
    [],
  );
});
