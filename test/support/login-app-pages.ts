import {
  cookie,
  NAMES,
  ntlm,
  queryOf,
  type Said,
  SECRETS,
  type Site,
  sideDoor,
  text,
  tokenLogin,
} from './login-app-doors.ts';
import type { AppSession, People } from './login-app-people.ts';
import { basicOf, cookiesOf, plainFields, readings } from './login-app-read.ts';
import type { Recorded } from './upstream.ts';

/** As lenient as the worst of routers: case, percent, parameters, dots, slashes and suffixes do not matter. */
function routeOf(target: string): string {
  const raw = (target.split('?')[0] ?? '').replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const plain =
    raw
      .split('\0')[0]
      ?.toLowerCase()
      .replace(/;[^/]*/g, '') ?? '';
  const segments: string[] = [];
  for (const segment of plain.split(/[/\\]/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`.replace(/[ /.]+$/, '');
}

/** The session that a request names: in its path, its query or its cookies. */
function sessionOf(people: People, request: Recorded): AppSession | undefined {
  const id =
    /;jsessionid=([^/?;]+)/i.exec(request.target)?.[1] ??
    /\(S\(([^)]+)\)\)/.exec(request.target)?.[1] ??
    queryOf(request.target).get('PHPSESSID') ??
    cookiesOf(request).get('SESS');
  // An id that the app does not know is adopted (session fixation).
  return id === undefined || id === '' ? undefined : (people.sessions.get(id) ?? people.open(id));
}

function tokenOf(request: Recorded): string | undefined {
  return (
    /^bearer +(\S+)/i.exec(request.all('authorization')[0] ?? '')?.[1] ??
    request.all('x-app-token')[0] ??
    queryOf(request.target).get('token') ??
    cookiesOf(request).get('REMEMBER')
  );
}

function accountOf(site: Site, request: Recorded, session: AppSession | undefined): string | null {
  const { people } = site;
  const ntlm = /^NTLM type3:(\w+)/i.exec(request.all('authorization')[0] ?? '')?.[1];
  if (ntlm !== undefined) people.sockets.set(request.connection, ntlm);
  const basic = basicOf(request);
  return (
    people.sockets.get(request.connection) ??
    (basic === undefined ? undefined : people.check(basic.user, basic.password)) ??
    people.tokens.get(tokenOf(request) ?? '') ??
    session?.account ??
    null
  );
}

function signedIn(site: Site, session: AppSession, account: string, typed: string, remember: boolean): Said {
  const shown = site.rotate || session.fresh;
  const mine = site.rotate ? site.people.rotate(session) : session;
  mine.account = account;
  mine.typed = typed;
  const fields = [
    ...(shown ? [cookie(mine)] : []),
    ...(remember ? [`Set-Cookie: REMEMBER=${site.people.token(account)}; Path=/; Max-Age=31536000`] : []),
  ];
  const base = { account, login: true, ...(site.answers === null ? {} : { behaviour: site.answers(account, fields) }) };
  if (site.inline) return { ...base, status: '200 OK', fields, body: `<h1>private page of ${account}</h1>` };
  return { ...base, status: '302 Found', fields: [...fields, 'Location: /account'], body: '' };
}

function refused(site: Site, session: AppSession): Said {
  const base = {
    account: null,
    login: true,
    ...(site.answers === null ? {} : { behaviour: site.answers(undefined, []) }),
  };
  if (!site.silent)
    return {
      ...base,
      status: '401 Unauthorized',
      fields: ['Set-Cookie: SEEN=-del-; Path=/'],
      body: '<p id="nobody">wrong password</p>',
    };
  const mine = site.rotate ? site.people.rotate(session) : session;
  return { ...base, status: '302 Found', fields: [cookie(mine), 'Location: /account'], body: '' };
}

function credentials(
  site: Site,
  request: Recorded,
): { typed: string; password: string; remember: boolean; csrf: string }[] {
  const all = site.worst ? readings(request) : [plainFields(request)];
  return all.flatMap((fields) => {
    const typed = NAMES.map((name) => fields.get(name)).find((value) => value !== undefined);
    const password = SECRETS.map((name) => fields.get(name)).find((value) => value !== undefined);
    if (typed === undefined || password === undefined) return [];
    return [{ typed, password, remember: fields.has('remember'), csrf: fields.get('csrf') ?? '' }];
  });
}

function login(site: Site, request: Recorded, session: AppSession): Said {
  for (const { typed, password, remember, csrf } of credentials(site, request)) {
    const account = site.people.check(typed, password);
    if (account === undefined || (site.csrf && !site.worst && csrf !== session.csrf)) continue;
    return signedIn(site, session, account, typed, remember);
  }
  return refused(site, session);
}

/** The name first, then the password, which comes without it. */
function stepwise(site: Site, request: Recorded, session: AppSession): Said {
  const fields = plainFields(request);
  const name = fields.get('username');
  if (name !== undefined) session.named = name;
  const password = fields.get('password');
  if (password === undefined)
    return {
      account: null,
      status: '200 OK',
      fields: [],
      body: `<form id="second" method="post" action="/login/password"><input type="password" name="password"></form>`,
    };
  const account = site.people.check(session.named ?? '', password);
  return account === undefined ? refused(site, session) : signedIn(site, session, account, session.named ?? '', false);
}

function loginPage(session: AppSession, fields: readonly string[], steps: 1 | 2): Said {
  const password = steps === 1 ? '<input type="password" name="password">' : '';
  const form = `<form id="nobody" method="post" action="/login"><input name="csrf" value="${session.csrf}"><input name="username">${password}</form>`;
  return text(session.account, form, fields);
}

export function pageOf(site: Site, request: Recorded): Said {
  const { people } = site;
  const route = routeOf(request.target);
  const tried = credentials(site, request).length > 0;
  if (route.startsWith('/static/') && !(site.worst && tried)) return text(null, 'body{}', ['Content-Type: text/css']);
  const known = sessionOf(people, request);
  const session = known ?? people.open();
  session.fresh = known === undefined;
  const fields = known === undefined ? [cookie(session)] : [];
  const account = accountOf(site, request, known);
  const asked = ntlm(site, request, route);
  if (asked !== undefined) return asked;
  if (route === '/session' && request.method === 'POST') return tokenLogin(site, request);
  const door = sideDoor(site, request, route, session);
  if (door !== undefined) return door;
  if (route === '/whoami') {
    const body = account === null ? '<p id="nobody">nobody</p>' : `<p>signed in: <b id="who">${account}</b></p>`;
    return { ...text(account, body, fields), ...(site.whoami === null ? {} : { behaviour: site.whoami }) };
  }
  if (route === '/logout') {
    people.sessions.delete(session.id);
    return text(account, '', ['Set-Cookie: SESS=; Path=/; Max-Age=0', 'Location: /login'], '302 Found');
  }
  const isLogin = /(?:^|\/)login(?:\.php)?(?:\/|$)/.test(route);
  const hasCredentials = tried || queryOf(request.target).has('password');
  if (isLogin && site.steps === 2 && request.method === 'POST') return stepwise(site, request, session);
  if (isLogin && request.method !== 'GET' && request.method !== 'HEAD') return login(site, request, session);
  if (hasCredentials && (site.worst || isLogin)) return login({ ...site, worst: true }, request, session);
  if (isLogin) return loginPage(session, fields, site.steps);
  if (account === null) return text(null, '', [...fields, 'Location: /login'], '302 Found');
  return text(account, `<h1>private page of ${account}</h1>`, fields);
}
