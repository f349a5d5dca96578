import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { type Sallyport, startSallyport, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ realm: 'app' }));

function statuses(answers: readonly { status: number }[]): void {
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  for (const { status } of answers) assert.ok([200, 401, 409, 429].includes(status), `${status}`);
}

test('of fifty posts of one code at once, in one sign-in or in many, one succeeds', async () => {
  const alice = new Person(on.sally, 'alice');
  await alice.enrol();
  await on.sally.advance(300_000);
  const one = alice.elsewhere();
  await one.begin();
  const code = await one.code();
  statuses(
    await Promise.all(
      Array.from({ length: 50 }, () =>
        on.sally.send('POST', '/.sallyport/sign-in/totp', { json: { code }, cookie: one.cookie, deadlineMs: 9000 }),
      ),
    ),
  );
  alice.lastStep = one.lastStep;
  const browsers = Array.from({ length: 30 }, () => alice.elsewhere());
  for (const browser of browsers) await browser.begin();
  const next = await alice.code();
  statuses(
    await Promise.all(
      browsers.map((browser) => browser.post('/.sallyport/sign-in/totp', { code: next }, { deadlineMs: 9000 })),
    ),
  );
  assert.equal(browsers.filter((browser) => browser.session !== undefined).length, 1);
});

test('of twenty posts of one recovery code at once, one succeeds', async () => {
  const bob = new Person(on.sally, 'bob');
  await bob.enrol();
  const browsers = Array.from({ length: 20 }, () => bob.elsewhere());
  for (const browser of browsers) await browser.begin();
  const [code = ''] = bob.recoveryCodes;
  statuses(
    await Promise.all(
      browsers.map((browser) => browser.post('/.sallyport/sign-in/recovery', { code }, { deadlineMs: 9000 })),
    ),
  );
});

test('two servers on one store accept a code once between them', async (t) => {
  await on.sally.advance(61 * 60_000);
  const { data, clock, upstream } = on.sally;
  const other: Sallyport = await startSallyport({ realm: 'app', data, clock, upstream });
  t.after(() => other.close());
  const carol = new Person(on.sally, 'carol');
  await carol.enrol();
  for (let round = 0; round < 5; round += 1) {
    await on.sally.advance(60_000);
    await other.healthy();
    const [here, there] = [carol.elsewhere(), carol.elsewhere()];
    await here.begin();
    await there.begin();
    const code = await carol.code();
    const answers = await Promise.all([
      on.sally.send('POST', '/.sallyport/sign-in/totp', { json: { code }, cookie: here.cookie }),
      other.send('POST', '/.sallyport/sign-in/totp', { json: { code }, cookie: there.cookie }),
    ]);
    statuses(answers);
  }
});

test('a ticket is consumed once, however many try', async () => {
  await on.sally.advance(61 * 60_000);
  const dora = new Person(on.sally, 'dora');
  const ticket = await dora.invited();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => dora.elsewhere().post('/.sallyport/enrol', { ticket })),
  );
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
});
