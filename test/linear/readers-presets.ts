import { cookieHeader, MOST_SET, readSetCookie, withSetCookies } from '../../src/jar/cookies.ts';
import { readings } from '../../src/lib/readings/readings.ts';
import { isCookieless, isSessionName, sessionIdIn } from '../../src/presets/identities.ts';
import { isKnownQuery } from '../../src/presets/known-query.ts';
import { appName, sameAtApp } from '../../src/presets/names.ts';
import { looksIn, outcomeOf } from '../../src/presets/outcome.ts';
import { hasShortName, identityIn, lenientPaths } from '../../src/presets/paths.ts';
import { holds } from '../../src/presets/predicates.ts';
import { prepare } from '../../src/presets/prepared.ts';
import { queryFits, queryHas, queryTouches } from '../../src/presets/queries.ts';
import { checkQueryEquals, isLogout, readHeadOf } from '../../src/presets/reading.ts';
import { routedPaths } from '../../src/presets/routed.ts';
import { refreshWithoutSessionIds, withoutSessionIds } from '../../src/presets/session-ids.ts';
import type { WholeAnswer } from '../../src/presets/types.ts';
import { putTokens, takeTokens } from '../../src/presets/vault.ts';
import { whoIs, withoutEntities } from '../../src/presets/whoami.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { laxPairs, MOST_PARAMETERS } from '../../src/request/login/watch.ts';
import { readXml } from '../../src/request/login/xml.ts';
import { parseTarget } from '../../src/request/target.ts';
import { partsOf, type Reader } from '../support/growth.ts';
import { answer, door, exactly, guard, login, predicate, re, rule, step } from '../unit/presets/logins.ts';

const KiB = 1024;
const QUERY = rule({ password: ['x', 'y'], 'a[b]': 'any', user: ['Alice'] });
const FOUND = { body: re('name="([^"]*)"'), cookie: re('^sid$'), location: re('^/in') };
const NAMED = re('name="([^"<]{1,200})<');
const OK = predicate(FOUND);
const FIELDS = predicate({ json: new Map([['/a', re('x')]]), xml: new Map([['a/b', re('x')]]) });
const STEP = step('POST', '/login', { ok: [OK], fail: [FIELDS, predicate({ nocookie: re('^gone$') })], query: QUERY });
const SEND = { header: 'Token', query: 'token', path: '/api/tokens/{}' };
const PLACE = { json: '/authToken', xml: null, send: SEND };
const APP = login({
  steps: [STEP],
  doors: [door('/door', { query: QUERY }), door('/x\\.php(?:/.*)?')],
  guard: guard({ fields: ['password'], sets: [['user', 'pass']], queryEquals: new Map([['owner', '{account}']]) }),
  sessionCookies: [re('^sid$')],
  routed: new Map([['route', '/api']]),
  logout: [{ path: exactly('/out'), query: QUERY }],
  vault: [PLACE],
  whoami: { ask: null, name: { in: 'body', find: FOUND.body }, anonymous: [FIELDS], renews: false },
});
const IN_HEADER = login({
  whoami: {
    ask: null,
    name: { in: 'header', name: 'x-user', find: re('^list_(.{1,255})_\\d{4}\\.txt$'), decode: 'url' },
    anonymous: [],
    renews: false,
  },
});
const XML = login({ vault: [{ ...PLACE, json: null, xml: 'a/b' }] });
const LENIENT = { encodedSlash: true, emptySegments: true };

const PAIRS = ['=', '&', ';', '+', '%', '%25', 'password', 'a[b]', '[', ']', '_', '%cc%81', '%cc%96', '%c0'];
const PATH = [
  '/',
  '.',
  '%',
  '%25',
  ';',
  '~1',
  ':',
  '::',
  '\\',
  '.php',
  '(s(a))',
  '%cc%81',
  '%cc%96',
  '%c0',
  '+',
  '%u0041',
];
const PAGE = ['name="', '"', '<', '>', '&', '&amp;', '&#', ';', ' ', 'é'];
const COOKIE = [';', '=', ' ', '"', '\n', 'expires=', 'max-age=1', 'domain=', 'path=/', '; '];

