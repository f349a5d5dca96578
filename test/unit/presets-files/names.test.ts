import assert from 'node:assert/strict';
import test from 'node:test';
import { appName } from '../../../src/presets/names.ts';
import { whoIs } from '../../../src/presets/whoami.ts';
import { answer, bound, NOW } from './presets.ts';

const OK = { 'Content-Type': 'text/html' };
/** Parameters that an operator gives. */
const GIVEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'j-security-check': { find: 'remote user\\s*<b>([^<]+)</b>' },
  phpldapadmin: { people: 'ou=people,dc=example,dc=org' },
};
/** What phpLDAPadmin says of whoever is bound as this entry. */
const LDAP_ENTRY = (dn: string) =>
  `<td class="logged_in" colspan="3">Logged in as: <a href="cmd.php?cmd=template_engine&amp;server_id=1&amp;dn=${encodeURIComponent(dn)}">`;

/** What LDAP Account Manager says of whoever is bound as an entry of that name. */
const LAM_NAME = (name: string) => `<span class="hide-on-tablet">&nbsp;&nbsp;${name}</span>`;

/** Pages that name somebody, as they were captured; null: nobody. */
const PAGES: readonly (readonly [
  preset: string,
  name: string | null,
  status: number,
  headers: Record<string, string>,
  body: string,
])[] = [
  ['fossil', 'alice', 200, OK, '<p>Currently logged in as <b>alice</b>.'],
  [
    'fossil',
    null,
    200,
    OK,
    '<td><input type="text" id="u" aria-labelledby="userlabel1" name="u" size="30" value=""></td>',
  ],
  ['roundcube', 'alice', 200, OK, '<span class="header-title username">alice@127.0.0.1</span>'],
  ['roundcube', null, 200, OK, '<form id="login-form">'],
  ['adminer', 'alice', 200, OK, 'MariaDB: <b>10.11.19</b> <b>MySQLi</b> Logged as: <b>alice@localhost</b>'],
  ['adminer', null, 403, OK, "<div class='error'>"],
  ['dokuwiki', 'alice', 200, OK, '<li class="user">Logged in as: <bdi>Alice X</bdi> (<bdi>alice</bdi>)</li>'],
  ['dokuwiki', null, 200, OK, '<li class="action login">'],
  ['django-admin', 'alice', 200, OK, '<div id="user-tools">\n Welcome,\n <strong>alice</strong>.'],
  ['django-admin', null, 302, { Location: '/admin/login/?next=/admin/password_change/' }, ''],
  ['j-security-check', 'alice', 200, OK, 'You are logged in as remote user\n<b>alice</b>'],
  ['j-security-check', null, 200, OK, '<input type="password" name="j_password">'],
  ['icingaweb2', 'al ice', 200, OK, '<li><a href="/account"><i class="user-ball">a</i>al ice</a></li>'],
  ['icingaweb2', null, 302, { Location: '/authentication/login?redirect=account' }, ''],
  ['phpmyadmin', 'alice', 200, OK, '{"message":"","success":true,"params":{"logged_in":true,"user":"alice"}}'],
  ['phpmyadmin', null, 200, OK, '{"redirect_flag":"1","success":false,"error":""}'],
  ['phpmyadmin', null, 200, OK, '{"success":true,"params":{"logged_in":false,"user":"root"}}'],
  ['mediawiki', 'Alice', 200, OK, '{"query":{"userinfo":{"id":1,"name":"Alice"}}}'],
  ['mediawiki', null, 200, OK, '{"query":{"userinfo":{"id":0,"name":"127.0.0.1","anon":""}}}'],
  ['wordpress', 'alice', 200, OK, '<input id="user_login" value="alice">'],
  ['wordpress', null, 302, { Location: 'https://app.example.test/wp-login.php?reauth=1' }, ''],
  ['zabbix', 'Admin', 200, OK, '<a class="icon-profile" title="Admin (Zabbix Administrator)">'],
  ['zabbix', 'bob', 200, OK, '<a class="icon-profile" title="bob">'],
  ['postfixadmin', 'alice@example.org', 200, OK, '&nbsp;| Logged in as alice@example.org\n &nbsp;'],
  ['postfixadmin', null, 302, { Location: 'login.php' }, ''],
  [
    'redmine',
    'alice',
    200,
    OK,
    '<div id="loggedas">Angemeldet als <a class="user active" href="/users/4">alice</a></div>',
  ],
  ['redmine', null, 302, { Location: 'http://app/login?back_url=http%3A%2F%2Fapp%2Fmy%2Faccount' }, ''],
  ['cacti', 'alice', 200, OK, "Angemeldet als <span id='user' class='user usermenuup'>alice</span></div>"],
  ['cacti', null, 200, OK, "<input type='password' id='login_password' name='login_password' placeholder='********'>"],
  ['tt-rss', 'al_ice', 200, { 'Content-Disposition': 'attachment; filename=tt-rss_al_ice_2026-11-30.opml' }, '<opml/>'],
  ['tt-rss', null, 200, OK, '{"error":{"code":6,"message":"Request not authorized."}}'],
  ['phpldapadmin', 'alice', 200, OK, LDAP_ENTRY('uid=alice,ou=people,dc=example,dc=org')],
  [
    'phpldapadmin',
    null,
    200,
    OK,
    '<a href="cmd.php?cmd=login_form&amp;server_id=1" title="Login to Harbour">login</a>',
  ],
  ['phpldapadmin', null, 302, { Location: 'index.php?URI=c2VydmVyX2lkPTE=' }, ''],
  ['ldap-account-manager', 'alice', 200, OK, LAM_NAME('Alice')],
  ['ldap-account-manager', null, 200, OK, '<script>\ntop.location.href = "../login.php?expired=yes";\n</script>'],
  ['ldap-account-manager', null, 200, OK, ''],
  ['request-tracker', 'alice', 200, OK, 'Angemeldet als <span class="current-user">alice</span>'],
  ['request-tracker', null, 302, { Location: 'http://app/NoAuth/Login.html?next=7d26ddd3df41' }, ''],
  ['znc', 'alice', 200, OK, '<span id="logged_in_yes">Logged in as: <span class="user_name">alice</span></span>'],
  ['znc', null, 200, OK, '<span id="logged_in_no">Not logged in</span>'],
  ['sogo', 'alice', 302, { Location: '/SOGo/so/alice' }, ''],
  ['sogo', 'al ice', 302, { Location: 'https://app.example.test/SOGo/so/al%20ice' }, ''],
  ['sogo', null, 200, OK, 'login'],
  ['jenkins', 'alice', 200, OK, '{"anonymous":false,"authenticated":true,"name":"alice"}'],
  ['jenkins', null, 200, OK, '{"anonymous":true,"name":"anonymous"}'],
  ['grafana', 'alice', 200, OK, '{"id":2,"login":"alice"}'],
  ['grafana', null, 401, OK, '{}'],
];

