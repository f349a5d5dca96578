import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AppConfig, RealmConfig } from '../../src/config/types.ts';
import type { SallyportError } from '../../src/errors.ts';
import { asSallyportError } from '../../src/errors.ts';
import { Admission, type MintToken, mintToken } from '../../src/gate/admission.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { forward } from '../../src/proxy/forward.ts';
import { createUpgrader } from '../../src/proxy/upgrade.ts';
import { createUpstreams } from '../../src/proxy/upstreams.ts';
import { cleanHead } from '../../src/request/clean.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { Session } from '../../src/sessions/session.ts';

const token: MintToken = mintToken();
const realm: RealmConfig = {
  id: 'staff',
  source: 'local',
  domains: [],
  unicode: false,
  sessions: { idleMs: 60_000, absoluteMs: 600_000 },
};

/** An app with short limits for tests. */
export function testApp(
  origin: string,
  upstream: Partial<AppConfig['upstream']> = {},
  rest: Partial<AppConfig> = {},
): AppConfig {
  return {
    id: 'portal',
    hosts: [{ name: 'app.test', port: null }],
    origin: 'http://app.test',
    upstream: {
      origin,
      ca: null,
      host: 'preserve',
      ownOrigin: false,
      connections: 64,
      connectTimeoutMs: 500,
      longestLine: null,
      firstByteTimeoutMs: 400,
      idleTimeoutMs: 400,
      streamTimeoutMs: 2000,
      exclusive: false,
      ...upstream,
    },
    realm,
    rewrite: true,
    login: { kind: 'none' },
    clientCookies: [],
    relyingParty: null,
    sessions: realm.sessions,
    rules: [],
    exemptions: [],
    headers: new Map([['Remote-User', '{account}']]),
    webSocketOrigins: [],
    webSocketWithoutOrigin: [],
    waysPast: { addresses: [], ours: [] },
    roster: null,
    crossSite: [],
    target: { encodedSlash: false, emptySegments: false },
    ...rest,
  };
}

/** A live session of `name`, as from a row of the store. */
export function testSession(name = 'alice'): Session {
  const now = Date.now();
  const session = Session.fromRow(
    {
      id: `sid-${name}`,
      hash: `hash-${name}`,
      accountId: `id-${name}`,
      appId: 'portal',
      proofs: [
        { kind: 'password', at: now },
        { kind: 'totp', at: now },
      ],
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + 600_000,
      idleMs: 60_000,
      admittedAt: null,
      endedAt: null,
      endReason: null,
      source: '127.0.0.1',
      userAgent: '',
      account: {
        id: `id-${name}`,
        realm: 'staff',
        name,
        groups: [],
        roles: [],
        organisationId: 'realm.staff',
        policy: '{}',
        disabledAt: null,
      },
    },
    'local',
  );
  if (session === undefined) throw new Error('the row makes no session');
  return session;
}

export function admit(request: IncomingMessage, app: AppConfig, session: Session | null): Admission<'session'> {
  return new Admission(token, 'session', {
    request,
    headers: HeaderFields.of(request.rawHeaders),
    app,
    method: request.method ?? '',
    target: request.url ?? '',
    host: request.headers.host ?? '',
    client: { address: '192.0.2.7', scheme: 'https', forwardedFor: '192.0.2.7', near: true },
    session,
    at: Date.now(),
    upgrade: false,
    exemption: null,
    surface: null,
    assertion: session === null ? null : 'header.payload.signature',
    requestId: 'request-id',
    identity: session === null ? [] : [['Remote-User', session.accountName]],
  });
}

export interface Guarded {
  readonly port: number;
  readonly app: AppConfig;
  /** Whose requests these are; `personOf` may say so for each. */
  session: Session;
  personOf: ((request: IncomingMessage) => Session) | null;
  /** Requests belong to no session. */
  anonymous: boolean;
  readonly failures: SallyportError[];
  /** Tunnels that are open. */
  readonly tunnels: () => number;
  close(): Promise<void>;
}

/** A server that admits everything for one session and forwards it; what lies before the gate is tested elsewhere. */
export async function startGuarded(app: AppConfig): Promise<Guarded> {
  const upstreams = createUpstreams([app]);
  const upgrader = createUpgrader([app], systemClock);
  const failures: SallyportError[] = [];
  const page = (response: ServerResponse, error: SallyportError): void => {
    failures.push(error);
    response.writeHead(error.status, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
    response.end(`page of ours: ${error.code}`);
  };
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    cleanHead(request);
    try {
      const person = guarded.anonymous ? null : (guarded.personOf?.(request) ?? guarded.session);
      const admission = admit(request, app, person);
      forward(admission, response, { upstreams, clock: systemClock }, { fail: (error) => page(response, error) });
    } catch (error) {
      page(response, asSallyportError(error));
    }
  };
  const server = createServer({ requestTimeout: 0 }, serve);
  server.on('checkContinue', (request, response) => {
    response.writeContinue();
    serve(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    cleanHead(request);
    try {
      upgrader.forwardUpgrade(admit(request, app, guarded.session), socket, head);
    } catch (error) {
      socket.end(`HTTP/1.1 ${asSallyportError(error).status} refused\r\nConnection: close\r\n\r\n`, () =>
        socket.destroy(),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  const guarded: Guarded = {
    port,
    app,
    session: testSession(),
    personOf: null,
    anonymous: false,
    failures,
    tunnels: () => upgrader.open,
    async close() {
      upgrader.destroy();
      server.closeAllConnections();
      await Promise.all([upstreams.destroy(), new Promise<void>((resolve) => server.close(() => resolve()))]);
    },
  };
  return guarded;
}
