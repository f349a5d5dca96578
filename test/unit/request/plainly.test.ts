import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import test from 'node:test';
import fc from 'fast-check';
import { escapeHtml } from '../../../src/lib/html.ts';
import { normalised } from '../../../src/lib/normal.ts';
import { bestFit } from '../../../src/lib/readings/best-fit.ts';
import { decoded, isWellFormed } from '../../../src/lib/readings/decode.ts';
import { withoutEnd } from '../../../src/lib/trim.ts';
import { cookiesSet } from '../../../src/presets/set-cookies.ts';
import { readExactForm } from '../../../src/request/exact-form.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { type Judge, judge as judgeName, Names } from '../../../src/request/login/judge.ts';
import { decodeLaxly, placesOf } from '../../../src/request/login/names.ts';
import { formJudge } from '../../../src/request/login/scan-form.ts';
import { laxPairs, laxText, watchFields } from '../../../src/request/login/watch.ts';

/** Readers that spare themselves work, each beside its plainest form, which spares nothing. */

const texts = (...units: readonly string[]) =>
  fc
    .array(fc.oneof(fc.constantFrom(...units), fc.string({ unit: 'binary', maxLength: 2 })), { maxLength: 12 })
    .map((parts) => parts.join(''));
const NAME = texts(
  ...['[', ']', '_', '.', ' ', '?', '%', '%5b', '%5B', '%25', '%2575', '%75', '%u005b', '%u00e9', '%c3%a9', '%C0%AF'],
  ...['\u00a0', '\u00ad', '\0', '\u0301', '\u0316', 'é', 'ſ', 'ı', '\u212a', 'ø', 'ﬀ', 'user', 'USER'],
);
/** What a reader says, or why it refuses. */
function said(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

function plainParts(name: string): readonly string[] {
  const nul = name.indexOf('\0');
  const upper = (nul < 0 ? name : name.slice(0, nul))
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}|\p{Cf}/gu, '')
    .toUpperCase();
  const leading = /^[\s\p{Z}\p{Cc}?]+/u;
  const text = upper.toLowerCase().normalize('NFKC').replace(leading, '');
  const base = (raw: string): string => {
    const php = raw.replace(leading, '').replace(/[.[\s\p{Z}\p{Cc}]/gu, '_');
    return withoutEnd(php, '_') || php;
  };
  const open = text.indexOf('[', 1);
  if (open < 0 || !text.includes(']', open)) return [base(text)];
  const [indexes = ''] = /^(?:\[[^\]]*\])*/.exec(text.slice(open)) ?? [];
  const parts = [...indexes.matchAll(/\[([^\]]*)\]/g)].map(([, index = '']) => index.trim() || '0');
  return [base(text.slice(0, open)), ...parts];
}

test('a name is what it is in six readings, however few of them differ', () => {
  const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  const joined = (parts: readonly string[]) => parts.map((part, i) => (i === 0 ? part : `[${part}]`)).join('');
  const property = fc.property(NAME, (name) => {
    const once = decodeLaxly(bytes(name));
    const all = [name, decodeLaxly(bytes(once)), once];
    const readings = [...all.map(bestFit), ...all].map(plainParts);
    const { own, holders, base } = placesOf(name);
    assert.deepEqual(new Set(own), new Set(readings.map(joined)));
    assert.equal(own.at(-1), joined(readings.at(-1) ?? []));
    assert.equal(base, readings.at(-1)?.[0]);
    const held = readings.flatMap((parts) => parts.slice(0, -1).map((_, i) => joined(parts.slice(0, i + 1))));
    assert.deepEqual(new Set(holders), new Set(held));
  });
  fc.assert(property, { numRuns: 2000 });
});