/** The last query and path are remembered: another one comes in between. */
function anew(read: (text: string) => unknown): (text: string) => unknown {
  return (text) => {
    laxPairs('a');
    readings('/a');
    return read(text);
  };
}

function path(name: string, read: (text: string) => unknown): Reader {
  return { name, delimiters: PATH, limit: 8 * KiB, around: [['/', '']], read: anew(read) };
}

function query(name: string, read: (text: string) => unknown): Reader {
  return {
    name,
    delimiters: PAIRS,
    limit: 8 * KiB,
    around: [
      ['', ''],
      ['password=', '!'],
      ['token=', '&a[b]=1'],
    ],
    read: anew(read),
  };
}

/** As many parameters as a query may have, however long each is. */
function many(name: string, of: (text: string) => unknown): Reader {
  const read = anew((text) => of(partsOf(text, MOST_PARAMETERS).join('&')));
  return {
    name: `${name} of ${MOST_PARAMETERS} parameters`,
    delimiters: [...PAIRS, '%c3%a9', '0123456789'],
    limit: 8 * KiB,
    read,
  };
}

/** Pages and headers alike, in which what is looked for stands. */
function page(name: string, read: (text: string) => unknown): Reader {
  return { name, delimiters: PAGE, limit: 256 * KiB, read };
}

/** The head of an answer is no longer than 64 KiB. */
function pageOf(text: string): WholeAnswer {
  const value = text.slice(0, 32 * KiB);
  return answer(200, [`Location: ${value}`, `Set-Cookie: sid=${value}`], text);
}

