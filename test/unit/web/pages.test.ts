import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { PasswordRefused } from '../../../src/accounts/password.ts';
import { ClockSkew, LastAuthenticator, PasskeyKnown, TooManyAuthenticators } from '../../../src/enrol/refusals.ts';
import { ERROR_CODES } from '../../../src/errors.ts';
import type { ProofKind } from '../../../src/evidence.ts';
import { LANGUAGES } from '../../../src/lib/languages.ts';
import { ASSETS, SCRIPT, STYLE } from '../../../src/web/assets/assets.ts';
import { brandOf, contrast, SALLYPORT_BRAND } from '../../../src/web/brand.ts';
import { accountPage } from '../../../src/web/pages/account.ts';
import { messageOf } from '../../../src/web/pages/complaint.ts';
import { closedPage, codesPage, enrolPage, invitationPage } from '../../../src/web/pages/enrol.ts';
import { errorPage, renderError } from '../../../src/web/pages/error.ts';
import {
  activityInWords,
  deviceInWords,
  duration,
  moment,
  placeInWords,
  waysInWords,
} from '../../../src/web/pages/say.ts';
import { codePage, passkeyPage, recoveryPage, signInPage } from '../../../src/web/pages/sign-in.ts';
import { wordsOf } from '../../../src/web/words/words.ts';
import { accountView, CODES, error, frame, NAME, OWN, state, TOTP, VIEWS } from './pages-views.ts';

const WAYS = ['passkey', 'totp', 'recovery'] as const;

const en = wordsOf('en');
const cy = wordsOf('cy');
const ar = wordsOf('ar');

for (const { code, dir } of LANGUAGES) {
  for (const [name, view] of Object.entries(VIEWS)) {
    test(`${name} (${code}) says its language, holds no inline code or style and asks nobody else`, () => {
      const { text } = view(frame(code));
      assert.ok(text.includes(`<html lang="${code}" dir="${dir}">`));
      assert.doesNotMatch(
        text,
        /<style|\sstyle=|\son[a-z]+=|<script(?! src="\/\.sallyport\/assets\/)|javascript:|<iframe/i,
      );
      for (const [, address] of text.matchAll(/(?:src|action)="([^"]*)"/g)) assert.match(address ?? '', /^\/(?!\/)/);
      assert.equal(text.match(/<h1>/g)?.length, 1);
      assert.equal(text.match(/<main>/g)?.length, 1);
      assert.ok((text.match(/ autofocus/g)?.length ?? 0) <= 1, 'one field to begin with');
      assert.doesNotMatch(text, /undefined|\[object|private detail/);
      const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, `an id twice: ${ids}`);
      for (const [, list] of text.matchAll(/aria-(?:describedby|labelledby|controls)="([^"]*)"/g))
        for (const id of (list ?? '').split(' ')) assert.ok(ids.includes(id), `nothing has the id ${id}`);
    });
  }
}

test('every page comes with its style, script and icon in 60 kB and six requests', () => {
  for (const [name, view] of Object.entries(VIEWS)) {
    const { text } = view(frame());
    const addresses = new Set(
      [...text.matchAll(/(?:src|href)="(\/\.sallyport\/assets\/[^"]*)"/g)].map(([, a]) => a ?? ''),
    );
    const bytes = [...addresses].reduce(
      (sum, a) => sum + (ASSETS.get(a)?.body.length ?? Number.NaN),
      Buffer.byteLength(text),
    );
    assert.ok(bytes < 60_000, `${name}: ${bytes}`);
    assert.ok(addresses.size + 1 <= 6, `${name}: ${addresses.size + 1} requests`);
  }
});

const LOGO = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"/>');
const COLOURED = brandOf({
  name: 'Example <Health>',
  language: 'en',
  timeZone: 'UTC',
  logo: { type: 'image/svg+xml', body: LOGO },
  accent: '#7a1f5c',
  accentDark: '#f0a8d8',
});

for (const brand of [SALLYPORT_BRAND, COLOURED]) {
  test(`where no app is known an error page needs no other file, and its policy lets its own style in (${brand.name})`, () => {
    for (const code of ERROR_CODES) {
      const { body, headers } = renderError(error(code), frame('en', { site: null, here: null, brand }));
      assert.doesNotMatch(body, /\.sallyport\/assets|<script|<img|\sstyle=|rel="stylesheet"/, code);
      const [style, ...more] = [...body.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text]) => text ?? '');
      assert.ok(style !== undefined && more.length === 0, code);
      assert.doesNotMatch(style, /<|@import|url\(/, code);
      const source = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
      assert.ok(headers['Content-Security-Policy']?.includes(`style-src ${source};`), code);
      assert.doesNotMatch(headers['Content-Security-Policy'] ?? '', /unsafe|style-src[^;]*self/, code);
      const known = renderError(error(code), frame('en', { brand }));
      assert.doesNotMatch(known.body, /<style/, code);
      assert.match(known.headers['Content-Security-Policy'] ?? '', /style-src 'self';/, code);
    }
  });
}

