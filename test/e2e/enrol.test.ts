import assert from 'node:assert/strict';
import test from 'node:test';
import { Person, totp } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

test('a person enrols by ticket, signs in, and only then does the app hear of her', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  sally.upstream.silent();
  assert.equal(alice.recoveryCodes.length, 10);
  assert.equal((await alice.send('GET', '/inbox')).status, 200);
  assert.equal(sally.upstream.hits, 1);
  const again = alice.elsewhere();
  assert.equal((await again.send('GET', '/inbox')).status, 401);
  await again.signIn();
  assert.equal((await again.send('GET', '/inbox')).status, 200);
  assert.equal(sally.upstream.hits, 2);
});

test('by form, a browser is led from step to step', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  const ticket = await bob.invited();
  const page = await bob.send('GET', `/.sallyport/enrol/${ticket}`, { headers: [['Accept', 'text/html']] });
  assert.equal(page.status, 200);
  assert.match(page.body, /bob/);
  const opened = await bob.send('POST', '/.sallyport/enrol', { form: { ticket } });
  assert.equal(opened.status, 303);
  const weak = await bob.send('POST', '/.sallyport/enrol/password', {
    form: { password: 'password1', again: 'password1' },
    headers: [['Accept', 'text/html']],
  });
  assert.equal(weak.status, 400);
  const unlike = await bob.send('POST', '/.sallyport/enrol/password', {
    form: { password: bob.password, again: `${bob.password}x` },
    headers: [['Accept', 'text/html']],
  });
  assert.match(unlike.body, /do not match/);
  assert.equal(
    (await bob.send('POST', '/.sallyport/enrol/password', { form: { password: bob.password, again: bob.password } }))
      .status,
    303,
  );
  const code = await bob.send('GET', '/.sallyport/enrol', { headers: [['Accept', 'text/html']] });
  assert.match(code.body, /<svg/);
  const secret = /\b((?:[A-Z2-7]{4} ?){8})/.exec(code.body)?.[1]?.replaceAll(' ', '') ?? '';
  assert.equal(secret.length, 32);
  bob.secret = secret;
  const wrong = await bob.send('POST', '/.sallyport/enrol/totp/confirm', {
    form: { code: bob.wrongCode() },
    headers: [['Accept', 'text/html']],
  });
  assert.equal(wrong.status, 401);
  assert.match(wrong.body, /<svg/, 'the QR code stands there again');
  assert.equal(
    (await bob.send('POST', '/.sallyport/enrol/totp/confirm', { form: { code: await bob.code(), label: 'Phone' } }))
      .status,
    303,
  );
  const done = await bob.send('POST', '/.sallyport/enrol/finish', { form: {} });
  assert.equal(done.status, 200);
  assert.equal(done.header('cache-control'), 'no-store');
  assert.equal((await bob.send('GET', '/')).status, 200);
});

test('a signed-in person adds a second authenticator, and either opens the door', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  await carol.enrol();
  const first = carol.secret;
  const made = await carol.expect(200, carol.post('/.sallyport/enrol/totp'));
  const { secret } = JSON.parse(made.body) as { secret: string };
  assert.notEqual(secret, first);
  await carol.expect(
    200,
    carol.post('/.sallyport/enrol/totp/confirm', { code: totp(secret, carol.step), label: 'Tablet' }),
  );
  const done = await carol.expect(200, carol.post('/.sallyport/enrol/finish'));
  assert.deepEqual((JSON.parse(done.body) as { recovery_codes: string[] }).recovery_codes, []);
  for (const key of [first, secret]) {
    await sally.advance(90_000);
    const browser = carol.elsewhere();
    browser.secret = key;
    await browser.signIn();
    assert.equal((await browser.send('GET', '/')).status, 200);
  }
});

test('a new ticket after a loss ends what the finder may hold: sessions and recovery codes', async () => {
  const { sally } = on;
  const dora = new Person(sally, 'dora');
  await dora.enrol();
  const old = dora.recoveryCodes[0] ?? '';
  const again = new Person(sally, 'dora');
  await again.enrol();
  assert.equal((await dora.send('GET', '/')).status, 401);
  assert.equal((await again.send('GET', '/')).status, 200);
  const finder = again.elsewhere();
  await finder.begin();
  assert.equal((await finder.post('/.sallyport/sign-in/recovery', { code: old })).status, 401);
});

test('an enrolment that is not finished within a quarter of an hour is over, its secret with it', async () => {
  const { sally } = on;
  const erin = new Person(sally, 'erin');
  await erin.expect(200, erin.post('/.sallyport/enrol', { ticket: await erin.invited() }));
  await erin.expect(200, erin.post('/.sallyport/enrol/password', { password: erin.password }));
  const made = await erin.expect(200, erin.post('/.sallyport/enrol/totp'));
  erin.secret = (JSON.parse(made.body) as { secret: string }).secret;
  await sally.advance(15 * 60_000);
  assert.equal((await erin.post('/.sallyport/enrol/totp/confirm', { code: await erin.code() })).status, 401);
  const browser = erin.elsewhere();
  await browser.begin();
  assert.equal((await browser.post('/.sallyport/sign-in/totp', { code: await browser.code() })).status, 401);
});
