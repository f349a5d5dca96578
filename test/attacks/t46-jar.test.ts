import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests, SITES } from '../support/login-app-bound.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';
import { answer, bytes } from '../support/upstream.ts';

/** Names of ours and their look-alikes, names that no cookie may have, and plain ones. */
const NAMES = [
  '__Host-sallyport',
  '__Host-sallyport-pending',
  '__Host-sallyport-browser',
  '__Host-sallyport-visitor',
  '__Host-sallyport-jar',
  '__host-SALLYPORT',
  '__Secure-sallyport',
  'sallyport',
  ' __Host-sallyport',
  '\u00e2\u0080\u0080__Host-sallyport',
  '\u00a0__Host-sallyport',
  '__Host-sallyport ',
  '"__Host-sallyport"',
  '',
  'csrftokenx',
  'xcsrftoken',
  'csrftoken\u00a0',
  'lang',
  'tracking',
];
const NOISE = [
  ...NAMES.map((name) => `Set-Cookie: ${name}=evil; Path=/`),
  'Set-Cookie: __Host-sallyport',
  'Set-Cookie: wide=evil; Domain=test',
  'Set-Cookie: wide=evil; Domain=.portal.test; Domain=test',
  'set-cookie: nocase=evil',
  'Set-Cookie2: x=evil',
  'Clear-Site-Data: "cookies"',
  'Clear-Site-Data: *',
];
const STATUSES = [
  '200 OK',
  '204 No Content',
  '301 Moved',
  '302 Found',
  '304 Not Modified',
  '401 Unauthorized',
  '403 Forbidden',
  '404 Not Found',
  '500 Error',
  '503 Busy',
];

function clean(got: ParsedAnswer, where: string): void {
  for (const [name, value] of got.headers) {
    assert.doesNotMatch(name, /^(?:set-cookie2|clear-site-data)$/i, where);
    assert.doesNotMatch(value, /evil/, `${where}: ${name}`);
    if (/^set-cookie$/i.test(name))
      assert.match(value, /^__Host-sallyport(?:-(?:visitor|pending|jar|browser|prefs))?=[^;]*; /, where);
  }
}

async function signedIn(who: Signer): Promise<Signer> {
  if (who.host.includes('front')) await who.release();
  else await who.arrive();
  return who;
}

