import assert from 'node:assert/strict';
import test from 'node:test';
import { noticeText, type TextConfig } from '../../../src/notices/text.ts';
import type { NoticeKind } from '../../../src/notices/types.ts';
import { noticeWords } from '../../../src/notices/words.ts';

const en = noticeWords('en');
const KINDS = Object.keys(en.subject) as NoticeKind[]; // the keys of a literal of that type
const LANGUAGES = { en, cy: noticeWords('cy'), ar: noticeWords('ar') } as const;
const AT = Date.UTC(2026, 6, 24, 9, 5);

function config(language: 'en' | 'cy' | 'ar', more: Partial<TextConfig> = {}): TextConfig {
  return {
    apps: [{ id: 'portal', origin: 'https://portal.example.org:8443' }],
    help: { text: '', contact: '01632 960 001' },
    pages: { name: 'Cwm Care', logo: null, accent: null, accentDark: null, timeZone: 'Europe/London', language },
    ...more,
  };
}

const detail = { label: 'Work phone', source: '2001:db8::7', app: 'portal', by: 'owner' };

function body(kind: NoticeKind, more: Record<string, string> = {}, on = config('en')): string {
  return noticeText(on, { kind, detail: { ...detail, ...more }, at: AT }).body;
}

/** Every sentence of a catalogue, with where it stands. */
function sentences(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(
    ([name, value]: [string, unknown]) =>
      typeof value === 'string' ? [[`${path}${name}`, value]] : sentences(value as object, `${path}${name}.`), // no other
  );
}

test('the catalogues have the same sentences, none empty, none with a hole, none left in English', () => {
  const names = sentences(en).map(([name]) => name);
  const english = new Map(sentences(en));
  for (const [language, words] of Object.entries(LANGUAGES)) {
    assert.deepEqual(
      sentences(words).map(([name]) => name),
      names,
      language,
    );
    for (const [name, text] of sentences(words)) {
      assert.match(text, /^\S.*\S$/u, `${language} ${name}`);
      assert.doesNotMatch(text, /[{}<>$%]|undefined|null|TODO/, `${language} ${name}`);
      if (language !== 'en') assert.notEqual(text, english.get(name), `${language} ${name}`);
    }
  }
});

test('every kind says in every language what happened, where, when, from where, and what to do', () => {
  for (const [language, words] of Object.entries(LANGUAGES) as ['en' | 'cy' | 'ar', typeof en][]) {
    for (const kind of KINDS) {
      const said = noticeText(config(language), { kind, detail, at: AT });
      assert.equal(said.subject, `${words.subject[kind]} – Cwm Care`);
      for (const part of [
        words.happened[kind],
        'Work phone',
        'portal.example.org:8443',
        '2001:db8::7',
        '2026',
        '10:05',
      ])
        assert.ok(said.body.includes(part), `${language} ${kind} ${part}`);
      assert.ok(said.body.includes('\n01632 960 001\n'), 'the contact stands on a line of its own');
      assert.doesNotMatch(`${said.subject}${said.body}`, /[{}]|undefined|null|NaN|Invalid/);
      const links = said.body.match(/https?:\S+/g) ?? [];
      const expected =
        kind === 'account-disabled' || kind === 'coverage-fell'
          ? []
          : ['https://portal.example.org:8443/.sallyport/account'];
      assert.deepEqual(links, expected, 'one link, and nothing secret in it');
    }
  }
});

test('the whole of a message reads as it is meant to', () => {
  assert.equal(
    body('authenticator-added'),
    [
      'Hello,',
      '',
      'A new sign-in method was added to your account.',
      '',
      'Sign-in method: Work phone',
      'Site: portal.example.org:8443',
      'When: Friday, 24 July 2026 at 10:05 BST',
      'Network address: 2001:db8::7',
      '',
      'If this was you, you do not need to do anything.',
      '',
      'If it was not you:',
      '',
      'Open this page and sign out everywhere:',
      'https://portal.example.org:8443/.sallyport/account',
      '',
      'Get in touch with us:',
      '01632 960 001',
      '',
      'This message was sent automatically. We will never ask you for a password or a code by e-mail.',
      '',
    ].join('\n'),
  );
});

test('the moment is told in the configured zone', () => {
  const on = config('en', { pages: { ...config('en').pages, timeZone: 'Asia/Kolkata' } });
  assert.match(body('password-changed', {}, on), /When: Friday, 24 July 2026 at 14:35 GMT\+5:30\n/);
});

test('what an administrator did is said to be theirs', () => {
  const text = body('authenticator-removed', { by: 'administrator' });
  assert.match(text, /\nDone by: an administrator\n/);
  assert.match(text, /If you asked for this or expected it/);
  assert.doesNotMatch(body('authenticator-removed'), /administrator/);
  assert.match(body('ticket-issued', { reset: 'yes' }), /choose a new password/);
  assert.doesNotMatch(body('ticket-issued'), /a new password/);
});

test('what is not known is left out, with its name', () => {
  const on = config('en', { apps: [], help: { text: '', contact: '' } });
  const text = noticeText(on, { kind: 'password-changed', detail: { app: 'gone' }, at: AT }).body;
  assert.doesNotMatch(text, /Site:|Network address:|Sign-in method:|Done by:|https?:/);
  assert.match(text, /Open your account page and sign out everywhere\.\n\nContact your administrator\.\n/);
  const unnamed = config('en', { pages: { ...config('en').pages, name: '' } });
  assert.match(noticeText(unnamed, { kind: 'password-changed', detail, at: AT }).subject, / – Sallyport$/);
});

test('a label is one short line, shows what it holds, and becomes no link', () => {
  const line = (label: string): string =>
    /Sign-in method: (.*)\n/.exec(body('authenticator-added', { label }))?.[1] ?? '';
  assert.equal(line('phone\r\nBcc: x@evil.example\r\n\r\nHello'), 'phone Bcc: x evil example Hello');
  assert.equal(line('a\u2028b\u2029c\u0085d\u0000e'), 'a b c d e');
  assert.equal(line('\u202egnp.exe\u202c'), 'gnp exe');
  assert.equal(line('see https://evil.example/x now'), 'see https evil example x now');
  assert.equal(line('ｅｖｉｌ．ｅｘａｍｐｌｅ'), 'evil example');
  assert.equal(line('Yubico 5.7'), 'Yubico 5.7');
  assert.equal(line('Ffôn Siân 📱'), 'Ffôn Siân 📱');
  assert.equal([...line('x'.repeat(500))].length, 61);
  assert.doesNotMatch(body('authenticator-added', { label: '\r\n' }), /Sign-in method:/);
});

test('a network address is one, or nothing', () => {
  assert.match(body('password-changed', { source: '192.0.2.1' }), /Network address: 192\.0\.2\.1\n/);
  for (const source of ['unknown', '192.0.2.1 evil', 'evil.example', '1.2.3.4\r\nX: y', '']) {
    assert.doesNotMatch(body('password-changed', { source }), /Network address/);
  }
});

test('in Arabic each value is kept together, and the link stands alone', () => {
  const text = body('authenticator-added', {}, config('ar'));
  assert.match(text, /: \u20682001:db8::7\u2069\n/);
  assert.match(text, /\nhttps:\/\/portal\.example\.org:8443\/\.sallyport\/account\n/);
});
