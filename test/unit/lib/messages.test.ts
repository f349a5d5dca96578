// In a process of its own: it is the first to ask for each language.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { html } from '../../../src/lib/html.ts';
import { languageOf } from '../../../src/lib/languages.ts';
import { type Given, pageOf, readPage } from '../../../src/lib/messages.ts';
import { wordsFor, wordsOf } from '../../../src/web/words/words.ts';

/** A message as a page gets it, in a language of ours. */
function message(code: string, text: string): string | ((given: Given) => string) {
  const root = fs.mkdtempSync(join(tmpdir(), 'sallyport-message-'));
  try {
    fs.mkdirSync(join(root, code));
    fs.writeFileSync(join(root, code, 'page.json'), JSON.stringify({ '@@context': 'c', text, '@text': {} }));
    const page = readPage(pathToFileURL(`${root}/`), languageOf(code), 'page.json');
    assert.deepEqual(Object.keys(page), ['text'], 'notes are for translators');
    const said = page['text'];
    assert.ok(typeof said === 'string' || typeof said === 'function');
    return said;
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

function say(code: string, text: string, given: Given): string {
  const said = message(code, text);
  assert.ok(typeof said === 'function', text);
  return said(given);
}

test('a message that takes nothing is its text', () => {
  for (const text of ["Nid yw'r hen rai'n gweithio.", 'a # b | c', "it's <b>", 'x & y']) {
    assert.equal(message('cy', text), text);
  }
  assert.equal(message('en', "it''s '{n}'"), "it's {n}", 'apostrophes of ICU MessageFormat');
});

test('each language counts by its own forms', () => {
  const six = '{n, plural, zero {z} one {o} two {t} few {f} many {m} other {x}}';
  const counted = (code: string, text: string): string =>
    [0, 1, 2, 3, 6, 11, 100].map((n) => say(code, text, { n })).join('');
  assert.equal(counted('en', '{n, plural, one {o} other {x}}'), 'xoxxxxx');
  assert.equal(counted('cy', six), 'zotfmxx');
  assert.equal(counted('ar', six), 'zotffmx');
});

test('numbers are written in the digits of the language, and text as it is given', () => {
  assert.equal(say('ar', '{n, number}', { n: 12 }), '12', 'Latin, as codes are');
  assert.equal(say('en', '{n} of {of}', { n: 1, of: 12345 }), '1 of 12345');
});

test('what is put in stays text: no placeholder, no markup, no pattern of it is looked at again', () => {
  for (const given of ['{of}', '<script>', '&lt;', "'{'", '#', '$&', '\u2028', '__proto__']) {
    assert.equal(say('en', 'a {n} b', { n: given }), `a ${given} b`);
  }
  const { text } = html`<p title="${say('en', '<i>{n}</i>', { n: '"><script>' })}"></p>`;
  assert.equal(text, '<p title="&lt;i&gt;&quot;&gt;&lt;script&gt;&lt;/i&gt;"></p>');
});

test('a message that cannot be parsed is refused when it is read', () => {
  assert.throws(() => message('en', 'a {'), SyntaxError);
});

test('a page is called as its file', () => {
  assert.equal(pageOf('sign-in-first.json'), 'signInFirst');
});

test('a language is read when it is first asked for, once; while it cannot be read, the fallback speaks', (t) => {
  const read = t.mock.method(fs, 'readFileSync');
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const folders = (): string[] => [
    ...new Set(read.mock.calls.map((call) => /messages\/(\w+)\//.exec(String(call.arguments[0]))?.[1] ?? '')),
  ];
  const english = wordsOf('en');
  assert.deepEqual(folders(), ['en']);
  read.mock.mockImplementation(() => {
    throw Object.assign(new Error('no descriptors left'), { code: 'EMFILE' });
  });
  assert.equal(wordsFor('cy', 'en'), english);
  read.mock.restore();
  syncBuiltinESMExports();
  assert.equal(wordsFor('cy', 'en').language, 'cy', 'tried again by the next who asks');
  assert.equal(wordsFor('cy', 'en'), wordsOf('cy'), 'and kept');
});
