import assert from 'node:assert/strict';
import test from 'node:test';
import { readHeadOf } from '../../../src/presets/reading.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { readStep } from '../../../src/request/login/step.ts';
import { parseTarget } from '../../../src/request/target.ts';
import { bound } from './presets.ts';

const FORM = 'application/x-www-form-urlencoded';

type Row = readonly [preset: string, target: string, account: string, body: string, type?: string];

/** What the products' own pages send. */
const SIGN_INS: readonly Row[] = [
  ['roundcube', '/?_task=login', 'alice', '_token=x&_task=login&_action=login&_timezone=UTC&_url=&_user=alice&_pass=p'],
  [
    'adminer',
    '/adminer.php',
    'alice',
    'auth[driver]=server&auth[server]=db&auth[username]=alice&auth[password]=p&auth[db]=',
  ],
  [
    'adminer',
    '/adminer.php?server=db&username=bob',
    'alice',
    'auth[driver]=server&auth[server]=db&auth[username]=alice&auth[password]=p',
  ],
  ['dokuwiki', '/doku.php?id=start', 'alice', 'sectok=&id=start&do=login&u=alice&p=p&r=1'],
  [
    'django-admin',
    '/admin/login/?next=/admin/',
    'alice',
    'csrfmiddlewaretoken=x&username=alice&password=p&next=%2Fadmin%2F',
  ],
  ['j-security-check', '/page/jsp/j_security_check', 'alice', 'j_username=alice&j_password=p'],
  ['apache-form', '/form/dologin', 'alice', 'httpd_username=alice&httpd_password=p'],
  [
    'phpmyadmin',
    '/index.php?route=/',
    'alice',
    'set_session=s&pma_username=alice&pma_password=p&server=1&route=%2F&lang=en&token=t',
  ],
  [
    'mediawiki',
    '/index.php?title=Special:UserLogin&returnto=Main+Page',
    'alice',
    'wpName=alice&wpPassword=p&wpRemember=1&wpLoginToken=t&authAction=login&title=Special%3AUserLogin&wploginattempt=Log+in',
  ],
  [
    'mediawiki',
    '/index.php/Special:UserLogin',
    'alice',
    'title=Special%3AUserLogin&wpName=alice&wpPassword=p&wpEditToken=%2B%5C&authAction=login&force=&wpLoginToken=t',
  ],
  ['mediawiki', '/wiki/Spezial:Anmelden', 'Alice', 'wpName=Alice&wpPassword=p&authAction=login&wpLoginToken=t'],
  [
    'wordpress',
    '/wp-login.php',
    'alice',
    'log=alice&pwd=p&rememberme=forever&wp-submit=Log+In&redirect_to=%2Fwp-admin%2F&testcookie=1',
  ],
  ['fossil', '/login', 'alice', 'u=alice&p=p&in=Login&g=home&remember=1'],
  [
    'icingaweb2',
    '/authentication/login',
    'alice',
    'username=alice&password=p&rememberme=0&redirect=&formUID=form_login&CSRFToken=t&btn_submit=Login',
  ],
  ['zabbix', '/index.php', 'Admin', 'name=Admin&password=zabbix&autologin=1&enter=Sign+in'],
  [
    'postfixadmin',
    '/login.php',
    'alice@example.org',
    'fUsername=alice%40example.org&fPassword=p&token=t&lang=en&submit=Login',
  ],
  [
    'redmine',
    '/login',
    'alice',
    'utf8=%E2%9C%93&authenticity_token=t&back_url=http%3A%2F%2Fapp%2Fmy%2Fpage&username=alice&password=p&autologin=1&login=Anmelden',
  ],
  [
    'tt-rss',
    '/public.php?return=https%3A%2F%2Fapp.example.test%2F',
    'alice',
    'op=login&login=alice&password=p&profile=0',
  ],
  [
    'cacti',
    '/index.php',
    'alice',
    '__csrf_magic=sid%3A1&action=login&login_username=alice&login_password=p&remember_me=on',
  ],
  ['cacti', '/graph_view.php', 'alice', 'action=login&login_username=alice&login_password=p&realm=1'],
  [
    'phpldapadmin',
    '/cmd.php',
    'alice',
    'cmd=login&server_id=1&nodecode%5Blogin_pass%5D=1&login=alice&login_pass=p&submit=Authenticate',
  ],
  [
    'ldap-account-manager',
    '/lam/templates/login.php',
    'alice',
    'username=alice&passwd=p&language=en_GB&rememberLogin=on&checklogin=',
  ],
  ['request-tracker', '/NoAuth/Login.html', 'alice', 'user=alice&pass=p&next=7d26ddd3df41'],
  ['znc', '/login', 'alice', 'user=alice&pass=p&submitted=1'],
  [
    'sogo',
    '/SOGo/connect',
    'alice',
    '{"userName":"alice","password":"p","verificationCode":"","domain":null,"language":"English","rememberLogin":0}',
    'application/json',
  ],
  // Other ways to its root are the same sign-in.
  ['sogo', '/SOGo/so/view/connect', 'alice', '{"userName":"alice","password":"p"}', 'application/json'],
  ['qbittorrent', '/api/v2/auth/login', 'admin', 'username=admin&password=p'],
  ['guacamole', '/guacamole/api/tokens', 'alice', 'username=alice&password=p'],
  ['grafana', '/login', 'alice', '{"user":"alice","password":"p"}', 'application/json'],
  ['jenkins', '/j_spring_security_check', 'alice', 'j_username=alice&j_password=p&from=%2F&Submit='],
  [
    'exchange-owa',
    '/OWA/auth.owa',
    'corp\\alice',
    'destination=https%3A%2F%2Fapp.example.test%2Fowa&flags=4&forcedownlevel=0&username=corp%5Calice&password=p&passwordText=&isUtf8=1',
  ],
  ['fortinet-sslvpn', '/remote/logincheck', 'alice', 'ajax=1&username=alice&realm=&credential=p&just_logged_in=1'],
  ['fortinet-sslvpn', '/remote/logincheck', 'alice', 'username=alice&magic=1-2&reqid=3&polid=1&code=123456'],
  [
    'anyconnect-xml',
    '/VPN',
    'alice',
    '<?xml version="1.0" encoding="UTF-8"?><config-auth client="vpn" type="auth-reply"><version who="vpn">v9</version><auth><username>alice</username></auth></config-auth>',
    'application/xml; charset=utf-8',
  ],
  [
    'anyconnect-xml',
    '/auth',
    'alice',
    '<config-auth client="vpn" type="auth-reply"><auth><username>alice</username></auth></config-auth>',
    'application/xml',
  ],
];