test('names of one query share what they are folded to', () => {
  const property = fc.property(fc.array(NAME, { maxLength: 6 }), (names) => {
    const query = [...names, ...names].join('&');
    for (const { name, places } of laxPairs(query)) assert.deepEqual(places, placesOf(name));
    const given = query.split(/[&;]/).filter((pair) => pair !== '');
    assert.deepEqual(
      laxPairs(query).map(({ name }) => name),
      given.map((pair) => laxText(pair.split('=', 1)[0] ?? '')),
    );
  });
  fc.assert(property, { numRuns: 300 });
});

test('a row of marks is cut after every thirty, wherever it stands', () => {
  const plainly = (text: string, form: 'NFC' | 'NFKC' | 'NFKD'): string => {
    let [out, piece, marks] = ['', '', 0];
    for (const character of text) {
      marks = /[\p{M}\uff9e\uff9f]/u.test(character) ? marks + 1 : 0;
      if (marks > 30) [out, piece, marks] = [out + piece.normalize(form), '', 1];
      piece += character;
    }
    return out + piece.normalize(form);
  };
  const unit = fc.constantFrom('\u0301', '\u0316', '\u0334', '\u05b0', '\uff9e', '\u{1d165}', 'e', 'é', '\ud834');
  const rows = fc.array(fc.tuple(unit, fc.integer({ min: 1, max: 70 })), { maxLength: 6 });
  const property = fc.property(rows, fc.constantFrom('NFC', 'NFKC', 'NFKD'), (parts, form) => {
    const text = parts.map(([part, times]) => part.repeat(times)).join('');
    assert.equal(normalised(text, form), plainly(text, form));
  });
  fc.assert(property, { numRuns: 1000 });
});

test('a form is read as the URL Standard reads it, or refused when it would be written otherwise', () => {
  const plainly = (body: string): unknown => {
    const parsed = new URLSearchParams(body);
    const fields = [...parsed];
    const lone = /\r(?!\n)|(?<!\r)\n/;
    const fine = fields.every(
      ([name, value]) =>
        name !== '' && !/\0/.test(name + value) && !lone.test(name) && !lone.test(value) && !isOtherSet(name, value),
    );
    return parsed.toString() === body && fine ? fields : 'bad-body';
  };
  const isOtherSet = (name: string, value: string) => name.toLowerCase() === '_charset_' && value !== 'UTF-8';
  const bodies = texts(
    ...['a', '=', '&', '+', '%', '0', 'D', '%0D%0A', '%0D', '%0A', '%C3', '%C3%A9', '\xff', '?', '%EF%BB%BF', '%00'],
    ...[
      '%ED%A0%80',
      '_charset_=UTF-8',
      '_Charset_=x',
      '%26',
      '%3D',
      'a=b',
      '%41',
      '%7E',
      '%2B',
      '%20',
      '*',
      '-',
      '%2b',
    ],
  );
  const property = fc.property(bodies, (text) => {
    const body = text.replace(/[^\0-\xff]/g, '');
    assert.deepEqual(
      said(() => readExactForm(Buffer.from(body, 'latin1'))),
      plainly(body),
    );
  });
  fc.assert(property, { numRuns: 3000 });
});

test('a spelling that was judged once is judged the same again, and what it adds to a set stays', () => {
  const plainly = (watch: ReturnType<typeof watchFields>): Judge => {
    let all = '';
    return {
      look(chunk) {
        all += chunk.toString('latin1');
        return 0;
      },
      end() {
        for (const pair of all.split(/[&;]/)) {
          const name = decodeLaxly((pair.split('=', 1)[0] ?? '').replaceAll('+', ' '));
          if (name !== '') judgeName(watch, name);
        }
      },
    };
  };
  const body = texts('&', '=', ';', '+', 'user', 'pass', 'u', 'p', '%75', '%70', 'é', 'password', '[]', '%25');
  const property = fc.property(body, (text) => {
    const bytes = Buffer.from(text.replaceAll('\0', ''));
    const verdicts = [plainly, (watch: ReturnType<typeof watchFields>) => formJudge(watch, 'form')].map((of) => {
      const judge = of(
        watchFields(
          ['password'],
          [
            ['user', 'pass'],
            ['u', 'p'],
          ],
        ),
      );
      return said(() => {
        judge.look(bytes);
        judge.end();
        return 'passed';
      });
    });
    // An escaped NUL is refused before anything is asked.
    if (verdicts[1] !== 'bad-body') assert.equal(verdicts[1], verdicts[0]);
  });
  fc.assert(property, { numRuns: 2000 });
});

