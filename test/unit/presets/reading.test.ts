import assert from 'node:assert/strict';
import test from 'node:test';
import { checkQueryEquals, isLogout, readHeadOf, webSocketRule } from '../../../src/presets/reading.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { parseTarget } from '../../../src/request/target.ts';
import { door, exactly, guard, login, re, read, rule, step } from './logins.ts';
import { ADMINER, COCKPIT, DJANGO, DOKUWIKI, ROUNDCUBE, SOGO, TOMCAT, WORDPRESS, ZABBIX } from './products.ts';

const BASIC = ['Authorization', 'Basic YWxpY2U6d3Jvbmc='];

test('the sign-in of each product, as it was recorded, is its step', () => {
  assert.equal(read(ROUNDCUBE, 'POST /?_task=login'), 'step password');
  assert.equal(read(ADMINER, 'POST /adminer.php'), 'step password');
  assert.equal(read(DOKUWIKI, 'POST /doku.php?id=start&do=login'), 'step password');
  assert.equal(read(WORDPRESS, 'POST /wp-login.php'), 'step password');
  assert.equal(read(DJANGO, 'POST /admin/login/?next=/admin/'), 'step password');
  assert.equal(read(TOMCAT, 'POST /examples/jsp/security/protected/j_security_check'), 'step password');
  assert.equal(read(ZABBIX, 'POST /index.php'), 'step password');
  assert.equal(read(SOGO, 'POST /SOGo/connect'), 'step password');
  assert.equal(read(COCKPIT, 'GET /cockpit/login', BASIC), 'step password');
});

test('ordinary requests are plain', () => {
  for (const request of [
    'GET /?_task=mail&_mbox=INBOX',
    'POST /?_task=mail&_action=send',
    'GET /index.php',
    'PUT /',
    'GET /a.b/%C3%A9',
  ])
    assert.equal(read(ROUNDCUBE, request), 'plain', request);
  assert.equal(read(DJANGO, 'GET /admin/?username=alice'), 'plain', 'a word of a set alone');
  assert.equal(read(DJANGO, 'POST /admin/auth/user/add/'), 'plain');
});

test('what may be seen by anybody: exact paths and listed parameters, read only', () => {
  assert.equal(read(ROUNDCUBE, 'GET /?_task=login'), 'surface');
  assert.equal(read(ROUNDCUBE, 'HEAD /?_task=login&_err=session'), 'surface');
  assert.equal(read(ROUNDCUBE, 'GET /skins/elastic/a.css?v=1'), 'surface');
  const others = ['GET /?_task=login&_task=mail', 'GET /?_task=login&x=1', 'GET /?_task=mail', 'OPTIONS /?_task=login'];
  others.push('GET /Skins/a.css', 'GET /?_task=login;x=1', 'GET /?_Task=login');
  for (const request of others) assert.equal(read(ROUNDCUBE, request), 'plain', request);
});

test('a step has exactly the query that it lists', () => {
  for (const query of [
    '',
    '?',
    '?_task=mail',
    '?_task=login&x=1',
    '?_task=login&_task=login',
    '?_task=login;a',
    '?_TASK=login',
  ])
    assert.notEqual(read(ROUNDCUBE, `POST /${query}`), 'step password', query);
  assert.equal(read(ROUNDCUBE, 'POST /?%5Ftask=log%69n'), 'step password', 'one reading only, whoever decodes it');
});

test('L1: credentials in the query of any address', () => {
  for (const path of ['/doku.php', '/lib/exe/ajax.php', '/feed.php', '/'])
    for (const method of ['GET', 'HEAD', 'POST'])
      assert.equal(read(DOKUWIKI, `${method} ${path}?id=start&u=alice&p=x`), 'guarded', `${method} ${path}`);
  for (const name of ['u', '%75', 'U', '+u', '%20u', 'u[]', 'u[a]', 'u%5B%5D', '%EF%BD%95', 'x=1;u'])
    assert.equal(read(DOKUWIKI, `GET /doku.php?${name}=alice`), 'guarded', name);
  assert.equal(read(ZABBIX, 'GET /index.php?name=Admin&password=zabbix&enter=Sign+in'), 'guarded');
  assert.equal(read(ZABBIX, 'GET /zabbix.php?name=Admin'), 'plain');
  assert.equal(read(ADMINER, 'GET /adminer.php?auth%5Busername%5D=bob'), 'guarded');
  assert.equal(read(TOMCAT, 'POST /examples/x/j_security_check?j_username=alice'), 'guarded');
});

