import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { SallyportError } from '../../../src/errors.ts';
import {
  BROWSER_COOKIE,
  CEREMONY_COOKIE,
  cookieSuffix,
  isOurName,
  JAR_COOKIE,
  PENDING_COOKIE,
  PREFS_COOKIE,
  readCookies,
  SESSION_COOKIE,
  VISITOR_COOKIE,
} from '../../../src/request/cookies.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { foldName } from '../../../src/request/names.ts';
import {
  CLEAR_PENDING,
  CLEAR_SESSION,
  setBrowser,
  setCeremony,
  setJar,
  setPending,
  setPrefs,
  setSession,
  setVisitor,
} from '../../../src/web/reply.ts';

const VALUE = 'A'.repeat(43);
const NONE = {
  session: null,
  pending: null,
  browser: null,
  ceremony: null,
  prefs: null,
  visitor: null,
  jar: null,
  suffix: '',
};

function read(...lines: readonly string[]) {
  return readCookies(HeaderFields.of(lines.flatMap((line) => ['Cookie', line])));
}

function refused(...lines: readonly string[]): void {
  assert.throws(
    () => read(...lines),
    (error) => error instanceof SallyportError && error.code === 'bad-cookie' && error.status === 400,
    `accepted: ${JSON.stringify(lines)}`,
  );
}

test('each of our cookies is read, wherever it stands and on whatever line', () => {
  const all = `lang=en; ${SESSION_COOKIE}=${VALUE}; ${PENDING_COOKIE}=p;${BROWSER_COOKIE}=v1.b`;
  assert.deepEqual(read(all), { ...NONE, session: VALUE, pending: 'p', browser: 'v1.b' });
  assert.deepEqual(read('a=b', `\t${SESSION_COOKIE}=${VALUE} `, 'c=d').session, VALUE);
  assert.deepEqual(readCookies(HeaderFields.of(['cookie', `${SESSION_COOKIE}=x`, 'COOKIE', `${PENDING_COOKIE}=y`])), {
    ...NONE,
    session: 'x',
    pending: 'y',
  });
  assert.deepEqual(
    readCookies(HeaderFields.of(['X-Cookie', `${SESSION_COOKIE}=x`, 'Cookie2', `${SESSION_COOKIE}=x`])),
    NONE,
  );
});

test('a malformed value is no value', () => {
  const values = [
    '',
    '%00',
    'a'.repeat(8192),
    'a'.repeat(513),
    '!!!',
    '{"id":1}',
    '"quoted"',
    'a b',
    'a,b',
    'a=b',
    'a/b+c=',
    'é',
    '\u0000',
  ];
  for (const value of values) assert.deepEqual(read(`${SESSION_COOKIE}=${value}`), NONE, JSON.stringify(value));
  assert.deepEqual(read(SESSION_COOKIE), NONE);
  assert.deepEqual(read(''), NONE);
  assert.deepEqual(read(';;;='), NONE);
});

test('two values of one of ours are refused, in every order, alike or not, on one line or two', () => {
  for (const name of [SESSION_COOKIE, PENDING_COOKIE, BROWSER_COOKIE, CEREMONY_COOKIE, PREFS_COOKIE]) {
    refused(`${name}=a; ${name}=b`);
    refused(`${name}=b; x=y; ${name}=a`);
    refused(`${name}=a; ${name}=a`);
    refused(`${name}=a`, `${name}=b`);
    // A malformed second value is a second value.
    refused(`${name}=a; ${name}=`);
    refused(`${name}=; ${name}=a`);
    refused(`${name}=a; ${name}="b"`);
  }
});

test('only the exact name counts', () => {
  const others = [
    `sallyport=${VALUE}`,
    `__host-sallyport=${VALUE}`,
    `__Secure-sallyport=${VALUE}`,
    `__Host-Sallyport=${VALUE}`,
    `__Host-sallyport2=${VALUE}`,
    `x__Host-sallyport=${VALUE}`,
    `\u2000__Host-sallyport=${VALUE}`,
    `\u00a0__Host-sallyport=${VALUE}`,
    `__Host-sallyport =${VALUE}`,
    `$Version=1; __Host-sallyport="${VALUE}"`,
    `a="; __Host-sallyport"=${VALUE}`,
    `=__Host-sallyport=${VALUE}`,
    `a=__Host-sallyport=${VALUE}`,
  ];
  for (const line of others) assert.deepEqual(read(line), NONE, line);
});

