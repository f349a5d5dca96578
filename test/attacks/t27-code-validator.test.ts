import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ realm: 'app', top: ['trusted_proxies: [127.0.0.1]'] }));

let address = 0;
/** Every request from an address of its own: what is tested is the code, not the limits. */
const from = () => {
  address += 1;
  return { headers: [['X-Forwarded-For', `198.51.100.${address}`]] as const };
};

async function pending(name: string): Promise<Person> {
  const person = new Person(on.sally, name);
  await person.enrol();
  await on.sally.advance(300_000);
  const browser = person.elsewhere();
  await browser.begin();
  return browser;
}

test('what is no code is refused with 400 or 401, whatever it is, and opens nothing', async () => {
  const { sally } = on;
  const alice = await pending('alice');
  const right = alice.codeOf(alice.step);
  const strings = [
    '',
    ' ',
    '00000',
    '0000000',
    '１２３４５６',
    `${right}\n`,
    `${right}\u0000`,
    `\u200b${right}`,
    `${right},${right}`,
    '1e5',
    '0x1e240',
    '-12345',
    '+12345',
    '12345.',
    'NaN',
    'true',
    'null',
    '[object Object]',
    '٠١٢٣٤٥',
    `${right}0`,
    right.slice(1),
    'a'.repeat(10_000),
  ];
  for (const code of strings) {
    const answer = await alice.post('/.sallyport/sign-in/totp', { code }, from());
    assert.ok([400, 401].includes(answer.status), `${JSON.stringify(code.slice(0, 20))}: ${answer.status}`);
  }
  const bodies = [
    `{"code":["${right}"]}`,
    '{"code":{"$ne":1}}',
    `{"code":${Number(right)}}`,
    '{"code":null}',
    '{"code":true}',
    '{}',
    '[]',
    'null',
    '""',
    '',
    '{',
    `{"code":"${right}","code":"000000"}`,
    `{"code":"${right}","user":"root"}`,
    `{"code":"${right}"}x`,
    `{"__proto__":{"code":"${right}"}}`,
    `{"code":"${right}",}`,
  ];
  for (const body of bodies) {
    const answer = await alice.send('POST', '/.sallyport/sign-in/totp', {
      body,
      headers: [['Content-Type', 'application/json'], ...from().headers],
    });
    assert.equal(answer.status, 400, body);
  }
  for (const body of [
    `code[]=${right}`,
    `code[$ne]=1`,
    `code=${right}&code=000000`,
    'code',
    `Code=${right}`,
    `code=%ff`,
    `code=${right}&x=y`,
    `code=${right}&`,
  ]) {
    const answer = await alice.send('POST', '/.sallyport/sign-in/totp', {
      body,
      headers: [['Content-Type', 'application/x-www-form-urlencoded'], ...from().headers],
    });
    assert.equal(answer.status, 400, body);
  }
  assert.equal((await alice.post('/.sallyport/sign-in/totp', { code: 'a'.repeat(70_000) }, from())).status, 413);
  assert.equal(alice.session, undefined);
  sally.upstream.silent();
  // After all this the right code is right.
  assert.equal(
    (await alice.post('/.sallyport/sign-in/totp', { code: `${right.slice(0, 3)} ${right.slice(3)}` }, from())).status,
    200,
  );
});

test('one step on either side, no more', async () => {
  const bob = await pending('bob');
  const step = bob.step;
  for (const distance of [-3, -2, 2, 3]) {
    assert.equal(
      (await bob.post('/.sallyport/sign-in/totp', { code: bob.codeOf(step + distance) }, from())).status,
      401,
      `${distance}`,
    );
  }
  for (const distance of [-1, 0, 1]) {
    const browser = bob.elsewhere();
    await browser.begin();
    assert.equal(
      (await browser.post('/.sallyport/sign-in/totp', { code: bob.codeOf(step + distance) }, from())).status,
      200,
      `${distance}`,
    );
  }
});

test('an authenticator without secret, or with an empty one, accepts nothing', async () => {
  const { sally } = on;
  const carol = new Person(sally, 'carol');
  await carol.invited();
  const account = await sally.app.store.accounts.byName('staff', 'carol');
  const blank = {
    accountId: account?.id ?? '',
    kind: 'totp',
    label: 'x',
    lastStep: 0,
    failures: 0,
    disabledAt: null,
    createdAt: 1,
    lastUsedAt: null,
  } as const;
  const seal = (id: string, text: string) =>
    sally.app.seal.seal(text, { table: 'authenticators', column: 'secret', row: id });
  await sally.app.store.authenticators.insert({ ...blank, id: 'none', secret: null });
  await sally.app.store.authenticators.insert({ ...blank, id: 'empty', secret: seal('empty', '') });
  await sally.app.store.authenticators.insert({ ...blank, id: 'short', secret: seal('short', 'AAAA') });
  // What an empty key gives for each step of the window.
  for (const secret of ['', 'AAAA']) {
    carol.secret = secret;
    for (const distance of [-1, 0, 1]) {
      const browser = carol.elsewhere();
      await browser.begin();
      const answer = await browser.post(
        '/.sallyport/sign-in/totp',
        { code: carol.codeOf(carol.step + distance) },
        from(),
      );
      assert.ok([401, 429].includes(answer.status));
      assert.equal(browser.session, undefined);
    }
    await sally.advance(3_600_000);
  }
});