test('L1: a step whose query may be anything holds no credentials there all the same', () => {
  const any = login({ steps: [step('POST', '/login', { query: 'any', account: 'user', secret: ['pw'] })] });
  assert.equal(read(any, 'POST /login?next=/a'), 'step password');
  assert.equal(read(any, 'POST /login?user=alice'), 'guarded');
  assert.equal(read(any, 'POST /login?Pw=x'), 'guarded');
});

test('another method in the query', () => {
  for (const name of ['_method', '_METHOD', 'X-HTTP-Method-Override', '%5Fmethod', '_method[]'])
    assert.equal(read(ROUNDCUBE, `GET /?${name}=POST`), 'guarded', name);
});

test('doors are closed in every spelling', () => {
  const doors = ['/xmlrpc.php', '/XMLRPC.php', '/xmlrpc%2Ephp', '/%78mlrpc.php'];
  doors.push(
    '/xmlrpc.php/',
    '/xmlrpc.php/x/y',
    '/xmlrpc.php.',
    '/xmlrpc.php%20',
    '/xmlrpc.php;a=b',
    '/%EF%BD%98mlrpc.php',
  );
  for (const path of doors)
    for (const method of ['GET', 'POST', 'PUT'])
      assert.equal(read(WORDPRESS, `${method} ${path}?rsd`), 'door', `${method} ${path}`);
  assert.equal(read(WORDPRESS, 'GET /xmlrpc.phpx'), 'plain');
  assert.equal(read(DOKUWIKI, 'POST /lib//exe/xmlrpc.php'), 'door');
  assert.equal(read(SOGO, 'PROPFIND /SOGo/dav/alice/'), 'door');
  assert.equal(read(SOGO, 'POST /SOGo/so/connect'), 'door');
  assert.equal(read(COCKPIT, 'GET /cockpit+foo/login', BASIC), 'door');
  assert.equal(read(COCKPIT, 'GET /cockpit%2B=host/login'), 'door');
  assert.equal(read(TOMCAT, 'GET /manager/html'), 'door');
});

test('a door with a header, a method or a query is closed to those alone', () => {
  assert.equal(read(DOKUWIKI, 'GET /feed.php'), 'plain');
  assert.equal(read(DOKUWIKI, 'GET /feed.php', BASIC), 'door');
  assert.equal(read(DOKUWIKI, 'GET /feed.php', ['AUTHORIZATION', 'x']), 'door');
  const of = login({
    doors: [
      door('/a', { method: 'GET' }),
      door('/b', { query: rule({ _format: ['json'] }) }),
      door('/c', { query: rule({ key: 'any' }) }),
    ],
  });
  assert.deepEqual(
    ['GET', 'HEAD', 'POST'].map((method) => read(of, `${method} /a`)),
    ['door', 'door', 'plain'],
  );
  for (const query of [
    '_format=json',
    '_Format=JSON',
    'x=1;_format=json',
    '%5fformat=%6ason',
    '_format[]=a',
    '_format=json+',
  ])
    assert.equal(read(of, `POST /b?${query}`), 'door', query);
  assert.equal(read(of, 'POST /b?_format=html'), 'plain');
  assert.equal(read(of, 'POST /b'), 'plain');
  assert.equal(read(of, 'GET /c?KEY='), 'door');
  const typed = login({ doors: [door('/.*', { type: 'application/x-sync' })] });
  for (const line of [
    'application/x-sync',
    'APPLICATION/X-Sync; a=b',
    ' application/x-sync-more',
    'text/plain, application/x-sync',
  ])
    assert.equal(read(typed, 'POST /any/page', ['Content-Type', line]), 'door', line);
  assert.equal(read(typed, 'POST /any', ['content-type', 'text/plain', 'Content-Type', 'application/x-sync']), 'door');
  assert.equal(read(typed, 'POST /any/page', ['Content-Type', 'application/x-www-form-urlencoded']), 'plain');
  assert.equal(read(typed, 'GET /any/page'), 'plain');
});