test('a name of ours is known by its letters and digits alone, as far as they go', () => {
  const ours = /^(?:host|secure|http|hosthttp)?sallyport/;
  const part = fc.constantFrom(
    'host',
    'http',
    'secure',
    'sallyport',
    'Sally',
    'port',
    '__',
    '-',
    '=',
    'K',
    'ſ',
    'é',
    'x',
    '1',
  );
  let found = 0;
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const name = parts.join('');
      const is = ours.test(foldName(name));
      if (is) found += 1;
      assert.equal(isOurName(name), is, name);
    }),
    { numRuns: 5000 },
  );
  assert.ok(found > 100, `only ${found} were ours`);
});

test('a planted look-alike beside ours changes nothing', () => {
  assert.equal(read(`__Host-Sallyport=evil; ${SESSION_COOKIE}=${VALUE}; sallyport=evil`).session, VALUE);
});

const NAMES = {
  session: SESSION_COOKIE,
  pending: PENDING_COOKIE,
  browser: BROWSER_COOKIE,
  ceremony: CEREMONY_COOKIE,
  prefs: PREFS_COOKIE,
  visitor: VISITOR_COOKIE,
  jar: JAR_COOKIE,
} as const;

function at(port: string, line: string) {
  return readCookies(HeaderFields.of(['Cookie', line]), cookieSuffix(port));
}

test('at a port of its own, each cookie is read under the name that ends in it, in any company and order', () => {
  for (const [place, name] of Object.entries(NAMES)) {
    const own = `${name}-8443=here`;
    for (const line of [own, `${name}=plain; ${own}`, `${own}; ${name}=plain`, `${own}; ${name}-9443=there`])
      assert.deepEqual(at('8443', line), { ...NONE, suffix: '-8443', [place]: 'here' }, line);
    assert.deepEqual(at('8443', `${name}-9443=there; ${name}-18443=x; ${name}-844=y`), { ...NONE, suffix: '-8443' });
    assert.deepEqual(at('', `${own}; ${name}=plain`), { ...NONE, [place]: 'plain' });
    assert.deepEqual(at('', own), NONE);
  }
});

test('clients that know the name alone are understood at any port, but for the version of a jar', () => {
  for (const [place, name] of Object.entries(NAMES)) {
    const value = place === 'jar' ? null : 'plain';
    assert.deepEqual(at('8443', `${name}=plain`), { ...NONE, suffix: '-8443', [place]: value });
  }
  // One that is called by this address and is malformed is no reason to believe another.
  assert.equal(at('8443', `${SESSION_COOKIE}=plain; ${SESSION_COOKIE}-8443=a b`).session, null);
});

test('one name twice is refused at a port of its own too', () => {
  const twice = (line: string) => assert.throws(() => at('8443', line), { code: 'bad-cookie' }, line);
  for (const name of Object.values(NAMES)) {
    twice(`${name}-8443=a; ${name}-8443=b`);
    twice(`${name}=a; ${name}=b`);
    twice(`${name}-8443=c; ${name}=a; ${name}=b`);
  }
});

test('what is set is what is read', () => {
  const set = [
    setSession('v'),
    setPending('v'),
    setBrowser('v'),
    setCeremony('v'),
    setPrefs('v'),
    setVisitor('v'),
    setJar(1),
  ];
  for (const port of ['', '8443', '1', '65535'])
    for (const [i, cookie] of set.entries()) {
      const place = Object.keys(NAMES)[i] ?? '';
      const line = cookie(cookieSuffix(port));
      assert.match(line, /^__Host-sallyport[^;]*; Path=\/; Secure; HttpOnly; SameSite=Lax/);
      assert.deepEqual(at(port, line.split(';')[0] ?? ''), {
        ...NONE,
        suffix: cookieSuffix(port),
        [place]: place === 'jar' ? '1' : 'v',
      });
    }
  assert.match(CLEAR_SESSION('-8443'), /^__Host-sallyport-8443=; .*Max-Age=0$/);
  assert.match(CLEAR_PENDING(''), /^__Host-sallyport-pending=; .*Max-Age=0$/);
});

test('blanks around a pair cost no more than their number', () => {
  const line = `${SESSION_COOKIE}${' '.repeat(60_000)}x; ${SESSION_COOKIE}=${VALUE}${' \t'.repeat(20_000)}; ${' '.repeat(60_000)}a=b`;
  assert.equal(at('', line).session, VALUE);
});
