import type { Switches } from './login-app.ts';
import type { AppSession, People } from './login-app-people.ts';
import { readings } from './login-app-read.ts';
import type { Behaviour, Recorded } from './upstream.ts';

/** What the app says to one request, and as whose it took it. */
export interface Said {
  readonly account: string | null;
  readonly status: string;
  readonly fields: readonly string[];
  readonly body: string;
  /** The answer to a name and a password. */
  readonly login?: boolean;
  readonly behaviour?: Behaviour;
}

export type Site = Switches & { readonly people: People };

export const NAMES = ['username', 'user_name', 'user', 'login', 'log', 'u', 'userName', '_username'];
export const SECRETS = ['password', 'pass', 'pwd', 'p'];
export const cookie = (session: AppSession): string => `Set-Cookie: SESS=${session.id}; Path=/; HttpOnly`;

export function queryOf(target: string): URLSearchParams {
  return new URLSearchParams(target.includes('?') ? target.slice(target.indexOf('?')) : '');
}

export const text = (
  account: string | null,
  body: string,
  fields: readonly string[] = [],
  status = '200 OK',
): Said => ({
  account,
  status,
  fields,
  body,
});

/** The ways in besides the form: what each makes of a request, or undefined. */
export function sideDoor(site: Site, request: Recorded, route: string, session: AppSession): Said | undefined {
  const { people } = site;
  const query = queryOf(request.target);
  const become = (account: string | undefined, body: string): Said => {
    if (account === undefined) return text(null, 'no', [], '403 Forbidden');
    const mine = site.rotate ? people.rotate(session) : session;
    mine.account = account;
    return text(account, body, [cookie(mine)]);
  };
  if (/\/(?:xmlrpc\.php|api\/login|oauth\/token|graphql|soap|j_security_check)$/.test(route)) {
    const account = readings(request)
      .map((fields) =>
        people.check(
          NAMES.map((n) => fields.get(n)).find((v) => v !== undefined) ?? '',
          SECRETS.map((n) => fields.get(n)).find((v) => v !== undefined) ?? '',
        ),
      )
      .find((one) => one !== undefined);
    return become(
      account,
      JSON.stringify({ token: account === undefined ? '' : people.token(account), page: `private page of ${account}` }),
    );
  }
  if (route === '/remember' || route === '/reset' || route === '/invite')
    return become(people.tokens.get(query.get('token') ?? query.get('t') ?? ''), 'welcome back');
  const su = /^\/su\/(\w+)$/.exec(route)?.[1];
  if (su !== undefined) return become(people.account(su), `private page of ${su}`);
  if (route === '/switch') {
    const account = people.account(query.get('to') ?? '');
    if (account === undefined) return text(null, 'no', [], '403 Forbidden');
    const other = people.open();
    other.account = account;
    return text(session.account, 'switched', [cookie(other)]);
  }
  return undefined;
}

/** Asks for a connection that is signed in, whatever cookies say; only the question who it is goes without. */
export function ntlm(site: Site, request: Recorded, route: string): Said | undefined {
  if (!site.ntlm || route === '/whoami' || site.people.sockets.has(request.connection)) return undefined;
  const started = /^NTLM type1/i.test(request.all('authorization')[0] ?? '');
  const fields = [`WWW-Authenticate: NTLM${started ? ' type2' : ''}`, 'WWW-Authenticate: Negotiate'];
  return text(null, 'who?', fields, '401 Unauthorized');
}

/** A login by JSON whose answer holds a token that stands for the session. */
export function tokenLogin(site: Site, request: Recorded): Said {
  for (const fields of readings(request)) {
    const account = site.people.check(fields.get('user') ?? '', fields.get('password') ?? '');
    if (account === undefined) continue;
    const body = JSON.stringify({ token: site.people.token(account), user: account });
    return { ...text(account, body, ['Content-Type: application/json']), login: true };
  }
  return { ...text(null, '{"error":"wrong"}', ['Content-Type: application/json'], '403 Forbidden'), login: true };
}