test('other spellings of a sign-in address do not sign in', () => {
  const of = login({ steps: [step('POST', '/login.php'), step('POST', '/Auth/In/')], nocase: false });
  const spellings = [
    '/Login.php',
    '/login.php/',
    '/login.php/x',
    '/%6cogin.php',
    '/login%2ephp',
    '/auth/in',
    '/Auth//In/',
  ];
  spellings.push('/Auth/In', '/AUTH/IN/', '/login.php.', '/Auth/In%2f');
  for (const path of spellings) {
    for (const method of ['POST', 'PUT', 'PATCH', 'OPTIONS'])
      assert.equal(read(of, `${method} ${path}`), 'door', `${method} ${path}`);
    assert.equal(read(of, `GET ${path}`), 'plain', path);
  }
  assert.equal(read(of, 'POST /login.php;x'), 'guarded');
  assert.equal(read(of, 'POST /login.phpx'), 'plain');
  assert.equal(read(of, 'POST /login.php'), 'step password');
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    assert.equal(read(of, `${method} /login.php?action=zzz`), 'door', `${method}: another query at the sign-in`);
  assert.equal(read(of, 'PUT /login.php'), 'door');
  assert.equal(read(of, 'GET /login.php?action=zzz'), 'plain');
  assert.equal(read(of, 'OPTIONS /login.php'), 'plain');
});

test('an address that serves for other things too takes other methods and queries, whose bodies are looked through', () => {
  const on = { method: 'POST', paths: [exactly('/index.php')], query: new Map(), shared: true };
  const of = login({ steps: [step('POST', '/index.php', { on })] });
  assert.equal(read(of, 'POST /index.php'), 'step password');
  for (const line of ['POST /index.php?action=save', 'PUT /index.php']) assert.equal(read(of, line), 'plain', line);
  assert.equal(read(of, 'POST /Index.php'), 'door');
});

test('what tells the address of a sign-in by its query tells other pages of the same script too', () => {
  const query = rule({ task: ['login'], next: 'any' });
  const of = login({ steps: [step('POST', '/', { query })] });
  assert.equal(read(of, 'POST /?task=login&next=a'), 'step password');
  for (const line of ['POST /?task=mail', 'POST /', 'PUT /?a=login']) assert.equal(read(of, line), 'plain', line);
  for (const line of [
    'POST /?task=login&x=1',
    'POST /?Task=login',
    'POST /?task=login&task=mail',
    'PUT /?task=%4cogin',
  ])
    assert.equal(read(of, line), 'door', line);
});

test('credentials in a header at another spelling of a sign-in by Basic', () => {
  assert.equal(read(COCKPIT, 'GET /Cockpit/login', BASIC), 'door');
  assert.equal(read(COCKPIT, 'GET /cockpit/login/', BASIC), 'door');
  assert.equal(read(COCKPIT, 'GET /cockpit/login/'), 'plain');
});

test('captured spellings of products', () => {
  assert.equal(read(ROUNDCUBE, 'POST /index.php/foo/bar'), 'door');
  assert.equal(read(WORDPRESS, 'POST /wp-login.php/foo'), 'door');
  assert.equal(read(WORDPRESS, 'POST /wp-login%2Ephp'), 'door');
  assert.equal(read(TOMCAT, 'POST /examples/a/j%5fsecurity_check'), 'door');
  assert.equal(read(TOMCAT, 'POST /examples/a/j_security_check;x=1'), 'guarded');
});

