import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Functions of src/read that no table of readers names, and why none has to. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...['hostMap', 'trustedPeers', 'cookieSuffix'].map((name) => [name, 'reads the configuration'] as const),
  ...[
    'checkMethod',
    'readHead',
    'isNavigation',
    'isFormNavigation',
    'languagesOf',
    'refererOf',
    'wantsHtml',
    'userAgentOf',
  ].map((name) => [name, 'compares header lines with fixed texts, one by one'] as const),
  ...['plainAddress', 'isLoopback', 'headerLines', 'isAsciiInside', 'isBlank', 'utf8', 'utf8Of'].map(
    (name) => [name, "one look, no loop but the runtime's own"] as const,
  ),
  ...['refuse', 'unreadable', 'judge'].map((name) => [name, 'refuses'] as const),
  ...['multipartJudge', 'jsonJudge', 'formJudge', 'textJudge', 'xmlJudge'].map(
    (name) => [name, 'within createScanner'] as const,
  ),
  ...['decodeLaxly', 'baseOf', 'sameField', 'selects', 'resembles', 'resemblance'].map(
    (name) => [name, 'within foldField and placesOf'] as const,
  ),
  ...['watchFields', 'laxText', 'laxPairs'].map((name) => [name, 'within guardQuery'] as const),
  ...['checkLookAlikes', 'serialiseForm'].map((name) => [name, 'on what parseForm has taken'] as const),
  ...['segmentsOf', 'serialiseJson'].map((name) => [name, 'on what parseJson has taken'] as const),
  ...['serialiseXml'].map((name) => [name, 'on what parseXml has taken'] as const),
  ...['readDocument', 'readStep'].map((name) => [name, 'within parseForm, parseJson and parseXml'] as const),
  ...['writeBasic'].map((name) => [name, 'on what parseBasic has taken'] as const),
  ...['boundaryOf'].map((name) => [name, 'within bodyKind'] as const),
]);

const exported = globSync('src/read/**/*.ts').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^export (?:async )?function\*? (\w+)/gm)].map(([, name = '']) => name),
);

test('every reader is fed hostile texts, or a reason says why not', () => {
  const tables = globSync('test/linear/readers-*.ts')
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const fed = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(tables);
  assert.deepEqual(
    exported.filter((name) => !fed(name) && !ELSEWHERE.has(name)),
    [],
  );
  assert.deepEqual(
    [...ELSEWHERE.keys()].filter((name) => !exported.includes(name)),
    [],
    'no longer there',
  );
});
