import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { compilePattern } from '../../../src/lib/pattern.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { DirectClient } from '../../../src/workbench/direct/client.ts';
import { emptyJar } from '../../../src/workbench/direct/cookies.ts';
import type { Draft } from '../../../src/workbench/record/draft.ts';
import { openDoors } from '../../../src/workbench/record/probe.ts';
import { logoutOf } from '../../../src/workbench/record/propose.ts';
import { type Exchange, Recording } from '../../../src/workbench/record/recording.ts';
import { findWhoami } from '../../../src/workbench/record/whoami.ts';

const DRAFT: Draft = {
  ...{ preset: 1, id: 'people', title: 'People', tested: [], entry: '/in', anon: [] },
  login: [
    {
      ...{ id: 'password', on: { method: 'POST', path: ['/in'] }, type: 'form', account: 'who', secret: ['word'] },
      ...{ ok: { status: 302 }, fail: { status: 200 } },
    },
  ],
  assurance: 'login-form',
  account: { fold: [] },
  session: { cookies: ['who'] },
};

type Answer = { readonly status: number; readonly location?: string; readonly body?: string };

/** An app whose pages name nobody; `led` answers who, null for nobody, at a path. What was seen is alice's own page. */
async function asked(t: TestContext, led: (who: string | null, path: string) => Answer, account = 'alice') {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const who = /who=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    paths.push(request.url ?? '');
    const { status, location, body } = led(who === undefined ? null : decodeURIComponent(who), request.url ?? '');
    response.writeHead(status, { 'Content-Type': 'text/html', ...(location === undefined ? {} : { location }) });
    response.end(body ?? '<p>Tides</p>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DirectClient({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  t.after(async () => {
    await client.close();
    server.close();
  });
  const person = (name: string) => {
    const jar = emptyJar();
    jar.setCookieSync(`who=${encodeURIComponent(name)}; Path=/`, 'https://app.invalid/');
    return { account: name, jar };
  };
  const first = person(account);
  const target = `/people/${encodeURIComponent(account)}/tides`;
  const common = { method: 'GET', page: null, type: 'other', fields: [], script: false, cookies: [] } as const;
  const seen: Exchange[] = [{ ...common, target, answer: await client.ask({ target }, first.jar) }];
  const asking = { first, second: person('bob'), strangers: [emptyJar()], entry: '/in' };
  return { whoami: (await findWhoami(client, seen, asking))?.whoami, paths };
}

const PAGE: Answer = { status: 200 };
const FORM: Answer = { status: 200, body: '<input type="password">' };
const home = (who: string): Answer => ({ status: 302, location: `/people/${encodeURIComponent(who)}/` });

test('where no page names whoever is signed in, an address that leads to their own place does', async (t) => {
  const { whoami } = await asked(t, (who, path) => (path === '/people/' ? (who === null ? FORM : home(who)) : PAGE));
  assert.equal(whoami?.get, '/people/');
  assert.deepEqual(whoami?.anonymous, [{ status: 200 }]);
  const find = compilePattern(whoami?.location ?? '');
  assert.equal(find.capture('/people/carol/'), 'carol');
  assert.equal(find.capture('https://portal.example/people/carol/'), 'carol');
  for (const other of ['/people/carol/x', '/people/carol', '/people//', '/in'])
    assert.equal(find.capture(other), undefined, other);
});

test('so does the entry, by an address of the app’s own, in a parameter, and with a name that is written in escapes', async (t) => {
  const { whoami } = await asked(
    t,
    (who, path) =>
      path !== '/in'
        ? PAGE
        : { status: 303, location: who === null ? '/welcome' : `http://app.test/home?of=${encodeURIComponent(who)}` },
    'al ice',
  );
  assert.equal(whoami?.get, '/in');
  assert.deepEqual(whoami?.anonymous, [{ status: 303, location: 'welcome' }]);
  assert.equal(compilePattern(whoami?.location ?? '').capture('/home?of=al%20ice'), 'al%20ice');
});

test('an address that leads strangers to such a place, or nobody can tell from them, says nothing', async (t) => {
  const guest = (who: string | null, path: string) => (path === '/people/' ? home(who ?? 'guest') : PAGE);
  const above = (who: string | null, path: string): Answer =>
    path === '/people/' ? (who === null ? { status: 302, location: '/people/' } : home(who)) : PAGE;
  const same = (_: string | null, path: string) => (path === '/people/' ? home('alice') : PAGE);
  const within = (who: string | null, path: string): Answer =>
    path === '/people/' ? (who === null ? FORM : { status: 302, location: `/people/x${who}x` }) : PAGE;
  for (const led of [guest, above, same, within]) assert.equal((await asked(t, led)).whoami, undefined, led.name);
});

test('where the way out has the name in it, it is everybody’s', () => {
  const recording = new Recording('al ice', 'right horse');
  const at = (method: string, target: string, body: string) =>
    recording.add({
      ...{
        method,
        target,
        page: null,
        authorization: undefined,
        lines: [],
        script: false,
        cookies: [],
        body: Buffer.from(body),
      },
      ...{ contentType: 'application/x-www-form-urlencoded' },
      answer: { status: 302, reason: '', headers: HeaderFields.of(['Location', '/in']), body: Buffer.from('') },
    });
  at('POST', '/in', 'who=al+ice&word=right+horse');
  at('GET', '/people/al%20ice/logoff', '');
  assert.deepEqual(logoutOf(recording), [{ path: '/people/*/logoff' }]);
});

test('other ways in are looked for in the folder of the app as well', async (t) => {
  const server = createServer((request, response) => {
    const known = /^\/people\/dav(?:\/|$)/.test(request.url ?? '');
    response.writeHead(known ? 401 : 404, known ? { 'WWW-Authenticate': 'Basic realm="people"' } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DirectClient({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  t.after(async () => {
    await client.close();
    server.close();
  });
  assert.deepEqual(await openDoors(client, DRAFT, ['/people/in']), [{ path: '/people/dav/**' }]);
  assert.deepEqual(await openDoors(client, DRAFT, ['/in']), []);
});
