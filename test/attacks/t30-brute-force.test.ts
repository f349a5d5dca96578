import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import test from 'node:test';
import { Faults } from '../support/faults.ts';
import { Person } from '../support/person.ts';
import { type Sallyport, startSallyport, withSallyport } from '../support/sallyport.ts';

const options = { realm: 'app', top: ['trusted_proxies: [127.0.0.1]'] } as const;
const on = withSallyport(() => options);

/** How many codes were looked at, from the record. */
async function evaluated(sally: Sallyport, name: string): Promise<number> {
  const account = await sally.app.store.accounts.byName('staff', name);
  const rows = await sally.app.store.audit.list({ limit: 5000, kind: 'sign-in.second', accountId: account?.id ?? '' });
  return rows.filter((row) => (JSON.parse(row.detail) as { cause?: string }).cause === 'wrong-code').length;
}

let address = 0;
const anywhere = () => {
  address += 1;
  return { headers: [['X-Forwarded-For', `198.51.${100 + Math.floor(address / 250)}.${address % 250}`]] as const };
};

async function enrolled(name: string): Promise<Person> {
  const person = new Person(on.sally, name);
  await person.enrol();
  await on.sally.advance(60_000);
  return person;
}

test('five codes are looked at, whatever else changes: sign-in, source, spelling, order or number', async () => {
  const { sally } = on;
  const alice = await enrolled('alice');
  const wrong = alice.wrongCode();
  const spellings = ['alice', 'ALICE', ' Alice ', 'CORP\\alice', 'alice@corp.test', 'Alice@CORP.test'];
  for (let n = 0; n < 60; n += 1) {
    const thief = alice.elsewhere();
    await thief.begin({ account: spellings[n % spellings.length] ?? '' });
    const answer = await thief.post('/.sallyport/sign-in/totp', { code: wrong }, anywhere());
    assert.equal(answer.status, n < 5 ? 401 : 429, `attempt ${n}`);
    if (n >= 5) assert.ok(Number(answer.header('retry-after')) > 0);
  }
  assert.equal(await evaluated(sally, 'alice'), 5);
  // The right one is not looked at either while it must wait.
  const browser = alice.elsewhere();
  await browser.begin();
  assert.equal(
    (await browser.post('/.sallyport/sign-in/totp', { code: alice.codeOf(alice.step) }, anywhere())).status,
    429,
  );
  assert.equal(browser.session, undefined);
});

test('sent a hundred at once, no more than five are looked at', async () => {
  const { sally } = on;
  const bob = await enrolled('bob');
  const wrong = bob.wrongCode();
  const thief = bob.elsewhere();
  await thief.begin();
  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      sally.send('POST', '/.sallyport/sign-in/totp', {
        json: { code: wrong },
        cookie: thief.cookie,
        deadlineMs: 9000,
        ...anywhere(),
      }),
    ),
  );
  for (const { status } of answers) assert.ok([401, 429].includes(status), `${status}`);
  assert.ok((await evaluated(sally, 'bob')) <= 5);
});

test('nor when the store is slow, so that all of them are counted before the first has failed', async (t) => {
  const faults = new Faults();
  const sally = await startSallyport({ ...options, store: faults.wrap });
  t.after(() => sally.close());
  const gina = new Person(sally, 'gina');
  await gina.enrol();
  await sally.advance(60_000);
  const thief = gina.elsewhere();
  await thief.begin();
  faults.slowMs = 30;
  const json = { code: gina.wrongCode() };
  await Promise.all(
    Array.from({ length: 40 }, () =>
      sally.send('POST', '/.sallyport/sign-in/totp', { json, cookie: thief.cookie, deadlineMs: 9000, ...anywhere() }),
    ),
  );
  faults.slowMs = 0;
  assert.ok((await evaluated(sally, 'gina')) <= 5);
});

test('over a day, trying again and again, less than forty are looked at', async () => {
  const { sally } = on;
  const carol = await enrolled('carol');
  for (let minute = 0; minute < 24 * 60; minute += 40) {
    const thief = carol.elsewhere();
    await thief.begin();
    await thief.post('/.sallyport/sign-in/totp', { code: carol.wrongCode() }, anywhere());
    await sally.advance(40 * 60_000);
  }
  const count = await evaluated(sally, 'carol');
  assert.ok(count >= 10 && count < 40, `${count}`);
});

test('passing the first step again, or waiting for a new sign-in, does not start the count anew', async () => {
  const { sally } = on;
  const dora = await enrolled('dora');
  for (let n = 0; n < 4; n += 1) {
    const thief = dora.elsewhere();
    await thief.begin();
    await thief.post('/.sallyport/sign-in/totp', { code: dora.wrongCode() }, anywhere());
    await sally.advance(11 * 60_000);
  }
  const thief = dora.elsewhere();
  await thief.begin();
  assert.equal((await thief.post('/.sallyport/sign-in/totp', { code: dora.wrongCode() }, anywhere())).status, 401);
  assert.equal((await thief.post('/.sallyport/sign-in/totp', { code: dora.wrongCode() }, anywhere())).status, 429);
});

test('the addresses of one IPv6 /64 are one source, and an IPv4 address has one spelling', async () => {
  const { sally } = on;
  const wave = async (addressOf: (n: number) => string) => {
    let limited = 0;
    for (let n = 0; n < 40; n += 1) {
      const answer = await sally.send('POST', '/.sallyport/enrol', {
        json: { ticket: `${'A'.repeat(24)}${n}` },
        headers: [['X-Forwarded-For', addressOf(n)]],
      });
      if (answer.status === 429) limited += 1;
    }
    return limited;
  };
  assert.ok((await wave((n) => `2001:db8:1:2::${n.toString(16)}`)) >= 9);
  assert.ok((await wave((n) => (n % 2 === 0 ? '203.0.113.77' : '::ffff:203.0.113.77'))) >= 9);
  assert.equal(await wave((n) => `203.0.113.${n}`), 0);
});

test('the count survives a restart', async (t) => {
  const first = await startSallyport(options);
  const erin = new Person(first, 'erin');
  await erin.enrol();
  await first.advance(60_000);
  const thief = erin.elsewhere();
  await thief.begin();
  for (let n = 0; n < 5; n += 1)
    assert.equal((await thief.post('/.sallyport/sign-in/totp', { code: erin.wrongCode() }, anywhere())).status, 401);
  await first.app.close();
  const second = await startSallyport({ ...options, data: first.data, clock: first.clock, upstream: first.upstream });
  t.after(async () => {
    await second.close();
    await first.upstream.close();
    await rm(first.data, { recursive: true, force: true });
  });
  const again = new Person(second, 'erin');
  again.secret = erin.secret;
  await again.begin();
  assert.equal((await again.post('/.sallyport/sign-in/totp', { code: again.wrongCode() }, anywhere())).status, 429);
});
