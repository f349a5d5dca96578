import { answer, door, exactly, guard, login, NOW, PAST, predicate, re, rule, step } from './logins.ts';

export { NOW };

export const ROUNDCUBE = login({
  anon: [
    { path: exactly('/'), query: rule({ _task: ['login'], _err: 'any' }), static: false, toEntry: false },
    { path: re('^/(?:skins|program|plugins)/.*$'), query: 'any', static: true, toEntry: false },
  ],
  steps: [
    step('POST', '/', {
      query: rule({ _task: ['login'] }),
      account: '_user',
      secret: ['_pass'],
      ok: [predicate({ status: [302], location: re('[?&]_task=mail(&|$)'), cookie: exactly('roundcube_sessauth') })],
      fail: [predicate({ status: [401] })],
    }),
    step('POST', '/index.php', { id: 'script', query: rule({ _task: ['login'] }) }),
  ],
  whoami: {
    ask: { method: 'GET', target: '/?_task=mail', accept: null },
    name: { in: 'body', find: re('header-title username">([^<]{1,128})<') },
    anonymous: [predicate({ body: re('id="login-form"') })],
    renews: false,
  },
  sessionCookies: [exactly('roundcube_sessid'), exactly('roundcube_sessauth')],
  guard: guard({ fields: ['_user', '_pass'] }),
  logout: [{ path: exactly('/'), query: rule({ _task: ['logout'] }) }],
});

export const ADMINER = login({
  steps: [step('POST', '/adminer.php', { ok: [predicate({ probe: true })], fail: [predicate({ probe: false })] })],
  whoami: {
    ask: { method: 'GET', target: '/adminer.php?server=db&username={account:url}', accept: null },
    name: { in: 'body', find: re('Logged as: <b>([^@<]+)@') },
    anonymous: [predicate({ status: [403] })],
    renews: false,
  },
  guard: guard({
    fields: ['auth[username]', 'auth[password]'],
    queryEquals: new Map([
      ['username', '{account}'],
      ['server', '127.0.0.1:13306'],
    ]),
  }),
});

export const DOKUWIKI = login({
  steps: [
    step('POST', '/doku.php', {
      query: rule({ id: 'any', do: ['login'] }),
      ok: [predicate({ status: [302], cookie: re('^DW[0-9a-f]{32}$') })],
      fail: [predicate({ status: [403] })],
    }),
  ],
  whoami: {
    ask: { method: 'GET', target: '/doku.php', accept: null },
    name: { in: 'body', find: re('class="user">[^<]*\\(<bdi>([^<]+)</bdi>\\)') },
    anonymous: [],
    renews: false,
  },
  guard: guard({ fields: ['u', 'p'] }),
  doors: [
    door('/lib/exe/xmlrpc\\.php'),
    door('/lib/exe/jsonrpc\\.php'),
    door('/feed\\.php', { header: 'authorization' }),
  ],
});

export const ZABBIX = login({
  steps: [
    step('POST', '/index.php', {
      ok: [predicate({ status: [302], location: re('^zabbix\\.php') })],
      fail: [predicate({ status: [200], body: re('Incorrect user name') })],
    }),
  ],
  sessionCookies: [exactly('zbx_session')],
  guard: guard({ sets: [['name', 'password']] }),
  doors: [door('/api_jsonrpc\\.php')],
});

export const WORDPRESS = login({
  steps: [
    step('POST', '/wp-login.php', {
      ok: [predicate({ status: [302], cookie: re('^wordpress_logged_in_[0-9a-f]+$') })],
      fail: [predicate({ status: [200], body: re('id="login_error"') })],
    }),
  ],
  guard: guard({ fields: ['log', 'pwd'] }),
  doors: [door('/xmlrpc\\.php')],
});

export const DJANGO = login({
  steps: [
    step('POST', '/admin/login/', {
      query: rule({ next: 'any' }),
      ok: [predicate({ status: [302], cookie: exactly('sessionid') })],
      fail: [predicate({ status: [200], body: re('class="errornote"') })],
    }),
  ],
  guard: guard({ sets: [['username', 'password']] }),
});

