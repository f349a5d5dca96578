import assert from 'node:assert/strict';
import type { LoginApp } from './login-app.ts';
import { APP_PASSWORDS } from './login-app-people.ts';
import { holdsSession } from './login-app-preset.ts';
import type { ParsedAnswer } from './raw.ts';
import type { Signer } from './signer.ts';

/** One request that might sign somebody in at the app. */
export interface Attempt {
  readonly method: string;
  readonly target: string;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

export const FORM = 'application/x-www-form-urlencoded';
export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** Sends it as that browser would, with all its cookies. */
export function attempt(who: Signer, { method, target, type, body, headers = [] }: Attempt): Promise<ParsedAnswer> {
  const typed = type === undefined ? [] : [['Content-Type', type] as const];
  return who.send(method, target, { headers: [...typed, ...headers], ...(body === undefined ? {} : { body }) });
}

/** Spellings of the login's address that some app or other takes for it. */
const SPELLINGS = [
  '/login/',
  '/Login',
  '/LOGIN',
  '/login;x',
  '/login;jsessionid=1',
  '/login%20',
  '/login%00',
  '/login.',
  '/log%69n',
  '/%6cogin',
  '//login',
  '/./login',
  '/x/../login',
  '/static/../login',
  '/static/..%2flogin',
  '/static%2f..%2flogin',
  '/login.php',
  '/login.php/x',
  '/login/x',
  '/admin/login/',
  '/app/login',
  '/login?x=1',
  '/login?username=alice',
  '/login?err=1&username=alice',
];

const XML_RPC = (name: string, password: string): string =>
  `<?xml version="1.0"?><methodCall><methodName>wp.getUsersBlogs</methodName><params><param><value><string>${name}</string></value></param><param><value><string>${password}</string></value></param></params></methodCall>`;

/**
 * Ways of an app to sign `name` in with the right password, besides its one login form: every one works at the app itself.
 * `tokens`: values of remember-me cookies and links that are good there.
 */
export function otherWays(app: LoginApp, name: string): Attempt[] {
  const password = APP_PASSWORDS[name] ?? '';
  const form = `username=${name}&password=${encodeURIComponent(password)}`;
  const short = `u=${name}&p=${encodeURIComponent(password)}`;
  const json = JSON.stringify({ username: name, password });
  const token = (): string => app.people.token(name);
  return [
    ...SPELLINGS.map((target) => ({ method: 'POST', target, type: FORM, body: form })),
    ...['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'REPORT'].map((method) => ({
      method,
      target: '/login',
      type: FORM,
      body: form,
    })),
    { method: 'GET', target: `/login?${form}` },
    { method: 'HEAD', target: `/login?${form}` },
    { method: 'GET', target: `/login?err=1&${form}` },
    { method: 'GET', target: `/?${short}` },
    { method: 'GET', target: `/feed?${short}` },
    { method: 'GET', target: `/static/app.css?${short}` },
    { method: 'GET', target: `/static/app.css?${form}` },
    { method: 'GET', target: '/login', type: FORM, body: form },
    { method: 'POST', target: '/', type: FORM, body: form },
    { method: 'POST', target: '/static/app.css', type: FORM, body: form },
    { method: 'POST', target: '/lib/exe/ajax.php', type: FORM, body: `call=linkwiz&${short}` },
    { method: 'POST', target: '/any/j_security_check', type: FORM, body: form },
    { method: 'POST', target: '/xmlrpc.php', type: 'text/xml', body: XML_RPC(name, password) },
    { method: 'POST', target: '/api/login', type: 'application/json', body: json },
    { method: 'POST', target: '/API/Login', type: 'application/json', body: json },
    { method: 'POST', target: '/graphql', type: 'application/json', body: json },
    {
      method: 'POST',
      target: '/soap',
      type: 'application/soap+xml',
      body: `<login><username>${name}</username><password>${password}</password></login>`,
    },
    { method: 'POST', target: '/oauth/token', type: FORM, body: `grant_type=password&${form}` },
    { method: 'GET', target: `/remember?token=${token()}` },
    { method: 'GET', target: `/reset?token=${token()}` },
    { method: 'GET', target: `/invite?t=${token()}` },
    { method: 'GET', target: `/account?token=${token()}` },
    { method: 'GET', target: '/account', headers: [['X-App-Token', token()]] },
    { method: 'GET', target: '/account', headers: [['Cookie', `REMEMBER=${token()}`]] },
    { method: 'GET', target: '/account', headers: [['Authorization', basic(name, password)]] },
    { method: 'GET', target: '/account', headers: [['Authorization', `Bearer ${token()}`]] },
    { method: 'GET', target: '/account', headers: [['Authorization', `NTLM type3:${name}`]] },
    { method: 'GET', target: `/su/${name}` },
    { method: 'GET', target: `/switch?to=${name}` },
  ];
}

/** Nothing of the app's sessions has come to this browser: no cookie of the app, no id, no page of that person. */
export function sawNothing(who: Signer, app: LoginApp, name: string): void {
  for (const answer of who.answers) {
    for (const line of answer.all('set-cookie')) assert.match(line, /^__Host-sallyport[\w-]*=/, line);
    const text = `${answer.headers.map((pair) => pair.join(': ')).join('\n')}\n${answer.body}`;
    assert.equal(holdsSession(text, app.people.sessions.values()), false, text.slice(0, 300));
    assert.doesNotMatch(text, new RegExp(`private page of ${name}`), text.slice(0, 300));
  }
}

/** The person is asked to sign in, in one way or another, or refused; never served. */
export function turnedAway(answer: ParsedAnswer, message?: string): void {
  assert.ok(
    [303, 400, 401, 403, 404, 405, 409, 413, 415, 421, 501].includes(answer.status),
    `${message}: ${answer.status} ${answer.header('location')} ${answer.body.slice(0, 200)}`,
  );
  if (answer.status === 303) assert.match(answer.header('location') ?? '', /^\/(?:login|\.sallyport\/)/, message);
}
