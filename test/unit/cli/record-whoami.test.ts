import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { compilePattern } from '../../../src/lib/pattern.ts';
import { textOf } from '../../../src/presets/answer.ts';
import { whoIs } from '../../../src/presets/whoami.ts';
import { DirectClient } from '../../../src/workbench/direct/client.ts';
import { emptyJar } from '../../../src/workbench/direct/cookies.ts';
import { compileDraft, type Draft } from '../../../src/workbench/record/draft.ts';
import type { Exchange } from '../../../src/workbench/record/recording.ts';
import { findWhoami } from '../../../src/workbench/record/whoami.ts';

const DRAFT: Draft = {
  preset: 1,
  id: 'app',
  title: 'App',
  tested: [],
  entry: '/',
  anon: [],
  login: [
    {
      id: 'password',
      on: { method: 'POST', path: ['/in'] },
      type: 'form',
      account: 'user',
      secret: ['pass'],
      ok: { status: 302 },
      fail: { status: 200 },
    },
  ],
  account: { fold: [] },
  session: { cookies: ['who'] },
};

const NOBODY = '<a href="/login">Log in</a>';

/** An app with one page for each person, who is named by a cookie, and what was seen of it as alice. */
async function app(
  t: TestContext,
  target: string,
  pages: Readonly<Record<string, string>>,
  type = 'text/html',
  header: (who: string) => Readonly<Record<string, string>> = () => ({}),
) {
  const server = createServer((request, response) => {
    const who = /who=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    const page = who === undefined ? undefined : pages[who];
    response.writeHead(page === undefined && type !== 'text/html' ? 401 : 200, {
      'Content-Type': type,
      ...(page === undefined ? {} : header(who ?? '')),
    });
    response.end(page ?? NOBODY);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DirectClient({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  t.after(async () => {
    await client.close();
    server.close();
  });
  const person = (account: string) => {
    const jar = emptyJar();
    jar.setCookieSync(`who=${account}; Path=/`, 'https://app.invalid/');
    return { account, jar };
  };
  const alice = person('alice');
  const answer = await client.ask({ target }, alice.jar);
  const seen: Exchange = {
    method: 'GET',
    target,
    page: null,
    type: 'other',
    fields: [],
    script: false,
    cookies: [],
    answer,
  };
  const find = (second: string | null) =>
    findWhoami(client, [seen], {
      first: alice,
      second: second === null ? null : person(second),
      strangers: [emptyJar()],
      entry: '/',
    }).then((found) => found?.whoami);
  return { find, text: textOf(answer) };
}

const wiki = (display: string, account: string) =>
  `<ul><li class="user">Logged in as: <bdi>${display}</bdi> (<bdi>${account}</bdi>)</li></ul>`;

test('the account name comes before a display name that differs in capitals alone', async (t) => {
  const { find, text } = await app(t, '/', { alice: wiki('Alice', 'alice'), bob: wiki('Bob', 'bob') });
  for (const second of [null, 'bob']) {
    const whoami = await find(second);
    assert.equal(compilePattern(whoami?.find ?? '').capture(text), 'alice');
  }
});

test('the same holds for a JSON answer', async (t) => {
  const pages = { alice: '{"username":"Alice","id":"alice"}', bob: '{"username":"Bob","id":"bob"}' };
  const { find } = await app(t, '/me', pages, 'application/json');
  assert.equal((await find('bob'))?.json, '/id');
});

test('a place that names the second person in capitals alone is taken only where no other is', async (t) => {
  const both = (first: string, then: string) =>
    `<p class="user-name">Hello <b>${first}</b></p><p class="plain">Known as <i>${then}</i></p>`;
  const shown = await app(t, '/', { alice: both('alice', 'alice'), bob: both('Bob', 'bob') });
  assert.equal((await shown.find('bob'))?.find?.includes('plain'), true, 'the place with the account of both');
  const capitals = await app(t, '/', { alice: wiki('Dr A.', 'Alice'), bob: wiki('Dr B.', 'Bob') });
  assert.equal(compilePattern((await capitals.find('bob'))?.find ?? '').capture(capitals.text), 'Alice');
});

test('around the name stands whose it is: a number, the name again, words in a language of theirs; it reads for everybody', async (t) => {
  const around: readonly ((name: string, number: number, said: string) => string)[] = [
    (name, number) => `<div id="top">Logged in as <a class="user active" href="/users/${number}">${name}</a></div>`,
    (name, number) => `<p class="who"><a href='/people?id=${number}&tab=1'>${name}</a></p>`,
    (name, number) => `<span class="me" data-user-id="${number}">${name}</span>`,
    (name) => `<p class="who"><a href="/~${name}/home" title="${name}">${name}</a></p>`,
    (name, _, said) => `<li id="account">${said} <b>${name}</b></li>`,
  ];
  for (const page of around) {
    const pages = { alice: page('alice', 4, 'Signed in as'), bob: page('bob', 51_234, 'Angemeldet als:') };
    const { find } = await app(t, '/', pages);
    const pattern = compilePattern((await find('bob'))?.find ?? '');
    for (const [name, html] of Object.entries(pages)) assert.equal(pattern.capture(html), name, html);
  }
});

test('a place by its id comes before one by a class that lists of people have too, and the page that a sign-in leads to before others', async (t) => {
  const named = (name: string) => `<b class="user">${name}</b><p id="user">${name}</p>`;
  const { find } = await app(t, '/', { alice: named('alice'), bob: named('bob') });
  assert.match((await find('bob'))?.find ?? '', /id="user"/);
});

/** Begins a session on its first page, and says to whoever has none that one begins; to whoever has one, that nobody is signed in. */
test('that nobody is signed in is read with the cookies of the sign-in page as well as without any', async (t) => {
  const server = createServer((request, response) => {
    const who = /who=(\w*)/.exec(request.headers.cookie ?? '')?.[1];
    if (who === undefined) return response.writeHead(302, { Location: '/begin' }).end();
    response.writeHead(200, { 'Content-Type': 'text/html' });
    return response.end(who === 'nobody' ? NOBODY : `<p class="user">User: <b>${who}</b></p>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DirectClient({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  t.after(async () => {
    await client.close();
    server.close();
  });
  const jarOf = (account: string) => {
    const jar = emptyJar();
    jar.setCookieSync(`who=${account}; Path=/`, 'https://app.invalid/');
    return jar;
  };
  const first = { account: 'alice', jar: jarOf('alice') };
  const answer = await client.ask({ target: '/' }, first.jar);
  const seen = {
    method: 'GET',
    target: '/',
    page: null,
    type: 'other',
    fields: [],
    script: false,
    cookies: [],
    answer,
  } as const;
  const found = await findWhoami(client, [seen], {
    first,
    second: null,
    strangers: [emptyJar(), jarOf('nobody')],
    entry: '/',
  });
  const login = compileDraft(
    { ...DRAFT, whoami: found?.whoami ?? assert.fail('nobody can be told') },
    'http://portal.example',
  );
  for (const jar of [emptyJar(), jarOf('nobody')])
    assert.equal(whoIs(login, await client.ask({ target: '/' }, jar), 0).kind, 'nobody');
  assert.equal(whoIs(login, answer, 0).kind, 'name');
});

test('a name in a header alone is found there, whatever numbers stand beside it', async (t) => {
  const pages = { alice: '<p>Tides</p>', bob: '<p>Tides</p>' };
  const file = (who: string) => ({ 'Content-Disposition': `attachment; filename="tides-${who}_2026-11-30.txt"` });
  const found = await (await app(t, '/export', pages, 'text/html', file)).find('bob');
  assert.equal(found?.header, 'content-disposition');
  const find = compilePattern(found?.find ?? '');
  assert.equal(find.capture('attachment; filename="tides-carol_2027-01-02.txt"'), 'carol');
  assert.equal(find.capture('attachment; filename="tides-carol_2027-01-02.txt.x"'), undefined);
  for (const no of [
    (who: string) => ({ 'X-Made': `${who}s` }),
    (who: string) => ({ 'X-Made': `${who} 9f8a7b6c5d4e3f2a1b0c` }),
    (who: string) => ({ Link: `</people/${who}>` }),
  ])
    assert.equal(await (await app(t, '/export', pages, 'text/html', no)).find('bob'), undefined);
});
