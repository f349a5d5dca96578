import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import type { Signer } from '../support/signer.ts';

/** A page of mallory's that signs whoever opens it in as mallory, to see what they then write (login CSRF). */
const ORIGINS = ['https://evil.test', 'null', null] as const;
const FORM = { username: 'mallory', password: APP_PASSWORDS['mallory'] ?? '' };

async function isAlice(alice: Signer, cookie: string): Promise<void> {
  const got = await alice.send('GET', '/account', { cookie });
  assert.equal(got.status, 200);
  assert.match(got.body, /private page of alice/);
}

boundTests((on) => {
  for (const site of ['portal', 'front', 'form', 'formfront'])
    for (const origin of ORIGINS)
      test(`${site}: a sign-in form of another site (Origin ${origin ?? 'missing'}) makes nobody of alice’s browser`, async () => {
        const mallory = await on.signer('mallory', site);
        const alice = await on.signer('alice', site);
        if (site.endsWith('front')) await alice.release();
        else await alice.arrive();
        const { cookie } = alice;
        // His own token of the app's page: the worst case is an app that checks none.
        on.app.csrf = false;
        on.app.served.length = 0;
        const headers = [['Sec-Fetch-Site', 'cross-site']] as const;
        // Browsers send no cookie with SameSite=Lax along; older ones do.
        const bare = await mallory.another().form('/login', { csrf: 'x', ...FORM }, { origin, headers });
        const laden = await alice.form('/login', { csrf: 'x', ...FORM }, { origin, headers, cookie });
        assert.equal(laden.status, 403, laden.body.slice(0, 200));
        assert.match(laden.body, /wrong-account/);
        for (const got of [bare, laden]) {
          assert.doesNotMatch(got.body, /private page of/);
          for (const line of got.all('set-cookie')) assert.doesNotMatch(line, /^__Host-sallyport=/, 'no session');
        }
        assert.deepEqual(
          on.app.pagesOf('mallory').filter((line) => line !== 'POST /login'),
          [],
        );
        await isAlice(alice, cookie);
        // What the browser keeps of the bare answer beside her session changes nothing for her.
        const planted = bare.all('set-cookie').map((line) => line.split(';', 1)[0] ?? '');
        await isAlice(
          alice,
          [cookie, ...planted.filter((pair) => !cookie.includes(pair.split('=', 1)[0] ?? ''))].join('; '),
        );
        assert.deepEqual(
          on.app.pagesOf('mallory').filter((line) => line !== 'POST /login'),
          [],
        );
      });
});
