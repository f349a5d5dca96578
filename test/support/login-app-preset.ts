import type { AppSession } from './login-app-people.ts';

/** What of the app a preset describes; every default is the careful one. */
export interface PresetChoice {
  /** The app is asked who is signed in; else `assurance: login-form`. Default: yes. */
  readonly whoami?: boolean;
  /** The app's other ways in are listed as doors. Default: yes; without, the probe is all that stands between. */
  readonly doors?: boolean;
  /** `username` and `password` may stand nowhere else. Default: yes. */
  readonly guard?: boolean;
  /** The answer to the login tells nothing: only the probe does. Default: no. */
  readonly silent?: boolean;
  /** Nothing counts as a known failure, so that what is not a success is unknown. Default: no. */
  readonly noFail?: boolean;
  /** What marks a known failure; default: 401. */
  readonly fail?: string;
  /** Only a body marks success, as with an app that answers 200 with content. Default: no. */
  readonly inline?: boolean;
  readonly steps?: 1 | 2;
  /** Sign-in by JSON; the token in its answer stands for the session. Default: no. */
  readonly token?: boolean;
  /** Field of the name; default: `username`. */
  readonly account?: string;
  /** Spelling rules; default: trim, nfkc, lower. */
  readonly fold?: readonly string[];
  readonly strip?: readonly string[];
  /** Raw lines at the end. */
  readonly more?: readonly string[];
}

const DOORS = [
  '/xmlrpc.php',
  '/api/login',
  '/oauth/token',
  '/graphql',
  '/soap',
  '/remember',
  '/reset',
  '/invite',
  '/su/**',
  '/switch',
];

function steps(choice: PresetChoice): string[] {
  const ok = choice.silent
    ? '{ probe: true }'
    : choice.inline
      ? '{ status: 200, body: "private page of" }'
      : '{ status: 302, location: "^/account$" }';
  const fail = choice.fail ?? (choice.silent ? '{ probe: false }' : '{ status: 401 }');
  const judged = [`    ok: ${ok}`, ...(choice.noFail === true ? [] : [`    fail: ${fail}`])];
  if (choice.token === true)
    return [
      '  - id: token',
      '    on: { method: POST, path: /session }',
      '    type: json',
      '    account: /user',
      '    secret: [/password]',
      '    ok: { status: 200, json: { /token: ".+" } }',
      '    fail: { status: 403 }',
    ];
  const on = (path: string) => `    on: { method: POST, path: ${path} }`;
  if (choice.steps === 2)
    return [
      '  - id: name',
      on('/login'),
      '    type: form',
      `    account: ${choice.account ?? 'username'}`,
      '    pass: [csrf]',
      '    next: { step: password, when: { status: 200, body: \'id="second"\' } }',
      '  - id: password',
      on('/login/password'),
      '    type: form',
      '    secret: [password]',
      '    pass: [csrf]',
      ...judged,
    ];
  return [
    '  - id: password',
    on('/login'),
    '    type: form',
    `    account: ${choice.account ?? 'username'}`,
    '    secret: [password]',
    '    pass: [csrf, remember, next]',
    ...judged,
  ];
}

/** A preset of the app as a YAML text. */
export function presetText(choice: PresetChoice = {}): string {
  const token = choice.token === true;
  const whoami = `whoami: { get: /whoami, find: 'id="who">([^<]{1,200})<', anonymous: { body: 'id="nobody"' } }`;
  return [
    'preset: 1',
    'id: login-app',
    'tested: ["the login app of the tests"]',
    'entry: /login',
    'anon:',
    '  - { path: /login, query: { err: "*", lang: [en, cy] } }',
    '  - { path: "/static/**", query: "*", static: true }',
    'login:',
    ...steps(choice),
    choice.whoami === false ? 'assurance: login-form' : whoami,
    `account: { fold: [${(choice.fold ?? ['trim', 'nfkc', 'lower']).join(', ')}], strip: [${(choice.strip ?? []).map((one) => JSON.stringify(one)).join(', ')}] }`,
    `session: { cookies: [${token ? '' : '"^SESS$", "^REMEMBER$"'}]${token ? ', vault: [ { json: /token, send: { header: X-App-Token, query: token } } ]' : ''} }`,
    'logout: [ { path: /logout } ]',
    'lost: [ { status: 302, location: "^/login" } ]',
    ...(choice.guard === false || token
      ? []
      : [
          `guard: { fields: [${choice.account ?? 'username'}, password], sets: [[u, p], [user, pass], [log, pwd]], query: [token, t], headers: [X-App-Token] }`,
        ]),
    ...(choice.doors === false ? [] : ['doors:', ...DOORS.map((path) => `  - { path: "${path}", do: deny }`)]),
    ...(choice.more ?? []),
    '',
  ].join('\n');
}

/** Whether a text holds anything that stands for a session of the app. */
export function holdsSession(text: string, sessions: Iterable<AppSession>): boolean {
  return [...sessions].some(({ id }) => id.length > 6 && text.includes(id));
}
