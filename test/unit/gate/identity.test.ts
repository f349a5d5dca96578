import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { headerSafe, identityHeaders } from '../../../src/gate/identity.ts';
import { testApp, testSession } from '../../support/guarded.ts';

const render = (template: string, name = 'alice'): string | undefined => {
  const app = testApp('http://127.0.0.1:1', {}, { headers: new Map([['Remote-User', template]]) });
  return identityHeaders(app, testSession(name))[0]?.[1];
};

test('placeholders are filled once, from the session alone', () => {
  assert.equal(render('{account}'), 'alice');
  assert.equal(render('{account}@{realm} {account_id} {groups}'), 'alice@staff id-alice ');
  assert.equal(render('fixed'), 'fixed');
  // A name that looks like a placeholder is a name.
  assert.equal(render('{account}', '{realm}'), '{realm}');
});

test('an unknown placeholder, and a name from the prototype, is nothing', () => {
  for (const template of ['{constructor}', '{__proto__}', '{to_string}', '{password}']) {
    assert.doesNotMatch(render(template) ?? '', /function|object/i);
  }
  assert.equal(render('{password}'), '');
});

test('no name can end a header or leave ASCII, and none means two names', () => {
  assert.equal(render('{account}', 'Łukasz'), '%C5%81ukasz');
  assert.equal(render('{account}', 'a\r\nSet-Cookie: x=1'), 'a%0D%0ASet-Cookie: x=1');
  assert.equal(headerSafe('%0D%0A'), '%250D%250A');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const safe = headerSafe(name);
      assert.match(safe, /^[\x20-\x7e]*$/);
      assert.equal(decodeURIComponent(safe), name.toWellFormed());
    }),
    { seed: 20260101, numRuns: 500 },
  );
});
