import assert from 'node:assert/strict';
import test from 'node:test';
import { Keyholder } from '../support/keyholder.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { type Sallyport, startSallyport, withSallyport } from '../support/sallyport.ts';
import { postgres } from '../support/stores.ts';

const HOST = 'portal.localhost';
const on = withSallyport(() => ({ host: HOST }));

function refused(answer: ParsedAnswer, what: string): void {
  assert.equal(answer.status, 401, what);
  assert.match(answer.body, /"code":"(passkey-refused|sign-in-required|pending-expired)"/, what);
}

test('a challenge is good for one answer, right or wrong', async () => {
  const alice = new Keyholder(on.sally, 'alice');
  await alice.enrolKey();
  const browser = alice.another();
  const options = await browser.options();
  refused(await browser.say(browser.answer(options, { badSignature: true })), 'a wrong answer');
  refused(await browser.say(browser.answer(options)), 'a right one after it');
  const fresh = await browser.options();
  const [one, two] = [browser.answer(fresh), browser.answer(fresh)];
  assert.equal((await browser.say(two)).status, 200);
  const cookie = [...browser.cookies].filter(([name]) => name.endsWith('ceremony')).map((pair) => pair.join('='));
  const late = await on.sally.send('POST', '/.sallyport/sign-in/passkey', {
    json: { response: one },
    cookie: cookie.join('; '),
  });
  refused(late, 'a second right one');
});

test('a challenge serves its own holder, purpose and time', async () => {
  const { sally } = on;
  const bob = new Keyholder(sally, 'bob');
  await bob.enrolKey();
  const [a, b] = [bob.another(), bob.another()];
  await b.options();
  refused(await b.say(a.answer(await a.options())), 'given to another browser');
  assert.equal((await a.say(a.answer(await a.options()))).status, 200, 'which may still use its own');

  const named = bob.another();
  await named.expect(200, named.begin());
  const second = named.answer(await named.options());
  refused(await named.say(second, { start: 'yes' }), 'of a second step, for a start');
  const start = named.answer(await named.options({ start: 'yes' }));
  refused(await named.say(start), 'of a start, for a second step');
  const other = bob.another();
  await other.expect(200, other.begin());
  refused(await other.say(named.answer(await named.options())), 'of another sign-in of the same account');

  const confirm = bob.answer(await bob.options());
  refused(await bob.say(confirm, { start: 'yes' }), 'of a confirmation, for a start');
  const left = bob.another();
  await left.signInByKey();
  const before = left.answer(await left.options());
  await left.expect(200, left.post('/.sallyport/sign-out'));
  refused(await left.say(before), 'from before signing out');

  const slow = bob.another();
  const late = slow.answer(await slow.options());
  await sally.advance(300_000);
  refused(await slow.say(late), 'five minutes later');
});

test('a registration’s challenge signs nobody in, and a sign-in’s registers nothing', async () => {
  const { sally } = on;
  const carol = new Keyholder(sally, 'carol');
  await carol.enrolKey();
  const dan = new Keyholder(sally, 'dan');
  await dan.enrolling();
  const creation = (await dan.creation()) as { challenge: string };
  const asserted = carol.answer({ challenge: creation.challenge, rpId: HOST });
  refused(await carol.another().say(asserted), 'registration for sign-in');
  const options = (await dan.options({ start: 'yes' })) as { challenge: string };
  refused(await dan.register(dan.created({ ...creation, challenge: options.challenge })), 'sign-in for registration');
  const eve = new Keyholder(sally, 'eve');
  await eve.enrolling();
  refused(await eve.register(eve.created(creation)), 'of another enrolment');
  assert.equal((await dan.register(dan.created(await dan.creation()))).status, 200);
});

test('a sign-in that waits is finished once, by a code or by a passkey', async () => {
  const { sally } = on;
  const fay = new Keyholder(sally, 'fay', { counts: false });
  await fay.enrol();
  await fay.expect(200, fay.post('/.sallyport/account/add'));
  await fay.expect(200, fay.register(fay.created(await fay.creation())));
  await fay.expect(200, fay.post('/.sallyport/enrol/finish'));
  const browser = fay.another();
  await browser.expect(200, browser.begin());
  const code = await browser.code();
  const sends: (readonly [path: string, json: object])[] = [];
  for (let n = 0; n < 8; n += 1) {
    sends.push(['passkey', { response: browser.answer(await browser.options()) }]);
    sends.push(['totp', { code }]);
  }
  const { cookie } = browser;
  const answers = await Promise.all(
    sends.map(([path, json]) => sally.send('POST', `/.sallyport/sign-in/${path}`, { json, cookie, deadlineMs: 9000 })),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1, answers.map(({ status }) => status).join());
  const account = await sally.app.store.accounts.byName('staff', 'fay');
  const live = await sally.app.store.sessions.listLive(sally.clock.now(), { accountId: account?.id ?? '' });
  assert.equal(live.length, 2, 'the one of the enrolment, and one more');
});

async function race(one: Sallyport, two: Sallyport): Promise<void> {
  const alice = new Keyholder(one, 'alice', { counts: false });
  await alice.enrolKey();
  const browser = alice.another();
  const response = browser.answer(await browser.options());
  const send = (sally: Sallyport) =>
    sally.send('POST', '/.sallyport/sign-in/passkey', { json: { response }, cookie: browser.cookie, deadlineMs: 9000 });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send(i % 2 === 0 ? one : two)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  for (const { status } of answers) assert.ok([200, 401, 429].includes(status), String(status));
  const live = await one.app.store.sessions.listLive(one.clock.now(), {});
  assert.equal(live.length, 2, 'the one of the enrolment, and one more');

  const bob = new Keyholder(one, 'bob');
  await bob.enrolling();
  const created = bob.created(await bob.creation());
  const add = (sally: Sallyport) =>
    sally.send('POST', '/.sallyport/enrol/passkey', {
      json: { response: created },
      cookie: bob.cookie,
      deadlineMs: 9000,
    });
  const adds = await Promise.all(Array.from({ length: 20 }, (_, i) => add(i % 2 === 0 ? one : two)));
  assert.equal(adds.filter(({ status }) => status === 200).length, 1);
  const account = await one.app.store.accounts.byName('staff', 'bob');
  assert.equal((await one.app.store.authenticators.credentialsOf(account?.id ?? '')).length, 1);
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`of twenty answers to one challenge at two servers on one store one counts: ${kind}`, async () => {
    const database = kind === 'postgres' ? { postgres: await (await postgres()).migrated() } : {};
    const one = await startSallyport({ host: HOST, ...database });
    try {
      const { clock, upstream, data } = one;
      const two = await startSallyport({ host: HOST, ...database, clock, upstream, data });
      try {
        await race(one, two);
      } finally {
        await two.close();
      }
    } finally {
      await one.close();
    }
  });
}