test('whoever is told that a request could not be read has a way out', () => {
  const codes = [
    'bad-request',
    'bad-target',
    'target-too-long',
    'head-too-large',
    'bad-headers',
    'bad-cookie',
  ] as const;
  for (const code of codes) {
    assert.match(
      renderError(error(code), frame('en', { site: null })).body,
      /<a class="button quiet" href="\/">/,
      code,
    );
  }
  assert.ok(renderError(error('wrong-host'), frame('en', { site: null })).body.includes(en.errors.checkAddress));
});

test('text from outside is escaped wherever it stands', () => {
  const evil = '"><script>alert(1)</script>';
  const f = frame('en', {
    site: evil,
    here: evil,
    help: { text: evil, contact: evil },
    brand: { ...SALLYPORT_BRAND, name: evil },
  });
  const own = {
    authenticators: OWN.authenticators.map((a) => ({ ...a, id: evil, label: evil })),
    sessions: OWN.sessions.map((s) => ({ ...s, id: evil, appId: evil, source: evil, userAgent: evil })),
    activity: OWN.activity.map((a) => ({ ...a, source: evil, label: evil })),
  };
  const pages = [
    signInPage(f, { next: evil, source: 'local', account: evil }),
    codePage(f, { next: evil, stepUp: true, offers: WAYS }),
    passkeyPage(f, { next: evil, stepUp: true, offers: WAYS, only: true }),
    invitationPage(f, { accountName: evil, ticket: evil }),
    enrolPage(f, { state: state({ accountName: evil, password: 'set' }), choose: false }),
    enrolPage(f, { state: state({ totp: { secret: evil, uri: evil } }), choose: false }),
    codesPage(f, { codes: [evil], go: 'app', href: evil, account: evil, origin: evil, madeAt: 0 }),
    accountPage(f, accountView(own)),
  ];
  for (const { text } of pages) assert.doesNotMatch(text, /<script>/);
});

test('the first page asks for the name alone where the app asks for the password', () => {
  assert.match(signInPage(frame(), { next: '/', source: 'local' }).text, /type="password"/);
  assert.doesNotMatch(signInPage(frame(), { next: '/', source: 'app' }).text, /type="password"/);
});

test('passkeys are offered only where the app takes them', () => {
  const without = frame('en', { passkeys: false });
  for (const name of ['sign-in', 'code', 'recovery', 'choose', 'connected', 'scan']) {
    const view = VIEWS[name];
    assert.ok(view);
    assert.match(view(frame()).text, /data-ceremony|sign-in\/passkey|enrol\/choose/, name);
    assert.doesNotMatch(view(without).text, /data-ceremony|sign-in\/passkey|webauthn|enrol\/choose/, name);
  }
});

test('a way that is not the one in use is always one link away', () => {
  const { text } = codePage(frame(), { next: '/a?b', stepUp: false, offers: WAYS });
  for (const way of ['passkey', 'recovery']) assert.ok(text.includes(`/.sallyport/sign-in/${way}?next=%2Fa%3Fb`));
  assert.ok(!text.includes('/.sallyport/sign-in/totp?next'), 'not the one in use');
});

