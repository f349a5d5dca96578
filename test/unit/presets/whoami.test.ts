import assert from 'node:assert/strict';
import test from 'node:test';
import type { NameSource, Predicate, Whoami } from '../../../src/config/login-types.ts';
import { appName } from '../../../src/presets/names.ts';
import { whoamiTarget } from '../../../src/presets/whoami.ts';
import { answer, exactly, predicate, re } from './logins.ts';
import { ADMINER, DOKUWIKI, ROUNDCUBE, SOGO } from './products.ts';
import { ask, who } from './who.ts';

test('the name that each product answers', () => {
  assert.equal(
    who(ROUNDCUBE, answer(200, [], '<span class="header-title username">alice@127.0.0.1</span>')),
    'alice@127.0.0.1',
  );
  assert.equal(who(ADMINER, answer(200, [], 'Logged as: <b>alice@localhost</b>')), 'alice');
  assert.equal(who(DOKUWIKI, answer(200, [], '<li class="user">Logged in as: Alice (<bdi>alice</bdi>)</li>')), 'alice');
  assert.equal(who(SOGO, answer(302, ['Location: http://app.test/SOGo/so/al%20ice'])), 'al ice');
});

test('a page that shows nobody and a name says both; elsewhere nobody counts', () => {
  const both = '<span class="header-title username">alice</span><form id="login-form">';
  assert.equal(who(ROUNDCUBE, answer(200, [], both)), 'both');
  assert.equal(who(ADMINER, answer(403, [], 'Logged as: <b>alice@localhost</b>')), 'nobody');
  assert.equal(who(SOGO, answer(200, [], 'login')), 'nobody');
});

test('neither a name nor nobody: nothing is concluded', () => {
  const page = (name: string, status = 200) => answer(status, [], `header-title username">${name}<`);
  for (const name of [' ', '&#32;', 'a\u0007', '&#10;a&#13;b', 'x'.repeat(300), '&#xD800;'])
    assert.equal(who(ROUNDCUBE, page(name)), 'unclear', JSON.stringify(name));
  assert.equal(who(ROUNDCUBE, answer(200, [], 'maintenance')), 'unclear');
  assert.equal(who(ROUNDCUBE, page('alice', 500)), 'unclear', 'an error page may quote a name');
  assert.equal(who(SOGO, answer(302, ['Location: /SOGo/so/%ff'])), 'unclear');
  assert.equal(who(SOGO, answer(302)), 'unclear');
});

test('character references of pages are undone, once', () => {
  const name = (written: string): string => who(ROUNDCUBE, answer(200, [], `header-title username">${written}<`));
  assert.equal(name('o&#039;hara &amp; &quot;s&quot;'), 'o\'hara & "s"');
  assert.equal(name('&lt;b&gt;&#x41;&#65;'), '<b>AA');
  assert.equal(name('&amp;lt;'), '&lt;');
  // Blanks are a part of the name: another account may have them.
  assert.equal(name(' alice&nbsp;'), ' alice\u00a0');
  assert.equal(name('&unknown; &#0; &#9999999; a&b'), '&unknown; &#0; &#9999999; a&b');
});

const whoamiOf = (name: NameSource, anonymous: readonly Predicate[] = []): Whoami => ({
  ask: null,
  name,
  anonymous,
  renews: false,
});

test('names in JSON', () => {
  const of = whoamiOf({ in: 'json', pointer: '/query/userinfo/name' }, [
    predicate({ json: new Map([['/query/userinfo/anon', re('^$')]]) }),
  ]);
  const said = (userinfo: unknown): string => ask(of, answer(200, [], JSON.stringify({ query: { userinfo } })));
  assert.equal(said({ id: 1, name: 'Alice' }), 'Alice');
  assert.equal(said({ id: 0, name: '127.0.0.1', anon: '' }), 'nobody');
  for (const name of [null, false, true, {}, [], '']) assert.equal(said({ name }), 'unclear', JSON.stringify(name));
  assert.equal(said({ name: 42 }), '42');
  assert.equal(said({ name: 'a&amp;b' }), 'a&amp;b');
});

test('names in cookies', () => {
  const of = whoamiOf({ in: 'cookie', name: exactly('wikiUserName'), decode: 'url' });
  assert.equal(ask(of, answer(302, ['Set-Cookie: wikiUserName=Alice+B%C3%A9; Path=/'])), 'Alice Bé');
  assert.equal(ask(of, answer(302, ['Set-Cookie: wikiUserName=deleted'])), 'unclear');
  assert.equal(ask(of, answer(302, ['Set-Cookie: wikiUserName=%ff'])), 'unclear');
  const two = whoamiOf({ in: 'cookie', name: re('^user'), decode: 'none' });
  assert.equal(ask(two, answer(200, ['Set-Cookie: userA=a', 'Set-Cookie: userB=b'])), 'unclear', 'two names are none');
  assert.equal(ask(two, answer(200, ['Set-Cookie: userA=a%20', 'Set-Cookie: userB=a%20'])), 'a%20');
});