test('without case, a step is found in any', () => {
  const of = login({ nocase: true, steps: [step('POST', '/owa/auth.owa')] });
  assert.equal(read(of, 'POST /OWA/Auth.owa'), 'step password');
  assert.equal(read(of, 'POST /OWA/Auth.owa/'), 'door');
});

test('L7: session ids in addresses', () => {
  const paths = ['/a;jsessionid=A9FE', '/a;JSESSIONID=x/b', '/a;x', '/;', '/a%3bjsessionid=A9FE', '/a%3Bx'];
  paths.push(
    '/(S(lit3py55t21z5v55vlm25s55))/a.aspx',
    '/app/(F(abc))/',
    '/(A(x)S(y)F(z))/a',
    '/(s(x))',
    '/%28S(x)%29/a',
    '/(X(1)F(a))/a',
  );
  for (const path of paths) assert.equal(read(ROUNDCUBE, `GET ${path}`), 'guarded', path);
  const names = [
    'jsessionid',
    'JSESSIONID',
    'PHPSESSID',
    'phpsessid[]',
    'ASPSESSIONIDQACBTDRS',
    'ASP.NET_SessionId',
    'sessionid',
    'session_id',
  ];
  names.push(
    'CFID',
    'cftoken',
    '%70hpsessid',
    '+PHPSESSID',
    'roundcube_sessid',
    'Roundcube_SessAuth',
    'roundcube.sessid',
    'x;jsessionid',
  );
  for (const name of names) assert.equal(read(ROUNDCUBE, `GET /?a=1&${name}=v`), 'guarded', name);
  for (const request of ['GET /(a)/b', 'GET /f(x)', 'GET /?sid=1', 'GET /?my_sessionid_x=1', 'GET /?zbx_session=1'])
    assert.equal(read(ROUNDCUBE, request), 'plain', request);
  assert.equal(read(ZABBIX, 'GET /?zbx_session=1'), 'guarded');
  // What is none to an app is none as it is spelt there, and what stands for its session or another method never is.
  const none = login({ sessionCookies: [re('^sid$')], noSessionIds: ['session_id', '_method', 'sid'] });
  assert.equal(read(none, 'GET /ws?session_id=1'), 'plain');
  for (const name of ['SESSION_ID', 'sessionid', 'session_id[]', 'jsessionid', '_method', 'sid'])
    assert.equal(read(none, `GET /ws?${name}=1`), 'guarded', name);
});

test('a parameter that must name the person', () => {
  assert.equal(checkQueryEquals(ADMINER, 'server=127.0.0.1%3A13306&username=alice&db=x', 'alice'), null);
  assert.equal(checkQueryEquals(ADMINER, 'db=x', 'alice'), null);
  const refused = [
    'username=bob',
    'username=alice&username=bob',
    'Username=alice',
    'username[]=alice',
    '%20username=alice',
    'server=evil',
  ];
  for (const query of refused) assert.notEqual(checkQueryEquals(ADMINER, query, 'alice'), null, query);
  assert.notEqual(checkQueryEquals(ADMINER, 'username=alice', null), null);
  assert.equal(read(ADMINER, 'GET /adminer.php?username=bob'), 'plain', 'judged where the person is known');
});

test('WebSockets: where the preset says, or anywhere when it says nothing', () => {
  const rule = webSocketRule(COCKPIT, '/cockpit/socket');
  assert.equal(rule !== null && rule !== 'any' && rule.origin, 'upstream');
  assert.equal(webSocketRule(COCKPIT, '/cockpit/socket/x'), null);
  assert.equal(webSocketRule(DJANGO, '/ws'), 'any');
});

test('signing out of the app', () => {
  const logout = (target: string): boolean => isLogout(ROUNDCUBE, parseTarget(target));
  assert.equal(logout('/?_task=logout&_token=It9P'), true);
  assert.equal(logout('/?_task=mail'), false);
  assert.equal(logout('/x?_task=logout'), false);
});