test('a browser without passkeys is offered none, told of none, and each other way once', () => {
  for (const offers of [WAYS, ['passkey', 'recovery'] as const]) {
    const { text } = passkeyPage(frame(), { next: '/a', stepUp: false, offers, only: false });
    assert.ok(text.includes(`<p class="soft needs-passkeys">${en.passkey.lead}</p>`));
    const [best] = offers.filter((offer) => offer !== 'passkey');
    assert.match(text, new RegExp(`class="button not-for-passkeys" href="/.sallyport/sign-in/${best}`));
    assert.match(text, new RegExp(`<li class="needs-passkeys"><a href="/.sallyport/sign-in/${best}`));
  }
  for (const page of [codePage, recoveryPage]) {
    const { text } = page(frame(), { next: '/a', stepUp: false, offers: WAYS });
    assert.match(text, /<li class="needs-passkeys"><a href="\/\.sallyport\/sign-in\/passkey/);
    assert.equal(text.match(/<li class/g)?.length, 1);
  }
});

test('a page that asks for a passkey says how to add another to whoever has one, and goes on to what was wanted', () => {
  const { text } = passkeyPage(frame(), { next: '/a', stepUp: true, offers: WAYS, only: true });
  assert.ok(text.includes(en.passkey.notHere));
  assert.ok(!text.includes(en.passkey.titleOnly));
  assert.match(text, /action="\/\.sallyport\/account\/add"><input type="hidden" name="next" value="\/a">/);
  assert.ok(!text.includes('/.sallyport/sign-in/totp'), 'a code does not open it');
});

test('whoever is asked for a passkey and has none is led to add one; there is nothing to confirm with', () => {
  const offers = ['totp', 'recovery'] as const;
  const { text } = passkeyPage(frame(), { next: '/a', stepUp: true, offers, only: true });
  assert.ok(
    text.includes(
      `<form method="post" action="/.sallyport/account/add"><input type="hidden" name="next" value="/a"><button class="button" type="submit">${en.passkey.add}`,
    ),
  );
  assert.ok(!text.includes('data-ceremony'));
  const waiting = passkeyPage(frame(), { next: '/a', stepUp: false, offers, only: true }).text;
  assert.ok(!waiting.includes('/.sallyport/account/add'), 'who is not signed in adds nothing');
});

test('where a code opens nothing the choice says so, and the passkey comes first in every browser; who has one may add what they like', () => {
  const choose = (only: boolean, more: Parameters<typeof state>[0] = {}) =>
    enrolPage(frame(), { state: state(more), choose: true, only }).text;
  const text = choose(true);
  assert.ok(text.includes(en.choose.leadOnly) && text.includes(en.choose.notEnough));
  assert.ok(!text.includes('for-passkeys') && !text.includes('beside-passkeys'));
  assert.ok(text.includes(en.choose.totpButton), 'it can be added all the same');
  for (const free of [choose(false), choose(true, { confirmed: true, added: ['passkey'] })])
    assert.ok(!free.includes(en.choose.notEnough) && free.includes('for-passkeys'));
});

test('what was wrong with a request leads back to the portal', () => {
  for (const code of ['bad-body', 'body-too-large', 'bad-request', 'unsupported-media-type'] as const)
    assert.match(errorPage(frame(), error(code)).text, /<a class="button quiet" href="\/">/, code);
});

test('the browser in front of a person is active at this very moment, whatever was written down last', () => {
  const long = accountView().now - 20 * 60_000;
  const sessions = OWN.sessions.map((each) => ({ ...each, lastSeenAt: long }));
  const { text } = accountPage(frame(), accountView({ sessions }));
  const told = [...text.matchAll(/Last active: <time[^>]*>([^<]*)</g)].map(([, when]) => when);
  assert.deepEqual(
    told,
    sessions.map(({ current }) => (current ? 'this minute' : '20 minutes ago')),
  );
});

test('a wait says how long, for readers without a script too', () => {
  const { text } = codePage(frame(), {
    next: '/',
    stepUp: false,
    offers: WAYS,
    error: error('too-many-attempts', 29.2),
  });
  assert.ok(text.includes('Please wait 30 seconds, then try again.'));
  assert.match(text, /data-wait="30"/);
});

test('a name that did not match and a password that did not match look the same', () => {
  const shown = (account: string) =>
    signInPage(frame(), { next: '/', source: 'local', account, error: error('wrong-credentials') }).text.replaceAll(
      account,
      '',
    );
  assert.equal(shown('known.person'), shown('nobody'));
});

test('each open step of an enrolment has its page', () => {
  const titles: readonly (readonly [Parameters<typeof state>[0], string])[] = [
    [{ password: 'set' }, en.newPassword.title],
    [{ password: 'verify' }, en.oldPassword.title],
    [{}, en.choose.title],
    [{ totp: TOTP }, en.totp.titleScan],
    [{ confirmed: true, added: ['totp'] }, en.connected.title],
    [{ confirmed: true, added: ['totp', 'passkey'] }, en.connected.titleTwo],
    [{ confirmed: true, added: ['totp'], adding: true }, en.added.title],
  ];
  for (const [more, title] of titles) {
    const { text } = enrolPage(frame(), { state: state(more), choose: false });
    assert.ok(text.includes(`<h1>${title}</h1>`), title);
    assert.ok(text.includes('/.sallyport/enrol/extend'), 'there is more time for who needs it');
  }
  const again = enrolPage(frame(), { state: state({ confirmed: true, added: ['totp'] }), choose: true });
  assert.ok(again.text.includes(`<h1>${en.choose.titleAdding}</h1>`));
});

test('the other kind of authenticator is urged first', () => {
  const order = (added: readonly ('totp' | 'passkey')[]) => {
    const { text } = enrolPage(frame(), { state: state({ confirmed: true, added }), choose: false });
    return [
      text.indexOf('action="/.sallyport/enrol/passkey"'),
      text.indexOf('action="/.sallyport/enrol/totp"'),
    ] as const;
  };
  const [passkey, app] = order(['totp']);
  assert.ok(passkey > 0 && passkey < app);
  const [later, first] = order(['passkey']);
  assert.ok(first > 0 && first < later);
});

test('a weak password is sent again only by who has read the advice', () => {
  const view = { state: state({ password: 'set' }), choose: false } as const;
  assert.doesNotMatch(enrolPage(frame(), view).text, /name="anyway"/);
  assert.match(enrolPage(frame(), { ...view, advice: { score: 1 } }).text, /name="anyway" value="yes"/);
});

test('passwords that differ are told so', () => {
  const differ = Object.assign(error('bad-body'), { message: 'the two passwords differ' });
  const { text } = enrolPage(frame(), { state: state({ password: 'set' }), choose: false, error: differ });
  assert.ok(text.includes(en.newPassword.differ));
});

test('recovery codes can be selected without a script', () => {
  const about = { account: NAME, origin: 'https://portal.example.org', madeAt: Date.UTC(2026, 10, 24) };
  const view = { codes: CODES, go: 'account', href: '/.sallyport/account', ...about } as const;
  const { text } = codesPage(frame('en', { here: null }), view);
  for (const code of CODES) assert.ok(text.includes(`<code>${code}</code>`));
  const saved = /data-title="([^"]*)"/.exec(text)?.[1] ?? '';
  for (const part of [NAME, 'https://portal.example.org', '24 Nov 2026', en.codes.about]) {
    assert.ok(saved.includes(part), `the file says: ${part}`);
    assert.ok(text.replace(saved, '').includes(part), `so does what is printed: ${part}`);
  }
  assert.doesNotMatch(text, /\/\.sallyport\/language/, 'shown once: nothing leads away by mistake');
});

