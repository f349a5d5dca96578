import type { Route } from '../../src/web/routes/route.ts';

/** A request of somebody who has proven nothing. Headers besides Host and where it comes from. */
export interface Ask {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a stranger may hold without having proven anything; from each host its own. */
export interface Held {
  readonly host: string;
  /** Cookie header of somebody who has begun what can be begun. */
  readonly cookie: string;
  /** What a passkey of their own says to a challenge of ours. */
  readonly answer: string;
}

/** A plausible body for each address of ours that takes one; null: none does. An address without a line fails the test. */
export const BODIES: Readonly<Record<string, ((held: Held) => Readonly<Record<string, string>>) | null>> = {
  '/.sallyport/assets/:parameter': null,
  '/.sallyport/jwks.json': null,
  '/.sallyport/language': () => ({ language: 'cy', next: '/' }),
  '/.sallyport/sign-in': () => ({ account: 'alice', password: 'a wrong one, long enough', next: '/a' }),
  '/.sallyport/sign-in/totp': () => ({ code: '123456', next: '/a' }),
  '/.sallyport/sign-in/recovery': () => ({ code: 'AAAA-AAAA-AAAA-AAAA' }),
  '/.sallyport/sign-in/recovered': null,
  '/.sallyport/sign-in/passkey': ({ answer }) => ({ response: answer, start: 'yes' }),
  '/.sallyport/sign-in/passkey/options': () => ({ start: 'yes' }),
  '/.sallyport/enrol': () => ({ ticket: 'A'.repeat(27) }),
  '/.sallyport/enrol/password': () => ({ password: 'eleven quiet lighthouses', again: 'eleven quiet lighthouses' }),
  '/.sallyport/enrol/password/advice': () => ({ password: 'eleven quiet lighthouses' }),
  '/.sallyport/enrol/choose': () => ({}),
  '/.sallyport/enrol/extend': () => ({}),
  '/.sallyport/enrol/totp': () => ({}),
  '/.sallyport/enrol/totp/confirm': () => ({ code: '123456', label: 'Mine' }),
  '/.sallyport/enrol/passkey/options': () => ({}),
  '/.sallyport/enrol/passkey': ({ answer }) => ({ response: answer, label: 'Mine' }),
  '/.sallyport/enrol/finish': () => ({}),
  '/.sallyport/enrol/:parameter': null,
  '/.sallyport/account': null,
  '/.sallyport/account/add': () => ({}),
  '/.sallyport/account/authenticators/rename': () => ({ id: 'x', label: 'Mine' }),
  '/.sallyport/account/authenticators/remove': () => ({ id: 'x' }),
  '/.sallyport/account/recovery-codes': () => ({}),
  '/.sallyport/account/password': () => ({ current: 'x', password: 'eleven quiet geese', again: 'eleven quiet geese' }),
  '/.sallyport/account/sessions/end': () => ({ id: 'x' }),
  '/.sallyport/account/sessions/end-others': () => ({}),
  '/.sallyport/account/sign-out-everywhere': () => ({}),
  '/.sallyport/sign-out': () => ({}),
  '/.sallyport/signed-out': null,
  '/.sallyport/session': null,
  '/.sallyport/session.js': null,
  '/.sallyport/session/extend': () => ({}),
};

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const A43 = 'A'.repeat(43);
/** Values of each cookie of ours that nobody was given. */
const PLANTED = [
  `__Host-sallyport=${A43}`,
  `__Host-sallyport-pending=${'A'.repeat(720)}; __Host-sallyport-visitor=v1.${'A'.repeat(900)}; __Host-sallyport-jar=9`,
  `__Host-sallyport-pending=${A43}; __Host-sallyport-ceremony=${A43}; __Host-sallyport-browser=v1.${A43}.9.${A43}`,
  `__Host-sallyport=${A43}; __Host-sallyport=${A43}`,
];

/** The cookies that a request may come with. */
function cookiesOf(held: Held): readonly string[] {
  return ['', held.cookie, ...PLANTED];
}

function withCookie(cookie: string, headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return cookie === '' ? headers : { ...headers, cookie };
}

/** An address as it may be asked for: a last segment of every kind in place of its parameter. */
function targetsOf(path: string): readonly string[] {
  if (!path.endsWith(':parameter')) return [path, `${path}?next=/a`];
  const at = path.slice(0, -':parameter'.length);
  return [`${at}${'B'.repeat(27)}`, `${at}${'C'.repeat(43)}`, `${at}x`, `${at}%00`, `${at}pages-0000000000.css`];
}

/** What browsers, programs and people with bad intent look for at an address. */
export function getsOf({ path }: Route, held: Held): readonly Ask[] {
  const { host } = held;
  const page = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  return targetsOf(path).flatMap((target) =>
    cookiesOf(held).flatMap((cookie) => [
      { method: 'GET', target, host, headers: withCookie(cookie, page) },
      { method: 'GET', target, host, headers: withCookie(cookie, {}) },
      { method: 'HEAD', target, host, headers: withCookie(cookie, page) },
    ]),
  );
}

/** What somebody sends who has begun what can be begun, and guesses. */
export function guessesOf({ path }: Route, held: Held): readonly Ask[] {
  const headers = { origin: `http://${held.host}`, 'content-type': JSON_TYPE, cookie: held.cookie };
  const body = JSON.stringify(BODIES[path]?.(held) ?? {});
  return [{ method: 'POST', target: path, host: held.host, headers, body }];
}

/** What may be posted to it: plausible bodies, and hostile ones. */
export function postsOf({ path }: Route, held: Held): readonly Ask[] {
  const { host } = held;
  const [target = path] = targetsOf(path);
  const fields = BODIES[path]?.(held) ?? {};
  const own = { origin: `http://${host}` };
  const json = { ...own, 'content-type': JSON_TYPE };
  const form = { ...own, 'content-type': FORM_TYPE };
  const bodies: readonly (readonly [headers: Readonly<Record<string, string>>, body: string])[] = [
    [json, JSON.stringify(fields)],
    [{ ...form, accept: 'text/html' }, new URLSearchParams(fields).toString()],
    [json, JSON.stringify({ ...fields, remember: '1' })],
    [json, JSON.stringify(Object.fromEntries(Object.keys(fields).map((name) => [name, 'x'.repeat(3000)])))],
    [json, '{"account":"ali'],
    [form, 'account=%&a=b&a=c'],
    [json, ''],
    [{ ...json, origin: 'http://evil.test' }, JSON.stringify(fields)],
    [{ ...own, 'content-type': 'text/plain' }, JSON.stringify(fields)],
    [form, 'x'.repeat(20_000)],
  ];
  return bodies.flatMap(([headers, body]) =>
    cookiesOf(held).map((cookie) => ({ method: 'POST', target, host, headers: withCookie(cookie, headers), body })),
  );
}

/** Names that a stranger may claim, another in every request. */
export function begins(host: string, times: number): readonly Ask[] {
  const headers = { origin: `http://${host}`, 'content-type': JSON_TYPE };
  return Array.from({ length: times }, (_, n) => ({
    method: 'POST',
    target: '/.sallyport/sign-in',
    host,
    headers,
    body: JSON.stringify({ account: n % 3 === 0 ? 'alice' : `nobody${n}`, next: `/${n}` }),
  }));
}
