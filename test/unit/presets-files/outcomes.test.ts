import assert from 'node:assert/strict';
import test from 'node:test';
import { outcomeOf } from '../../../src/presets/outcome.ts';
import { answer, bound, NOW, stepOf } from './presets.ts';

const PAST = 'expires=Tue, 24 Nov 2020 00:00:00 GMT; Max-Age=0';
const MD5 = '1f196d104488fc24a26b4ebdf763db58';

type Row = readonly [
  preset: string,
  step: string,
  wanted: 'ok' | 'fail' | 'probe' | 'next' | 'unknown',
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>>,
  body?: string,
];

/** Answers as the products gave them; of products that were not run, as their documentation has them. */
const ROWS: readonly Row[] = [
  ['roundcube', 'password', 'fail', 401, { 'Set-Cookie': `roundcube_sessauth=-del-; ${PAST}` }],
  [
    'roundcube',
    'password',
    'ok',
    302,
    {
      Location: '/?_task=mail&_token=v1',
      'Set-Cookie': [`roundcube_sessauth=-del-; ${PAST}`, 'roundcube_sessauth=0wYt-1'],
    },
  ],
  [
    'roundcube',
    'password',
    'unknown',
    302,
    {
      Location: '/?_task=mail&_token=v1',
      'Set-Cookie': ['roundcube_sessauth=0wYt-1', `roundcube_sessauth=-del-; ${PAST}`],
    },
  ],
  [
    'adminer',
    'password',
    'probe',
    302,
    { Location: 'adminer.php?server=db&username=alice', 'Set-Cookie': 'adminer_sid=a' },
  ],
  ['dokuwiki', 'password', 'fail', 403, { 'Set-Cookie': `DW${MD5}=deleted; ${PAST}` }],
  ['dokuwiki', 'password', 'ok', 302, { Location: '/doku.php?id=start', 'Set-Cookie': `DW${MD5}=YWxpY2U%3D%7C1` }],
  ['dokuwiki', 'password', 'unknown', 302, { 'Set-Cookie': 'DWother=1' }],
  ['django-admin', 'password', 'fail', 200, {}, '<p class="errornote">'],
  ['django-admin', 'password', 'ok', 302, { Location: '/admin/', 'Set-Cookie': 'sessionid=530i; HttpOnly' }],
  ['django-admin', 'password', 'unknown', 302, { Location: '/admin/', 'Set-Cookie': 'csrftoken=v1' }],
  ['django-admin', 'password', 'unknown', 403, {}, 'CSRF verification failed'],
  ['j-security-check', 'form', 'fail', 200, {}, 'Error Page'],
  ['j-security-check', 'form', 'fail', 408, {}],
  ['j-security-check', 'form', 'ok', 303, { Location: '/page/jsp/index.jsp', 'Set-Cookie': 'JSESSIONID=EA51; Path=/' }],
  [
    'j-security-check',
    'form',
    'unknown',
    303,
    { Location: 'https://evil.test/page/', 'Set-Cookie': 'JSESSIONID=EA51' },
  ],
  ['apache-form', 'form', 'fail', 302, { Location: '/open/login.html' }],
  [
    'apache-form',
    'form',
    'ok',
    302,
    { Location: '/form/', 'Set-Cookie': 'session=realm-user=alice&realm-pw=v1;path=/form' },
  ],
  ['apache-form', 'form', 'unknown', 200, { 'Set-Cookie': 'session=realm-user=alice' }, 'secret'],
  ['cockpit', 'basic', 'fail', 401, { 'Set-Cookie': 'cockpit=deleted; PATH=/' }],
  ['cockpit', 'basic', 'ok', 200, { 'Set-Cookie': 'cockpit=dj0y; Path=/' }, '{"csrf-token":"88af"}'],
  ['cockpit', 'basic', 'unknown', 200, { 'Set-Cookie': 'cockpit=deleted; PATH=/' }, '{"csrf-token":"88af"}'],
  ['phpmyadmin', 'password', 'fail', 200, { 'Set-Cookie': ['phpMyAdmin=n', 'pmaAuth-1=deleted; expires=1970'] }],
  ['phpmyadmin', 'password', 'ok', 302, { 'Set-Cookie': ['pmaUser-1=DoW1', 'pmaAuth-1_https=R7Xg'] }],
  ['mediawiki', 'password', 'fail', 200, {}, 'Incorrect username or password entered.'],
  ['mediawiki', 'password', 'ok', 302, { 'Set-Cookie': ['wiki_session=h', 'wikiUserID=1', 'wikiUserName=Alice'] }],
  ['mediawiki', 'password', 'unknown', 302, { 'Set-Cookie': 'wiki_session=h' }],
  ['wordpress', 'password', 'fail', 200, {}, '<div id="login_error">'],
  ['wordpress', 'password', 'ok', 302, { 'Set-Cookie': `wordpress_logged_in_${MD5}=alice|1|x` }],
  ['zabbix', 'password', 'fail', 200, { 'Set-Cookie': 'zbx_session=new' }],
  ['zabbix', 'password', 'ok', 302, { Location: 'zabbix.php?action=dashboard.view', 'Set-Cookie': 'zbx_session=eyJz' }],
  ['sogo', 'connect', 'fail', 403, { 'Set-Cookie': 'SOGoLogin=' }, '{"LDAPPasswordPolicyError":65535}'],
  ['sogo', 'connect', 'ok', 200, { 'Set-Cookie': '0xHIGHFLYxSOGo=basic%20x' }, '{"cn":"Alice A"}'],
  ['qbittorrent', 'password', 'fail', 200, {}, 'Fails.'],
  ['qbittorrent', 'password', 'ok', 200, { 'Set-Cookie': 'SID=v1; HttpOnly' }, 'Ok.'],
  ['qbittorrent', 'password', 'unknown', 200, {}, 'Ok.'],
  ['guacamole', 'token', 'fail', 403, {}, '{"type":"INVALID_CREDENTIALS"}'],
  ['guacamole', 'token', 'ok', 200, {}, `{"authToken":"${'A'.repeat(64)}","username":"alice"}`],
  ['netscaler-gateway', 'password', 'fail', 302, { Location: '/vpn/index.html', 'Set-Cookie': 'NSC_VPNERR=4001' }],
  ['netscaler-gateway', 'password', 'ok', 302, { Location: '/cgi/setclient?wica', 'Set-Cookie': 'NSC_AAAC=v1' }],
  ['storefront', 'explicit', 'fail', 200, {}, '<AuthenticationStatus><Result>fail</Result>'],
  ['storefront', 'explicit', 'ok', 200, {}, '<AuthenticationStatus><Result>success</Result>'],
  ['rd-web-access', 'password', 'fail', 200, { 'Set-Cookie': `TSWAAuthHttpOnlyCookie=; ${PAST}` }],
  ['rd-web-access', 'password', 'ok', 302, { 'Set-Cookie': 'TSWAAuthHttpOnlyCookie=v1; path=/RDWeb' }],
  ['exchange-owa', 'forms', 'fail', 302, { Location: '/owa/auth/logon.aspx?url=x&reason=2' }],
  ['exchange-owa', 'forms', 'ok', 302, { Location: '/owa', 'Set-Cookie': 'cadata=v1' }],
  ['fortinet-sslvpn', 'password', 'fail', 405, {}],
  ['fortinet-sslvpn', 'password', 'next', 200, {}, 'ret=2,reqid=1,tokeninfo='],
  ['fortinet-sslvpn', 'password', 'ok', 200, { 'Set-Cookie': 'SVPNCOOKIE=v1' }, 'ret=1,redir=/remote/index'],
  ['fortinet-sslvpn', 'second', 'ok', 200, { 'Set-Cookie': 'SVPNCOOKIE=v1' }, 'ret=1'],
  ['ivanti', 'password', 'fail', 302, { Location: '/dana-na/auth/url_default/welcome.cgi?p=failed' }],
  ['ivanti', 'password', 'ok', 302, { Location: '/dana/home/index.cgi', 'Set-Cookie': 'DSID=v1' }],
  ['ivanti', 'password', 'unknown', 302, { Location: '/dana-na/auth/url_default/welcome.cgi?p=roles' }],
  ['cisco-asa', 'password', 'fail', 200, { 'Set-Cookie': `webvpn=; ${PAST}` }],
  ['cisco-asa', 'password', 'ok', 200, { 'Set-Cookie': 'webvpn=abc' }],
  ['f5-apm', 'password', 'fail', 200, { 'Set-Cookie': 'MRHSession=v1' }],
  ['f5-apm', 'password', 'ok', 302, { 'Set-Cookie': ['MRHSession=v1', 'F5_ST=1z'] }],
  ['sonicwall-sma', 'password', 'fail', 200, { 'X-NE-Message': 'wrong' }],
  ['sonicwall-sma', 'password', 'ok', 200, { 'Set-Cookie': 'swap=v1' }],
  ['jenkins', 'password', 'fail', 302, { Location: '/loginError' }],
  ['jenkins', 'password', 'ok', 302, { Location: '/', 'Set-Cookie': 'JSESSIONID.1a2b=node0' }],
  ['grafana', 'password', 'fail', 401, {}, '{"message":"invalid"}'],
  ['grafana', 'password', 'ok', 200, { 'Set-Cookie': 'grafana_session=v1' }, '{"message":"Logged in"}'],
  [
    'anyconnect-xml',
    'user',
    'next',
    200,
    {},
    '<config-auth><auth id="main"><form><input name="password"/></form></auth></config-auth>',
  ],
  [
    'anyconnect-xml',
    'password',
    'fail',
    200,
    {},
    '<config-auth><auth id="main"><message>Login failed.</message></auth></config-auth>',
  ],
  [
    'anyconnect-xml',
    'password',
    'ok',
    200,
    { 'Set-Cookie': 'webvpn=AIN2' },
    '<config-auth><auth id="success"></auth></config-auth>',
  ],
  ['webmin', 'password', 'fail', 200, {}],
  ['webmin', 'password', 'ok', 302, { 'Set-Cookie': 'sid=abc' }],
  ['webmin', 'password', 'unknown', 302, { 'Set-Cookie': 'sid=x' }],
  ['generic-json', 'password', 'fail', 401, {}],
  ['generic-json', 'password', 'ok', 200, { 'Set-Cookie': 'connect.sid=x1' }],
  ['generic-webforms', 'password', 'fail', 200, {}],
  ['generic-webforms', 'password', 'ok', 302, { 'Set-Cookie': '.ASPXAUTH=1F' }],
  ['generic-form', 'password', 'fail', 302, { Location: '/login?error=1' }],
  ['generic-form', 'password', 'ok', 302, { Location: '/home' }],
];

for (const [preset, id, wanted, status, headers, body] of ROWS)
  test(`${preset}, ${id}: ${status} is ${wanted}`, () => {
    const params = preset === 'adminer' ? { server: 'db' } : {};
    const outcome = outcomeOf(stepOf(bound(preset, params), id), answer(status, headers, body), NOW);
    assert.equal(outcome === 'probe' ? outcome : outcome.kind, wanted);
  });