test('the only authenticator that works cannot be removed, one that is switched off can', () => {
  const one = OWN.authenticators.filter(({ id }) => id !== 'a2');
  const { text } = accountPage(frame(), accountView({ authenticators: one }));
  const removed = [...text.matchAll(/authenticators\/remove"><input type="hidden" name="id" value="([^"]*)"/g)];
  assert.deepEqual(
    removed.map(([, id]) => id),
    ['a3'],
  );
  assert.ok(text.includes(en.account.lastOne));
});

test('every session but this one can be ended from the account page', () => {
  const { text } = accountPage(frame(), accountView());
  const ended = [...text.matchAll(/sessions\/end"><input type="hidden" name="id" value="([^"]*)"/g)];
  assert.deepEqual(
    ended.map(([, id]) => id),
    ['s2'],
  );
  assert.ok(text.includes('198.51.100.x') && !text.includes('198.51.100.23'));
});

test('an error page shows the code and no detail', () => {
  for (const code of ERROR_CODES) {
    const { body } = renderError(error(code), frame());
    assert.ok(body.includes(code));
    assert.ok(!body.includes('private detail'));
  }
});

test('without a frame an error is problem+json, in English', () => {
  const { headers, body } = renderError(error('too-many-attempts', 3), null);
  assert.equal(headers['Content-Type'], 'application/problem+json; charset=utf-8');
  assert.equal(headers['Retry-After'], '3');
  assert.equal(JSON.parse(body).code, 'too-many-attempts');
});

test('each class of error has words of its own in every language', () => {
  const errors = [
    new ClockSkew(9),
    new ClockSkew(-9),
    new LastAuthenticator(),
    new TooManyAuthenticators('totp'),
    new TooManyAuthenticators('passkey'),
    new PasskeyKnown(),
    ...(['too-short', 'too-long', 'too-common', 'contains-name'] as const).map((reason) => new PasswordRefused(reason)),
  ];
  for (const { code } of LANGUAGES) {
    const said = errors.map((thrown) => messageOf(wordsOf(code), thrown));
    assert.equal(new Set(said).size, errors.length);
  }
  assert.match(messageOf(en, new ClockSkew(-9)), /about 5 minutes slow/);
  assert.match(messageOf(en, new ClockSkew(1)), /about 1 minute fast/);
});

test('a closed link says why', () => {
  assert.ok(
    closedPage(frame(), { error: error('ticket-invalid') }).text.includes(en.errors.messages['ticket-invalid']),
  );
});

test('moments name their zone, in the language of the page', () => {
  const at = Date.UTC(2026, 6, 3, 13, 5);
  assert.equal(moment(frame(), at).text, '<time datetime="2026-07-03T13:05:00.000Z">3 Jul 2026, 14:05 BST</time>');
  assert.match(moment(frame('en', { timeZone: 'Asia/Tokyo' }), at).text, /22:05 GMT\+9/);
  assert.match(moment(frame('cy'), at).text, /Gorff/);
});

test('lengths of time are rounded up and inflected', () => {
  const said = (seconds: number) => duration(en, seconds);
  assert.deepEqual([0, 0.2, 1, 59, 60, 61, 5399, 5400].map(said), [
    '1 second',
    '1 second',
    '1 second',
    '59 seconds',
    '1 minute',
    '2 minutes',
    '90 minutes',
    '2 hours',
  ]);
});

test('places say no more than whose network it is', () => {
  const places: readonly (readonly [string, string])[] = [
    ['127.0.0.1', 'this computer'],
    ['::1', 'this computer'],
    ['::ffff:127.0.0.1', 'this computer'],
    ['192.168.1.7', 'a private network'],
    ['172.20.0.1', 'a private network'],
    ['172.32.0.1', '172.32.0.x'],
    ['fd12:3456::1', 'a private network'],
    ['198.51.100.23', '198.51.100.x'],
    ['2001:db8:1:2::7', '2001:db8:…'],
  ];
  for (const [source, place] of places) assert.equal(placeInWords(en, source), place);
});

test('methods and devices are told in plain words', () => {
  const proofs = (...kinds: readonly ProofKind[]) => kinds.map((kind) => ({ kind, at: 0, deviceBound: true }));
  assert.equal(waysInWords(en, proofs('totp', 'ticket', 'password', 'totp')), 'password and one-time code');
  assert.equal(waysInWords(en, proofs('recovery')), 'recovery code');
  assert.equal(waysInWords(en, proofs('passkey', 'recovery')), 'recovery code and passkey');
  for (const words of [en, cy, ar]) {
    const all = (['password', 'totp', 'recovery', 'passkey'] as const).map((kind) => waysInWords(words, proofs(kind)));
    assert.equal(new Set(all).size, 4, 'each way has a name of its own');
  }
  assert.equal(deviceInWords(en, 'Mozilla/5.0 (Windows NT 10.0) Chrome/153 Safari/537 Edg/153'), 'Edge on Windows');
  assert.equal(deviceInWords(en, 'curl/8'), 'Unknown device');
});

test('a kind of record without words of its own is told in general', () => {
  const line = { at: 0, source: null, by: 'system', label: null } as const;
  assert.equal(activityInWords(en, { ...line, kind: 'clock.jump', outcome: 'ok' }), en.activity.done.other);
  assert.equal(activityInWords(en, { ...line, kind: 'sign-out', outcome: 'refused' }), en.activity.failed.other);
});

test('a link for help is made of an address, a page or a telephone number, of nothing else', () => {
  const shown = (contact: string) => VIEWS['signed-out']?.(frame('en', { help: { text: '', contact } })).text ?? '';
  assert.match(shown('desk@example.org'), /href="mailto:desk@example.org"/);
  assert.match(shown('https://help.example.org/a'), /href="https:\/\/help.example.org\/a"/);
  assert.match(shown('+44 20 7946 0000'), /href="tel:\+442079460000"/);
  assert.doesNotMatch(shown('javascript:alert(1)'), /href="javascript/);
  assert.match(shown('Room 4'), /Room 4/);
});

const PLAIN = { name: '', logo: null, accent: null, accentDark: null, timeZone: 'UTC', language: 'en' } as const;

test('without an operator’s looks the pages are ours', () => {
  assert.deepEqual(brandOf(PLAIN), SALLYPORT_BRAND);
  assert.equal(SALLYPORT_BRAND.style, STYLE);
});

test('an operator’s colours change the style sheet and its address, and text on them can be read', () => {
  for (const accent of ['#7a1f5c', '#0000ee', '#767676', '#f0a0d0', '#ffd000']) {
    const { style } = brandOf({ ...PLAIN, accent, accentDark: accent });
    assert.notEqual(style.path, STYLE.path);
    const css = style.body.toString();
    assert.ok(css.startsWith(STYLE.body.toString()));
    const added = css.slice(STYLE.body.length);
    const value = (name: string) => new RegExp(`--${name}:(#[0-9a-f]{6})`).exec(added)?.[1] ?? '';
    assert.equal(value('accent'), accent);
    assert.ok(contrast(accent, value('on-accent')) >= 4.5, accent);
    assert.ok(contrast(value('accent-hover'), value('on-accent')) >= contrast(accent, value('on-accent')), accent);
  }
});

test('contrast is computed as WCAG has it', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

test('a logo states its size beforehand', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"></svg>');
  const logo = brandOf({ ...PLAIN, name: 'Acme', logo: { type: 'image/svg+xml', body: svg } }).logo;
  assert.deepEqual([logo?.width, logo?.height], [96, 32]);
  const png = Buffer.alloc(33);
  png.writeUInt32BE(2000, 16);
  png.writeUInt32BE(100, 20);
  const wide = brandOf({ ...PLAIN, logo: { type: 'image/png', body: png } }).logo;
  assert.deepEqual([wide?.width, wide?.height], [220, 11]);
  const brand = brandOf({ ...PLAIN, name: 'Acme & Co', logo: { type: 'image/svg+xml', body: svg } });
  const { text } = signInPage(frame('en', { brand }), { next: '/', source: 'local' });
  assert.ok(text.includes(`<img src="${brand.logo?.path}" alt="" width="96" height="32">`));
  assert.ok(text.includes('Acme &amp; Co'));
});

test('assets are named after their content', () => {
  for (const [path, asset] of ASSETS) {
    assert.equal(path, asset.path);
    assert.match(path, /^\/\.sallyport\/assets\/[a-z]+\.[0-9a-f]{16}\.(css|svg|js)$/);
  }
  assert.ok(SCRIPT.body.includes('startAuthentication'));
  assert.ok(
    signInPage(frame(), { next: '/', source: 'local' }).text.includes(`<script src="${SCRIPT.path}"></script>`),
  );
  assert.ok(!invitationPage(frame(), { accountName: NAME, ticket: 't' }).text.includes('<script'));
});
