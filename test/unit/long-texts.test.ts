import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutEnd, withoutEnds } from '../../src/lib/trim.ts';
import { readCookies } from '../../src/request/cookies.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { parseForm } from '../../src/request/login/form.ts';
import { foldField, placesOf, resembles, sameField } from '../../src/request/login/names.ts';
import { watchFields } from '../../src/request/login/watch.ts';
import { loggablePath, unreadPath } from '../../src/request/target.ts';

const TICKET = 'Zm9vYmFyYmF6-_quux0123456789';

test('a ticket is left out of a path, however the link was written', () => {
  for (const [path, shown] of [
    [`/.sallyport/enrol/${TICKET}`, '/.sallyport/enrol/(ticket)'],
    [`/.SallyPort/ENROL/${TICKET}/x`, '/.SallyPort/ENROL/(ticket)'],
    [`/x/sallyport//enrol;a=${TICKET}`, '/x/sallyport//enrol;a=(ticket)'],
    [`/.sallyport/enrol${TICKET}`, '/.sallyport/enrol(ticket)'],
    [`/.sallyport/enrol/short/${TICKET}`, '/.sallyport/enrol/short/(ticket)'],
    ['/.sallyport/enrol/short', '/.sallyport/enrol/short'],
    [`/enrol/sallyport/${TICKET}`, `/enrol/sallyport/${TICKET}`],
    [`/app/${TICKET}`, `/app/${TICKET}`],
  ] as const)
    assert.equal(loggablePath(path), shown);
});

test('of a target that could not be read nothing is kept of a query, or of a name and password before a host', () => {
  for (const [raw, kept] of [
    ['/a/b?password=x', '/a/b'],
    ['/@bob/x@y', '/@bob/x@y'],
    ['http://bob:secret@portal.test/a?b', '(hidden)@portal.test/a'],
    ['http://bob:se?cret@portal.test/a', '(hidden)@portal.test/a'],
    ['http://bob:se@cret@portal.test/a', '(hidden)@portal.test/a'],
    ['//bob:secret@portal.test/', '(hidden)@portal.test/'],
    ['/\\bob:secret@portal.test/', '(hidden)@portal.test/'],
    ['bob:secret@portal.test:443', '(hidden)@portal.test:443'],
    ['http://portal.test/a?b=c', 'http://portal.test/a'],
    [`http://${'b'.repeat(300)}:secret@portal.test/`, '(hidden)@portal.test/'],
    [`/${'a'.repeat(300)}`, `/${'a'.repeat(199)}`],
    ['', ''],
  ] as const)
    assert.equal(unreadPath(raw), kept);
});

test('characters are taken off the ends, and nowhere else', () => {
  assert.equal(withoutEnd('__a_b__', '_'), '__a_b');
  assert.equal(withoutEnd('____', '_'), '');
  assert.equal(withoutEnds(' \t, a, b ,\t', ' \t,'), 'a, b');
  assert.equal(withoutEnds('', ' '), '');
});

test('blanks around a cookie of ours do not count, those within do', () => {
  const read = (line: string): string | null => readCookies(HeaderFields.of(['Cookie', line])).session;
  assert.equal(read(' \t __Host-sallyport=abc \t'), 'abc');
  assert.equal(read('a=b; __Host-sallyport=abc\t;'), 'abc');
  assert.equal(read('__Host-sallyport=a b'), null);
});

test('a field in more brackets than are told apart is taken for every field', () => {
  const deep = `a${'[b]'.repeat(40)}`;
  assert.equal(placesOf(deep).deep, true);
  assert.equal(placesOf(`a${'[b]'.repeat(31)}`).deep, false);
  assert.ok(resembles('password', deep));
  assert.ok(sameField('password', deep) && sameField(deep, 'password'));
  assert.equal(typeof watchFields(['password'], []).see(deep), 'string');
  assert.throws(() => parseForm(Buffer.from(`${deep}=1`)), /brackets/);
  assert.equal(foldField('user__'), 'user');
  assert.equal(foldField('___'), '___');
});