test('a reason never holds what the query held', () => {
  const reading = readHeadOf(DOKUWIKI, 'GET', parseTarget('/?u=alice&p=hunter22'), HeaderFields.none);
  assert.equal(reading.kind, 'guarded');
  assert.doesNotMatch(JSON.stringify(reading), /alice|hunter22/);
});

test('parameters of a guard alone in the query', () => {
  const of = login({
    guard: guard({ query: ['token'] }),
    steps: [],
    sessionCookies: [re('^S[0-9]+$'), exactly('a.b')],
  });
  assert.equal(read(of, 'GET /?Token=1'), 'guarded');
  assert.equal(read(of, 'GET /?s12=1'), 'guarded');
  assert.equal(read(of, 'GET /?A.B=1'), 'guarded');
});

test('a door is shut to every reading of its address, whatever stands beside it', () => {
  const other = [
    '/lib/exe/xmlrpc.php',
    '/lib/exe/%2578mlrpc.php/%25',
    '/lib/exe/xmlrpc.php/x%25ff',
    '/lib/exe/XMLRPC.PHP',
  ];
  other.push(
    '/lib/exe/%25u0078mlrpc.php/%25',
    '/lib/exe/xmlrpc.php::$DATA',
    '/lib:x/exe/xmlrpc.php',
    '/lib/ex%C4%93/xmlrpc.php',
  );
  other.push('/lib/exe/xml%C2%ADrpc.php', '/lib/exe/xmlrpc.php;x/y', '/lib/exe/xmlrpc.php+', '/lib/exe/xmlrpc.php.%20');
  other.push(
    '/lib/exe/%EF%BD%98mlrpc.php',
    '/lib/exe/jsonrp~1.php',
    '/lib/exe/jsonr~12.php',
    '/lib/exe/xml%25E0%2580rpc.php',
  );
  for (const path of other) assert.match(read(DOKUWIKI, `POST ${path}`), /^(?:door|guarded)/, path);
  for (const path of ['/doku.php/x%25', '/lib/exe/ajax.php', '/image~1.png', '/caf%C3%A9'])
    assert.equal(read(DOKUWIKI, `GET ${path}`), 'plain', path);
});

test('another spelling of a sign-in address is none, and no way around it', () => {
  for (const path of ['/dok%2575.php/%25', '/d%C5%8Dku.php', '/doku.php:x', '/DOKU~1.PHP', '/doku%C2%AD.php'])
    assert.match(read(DOKUWIKI, `POST ${path}`), /^door/, path);
  const spaced = login({ steps: [step('POST', '/sign%20in')] });
  assert.equal(read(spaced, 'POST /sign%20in'), 'step password');
  for (const path of ['/SIGN%20in', '/sign+in', '/sign%2520in/%25', '/s%C4%AFgn%20in'])
    if (path !== '/sign%2520in/%25') assert.match(read(spaced, `POST ${path}`), /^door/, path);
});

test('a door told apart by its query is shut to every reading of it', () => {
  const shut = login({ doors: [door('/x', { query: rule({ do: ['login'] }) })] });
  for (const query of [
    'do=login',
    'do=LOGIN',
    'do=l%256fgin',
    'do=l%C5%8Dgin',
    'do=lo%C2%ADgin',
    'do=l%25u006fgin',
    'd%256f=login',
    'd%C5%8D=login',
    'do=log%25%36%39n&x=%25',
  ])
    assert.match(read(shut, `GET /x?${query}`), /^door/, query);
  for (const query of ['do=logins', 'do=', 'dog=login']) assert.equal(read(shut, `GET /x?${query}`), 'plain', query);
});

test('a session id in a path is found in every decoding', () => {
  for (const path of [
    '/x;jsessionid=1',
    '/x%3Bjsessionid=1',
    '/x%253Bjsessionid=1/%25',
    '/x%EF%BC%9Bjsessionid=1',
    '/(S(abc))/x',
    '/%2528S(abc))/x%25',
  ])
    assert.match(read(TOMCAT, `GET ${path}`), /^guarded/, path);
});
