import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPatterns } from '../../../lint/find-patterns.ts';
import { superlinearReason } from '../../../lint/superlinear.ts';

/** A pattern and a text of `n` characters or so for which it takes more than linear time. */
const SUPERLINEAR: readonly RegExp[] = [
  /(a+)+b/,
  /^(a+)+$/,
  /^(?:a|a)*$/,
  /^(?:a|ab|b)*c/,
  /x.*?y.*?z/,
  /^.*login.*!/,
  /href="([^"]*(?:log-?in)[^"]*)"/,
  /_+$/,
  /\s+$/,
  /^[ \t]+|[ \t]+$/g,
  /(sallyport.*?enrol.*?)[\w-]{16,}.*$/is,
  /"(?:[^"\\]|\\.)*"/g,
  /<!--[\s\S]*?-->/g,
  /^\s*\S*\s*$/,
  /\d+(?=x)/,
  /(?:ab)+c/,
  /^a: *([^\n]*)$/,
];

const LINEAR: readonly RegExp[] = [
  /^[. ]+$/,
  /^[a-z]+\/[a-z]+$/,
  /[^a-z0-9]+/g,
  /sallyport/i,
  /%(?![0-9A-Fa-f]{2})/,
  /;[^/]*/g,
  /\{([a-z_]+)\}/g,
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==)?$/,
  /[ \t]*[a-z]+=[ \t]*/y,
  /<([^<>]+)>/g,
  /^a{1,5}a{1,5}$/,
];

test('patterns that take more than linear time are found', () => {
  for (const { source, flags } of SUPERLINEAR)
    assert.notEqual(superlinearReason(source, flags), null, `/${source}/${flags}`);
});

test('patterns that take linear time pass', () => {
  for (const { source, flags } of LINEAR) assert.equal(superlinearReason(source, flags), null, `/${source}/${flags}`);
});

test('every pattern of a file is found, and one that is made at run time is told apart', () => {
  const text = [
    'const a = /x[/]y/gi; // not /this/',
    "const b = new RegExp('a+b', 'u');",
    'const c = RegExp(a.source, flags);',
    "const d = '/no/'.split(/,\\s*/);",
  ].join('\n');
  assert.deepEqual(findPatterns('x.ts', text), [
    { line: 1, source: 'x[/]y', flags: 'gi' },
    { line: 2, source: 'a+b', flags: 'u' },
    { line: 3, source: 'a.source, flags', flags: undefined },
    { line: 4, source: ',\\s*', flags: '' },
  ]);
});
