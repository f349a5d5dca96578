import assert from 'node:assert/strict';
import test from 'node:test';
import { MOST_SET } from '../../src/jar/cookies.ts';
import { MOST_PARAMETERS } from '../../src/request/login/watch.ts';
import { sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import type { Signer } from '../support/signer.ts';

const PRIVATE = /private page of alice/;

/** Ways to hand the app a session id or a remembered sign-in from the browser. */
function carried(id: string, remember: string): { target: string; cookie?: string }[] {
  return [
    { target: '/account', cookie: `SESS=${id}` },
    { target: '/account', cookie: `SESS=${id}; REMEMBER=${remember}` },
    { target: '/account', cookie: `REMEMBER=${remember}` },
    { target: '/account', cookie: `$Version=1; SESS="${id}"; $Path=/` },
    { target: `/account;jsessionid=${id}` },
    { target: `/account;JSESSIONID=${id}` },
    { target: `/account%3bjsessionid=${id}` },
    { target: `/;jsessionid=${id}/account` },
    { target: `/account?PHPSESSID=${id}` },
    { target: `/account?phpsessid=${id}` },
    { target: `/account?x=1&PHPSESSID=${id}` },
    { target: `/account?%50HPSESSID=${id}` },
    { target: `/account?JSESSIONID=${id}` },
    { target: `/account?SESS=${id}` },
    { target: `/(S(${id}))/account` },
    { target: `/%28S%28${id}%29%29/account` },
    { target: `/account?token=${remember}` },
  ];
}

async function sendAll(who: Signer, id: string, remember: string): Promise<void> {
  for (const { target, cookie } of carried(id, remember)) {
    const mine = who.cookie;
    const both = cookie === undefined ? mine : mine === '' ? cookie : `${cookie}; ${mine}`;
    await who.send('GET', target, both === '' ? {} : { cookie: both });
  }
}

boundTests((on) => {
  test('a query of more parameters than anybody sends is refused, with its reason; one less passes', async () => {
    const alice = await on.signer('alice', 'portal');
    await alice.arrive();
    const stranger = on.stranger('alice', 'portal');
    const query = (count: number, pair: string) => `/account?${Array(count).fill(pair).join('&')}`;
    for (const pair of ['a=b', '%', '%cc%96']) {
      on.app.upstream.clear();
      assert.equal((await alice.send('GET', query(MOST_PARAMETERS, pair))).status, 200, pair);
      on.app.upstream.clear();
      for (const who of [alice, stranger]) {
        const refused = await who.send('GET', query(MOST_PARAMETERS + 1, pair));
        assert.equal(refused.status, 400, pair);
        assert.match(refused.body, /more than 1000 parameters/);
      }
      on.app.upstream.silent();
    }
  });

  test('an answer that sets more cookies than anybody keeps is none; one less passes', async () => {
    const alice = await on.signer('alice', 'portal');
    await alice.arrive();
    const noise = (count: number) => Array.from({ length: count }, (_, i) => `Set-Cookie: n${i}=1`);
    on.app.noise = noise(MOST_SET);
    assert.equal((await alice.send('GET', '/account')).status, 200);
    on.app.noise = noise(MOST_SET + 1);
    assert.equal((await alice.send('GET', '/account')).status, 502);
  });

  for (const [name, rotate, fixedId] of [
    ['keeps the id', false, null],
    ['gives everybody one id', false, 'fixed-for-all'],
    ['changes the id', true, null],
  ] as const) {
    test(`an app that ${name} at login: before the second step its session is nobody's`, async () => {
      const a = await on.signer('alice', 'front');
      const b = on.stranger('alice', 'front');
      on.app.rotate = rotate;
      on.app.fixedId = fixedId;
      await b.loginPage();
      await a.held({ remember: '1' });
      assert.deepEqual(on.app.pagesOf('alice'), ['POST /login']);
      const id = on.app.sessionOf('alice');
      const [remember = ''] = on.app.people.tokens.keys();
      on.app.upstream.clear();
      for (const who of [a, b, a.another()]) {
        turnedAway(await who.page('/account'));
        await sendAll(who, id, remember);
      }
      on.app.upstream.silent();
      for (const who of [a, b]) {
        const page = await who.page('/login');
        assert.doesNotMatch(page.body, PRIVATE);
      }
      // The visitor's own cookies went with the login; what he asks for now, he asks for as nobody.
      if (fixedId === null)
        assert.deepEqual(on.app.served.filter(({ target }) => target === '/login').at(-1)?.account, null);
      for (const who of [a, b]) sawNothing(who, on.app, 'alice');
    });
  }

  for (const site of ['portal', 'front']) {
    test(`${site}: no id and no remembered sign-in from outside joins a session of somebody else`, async () => {
      const alice = await on.signer('alice', site);
      if (site === 'front') await alice.release({ remember: '1' });
      else await alice.arrive({ remember: '1' });
      assert.match((await alice.expect(200, alice.page('/account'))).body, PRIVATE);
      const id = on.app.sessionOf('alice');
      const [remember = ''] = on.app.people.tokens.keys();
      const mallory = await on.signer('mallory', site);
      for (const into of [0, 1]) {
        if (into === 0 && site === 'portal') await mallory.signIn();
        if (into === 1 && site === 'portal') await mallory.login();
        if (into === 1 && site === 'front') await mallory.release();
        on.app.served.length = 0;
        on.app.upstream.clear();
        await sendAll(mallory, id, remember);
        assert.deepEqual(on.app.as('alice'), []);
        for (const { head } of on.app.upstream.requests) {
          assert.equal(head.includes(id), false, head);
          assert.equal(head.includes(remember), false, head);
        }
      }
      assert.match((await mallory.expect(200, mallory.page('/account'))).body, /private page of mallory/);
      sawNothing(mallory, on.app, 'alice');
      for (const answer of alice.answers)
        for (const line of answer.all('set-cookie')) assert.match(line, /^__Host-sallyport/);
    });

    test(`${site}: a remembered sign-in dies with the session of ours`, async () => {
      const alice = await on.signer('alice', site);
      if (site === 'front') await alice.release({ remember: '1' });
      else await alice.arrive({ remember: '1' });
      const kept = new Map(alice.cookies);
      await alice.expect(200, alice.post('/.sallyport/sign-out'));
      on.app.served.length = 0;
      for (const cookies of [new Map(alice.cookies), kept]) {
        const later = alice.another();
        for (const [name, value] of cookies) later.cookies.set(name, value);
        turnedAway(await later.page('/account'));
        await later.page('/login');
        if (site === 'portal') {
          later.cookies.clear();
          await later.signIn();
          const again = await later.page('/account');
          assert.doesNotMatch(again.body, PRIVATE);
        }
      }
      assert.deepEqual(on.app.as('alice'), []);
    });
  }

  test('ids in the address are refused even for their owner, and never come back in an answer', async () => {
    const alice = await on.signer('alice', 'portal');
    await alice.arrive();
    const id = on.app.sessionOf('alice');
    on.app.upstream.clear();
    for (const target of [`/account;jsessionid=${id}`, `/account?PHPSESSID=${id}`, `/(S(${id}))/account`]) {
      const answer = await alice.page(target);
      assert.ok([400, 403].includes(answer.status), `${target}: ${answer.status}`);
    }
    on.app.upstream.silent();
    on.app.noise = [`Location: /next;jsessionid=${id}`, `Refresh: 0; url=/next?PHPSESSID=${id}`];
    const answer = await alice.page('/account');
    assert.doesNotMatch(answer.headers.map((pair) => pair.join(': ')).join('\n'), new RegExp(id));
  });
}, SITES);
