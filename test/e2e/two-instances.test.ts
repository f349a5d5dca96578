import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Person } from '../support/person.ts';
import { freePort } from '../support/process.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const HOST = 'localhost';

async function instance(t: TestContext, port: number | undefined): Promise<Sallyport> {
  const sally = await startSallyport({ host: HOST, ...(port === undefined ? {} : { port }) });
  t.after(() => sally.close());
  return sally;
}

/** One browser at two addresses: cookies are kept by host name, not by port (RFC 6265 §8.5). */
class Browser {
  readonly people: readonly Person[];
  #last: Person | undefined;

  constructor(...people: readonly Person[]) {
    this.people = people;
  }

  async at<T>(index: number, work: (person: Person) => Promise<T>): Promise<T> {
    const person = this.people[index] as Person;
    if (this.#last !== undefined && this.#last !== person) {
      person.cookies.clear();
      for (const [name, value] of this.#last.cookies) person.cookies.set(name, value);
    }
    this.#last = person;
    return work(person);
  }
}

async function browserAt(t: TestContext, ...ports: readonly (number | undefined)[]) {
  const sallies = [];
  for (const port of ports) sallies.push(await instance(t, port));
  const browser = new Browser(...sallies.map((sally) => new Person(sally, 'alice')));
  const open = (index: number) => browser.at(index, async (person) => (await person.send('GET', '/')).status);
  return { browser, open, sallies };
}

// undefined: the scheme's own port, which a browser does not write.
for (const [first, second] of [
  ['high', 'high'],
  ['own', 'high'],
  ['high', 'own'],
] as const)
  test(`two instances on one host name live side by side: ports ${first} and ${second}`, async (t) => {
    const port = async (which: string) => (which === 'own' ? undefined : await freePort());
    const { browser, open } = await browserAt(t, await port(first), await port(second));
    await browser.at(0, (alice) => alice.enrol());
    assert.equal(await open(0), 200);
    assert.equal(await open(1), 401);
    // A whole enrolment, a sign-in that is given up, and a wrong word at the other one.
    await browser.at(1, (alice) => alice.enrol());
    assert.deepEqual([await open(0), await open(1)], [200, 200]);
    await browser.at(1, (alice) => alice.begin());
    assert.deepEqual([await open(0), await open(1)], [200, 200]);
    await browser.at(1, (alice) => alice.post('/.sallyport/language', { language: 'cy' }));
    await browser.at(1, (alice) => alice.expect(200, alice.post('/.sallyport/sign-out')));
    assert.deepEqual([await open(0), await open(1)], [200, 401]);
    await browser.at(1, (alice) => alice.signIn());
    await browser.at(0, (alice) => alice.expect(200, alice.post('/.sallyport/sign-out')));
    assert.deepEqual([await open(0), await open(1)], [401, 200]);
  });

test('a sign-in that waits at one instance is not lost by one that begins at the other', async (t) => {
  const { browser, open, sallies } = await browserAt(t, await freePort(), undefined);
  for (const index of [0, 1]) {
    await browser.at(index, (alice) => alice.enrol());
    await sallies[index]?.advance(60_000);
    await browser.at(index, (alice) => alice.expect(200, alice.post('/.sallyport/sign-out')));
  }
  for (const index of [0, 1]) await browser.at(index, (alice) => alice.expect(200, alice.begin()));
  for (const index of [0, 1])
    await browser.at(index, async (alice) =>
      alice.expect(200, alice.post('/.sallyport/sign-in/totp', { code: await alice.code() })),
    );
  assert.deepEqual([await open(0), await open(1)], [200, 200]);
});

test('every cookie of an instance at a port of its own bears it, and none of any instance reaches an app', async (t) => {
  const port = await freePort();
  const { browser, open, sallies } = await browserAt(t, port, undefined);
  await browser.at(1, (alice) => alice.enrol());
  const before = new Set(browser.people[1]?.cookies.keys());
  assert.equal(
    [...before].every((name) => /^__Host-sallyport(?:-[a-z]+)?$/.test(name)),
    true,
  );
  await browser.at(0, (alice) => alice.enrol());
  const added = [...(browser.people[0]?.cookies.keys() ?? [])].filter((name) => !before.has(name));
  assert.equal(added.length >= 2, true);
  for (const name of added) assert.match(name, new RegExp(`^__Host-sallyport(?:-[a-z]+)?-${port}$`));
  assert.equal(await open(0), 200);
  for (const sally of sallies)
    for (const request of sally.upstream.requests) assert.doesNotMatch(request.head, /sallyport[^:]*=/i);
});

test('who sends the plain name at a port of its own is who they are; the same name twice is refused', async (t) => {
  const sally = await instance(t, await freePort());
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const value = [...alice.cookies].find(([name]) => /^__Host-sallyport-\d+$/.test(name))?.[1] ?? '';
  const get = async (cookie: string) => (await sally.send('GET', '/', { cookie })).status;
  assert.equal(await get(`__Host-sallyport=${value}`), 200);
  assert.equal(await get(`__Host-sallyport=${value}; __Host-sallyport=${value}`), 400);
  const own = `__Host-sallyport-${new URL(sally.origin).port}`;
  assert.equal(await get(`${own}=${value}; ${own}=${value}`), 400);
  assert.equal(await get(`${own}=other; __Host-sallyport=${value}`), 401);
});