test('of many spellings some are remembered, and each is read once as long as it is', () => {
  let read = 0;
  const names = new Names(watchFields(['password'], []), (raw) => {
    read += 1;
    return raw;
  });
  for (let round = 0; round < 2; round += 1) for (let i = 0; i < 300; i += 1) names.judge(`a${i}`);
  assert.equal(read, 300);
  for (let i = 0; i < 5000; i += 1) names.judge(`b${i}`);
  assert.throws(() => names.judge('password'), { code: 'forbidden' });
});

test('what ends a cookie is its last Max-Age or Expires, in any case and with any blanks', () => {
  const dates = ['Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 01 Jan 2099 00:00:00 GMT', 'never'];
  const attribute = fc.oneof(
    fc.tuple(fc.constantFrom('max-age', 'Max-Age', ' MAX-AGE'), fc.constantFrom('0', '-1', '10', 'x', ' 5 ')),
    fc.tuple(fc.constantFrom('expires', ' Expires', 'EXPIRES'), fc.constantFrom(...dates)),
    fc.tuple(fc.constantFrom('path', '', 'a', 'xmax-age', 'max-age '), fc.constantFrom('/', '', '0')),
  );
  const property = fc.property(fc.array(attribute, { maxLength: 5 }), (attributes) => {
    const now = 1e12;
    const of = (name: string) =>
      attributes.findLast(([key]) => key.trimStart().toLowerCase() === name)?.[1].trim() ?? null;
    const [age, date] = [of('max-age'), of('expires')];
    const gone = age !== null && age !== 'x' ? Number(age) <= 0 : date === dates[0];
    const line = ['a=b', ...attributes.map((pair) => pair.join('='))].join(';');
    assert.equal(cookiesSet(HeaderFields.of(['Set-Cookie', line]), now).get('a'), gone ? null : 'b', line);
  });
  fc.assert(property, { numRuns: 1000 });
});

test('a path is well-formed when every row of escapes is UTF-8, and is then decoded as that', () => {
  const rows = (text: string): Buffer[] =>
    [...text.matchAll(/(?:%[0-9a-f]{2})+/gi)].map(([row]) => Buffer.from(row.replaceAll('%', ''), 'hex'));
  const path = texts('%', '%25', '%2', '%c3', '%a9', '%c0', '%af', '%C3%A9', '%ed%a0%80', '%61', '%ff', 'a', '/', 'é');
  const property = fc.property(path, (text) => {
    assert.equal(isWellFormed(text), rows(text).every(isUtf8));
    let plainly = text;
    for (let round = 0; round < 3; round += 1)
      plainly = plainly.replace(/(?:%[0-9a-f]{2})+/gi, (row) => {
        const bytes = Buffer.from(row.replaceAll('%', ''), 'hex');
        return isUtf8(bytes) ? bytes.toString('utf8') : row;
      });
    if (isWellFormed(text) && !plainly.includes('%')) assert.equal(decoded(text), plainly);
  });
  fc.assert(property, { numRuns: 1000 });
});

test('what is escaped reads as it was, and holds nothing of markup', () => {
  const property = fc.property(texts('&', '<', '>', '"', "'", '&amp;', '&#39;'), (text) => {
    const escaped = escapeHtml(text);
    assert.doesNotMatch(escaped, /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
    const back = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" } as const;
    const read = escaped.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: keyof typeof back) => back[name]);
    assert.equal(read, text);
  });
  fc.assert(property, { numRuns: 500 });
});
