import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderFields } from '../../../src/request/fields.ts';
import { eachLine, type HeadLines, linesWithout } from '../../../src/request/lines.ts';

const TEXTS = ['Set-Cookie', 'a=\xe9', 'Date', 'today', 'SET-COOKIE', 'b=2', 'date', 'later', 'cut'];
const WIRE: readonly HeadLines[] = [TEXTS, TEXTS.map((text) => Buffer.from(text, 'latin1'))];

test('lines are read alike as texts and as bytes, one character for one byte; half a line is none', () => {
  for (const lines of WIRE) {
    const read: string[] = [];
    eachLine(lines, read, (to, name, value) => to.push(`${name}: ${value}`));
    assert.deepEqual(read, ['Set-Cookie: a=\xe9', 'Date: today', 'SET-COOKIE: b=2', 'date: later']);
    assert.deepEqual(linesWithout(lines, new Set(['set-cookie'])), ['Date', 'today', 'date', 'later']);
  }
});

test('fields are found in any case, and are what they were when they were read', () => {
  for (const lines of WIRE) {
    const own = [...lines];
    const fields = HeaderFields.of(own);
    own[1] = 'changed';
    fields.lines()[1] = 'changed';
    assert.deepEqual(fields.all('set-cookie'), ['a=\xe9', 'b=2']);
    assert.deepEqual([fields.first('date'), fields.last('date')], ['today', 'later']);
    assert.deepEqual([fields.only('date'), fields.only('cut'), fields.twice('date')], [undefined, undefined, true]);
    assert.deepEqual(HeaderFields.of(['A', '1']).only('a'), '1');
  }
});
