import assert from 'node:assert/strict';
import test from 'node:test';
import { outcomeOf } from '../../../src/presets/outcome.ts';
import { holds } from '../../../src/presets/predicates.ts';
import { answer, exactly, NOW, PAST, predicate, re, step } from './logins.ts';
import { ANSWERS } from './products.ts';

for (const [title, [of, at, expected, given]] of Object.entries(ANSWERS)) {
  test(title, () => {
    const [outcome] = [of.steps[at]].map((each) => each && outcomeOf(each, given, NOW));
    assert.equal(typeof outcome === 'string' ? outcome : outcome?.kind, expected);
  });
}

const sets = (value: string): boolean =>
  holds(predicate({ cookie: exactly('sid') }), answer(200, [`Set-Cookie: ${value}`]), NOW);

test('a cookie counts when it is given, not when it is taken away', () => {
  for (const given of [
    'sid=a',
    'sid=a; Max-Age=1',
    'sid=a; Expires=Wed, 25 Nov 2026 04:00:01 GMT',
    'sid=a; Expires=nonsense',
  ])
    assert.equal(sets(given), true, given);
  const taken = ['sid=', 'sid=""', 'sid=x', 'sid=-del-', 'sid=deleted', 'sid="Deleted"', 'sid=delete', 'sid=discard'];
  taken.push('sid=a; Max-Age=0', 'sid=a; max-age=-1', `sid=a; expires=${PAST}`, 'sid=a; Max-Age=9; Max-Age=0');
  taken.push('sid=a; Expires=Tue, 24 Nov 2026 03:59:59 GMT', 'other=a', 'sid', '=sid');
  for (const each of taken) assert.equal(sets(each), false, each);
});

test('Max-Age counts before Expires', () => {
  assert.equal(sets(`sid=a; Max-Age=60; Expires=${PAST}`), true);
});

test('nocookie: the name is not given', () => {
  const none = predicate({ nocookie: exactly('sid') });
  assert.equal(holds(none, answer(200, ['Set-Cookie: sid=deleted']), NOW), true);
  assert.equal(holds(none, answer(200, ['Set-Cookie: sid=a']), NOW), false);
});

test('an absent header matches nothing, whatever the pattern; of two nobody knows which counts', () => {
  const any = predicate({ location: re('.*|^$') });
  assert.equal(holds(any, answer(302), NOW), false);
  assert.equal(holds(any, answer(302, ['Location: /a']), NOW), true);
  assert.equal(holds(any, answer(302, ['Location: /a', 'location: /b']), NOW), false);
  assert.equal(holds(predicate({ location: re('/in') }), answer(200, ['Refresh: 0; url=/in'], '/in'), NOW), false);
});

test('a predicate that says nothing does not hold', () => {
  assert.equal(holds(predicate({}), answer(200), NOW), false);
});

test('JSON pointers: scalars as text; null, objects and what is no JSON match nothing', () => {
  const at = (pointer: string, body: string): boolean =>
    holds(predicate({ json: new Map([[pointer, re('^(?s:.*)$')]]) }), answer(200, [], body), NOW);
  assert.equal(at('/a/0/b~1c', '{"a":[{"b/c":1}]}'), true);
  assert.equal(at('/a', '{"a":false}'), true);
  for (const body of ['{"a":null}', '{"a":{}}', '{}', '[]', '', '{"a":1', '{"a":1}x', 'null'])
    assert.equal(at('/a', body), false, body);
});

test('a body is text in UTF-8 or a character for each byte, and 256 KiB of it are looked at', () => {
  const body = (bytes: Buffer, pattern: string): boolean =>
    holds(predicate({ body: re(pattern) }), { ...answer(200), body: bytes }, NOW);
  assert.equal(body(Buffer.from('Müller'), 'Müller'), true);
  assert.equal(body(Buffer.from('Müller', 'latin1'), 'Müller'), true);
  const long = (lead: number): Buffer => Buffer.from(`ü${'a'.repeat(lead)}üEND`);
  assert.equal(body(long(256 * 1024 - 3), '^üa+$'), true, 'a character cut in two by the limit');
  assert.equal(body(long(256 * 1024), 'END'), false);
});

test('fail comes before ok, and ok before the next step; nothing of them is unknown', () => {
  const status = (n: number) => [predicate({ status: [n] })];
  const next = { step: 'code', when: status(200) };
  const kind = (over: Parameters<typeof step>[2]): string => {
    const outcome = outcomeOf(step('POST', '/', over), answer(200), NOW);
    return typeof outcome === 'string' ? outcome : outcome.kind;
  };
  assert.equal(kind({ fail: status(200), ok: status(200), next }), 'fail');
  assert.equal(kind({ ok: status(200), next }), 'ok');
  assert.equal(kind({ ok: status(302), next }), 'next');
  assert.equal(kind({ fail: status(401), ok: status(302) }), 'unknown');
});

test('what the app must confirm is asked when all else of it holds, and before a sign of success', () => {
  const of = (over: Parameters<typeof step>[2]) => outcomeOf(step('POST', '/', over), answer(302), NOW);
  assert.equal(of({ ok: [predicate({ status: [302], probe: true })] }), 'probe');
  assert.deepEqual(of({ ok: [predicate({ status: [200], probe: true })] }), { kind: 'unknown' });
  assert.equal(of({ ok: [predicate({ status: [302] })], fail: [predicate({ probe: false })] }), 'probe');
});
