import type { Said } from './login-app-doors.ts';
import { pageOf } from './login-app-pages.ts';
import { APP_PASSWORDS, type Fold, People } from './login-app-people.ts';
import {
  type Behaviour,
  type Recorded,
  type RecordingUpstream,
  bytes as rawBytes,
  startUpstream,
  webSocketEcho,
} from './upstream.ts';

/** A request that the app answered, and whose it believed it to be. */
export interface Served {
  readonly request: Recorded;
  readonly method: string;
  readonly target: string;
  /** null: nobody's. */
  readonly account: string | null;
}

/** How the app behaves; everything may be changed while it runs. */
export interface Switches {
  /** A new session id at login. */
  rotate: boolean;
  /** The one session id that everybody gets; null: random ones. */
  fixedId: string | null;
  /** Any request whose bytes any kind of app would read as somebody's name and password signs that person in. */
  worst: boolean;
  folds: readonly Fold[];
  /** The answer to a right password is the same as to a wrong one. */
  silent: boolean;
  /** The answer to a right password is the person's page itself. */
  inline: boolean;
  /** The name first, the password on the next page. */
  steps: 1 | 2;
  /** Lines that every answer carries (Set-Cookie and the like), and whether a 103 with the same comes before. */
  noise: readonly string[];
  interim: boolean;
  /** The connection is signed in, not the request. */
  ntlm: boolean;
  /** The login form wants the token of its page. */
  csrf: boolean;
  /** Makes the answer to a login, once it has been judged; null: the app's own. */
  answers: ((account: string | undefined, setCookies: readonly string[]) => Behaviour) | null;
  /** Answers /whoami; null: the app's own page. */
  whoami: Behaviour | null;
  /** A login's answer waits for this. */
  until: Promise<unknown> | null;
}

const PLAIN: Switches = {
  rotate: true,
  fixedId: null,
  worst: false,
  folds: [],
  silent: false,
  inline: false,
  steps: 1,
  noise: [],
  interim: false,
  ntlm: false,
  csrf: true,
  answers: null,
  whoami: null,
  until: null,
};

/** A legacy app with a login of its own, on a real socket, that records every byte and who each request was served as. */
export interface LoginApp extends Switches {
  readonly upstream: RecordingUpstream;
  readonly origin: string;
  readonly people: People;
  readonly served: Served[];
  /** Requests that were served as somebody, as `METHOD target`. */
  as(account: string): string[];
  /** The same without `/whoami`. */
  pagesOf(account: string): string[];
  /** Id of the session that was opened last for somebody; `none` without one. */
  sessionOf(account: string): string;
  /** As after a restart: sessions and tokens are gone. */
  restart(): void;
  /** Forgets what was recorded and behaves again. Sessions stay. */
  reset(): void;
  close(): Promise<void>;
}

export { APP_PASSWORDS };

/** Settles once the body is complete; never for one that is not. */
function whole(request: Recorded): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (request.complete) resolve();
      else if (!request.closed) setTimeout(look, 2);
    };
    queueMicrotask(look);
  });
}

function behaviourOf(said: Said, app: Switches, request: Recorded): Behaviour {
  if (said.behaviour !== undefined) return said.behaviour;
  const body = Buffer.from(said.body, 'utf8').toString('latin1');
  const typed = said.fields.some((field) => /^content-type:/i.test(field));
  const type = typed ? [] : ['Content-Type: text/html; charset=utf-8'];
  const head = [`HTTP/1.1 ${said.status}`, `Content-Length: ${body.length}`, ...type, ...said.fields, ...app.noise];
  const interim = app.interim ? `HTTP/1.1 103 Early Hints\r\n${app.noise.join('\r\n')}\r\n\r\n` : '';
  return rawBytes(`${interim}${head.join('\r\n')}\r\n\r\n${request.method === 'HEAD' ? '' : body}`);
}

export async function startLoginApp(): Promise<LoginApp> {
  const upstream = await startUpstream();
  const people = new People();
  const served: Served[] = [];
  const app: LoginApp = {
    ...PLAIN,
    upstream,
    origin: upstream.origin,
    people,
    served,
    as: (account) => served.filter((one) => one.account === account).map(({ method, target }) => `${method} ${target}`),
    pagesOf: (account) => app.as(account).filter((line) => !line.includes(' /whoami')),
    sessionOf: (account) => [...people.sessions.values()].findLast((one) => one.account === account)?.id ?? 'none',
    restart: () => people.forget(),
    reset() {
      Object.assign(app, PLAIN);
      upstream.clear();
      served.length = 0;
    },
    close: () => upstream.close(),
  };
  upstream.on('*', (socket, request) => {
    if (request.all('upgrade').length > 0 && request.target.startsWith('/ws')) {
      const { account } = pageOf(app, request);
      served.push({ request, method: request.method, target: request.target, account });
      webSocketEcho(app.noise)(socket, request);
      return;
    }
    void whole(request).then(async () => {
      people.folds = app.folds;
      people.fixedId = app.fixedId;
      const said = pageOf(app, request);
      served.push({ request, method: request.method, target: request.target, account: said.account });
      if (said.login === true && app.until !== null) await app.until;
      if (!socket.destroyed) behaviourOf(said, app, request)(socket, request);
    });
  });
  return app;
}