export const TOMCAT = login({
  steps: [
    {
      ...step('POST', '/', {
        ok: [predicate({ status: [302, 303], cookie: exactly('JSESSIONID'), location: re('^/examples/') })],
        fail: [predicate({ status: [200] }), predicate({ status: [408] })],
      }),
      on: { method: 'POST', paths: [re('^/examples/(?:.*/)?j_security_check$')], query: new Map(), shared: false },
    },
  ],
  sessionCookies: [exactly('JSESSIONID')],
  guard: guard({ fields: ['j_username', 'j_password'] }),
  doors: [door('/manager(?:/.*)?')],
});

export const COCKPIT = login({
  steps: [
    step('GET', '/cockpit/login', {
      type: 'basic',
      ok: [predicate({ status: [200], cookie: exactly('cockpit'), json: new Map([['/csrf-token', re('.+')]]) })],
      fail: [predicate({ status: [401] })],
    }),
  ],
  sessionCookies: [exactly('cockpit')],
  webSockets: [{ path: exactly('/cockpit/socket'), origin: 'upstream', token: null }],
  doors: [door('/cockpit\\+.*')],
});

export const SOGO = login({
  steps: [
    step('POST', '/SOGo/connect', {
      type: 'json',
      ok: [predicate({ status: [200], cookie: exactly('0xHIGHFLYxSOGo'), json: new Map([['/cn', re('.+')]]) })],
      fail: [predicate({ status: [403] })],
    }),
  ],
  whoami: {
    ask: { method: 'GET', target: '/SOGo/so/', accept: null },
    name: { in: 'location', find: re('/SOGo/so/([^/?]+)$') },
    anonymous: [predicate({ status: [200] })],
    renews: false,
  },
  doors: [door('/sogo/dav(?:/.*)?'), door('/sogo/so/connect')],
});