for (const [preset, name, status, headers, body] of PAGES)
  test(`${preset} says ${name ?? 'nobody'}: ${status} ${body.slice(0, 40)}`, () => {
    const login = bound(preset, GIVEN[preset]);
    const who = whoIs(login, answer(status, headers, body), NOW);
    assert.equal(who.kind, name === null ? 'nobody' : 'name');
    if (who.kind === 'name') assert.equal(appName(login.names, who.name), name);
  });

test('an entry of the same name elsewhere in a directory is nobody that an account could be', () => {
  const login = bound('phpldapadmin', GIVEN['phpldapadmin']);
  for (const dn of [
    'uid=alice,ou=old,dc=example,dc=org',
    'cn=alice,ou=people,dc=example,dc=org',
    'uid=alice,ou=people',
  ])
    assert.equal(whoIs(login, answer(200, OK, LDAP_ENTRY(dn)), NOW).kind, 'unclear', dn);
  const { names } = login;
  assert.equal(appName(names, 'uid=Alice,ou=people,dc=example,dc=org'), 'alice');
  for (const typed of [
    'uid=alice,ou=old,dc=example,dc=org',
    'al*',
    '%61lice',
    'uid=alice, ou=people,dc=example,dc=org',
  ])
    assert.equal(appName(names, typed), undefined, typed);
});

test('of a page of LDAP Account Manager no part of a name is taken, and no other place', () => {
  const login = bound('ldap-account-manager');
  for (const body of [
    LAM_NAME('al ice'),
    LAM_NAME('alice+cn'),
    LAM_NAME(''),
    '<span class="hide-on-tablet">alice</span>',
  ])
    assert.equal(whoIs(login, answer(200, OK, body), NOW).kind, 'unclear', body);
});

test('names are folded where the product folds them, and nowhere else', () => {
  const rows: readonly (readonly [preset: string, typed: string, name: string | undefined])[] = [
    ['roundcube', ' ALICE ', 'alice'],
    ['sogo', ' ALICE', ' ALICE'],
    ['fossil', 'ALICE', 'ALICE'],
    ['fossil', 'alice@example.org', undefined],
    ['dokuwiki', ' ALICE ', 'alice'],
    ['dokuwiki', 'alice.', undefined],
    ['django-admin', 'ａlice', 'alice'],
    ['django-admin', 'ALICE', 'ALICE'],
    ['adminer', 'ALICE', 'ALICE'],
    ['adminer', ' alice', undefined],
    ['zabbix', 'admin', 'admin'],
    ['j-security-check', 'Alice', 'Alice'],
    ['mediawiki', 'aliCe', 'AliCe'],
    ['mediawiki', 'ﬁona', 'ﬁona'],
    ['cockpit', 'Alice', undefined],
    ['redmine', ' ALICE ', 'alice'],
    ['redmine', 'alice smith', undefined],
    ['request-tracker', 'ALICE', 'alice'],
    ['request-tracker', '27', undefined],
    ['request-tracker', 'alice 27', 'alice 27'],
    ['request-tracker', ' alice', undefined],
    ['ldap-account-manager', ' ALICE ', 'alice'],
    ['ldap-account-manager', 'al*', undefined],
    ['ldap-account-manager', 'alice=x', undefined],
    ['ldap-account-manager', 'uid=alice,ou=people,dc=example,dc=org', undefined],
    ['sogo', 'ALICE', 'ALICE'],
    ['sogo', ' alice', ' alice'],
  ];
  for (const [preset, typed, name] of rows)
    assert.equal(appName(bound(preset).names, typed), name, `${preset} ${typed}`);
});