for (const [preset, target, account, body, type = FORM] of SIGN_INS)
  test(`${preset}: the form that people send to ${target} is a step`, () => {
    const raw = ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(body))];
    const reading = readHeadOf(
      bound(preset, preset === 'adminer' ? { server: 'db' } : {}),
      'POST',
      parseTarget(target),
      HeaderFields.of(raw),
    );
    assert.equal(reading.kind, 'step', JSON.stringify(reading));
    assert.ok(reading.kind === 'step');
    // As the engine does: the first step that does not say that it is another one.
    let read: ReturnType<typeof readStep> = 'not-this-step';
    for (const step of reading.steps) {
      read = readStep(step, HeaderFields.of(raw), Buffer.from(body));
      if (read !== 'not-this-step') break;
    }
    assert.ok(read !== 'not-this-step', 'no step takes it');
    assert.equal(read.account, account);
  });

/** Other ways in: refused whoever asks. */
const CLOSED: readonly (readonly [preset: string, method: string, target: string])[] = [
  ['roundcube', 'GET', '/?_task=login&_user=alice&_pass=p'],
  ['roundcube', 'POST', '/index.php/foo/bar?_task=login'],
  ['roundcube', 'GET', '/index.php/login/oauth'],
  ['adminer', 'GET', '/adminer.php?sqlite=&username=x'],
  ['adminer', 'GET', '/editor.php'],
  ['dokuwiki', 'GET', '/feed.php?u=alice&p=p'],
  ['dokuwiki', 'POST', '/lib/exe/xmlrpc.php'],
  ['dokuwiki', 'POST', '/lib/exe/JSONRPC.php/x'],
  ['j-security-check', 'GET', '/manager/html'],
  ['j-security-check', 'POST', '/page/j_security_check;x=1'],
  ['cockpit', 'GET', '/cockpit+foo/login'],
  ['cockpit', 'GET', '/cockpit%2b=host/login'],
  ['mediawiki', 'POST', '/api.php?action=clientlogin'],
  ['mediawiki', 'POST', '/api.php?action=login'],
  ['mediawiki', 'POST', '/INDEX.php/Special:UserLogin'],
  ['mediawiki', 'POST', '/index%2ephp/Special:UserLogin'],
  ['mediawiki', 'GET', '/index.php/Special:UserLogin?wpName=alice&wpPassword=p'],
  ['wordpress', 'POST', '/xmlrpc.php'],
  ['wordpress', 'POST', '/wp-login%2ephp/foo'],
  ['wordpress', 'POST', '/wp-json/jwt-auth/v1/token'],
  ['wordpress', 'POST', '/index.php/wp-json/jwt-auth/v1/token'],
  ['wordpress', 'POST', '/?rest_route=/jwt-auth/v1/token'],
  ['wordpress', 'POST', '/any/page?x=1&rest%5Froute=jwt-auth%252fv1/token/'],
  ['wordpress', 'GET', '/?rest.route=//JWT-AUTH//v1/token'],
  ['wordpress', 'GET', '/?rest_route=/wp/v2/users/7/application-passwords'],
  ['fossil', 'POST', '/json/login'],
  ['fossil', 'GET', '/my?u=bob&p=x'],
  ['fossil', 'GET', '/timeline?authToken=a/b/bob'],
  ['fossil', 'POST', '/xfer'],
  ['zabbix', 'GET', '/index.php?name=Admin&password=x&enter=Sign+in'],
  ['zabbix', 'POST', '/api_jsonrpc.php'],
  ['icingaweb2', 'POST', '/default/authentication/login'],
  ['icingaweb2', 'POST', '/index.php/authentication/login'],
  ['icingaweb2', 'POST', '/AUTHENTICATION/Login'],
  ['icingaweb2', 'GET', '/setup'],
  ['postfixadmin', 'POST', '/users/login.php'],
  ['postfixadmin', 'GET', '/setup.php'],
  ['postfixadmin', 'GET', '/main.php?fUsername=a&fPassword=b'],
  ['redmine', 'POST', '/login.json'],
  ['redmine', 'POST', '/LOGIN.xml'],
  ['redmine', 'GET', '/account/lost_password?token=x'],
  ['redmine', 'GET', '/issues.atom?key=x'],
  ['redmine', 'GET', '/issues?format=json&KEY=x'],
  ['redmine', 'POST', '/sys/fetch_changesets'],
  ['redmine', 'POST', '/mail_handler.json'],
  ['cacti', 'GET', '/graph_view.php?action=login&login_username=alice&login_password=x'],
  ['cacti', 'GET', '/remote_agent.php?action=polldata'],
  ['cacti', 'POST', '/install/step_json.php'],
  ['tt-rss', 'POST', '/api/'],
  ['tt-rss', 'POST', '/backend.php?op=Handler-Public&method=login'],
  ['tt-rss', 'GET', '/public.php?op=forgotpass'],
  ['phpldapadmin', 'GET', '/cmd.php?cmd=login&login=alice&login_pass=x'],
  ['phpldapadmin', 'POST', '/login.php'],
  ['ldap-account-manager', 'GET', '/lam/templates/login.php?useProfile=other'],
  ['ldap-account-manager', 'GET', '/lam/templates/login.php?expired=yes&+useProfile=other'],
  ['ldap-account-manager', 'POST', '/lam/templates/login.php?useProfile=other'],
  ['ldap-account-manager', 'GET', '/lam/templates/config'],
  ['ldap-account-manager', 'POST', '/lam/templates/config/mainlogin.php'],
  ['ldap-account-manager', 'POST', '/lam/templates/selfService/selfServiceLogin.php'],
  ['ldap-account-manager', 'GET', '/lam/templates/misc/ajax.php?function=x&selfservice'],
  ['ldap-account-manager', 'GET', '/lam/sess/sess_a'],
  ['ldap-account-manager', 'GET', '/lam/templates/main.php?username=alice&passwd=x'],
  ['request-tracker', 'GET', '/Search/Simple.html?q=x&user=alice&pass=x'],
  ['request-tracker', 'GET', '/REST/2.0/rt?token=1-14-a'],
  ['request-tracker', 'POST', '/REST/1.0/NoAuth/mail-gateway'],
  ['request-tracker', 'GET', '/NoAuth/iCal/bob/a/x'],
  ['znc', 'GET', '/?user=alice&pass=x'],
  ['sogo', 'GET', '/SOGo/dav/alice/'],
  ['sogo', 'PATCH', '/SOGo/so/connect'],
  ['sogo', 'POST', '/sogo/CONNECT'],
  ['sogo', 'POST', '/SOGo/connect/'],
  ['sogo', 'POST', '/SOGo/so/changePassword'],
  ['sogo', 'POST', '/SOGo/view/changepassword'],
  ['sogo', 'POST', '/SOGo/passwordRecoveryCheck'],
  ['sogo', 'GET', '/SOGo/so/casProxy?pgtId=a&pgtIou=b'],
  ['sogo', 'GET', '/SOGo/?ticket=ST-1'],
  ['sogo', 'POST', '/SOGo/saml2-signon-post'],
  ['sogo', 'GET', '/SOGo/?userName=alice&password=x'],
  ['anyconnect-xml', 'PUT', '/VPN'],
  ['anyconnect-xml', 'POST', '/vpn/'],
  ['anyconnect-xml', 'GET', '/CSCOSSLC/tunnel'],
  ['guacamole', 'GET', '/guacamole/?key=abc'],
  ['netscaler-gateway', 'POST', '/nf/auth/doAuthentication.do'],
  ['netscaler-gateway', 'POST', '/p/u/doAuthentication.do'],
  ['storefront', 'POST', '/citrix/storeweb/gatewayauth/login'],
  ['rd-web-access', 'GET', '/rdweb/feed/webfeed.aspx'],
  ['exchange-owa', 'POST', '/EWS/exchange.asmx'],
  ['exchange-owa', 'OPTIONS', '/microsoft-server-activesync'],
  ['fortinet-sslvpn', 'GET', '/remote/sslvpn-tunnel'],
  ['ivanti', 'POST', '/api/v1/auth'],
  ['cisco-asa', 'POST', '/'],
  ['f5-apm', 'POST', '/f5-oauth2/v1/token'],
  ['sonicwall-sma', 'POST', '/cgi-bin/sslvpnclient'],
  ['jenkins', 'POST', '/cli/ws'],
  ['jenkins', 'POST', '/j_acegi_security_check'],
  ['grafana', 'GET', '/login/generic_oauth'],
  ['webmin', 'POST', '/xmlrpc.cgi'],
];

for (const [preset, method, target] of CLOSED)
  test(`${preset}: ${method} ${target} is refused`, () => {
    const { kind } = readHeadOf(
      bound(preset, preset === 'adminer' ? { server: 'db' } : {}),
      method,
      parseTarget(target),
      HeaderFields.none,
    );
    assert.ok(kind === 'door' || kind === 'guarded', kind);
  });