export const PRESETS: readonly Reader[] = [
  path('readHeadOf path', (text) => readHeadOf(APP, 'GET', parseTarget(text, LENIENT), HeaderFields.none)),
  query('readHeadOf query', (text) => readHeadOf(APP, 'GET', parseTarget(`/door?${text}`, LENIENT), HeaderFields.none)),
  query('isKnownQuery', (text) => isKnownQuery(text, prepare(APP))),
  path('lenientPaths', (text) => {
    // The target's parser refuses what it refuses before.
    const paths = lenientPaths(parseTarget(text, LENIENT).path);
    return [identityIn(text, paths), hasShortName(paths, prepare(APP)), paths.map(isCookieless)];
  }),
  path('isCookieless', isCookieless),
  path('isLogout', (text) => isLogout(APP, parseTarget(text, LENIENT))),
  query('queryTouches', (text) => queryTouches(QUERY, text)),
  query('routedPaths', (text) => routedPaths(APP, text)),
  path('routedPaths value', (text) => routedPaths(APP, `route=${text}`)),
  query('queryFits', (text) => queryFits(QUERY, text, 'every')),
  query('queryHas', (text) => queryHas(QUERY, text)),
  query('checkQueryEquals', (text) => checkQueryEquals(APP, text, 'alice')),
  many('queryTouches', (text) => queryTouches(QUERY, text)),
  many('checkQueryEquals', (text) => checkQueryEquals(APP, text, 'alice')),
  many('readHeadOf', (text) => readHeadOf(APP, 'GET', parseTarget(`/door?${text}`, LENIENT), HeaderFields.none)),
  many('putTokens', (text) => putTokens(APP, `/api?${text}`, HeaderFields.none, () => undefined)),
  query('sessionIdIn', (text) => sessionIdIn(text, prepare(APP))),
  query('isSessionName', (text) => isSessionName(APP, text)),
  query('putTokens query', (text) => putTokens(APP, `/api?${text}`, HeaderFields.of(['Token', text]), () => undefined)),
  path('putTokens path', (text) => putTokens(APP, `/api/tokens${text}`, HeaderFields.none, () => undefined)),
  query('withoutSessionIds', (text) => withoutSessionIds(APP, `/a;b=${text}?${text}#`)),
  query('refreshWithoutSessionIds', (text) => refreshWithoutSessionIds(APP, `0; url=${text}?${text}`)),
  {
    name: 'refreshWithoutSessionIds blanks',
    delimiters: [' ', ';', ',', 'url', '=', '"'],
    limit: 64 * KiB,
    read: (text) => refreshWithoutSessionIds(APP, text),
  },
  // No longer one is a name.
  { name: 'withoutEntities', delimiters: PAGE, limit: 4 * KiB, read: withoutEntities },
  page('whoIs', (text) => whoIs(APP, pageOf(text), 0)),
  {
    name: 'whoIs header',
    delimiters: [...PAGE, '%41', '+', '\u00ff', '_'],
    limit: 64 * KiB,
    read: (text) => whoIs(IN_HEADER, answer(200, [`X-User: ${text.slice(0, 32 * KiB)}`]), 0),
  },
  page('capture of a counted class', (text) => NAMED.capture(text)),
  page('holds', (text) => holds(OK, pageOf(text), 0)),
  page('outcomeOf', (text) => outcomeOf(STEP, pageOf(text), 0)),
  page('looksIn', (text) => looksIn(STEP, pageOf(text), 0)),
  {
    name: 'takeTokens JSON',
    delimiters: ['"', '\\"', '{', '}', ',', ':', '12345678', 'é'],
    limit: 256 * KiB,
    around: [
      ['', ''],
      ['{"authToken":"12345678","a":"', '"}'],
    ],
    read: (text) => takeTokens(APP, answer(200, [`X: ${text.slice(0, 64 * KiB)}`], text), () => 'stand-in'),
  },
  {
    name: 'takeTokens XML',
    delimiters: ['<c>', '</c>', '<b>1</b>', '&amp;', ' ', '12345678', '<c/>'],
    limit: 64 * KiB,
    around: [
      ['', ''],
      ['<a><b>12345678</b>', '</a>'],
    ],
    read: (text) => takeTokens(XML, answer(200, ['Content-Type: text/xml'], text), () => 'stand-in'),
    // The body was read ahead by whoever calls it.
    *pieces(text) {
      const whole = answer(200, ['Content-Type: text/xml'], text);
      yield* readXml(whole.body);
      yield takeTokens(XML, whole, () => 'stand-in');
    },
  },
  {
    name: 'sameAtApp',
    delimiters: ['\\', '@', ' ', '\u0301', '\u0316', 'é', '\u00a0'],
    limit: 16 * KiB,
    read: (text) =>
      sameAtApp({ fold: ['trim', 'nfkc', 'lower', 'capital'], strip: [re('^.*\\\\')], accept: null }, text, `${text} `),
  },
  {
    name: 'appName',
    delimiters: ['\\', '@', ' ', '\u0301', '\u0316', 'é', '\u00a0'],
    limit: 16 * KiB,
    read: (text) => appName({ fold: ['trim', 'nfkc', 'lower'], strip: [re('^.*\\\\'), re('@x$')], accept: null }, text),
  },
  {
    name: 'readSetCookie',
    delimiters: COOKIE,
    limit: 8 * KiB,
    read: (text) => readSetCookie(text, 'a.example', '/', 0),
  },
  {
    name: 'withSetCookies',
    delimiters: COOKIE,
    limit: 64 * KiB,
    around: [
      ['', ''],
      ['a=b', '\na=c'],
    ],
    read(text) {
      const set = partsOf(text, MOST_SET).map((line, i) => `c${i}=${line}`);
      const kept = withSetCookies([], { target: '/', setCookies: set }, 'a.example', 0);
      return cookieHeader(kept, `/${text}`, 0);
    },
  },
];