boundTests(
  (on) => {
    for (const site of ['portal', 'front', 'form', 'formfront']) {
      test(`${site}: in no status and on no route does a cookie of the app come out`, async () => {
        const alice = await signedIn(await on.signer('alice', site));
        for (const status of STATUSES)
          on.app.upstream.on(`/s${status.slice(0, 3)}`, answer(/^(?:204|304)/.test(status) ? '' : 'x', status, NOISE));
        const head = NOISE.join('\r\n');
        on.app.upstream.on(
          '/s103',
          bytes(`HTTP/1.1 103 Early Hints\r\n${head}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n${head}\r\n\r\nok`),
        );
        on.app.upstream.on(
          '/s100',
          bytes(`HTTP/1.1 100 Continue\r\n${head}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`),
        );
        on.app.upstream.on(
          '/strailer',
          bytes(
            'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Set-Cookie\r\n\r\n2\r\nok\r\n0\r\nSet-Cookie: t=evil\r\n\r\n',
          ),
        );
        for (const target of [...STATUSES.map((status) => `/s${status.slice(0, 3)}`), '/s103', '/s100', '/strailer']) {
          const cookie = alice.cookie;
          const { text } = await on.sally.raw(on.sally.request('GET', target, { cookie, host: alice.host }));
          assert.doesNotMatch(text, /evil|HTTP\/1\.1 10[03]|clear-site-data|set-cookie2/i, target);
        }
        on.app.noise = NOISE;
        on.app.interim = true;
        for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE', 'PROPFIND'])
          clean(
            await alice.send(method, '/account', method === 'GET' || method === 'HEAD' ? {} : { form: { a: 'b' } }),
            `${method} /account`,
          );
        assert.equal((await alice.send('GET', '/.sallyport/session')).status, 200);
      });

      test(`${site}: nor with a login that fails, one that succeeds, the page before and the probe behind`, async () => {
        const alice = await on.signer('alice', site);
        on.app.noise = NOISE;
        on.app.interim = true;
        if (!site.includes('front')) await alice.signIn();
        clean(await alice.page('/login'), 'login page');
        clean(await alice.send('GET', '/static/app.css'), 'static');
        const failed = await alice.login({ password: 'wrong' });
        assert.equal(failed.status, 401);
        clean(failed, 'failed login');
        clean(await alice.login(), 'login');
        if (site.includes('front')) {
          const passed = await alice.factor();
          clean(passed, 'factor');
          const released = await alice.page(passed.header('location') ?? '');
          assert.equal(released.status, 302);
          clean(released, 'released');
        }
        clean(await alice.page('/account'), 'account');
      });
    }

    test('the browser’s cookies do not reach the app, save those that are declared, and never ours', async () => {
      for (const site of ['portal', 'front', 'open']) {
        const alice = await signedIn(await on.signer('alice', site));
        on.app.upstream.clear();
        const mine =
          'SESS=evil; REMEMBER=evil; lang=cy; theme=evil; csrftoken=evil; __Host-other=evil; =evil; evil; sallyport=evil; LANG=evil';
        await alice.page('/account', { cookie: `${mine}; ${alice.cookie}` });
        const sent = on.app.upstream.requests.at(-1)?.all('cookie').join('; ') ?? '';
        assert.match(sent, /SESS=/);
        assert.doesNotMatch(sent, /__Host-sallyport/i);
        assert.equal(/lang=cy/.test(sent), site === 'open', sent);
        assert.doesNotMatch(sent.replace('csrftoken=evil', ''), /evil/, sent);
        assert.equal(sent.includes('csrftoken'), site === 'open', sent);
      }
    });

    test('a declared cookie is shown as the app set it, bound to this host; nothing else rides along', async () => {
      const alice = await signedIn(await on.signer('alice', 'open'));
      on.app.noise = [
        ...NOISE,
        'Set-Cookie: csrftoken=shown; Path=/; SameSite=Lax',
        'Set-Cookie: csrftoken=shown2; Path=/; Domain=test',
      ];
      const got = await alice.page('/account');
      const lines = got.all('set-cookie');
      assert.ok(lines.length > 0);
      for (const line of lines) {
        assert.match(line, /^(?:csrftoken=|__Host-sallyport-jar=)/, line);
        assert.doesNotMatch(line, /domain=/i, line);
      }
    });

    test('what an answer set is there for the very next request; what it deleted is not', async () => {
      const alice = await signedIn(await on.signer('alice', 'portal'));
      const sent = async (target: string): Promise<string> => {
        on.app.upstream.clear();
        await alice.page(target);
        return on.app.upstream.requests.at(-1)?.all('cookie').join('; ') ?? '';
      };
      for (const status of ['302 Found', '404 Not Found', '401 Unauthorized', '500 Error']) {
        const name = `c${status.slice(0, 3)}`;
        on.app.upstream.on(
          '/set',
          answer('x', status, [
            `Set-Cookie: ${name}=1; Path=/`,
            'Set-Cookie: under=1; Path=/set',
            'Set-Cookie: secure=1; Secure',
            'Set-Cookie: foreign=1; Domain=evil.example',
            'Set-Cookie: past=1; Max-Age=0',
          ]),
        );
        await alice.page('/set');
        const at = await sent('/account');
        assert.match(at, new RegExp(`${name}=1`));
        assert.doesNotMatch(at, /under=|foreign=|past=/);
        assert.match(await sent('/set/below'), /under=1/);
        on.app.upstream.on('/unset', answer('x', '200 OK', [`Set-Cookie: ${name}=; Path=/; Max-Age=0`]));
        await alice.page('/unset');
        assert.doesNotMatch(await sent('/account'), new RegExp(name));
      }
    });

    test('names of ours in the app’s jar come back to neither side', async () => {
      const alice = await signedIn(await on.signer('alice', 'portal'));
      on.app.noise = NOISE;
      await alice.page('/account');
      on.app.noise = [];
      on.app.upstream.clear();
      await alice.page('/account');
      assert.doesNotMatch(on.app.upstream.requests.at(-1)?.all('cookie').join('; ') ?? '', /sallyport/i);
      assert.equal((await alice.send('GET', '/.sallyport/session')).status, 200);
    });

    test('a number in the browser’s hand moves nothing: invented, huge, negative or twice', async () => {
      const alice = await signedIn(await on.signer('alice', 'portal'));
      for (const value of [
        '0',
        '1',
        '-1',
        '99999999999999999999',
        '1e9',
        'NaN',
        '',
        'x',
        '9'.repeat(4000),
        '__proto__',
      ]) {
        const got = await alice.page('/account', { cookie: `${alice.cookie}; __Host-sallyport-jar=${value}` });
        assert.ok([200, 400, 431].includes(got.status), `${value.slice(0, 20)}: ${got.status}`);
      }
      assert.match((await alice.page('/account')).body, /private page of alice/);
    });

    // One process owns an SQLite file: two nodes are a matter of PostgreSQL alone.
    if (on.database === 'postgres')
      test('with two nodes on one database, what an answer set is there for the next request at the other', async (t) => {
        const other = await on.node();
        t.after(() => other.close());
        const alice = await signedIn(await on.signer('alice', 'portal'));
        const at = async (node: typeof other, target: string): Promise<ParsedAnswer> => {
          const got = await node.send('GET', target, { host: alice.host, cookie: alice.cookie });
          alice.keep(got);
          return got;
        };
        for (let n = 0; n < 20; n += 1) {
          const [here, there] = n % 2 === 0 ? [on.sally, other] : [other, on.sally];
          on.app.noise = [`Set-Cookie: turn=${n}; Path=/`];
          assert.match((await at(here, '/account')).body, /private page of alice/);
          on.app.noise = [];
          on.app.upstream.clear();
          assert.match((await at(there, '/account')).body, /private page of alice/);
          assert.match(on.app.upstream.requests.at(-1)?.all('cookie').join('; ') ?? '', new RegExp(`turn=${n}(?:;|$)`));
        }
        // Parallel answers, each with a cookie of its own, at both: none is lost.
        for (let n = 0; n < 10; n += 1)
          on.app.upstream.on(`/p${n}`, answer('x', '200 OK', [`Set-Cookie: p${n}=1; Path=/`]));
        await Promise.all(Array.from({ length: 10 }, (_, n) => at(n % 2 === 0 ? on.sally : other, `/p${n}`)));
        for (const node of [on.sally, other]) {
          on.app.upstream.clear();
          await at(node, '/account');
          const sent = on.app.upstream.requests.at(-1)?.all('cookie').join('; ') ?? '';
          for (let n = 0; n < 10; n += 1) assert.match(sent, new RegExp(`p${n}=1`));
        }
      });

    test('on SQLite no cookie says anything of the jar; on PostgreSQL a number alone', async () => {
      const alice = await signedIn(await on.signer('alice', 'portal'));
      on.app.noise = ['Set-Cookie: fresh=1; Path=/'];
      const got = await alice.page('/account');
      const lines = [...alice.answers.flatMap((one) => one.all('set-cookie')), ...got.all('set-cookie')].filter(
        (line) => line.startsWith('__Host-sallyport-jar='),
      );
      if (on.database === 'sqlite') assert.deepEqual(lines, []);
      for (const line of lines) assert.match(line, /^__Host-sallyport-jar=\d{0,12}; /);
    });
  },
  {
    ...SITES,
    open: {
      order: 'factor-first',
      preset: { more: ['browser_cookies: ["^csrftoken$"]', 'client_cookies: ["^lang$"]'] },
    },
  },
);