test('names in headers: in UTF-8, decoded where the preset says so', () => {
  const find = re('^attachment; filename=list_(.{1,255})_\\d{4}\\.txt$');
  const of = whoamiOf({ in: 'header', name: 'content-disposition', find, decode: 'none' }, [
    predicate({ status: [403] }),
  ]);
  const said = (name: string, status = 200): string =>
    ask(of, answer(status, [`Content-Disposition: attachment; filename=list_${name}_2026.txt`]));
  assert.equal(said('alice'), 'alice');
  assert.equal(said('al ice_1999.txt'), 'al ice_1999.txt', 'all of it');
  assert.equal(said('al%20ice'), 'al%20ice');
  assert.equal(said(Buffer.from('ålice').toString('latin1')), 'ålice');
  for (const name of ['', '\u00ff', 'x'.repeat(300), 'a\u0007'])
    assert.equal(said(name), 'unclear', JSON.stringify(name));
  assert.equal(said('alice', 403), 'nobody');
  assert.equal(ask(of, answer(200, [], 'attachment; filename=list_alice_2026.txt')), 'unclear', 'a body is no header');
  const twice = ['alice', 'bob'].map((name) => `Content-Disposition: attachment; filename=list_${name}_2026.txt`);
  assert.equal(ask(of, answer(200, twice)), 'unclear', 'two names are none');
  const url = whoamiOf({ in: 'header', name: 'x-user', find: re('^(.+)$'), decode: 'url' });
  assert.equal(ask(url, answer(200, ['X-User: al%C3%ADce+b'])), 'alíce b');
  assert.equal(ask(url, answer(200, ['X-User: %ff'])), 'unclear');
});

test('the question, with the name written into it', () => {
  const target = (written: string, name: string): string =>
    whoamiTarget(
      {
        ask: { method: 'GET', target: written, accept: null },
        name: { in: 'json', pointer: '' },
        anonymous: [],
        renews: false,
      },
      name,
    );
  assert.equal(target('/a?u={account:url}&v={account}', 'al ice&x=1'), '/a?u=al%20ice%26x%3D1&v=al%20ice%26x%3D1');
  assert.equal(target('/a?u={account}', '$&'), '/a?u=%24%26');
  assert.equal(target('/who', 'x'), '/who');
  for (const name of ['..', '.', 'a/b', 'a\\b', 'a\nb', 'a?b'])
    assert.throws(() => target('/users/{account}', name), { code: 'bad-target' }, name);
  assert.throws(() => whoamiTarget(whoamiOf({ in: 'json', pointer: '' }), 'x'), TypeError);
});

test('a name as the product takes it', () => {
  const rules = {
    fold: ['trim', 'nfkc', 'lower'],
    strip: [re('@corp\\.example$'), re('^(CORP|LAB)\\\\')],
    accept: re('^[a-z0-9._-]{1,32}$'),
  } as const;
  for (const given of ['alice', ' Alice ', 'ALICE@corp.example', 'CORP\\alice', 'LAB\\Alice@corp.example ', 'ａlice'])
    assert.equal(appName(rules, given), 'alice', given);
  for (const given of [
    '',
    ' ',
    '@corp.example',
    'al ice',
    'alice@other.example',
    'CORP\\LAB\\alice',
    'álice',
    'alice\u0000',
  ])
    assert.equal(appName(rules, given), undefined, JSON.stringify(given));
});

test('nothing is folded that the product does not fold', () => {
  assert.equal(appName({ fold: [], strip: [], accept: null }, ' Alice '), ' Alice ');
  assert.equal(appName({ fold: [], strip: [], accept: null }, ''), undefined);
});

test('what is stripped goes where it was matched, not where it looks the same', () => {
  assert.equal(appName({ fold: [], strip: [re('x$')], accept: null }, 'xax'), 'xa');
  assert.equal(appName({ fold: [], strip: [re('(?:@a)$')], accept: null }, 'b@a@a'), 'b@a');
  assert.equal(appName({ fold: [], strip: [re('(?i)^corp\\\\')], accept: null }, 'Corp\\corp\\a'), 'corp\\a');
  assert.equal(appName({ fold: [], strip: [re('z*')], accept: null }, 'abz'), 'abz');
});
