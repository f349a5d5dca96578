import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BoundLogin } from '../../src/config/login-types.ts';
import { presetNames } from '../../src/config/preset/load.ts';
import { DirectClient } from '../../src/workbench/direct/client.ts';
import { pathOfPattern, queryOfRule } from '../../src/workbench/direct/literal.ts';
import { stateLines } from '../../src/workbench/direct/states.ts';
import { answerNaming } from '../support/preset-answers.ts';
import { KNOWN, PresetApp, targetOf } from '../support/preset-app.ts';
import { neededParams, presetOf, signInAddresses } from '../support/preset-sign-ins.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { bound } from '../unit/presets-files/presets.ts';

/** Presets whose app can be asked at any time. */
const ASKED = presetNames().filter((name) => {
  const { whoami, login } = presetOf(name);
  return whoami !== undefined && whoami.from === undefined && login.length > 0;
});
const OWN = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  xml: 'text/xml',
  basic: '',
} as const;

let sally: Sallyport;
const apps = new Map<string, PresetApp>();
const logins = new Map<string, BoundLogin>();
before(async () => {
  for (const name of ASKED) {
    const login = bound(name, neededParams(presetOf(name)));
    logins.set(name, login);
    apps.set(name, await PresetApp.of(login));
  }
  sally = await startSallyport({
    realm: 'app',
    apps: ASKED.flatMap((name) => [
      `  ${name}:`,
      `    hosts: [${name}.test]`,
      `    origin: http://${name}.test`,
      `    upstream: { url: ${apps.get(name)?.origin}, first_byte_timeout: 2s }`,
      '    realm: staff',
      `    login: ${JSON.stringify({ preset: name, params: neededParams(presetOf(name)) })}`,
    ]),
  });
});
after(async () => {
  await sally.close();
  for (const app of apps.values()) await app.close();
});

function of(name: string): { app: PresetApp; login: BoundLogin } {
  const [app, login] = [apps.get(name), logins.get(name)];
  assert.ok(app !== undefined && login !== undefined);
  app.happened.length = 0;
  app.nobody = 0;
  app.says = null;
  app.keeps = false;
  return { app, login };
}

const [A, B] = [
  { account: 'alice', password: KNOWN['alice'] ?? '' },
  { account: 'bob', password: KNOWN['bob'] ?? '' },
];

async function lines(name: string) {
  const { app, login } = { app: apps.get(name), login: logins.get(name) };
  assert.ok(app !== undefined && login !== undefined);
  const client = new DirectClient({ origin: app.origin });
  try {
    return await stateLines({ client, login, first: A, second: B });
  } finally {
    await client.close();
  }
}

for (const name of ASKED)
  describe(name, () => {
    test('in every state the answer reads as what it is, and a test says where it does not', async () => {
      const { app, login } = of(name);
      app.keeps = login.whoami?.renews !== true;
      for (app.nobody = 0; app.nobody < (login.whoami?.anonymous.length ?? 0); app.nobody += 1)
        for (const { what, found, verdict } of await lines(name))
          assert.equal(verdict, 'ok', `${app.nobody}, ${what}: ${found}`);
      app.nobody = 0;
      // A default, or the name that was tried, beside or in place of nobody.
      app.says = () => answerNaming(login, 'root');
      const told = (await lines(name)).filter(({ verdict }) => verdict === 'fail').map(({ what }) => what);
      assert.ok(told.length >= 5, told.join());
    });

    test('preset test sees whether a question makes the form useless', async () => {
      const { app, login } = of(name);
      const last = async () => (await lines(name)).at(-1);
      // Where it is the page with the form that is asked, what is asked shows a form that is as good.
      const isPage = login.whoami?.ask?.target === login.entry;
      assert.equal((await last())?.verdict, login.whoami?.renews === true || isPage ? 'ok' : 'fail');
      app.keeps = true;
      assert.equal((await last())?.verdict, login.whoami?.renews === true ? 'note' : 'ok');
    });

    test('nothing is asked between the sign-in page and its form, so that one signs in at an app that renews', async () => {
      const { app, login } = of(name);
      const [address] = signInAddresses(presetOf(name), `http://${name}.test`);
      assert.ok(address);
      const cookie = await sally.session('alice', { appId: name });
      const host = `${name}.test`;
      const page = (target: string) => sally.send('GET', target, { host, cookie, headers: [['Accept', 'text/html']] });
      const send = (password: string) =>
        sally.send('POST', targetOf(login), {
          host,
          cookie,
          origin: `http://${host}`,
          headers: [
            ['Accept', 'text/html'],
            ['Content-Type', OWN[address.type]],
          ],
          body: String(address.exact('alice', password)),
        });
      for (const round of ['first', 'again']) {
        // Twice: the second time there are cookies of the first.
        for (const _ of [1, 2]) assert.equal((await page(login.entry)).status, 200, round);
        const { status } = await send('not this one');
        assert.ok(status < 500, `${round}: ${status}`);
        // Where the answer shows the form again it is that one which is sent.
        if (status >= 300 && status < 400) await page(login.entry);
        const { status: right, body } = await send(A.password);
        assert.ok(right < 400, `${round}: ${right} ${body} ${app.happened.join()}`);
        assert.match((await page('/anything')).body, /the page of alice/, app.happened.join());
        app.signOut();
        await sally.advance(11 * 60_000);
      }
      assert.ok(!app.happened.includes('stale'), app.happened.join());
      assert.doesNotMatch(app.happened.join(), /page,question,(?:failed|signed in)/);
      assert.equal(app.happened.filter((each) => each === 'signed in').length, 2, app.happened.join());
      // Signing out gives another session, and so does the question about that: it is nobody's all the same.
      const [out] = login.logout;
      const path = out === undefined ? null : pathOfPattern(out.path);
      if (out === undefined || path === null) return;
      for (const method of ['GET', 'POST']) {
        await page(login.entry);
        assert.ok((await send(A.password)).status < 400, app.happened.join());
        const target: string = `${path}${queryOfRule(out.query)}`;
        const left = await sally.send(method, target, { host, cookie, origin: `http://${host}` });
        // At the address of a sign-in a form of another kind is none.
        if (method === 'POST' && [403, 415].includes(left.status)) continue;
        assert.equal(
          app.happened.findLast((each) => each !== 'question'),
          'signed out',
          app.happened.join(),
        );
        assert.equal(left.status, 302, `${method} ${target}: ${left.body}`);
      }
    });
  });
