import assert from 'node:assert/strict';
import test from 'node:test';
import { attempt, FORM, otherWays, sawNothing, turnedAway } from '../support/login-app-attempts.ts';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import { raw } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';

/** An app that takes anything for a login: any method, any address, any field, without its page's token. */
function careless(on: Bound): void {
  on.app.worst = true;
  on.app.csrf = false;
}

/** Every way in but the form, by this browser; the app hears of none, and the browser sees nothing of alice. */
async function tryAll(on: Bound, who: Signer): Promise<void> {
  for (const one of otherWays(on.app, 'alice')) {
    on.app.upstream.clear();
    const cookies = new Map(who.cookies);
    const name = `${one.method} ${one.target} ${one.headers ?? ''}`;
    turnedAway(await attempt(who, one), name);
    on.app.upstream.silent(name);
    for (const [cookie, value] of cookies) who.cookies.set(cookie, value);
    turnedAway(await who.page('/account'), name);
    on.app.upstream.silent(name);
  }
  sawNothing(who, on.app, 'alice');
  assert.deepEqual(on.app.as('alice'), []);
}

boundTests((on) => {
  test('every one of them signs alice in at an app that is not guarded', async () => {
    careless(on);
    const shut: string[] = [];
    for (const one of otherWays(on.app, 'alice')) {
      const name = `${one.method} ${one.target} ${one.headers ?? ''}`;
      const { length } = on.app.served;
      const fields = [...(one.type === undefined ? [] : [['Content-Type', one.type]]), ...(one.headers ?? [])];
      const head = [
        `${one.method} ${one.target} HTTP/1.1`,
        ...fields.map(([field, value]) => `${field}: ${value}`),
        ...(one.body === undefined ? [] : [`Content-Length: ${one.body.length}`]),
      ];
      await raw(on.app.upstream.port, `${head.join('\r\n')}\r\n\r\n${one.body ?? ''}`, {
        until: (text) => text.includes('\r\n\r\n'),
      });
      const signedIn = on.app.served.length > length && on.app.served.at(-1)?.account === 'alice';
      // Only this answer says who it is, though its cookie is another's.
      if (!signedIn && !one.target.startsWith('/switch')) shut.push(name);
    }
    assert.deepEqual(shut, []);
  });

  for (const site of ['front', 'portal', 'form', 'formfront']) {
    test(`${site}: to somebody who has not signed in, no other way in exists`, async () => {
      await on.signer('alice', site);
      careless(on);
      await tryAll(on, on.stranger('alice', site));
    });
  }

  for (const site of ['front', 'formfront']) {
    test(`${site}: nor to a visitor who has seen the login page`, async () => {
      const alice = await on.signer('alice', site);
      careless(on);
      await alice.loginPage();
      await tryAll(on, alice);
    });

    test(`${site}: nor while a right password waits for its second step`, async () => {
      const alice = await on.signer('alice', site);
      await alice.held();
      on.app.served.length = 0;
      careless(on);
      await tryAll(on, alice);
    });
  }

  test('portal: nor once the name was given at Sallyport and its second step is awaited', async () => {
    const alice = await on.signer('alice', 'portal');
    await alice.begin();
    careless(on);
    await tryAll(on, alice);
  });

  test('the login form itself reaches no app that is behind the factor', async () => {
    for (const site of ['portal', 'form']) {
      const alice = await on.signer('alice', site);
      careless(on);
      const form = { username: 'alice', password: APP_PASSWORDS['alice'] ?? '' };
      turnedAway(await alice.form('/login', form));
      turnedAway(await alice.page('/login'));
      on.app.upstream.silent();
      sawNothing(alice, on.app, 'alice');
    }
  });

  test('what may be seen by anybody carries no method, body or override that the app could act on', async () => {
    const alice = await on.signer('alice', 'front');
    careless(on);
    const headers = [
      ['X-HTTP-Method-Override', 'POST'],
      ['X-HTTP-Method', 'POST'],
      ['X-Method-Override', 'POST'],
      ['X_HTTP_Method_Override', 'POST'],
    ] as const;
    await alice.send('GET', '/login', { headers });
    for (const { head } of on.app.upstream.requests) assert.doesNotMatch(head, /override|x.http.method/i);
    on.app.upstream.clear();
    for (const form of [
      { _method: 'PUT', username: 'alice', password: APP_PASSWORDS['alice'] ?? '' },
      { username: 'alice', password: APP_PASSWORDS['alice'] ?? '', admin: '1' },
    ]) {
      turnedAway(await alice.form('/login', form));
      on.app.upstream.silent();
    }
    assert.deepEqual(on.app.as('alice'), []);
  });

  test('a static part lends no cookie, and is what it says by its exact path', async () => {
    const visitor = await on.signer('alice', 'front');
    on.app.noise = ['Set-Cookie: SESS=static; Path=/'];
    const css = await visitor.expect(200, visitor.send('GET', '/static/app.css?v=1'));
    assert.equal(css.body, 'body{}');
    assert.equal(css.header('set-cookie'), undefined);
    assert.deepEqual(on.app.upstream.requests.at(-1)?.all('cookie'), []);
    on.app.upstream.clear();
    for (const target of ['/staticx', '/STATIC/app.css', '/static/../account', '/static/%2e%2e/account']) {
      turnedAway(await visitor.send('GET', target), target);
      on.app.upstream.silent(target);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'PATCH']) {
      for (const target of ['/static/app.css', '/login', '/static/login']) {
        turnedAway(await visitor.send(method, target), `${method} ${target}`);
        on.app.upstream.silent(`${method} ${target}`);
      }
    }
    turnedAway(await visitor.send('POST', '/static/app.css', { headers: [['Content-Type', FORM]], body: 'a=b' }));
    on.app.upstream.silent();
  });
}, SITES);