const OCSERV = (text: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<config-auth client="vpn">${text}</config-auth>`;

export const ANYCONNECT = login({
  steps: [
    step('POST', '/auth', {
      id: 'user',
      type: 'xml',
      next: {
        step: 'pass',
        when: [predicate({ xml: new Map([['config-auth/auth/form/input/@name', re('^password$')]]) })],
      },
    }),
    step('POST', '/auth', {
      id: 'pass',
      type: 'xml',
      ok: [predicate({ cookie: exactly('webvpn'), xml: new Map([['config-auth/auth/@id', re('^success$')]]) })],
      fail: [predicate({ xml: new Map([['config-auth/auth/message', re('^Login failed')]]) })],
    }),
  ],
});

/** The exchanges of each product as they were recorded, trimmed: product, step, what it is, the answer. */
export const ANSWERS = {
  'Roundcube, wrong password': [
    ROUNDCUBE,
    0,
    'fail',
    answer(
      401,
      [`Set-Cookie: roundcube_sessauth=-del-; expires=${PAST}`],
      'display_message("Login failed.","warning",0)',
    ),
  ],
  'Roundcube, right password, the cookie taken away and given in one answer': [
    ROUNDCUBE,
    0,
    'ok',
    answer(302, [
      `Set-Cookie: roundcube_sessauth=-del-; expires=${PAST}`,
      'Set-Cookie: roundcube_sessid=rhv7',
      'Set-Cookie: roundcube_sessauth=0wYt-1795461300; path=/; HttpOnly',
      'Location: /?_task=mail&_token=It9P',
    ]),
  ],
  'Roundcube, the cookie given and taken away': [
    ROUNDCUBE,
    0,
    'unknown',
    answer(302, [
      'Set-Cookie: roundcube_sessauth=0wYt-1795461300; path=/; HttpOnly',
      `Set-Cookie: roundcube_sessauth=-del-; expires=${PAST}`,
      'Location: /?_task=mail&_token=It9P',
    ]),
  ],
  'Adminer, whatever the password': [
    ADMINER,
    0,
    'probe',
    answer(302, ['Set-Cookie: adminer_sid=j28v', 'Location: adminer.php?server=127.0.0.1%3A13306&username=alice']),
  ],
  'DokuWiki, wrong password': [
    DOKUWIKI,
    0,
    'fail',
    answer(403, ['Set-Cookie: DW1f196d7e1f196d7e1f196d7e1f196d7e=deleted']),
  ],
  'DokuWiki, right password': [
    DOKUWIKI,
    0,
    'ok',
    answer(302, [
      'Location: http://portal.test/doku.php?id=start',
      'Set-Cookie: DW1f196d7e1f196d7e1f196d7e1f196d7e=YWxpY2U%3D%7C1%7C; Max-Age=31536000',
    ]),
  ],
  'Zabbix, wrong password, with a new cookie': [
    ZABBIX,
    0,
    'fail',
    answer(200, ['Set-Cookie: zbx_session=eyJz'], '<div class="red">Incorrect user name or password'),
  ],
  'Zabbix, right password': [
    ZABBIX,
    0,
    'ok',
    answer(302, ['Location: zabbix.php?action=dashboard.view', 'Set-Cookie: zbx_session=eyJz']),
  ],
  'WordPress, wrong password': [WORDPRESS, 0, 'fail', answer(200, [], '<div id="login_error"> The password')],
  'WordPress, right password': [
    WORDPRESS,
    0,
    'ok',
    answer(302, [
      'Set-Cookie: wordpress_07ef=alice|1796671580|x; path=/wp-admin',
      'Set-Cookie: wordpress_logged_in_07ef=alice|1796671580|x; path=/',
      'Location: http://127.0.0.1:18086/wp-admin/',
    ]),
  ],
  'Django, wrong password': [DJANGO, 0, 'fail', answer(200, [], '<p class="errornote">')],
  'Django, right password': [
    DJANGO,
    0,
    'ok',
    answer(302, ['Location: /admin/', 'Set-Cookie: sessionid=530i; HttpOnly; Max-Age=1209600']),
  ],
  'Tomcat, wrong password': [TOMCAT, 0, 'fail', answer(200, [], 'error page')],
  'Tomcat, no session': [TOMCAT, 0, 'fail', answer(408)],
  'Tomcat, right password': [
    TOMCAT,
    0,
    'ok',
    answer(303, [
      'Set-Cookie: JSESSIONID=EA51; Path=/examples',
      'Location: /examples/jsp/security/protected/index.jsp',
    ]),
  ],
  'Tomcat, already signed in': [TOMCAT, 0, 'unknown', answer(404)],
  'Cockpit, wrong password': [COCKPIT, 0, 'fail', answer(401)],
  'Cockpit, right password': [
    COCKPIT,
    0,
    'ok',
    answer(200, ['Set-Cookie: cockpit=dj0yO2s9; Path=/; HttpOnly'], '{"csrf-token":"88af"}'),
  ],
  'Cockpit, its mark of deletion without expiry': [
    COCKPIT,
    0,
    'unknown',
    answer(200, ['Set-Cookie: cockpit=deleted; Path=/'], '{"csrf-token":"88af"}'),
  ],
  'SOGo, wrong password': [SOGO, 0, 'fail', answer(403, [], '{"LDAPPasswordPolicyError":65535}')],
  'SOGo, right password': [
    SOGO,
    0,
    'ok',
    answer(200, ['set-cookie: 0xHIGHFLYxSOGo=basic%20x', 'set-cookie: XSRF-TOKEN=eb61'], '{"cn":"Alice A"}'),
  ],
  'SOGo, a body that is no JSON': [
    SOGO,
    0,
    'unknown',
    answer(200, ['set-cookie: 0xHIGHFLYxSOGo=basic%20x'], '{"cn":"A"} x'),
  ],
  'ocserv, name given': [
    ANYCONNECT,
    0,
    'next',
    answer(
      200,
      ['Set-Cookie: webvpncontext=AIN2; Max-Age=300'],
      OCSERV('<auth id="main"><form><input type="password" name="password"/></form></auth>'),
    ),
  ],
  'ocserv, wrong password': [
    ANYCONNECT,
    1,
    'fail',
    answer(200, [], OCSERV('<auth id="main"><message>Login failed.\nPlease enter your password.</message></auth>')),
  ],
  'ocserv, right password': [
    ANYCONNECT,
    1,
    'ok',
    answer(
      200,
      ['Set-Cookie: webvpncontext=AIN2', 'Set-Cookie: webvpn=AIN2'],
      OCSERV('<auth id="success"><title>SSL VPN Service</title></auth>'),
    ),
  ],
} as const;
