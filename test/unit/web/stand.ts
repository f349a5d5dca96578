import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AppConfig } from '../../../src/config/types.ts';
import type { Enrol, EnrolState } from '../../../src/enrol/types.ts';
import { SallyportError } from '../../../src/errors.ts';
import type { Proof } from '../../../src/evidence.ts';
import { sha256 } from '../../../src/lib/bytes.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Offer, SignedIn } from '../../../src/login/types.ts';
import { readCookies } from '../../../src/request/cookies.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { isNavigation, languagesOf } from '../../../src/request/head.ts';
import { Session } from '../../../src/sessions/session.ts';
import type { RealmSource } from '../../../src/sources/table.ts';
import type { AccountParts, AccountRow } from '../../../src/store/types.ts';
import type { AdoptingLogin } from '../../../src/web/adopt.ts';
import { SALLYPORT_BRAND } from '../../../src/web/brand.ts';
import { createOwn } from '../../../src/web/own.ts';
import { readPrefs } from '../../../src/web/prefs.ts';
import { chooseLanguage, wordsOf } from '../../../src/web/words/words.ts';
import { NO_LOOKS } from '../../support/looks.ts';
import { accountRow, sessionRow } from '../../support/rows.ts';

export const NAME = 'ada.lovelace@example.org';
export const PASSWORD = 'seven quiet lighthouses';
export const CODE = '314159';
export const USED_CODE = '271828';
export const RECOVERY = '7K2M-9QXC-4TZW-B0RD';
/** The answer of the one passkey that the stand-ins know. */
export const PASSKEY = '{"id":"AAAA","type":"public-key"}';
export const TICKET = 'ticket-0123456789abcdef';
export const NEW_CODES = Array.from({ length: 10 }, (_, i) => `7K2M-9QXC-4TZW-B0R${i}`);

export function appConfig(source: RealmSource = 'local'): AppConfig {
  const sessions = { idleMs: 1_800_000, absoluteMs: 28_800_000 };
  return {
    id: 'portal',
    hosts: [{ name: 'localhost', port: null }],
    origin: 'http://localhost',
    upstream: {
      origin: 'http://127.0.0.1:9',
      ca: null,
      host: 'preserve',
      ownOrigin: false,
      connections: 1,
      connectTimeoutMs: 1000,
      longestLine: null,
      firstByteTimeoutMs: 1000,
      idleTimeoutMs: 1000,
      streamTimeoutMs: 2000,
      exclusive: false,
    },
    realm: { id: 'local', source, domains: [], unicode: false, sessions },
    rewrite: true,
    login: { kind: 'none' },
    clientCookies: [],
    relyingParty: null,
    sessions,
    rules: [],
    exemptions: [],
    headers: new Map(),
    webSocketOrigins: [],
    webSocketWithoutOrigin: [],
    waysPast: { addresses: [], ours: [] },
    roster: null,
    crossSite: [],
    target: { encodedSlash: false, emptySegments: false },
  };
}

const token = (): string => randomBytes(32).toString('base64url');

/** What the stand-ins remember. They know one account, one good code and one used code; all else is refused. */
export class World {
  readonly source: RealmSource;
  readonly sessions = new Map<string, Session>();
  readonly signIns = new Map<string, { account: string; next: string }>();
  readonly enrolments = new Map<string, EnrolState>();
  readonly calls: string[] = [];
  readonly authenticators = [{ id: 'auth-1', label: 'Phone' }];
  ticketUsed = false;
  /** Thrown by the next call of login or enrol. */
  fault: SallyportError | undefined;
  factorIsFresh = true;
  offers: readonly Offer[] = ['passkey', 'totp', 'recovery'];

  constructor(source: RealmSource) {
    this.source = source;
  }

  note(call: string): void {
    this.calls.push(call);
    const { fault } = this;
    this.fault = undefined;
    if (fault !== undefined) throw fault;
  }

  openSession(next: string): SignedIn {
    const now = Date.now();
    const cookie = token();
    const proofs: Proof[] = [
      { kind: 'password', at: now },
      { kind: 'totp', at: now, authenticatorId: 'auth-1' },
    ];
    const row = sessionRow({
      id: `ses-${this.sessions.size + 1}`,
      hash: sha256(cookie),
      proofs,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + 28_800_000,
      idleMs: 1_800_000,
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/153.0 Safari/537.36',
    });
    const session = Session.fromRow({ ...row, account: { ...accountRow({ name: NAME }), policy: '{}' } }, this.source);
    if (session === undefined) throw new Error('the stand-in made no session');
    this.sessions.set(cookie, session);
    return { cookie, session, next, browser: token() };
  }

  end(session: Session): void {
    session.end();
    for (const [cookie, found] of this.sessions) if (found.id === session.id) this.sessions.delete(cookie);
  }
}

function checkCode(code: string): void {
  if (code.replace(/\s/g, '') === USED_CODE) throw new SallyportError('code-used');
  if (![CODE, RECOVERY].includes(code.replace(/\s/g, ''))) throw new SallyportError('wrong-credentials');
}

function fakeLogin(world: World): AdoptingLogin {
  return {
    closed: () => null,
    begin: async (_caller, form) => {
      world.note(`begin ${form.account} ${form.next}`);
      if (world.source === 'local' && form.password !== PASSWORD) throw new SallyportError('wrong-credentials');
      const cookie = token();
      world.signIns.set(cookie, { account: form.account, next: form.next });
      return { cookie, offer: world.offers };
    },
    knows: async () => false,
    hold: async () => undefined,
    waiting: async (_caller, pending) => world.signIns.get(pending ?? '') ?? null,
    offers: async () => world.offers,
    passkeyDomains: async () => [],
    second: async (_caller, pending, step, code) => {
      world.note(`second ${step}`);
      const waiting = world.signIns.get(pending ?? '');
      if (waiting === undefined) throw new SallyportError('pending-expired');
      checkCode(code);
      world.signIns.delete(pending ?? '');
      return world.openSession(waiting.next);
    },
    stepUp: async (_caller, session, step, code) => {
      world.note(`stepUp ${step}`);
      checkCode(code);
      world.end(session);
      world.factorIsFresh = true;
      return world.openSession('/');
    },
    passkeyOptions: async (_caller, ceremony) => {
      world.note(`passkeyOptions ${ceremony.purpose}`);
      if (ceremony.purpose === 'second' && !world.signIns.has(ceremony.pending ?? ''))
        throw new SallyportError('pending-expired');
      const known = ceremony.purpose === 'start' ? ceremony.cookie : null;
      return {
        options: { challenge: 'Y2hhbGxlbmdl' },
        cookie: ceremony.purpose === 'start' ? (known ?? token()) : null,
      };
    },
    passkey: async (_caller, ceremony, response, next) => {
      world.note(`passkey ${ceremony.purpose}`);
      if (response !== PASSKEY) throw new SallyportError('passkey-refused');
      if (ceremony.purpose === 'step-up') {
        world.end(ceremony.session);
        return world.openSession('/');
      }
      const waiting = ceremony.purpose === 'second' ? world.signIns.get(ceremony.pending ?? '') : { next };
      if (waiting === undefined) throw new SallyportError('pending-expired');
      return world.openSession(waiting.next);
    },
    endOthers: async (_caller, session, which) => {
      world.note(`endOthers ${which === 'all' ? 'all' : which.id}`);
      const others = [...world.sessions.values()].filter((each) => each.id !== session.id);
      const ended = others.filter((each) => which === 'all' || each.id === which.id);
      if (which !== 'all' && ended.length === 0) throw new SallyportError('not-found');
      for (const each of ended) world.end(each);
      return ended.length;
    },
    afterEnrolment: async () => {
      world.note('afterEnrolment');
      const value = await world.openSession('/');
      return { value, record: { kind: 'session.open' } };
    },
    adopting: (work) => work(),
    signOut: async (_caller, session) => {
      world.note(`signOut ${session.id}`);
      world.end(session);
    },
    signOutEverywhere: async (_caller, session) => {
      world.note('signOutEverywhere');
      world.end(session);
      return 1;
    },
  };
}

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const TOTP = {
  secret: SECRET,
  uri: `otpauth://totp/portal:${encodeURIComponent(NAME)}?secret=${SECRET}&issuer=portal&algorithm=SHA1&digits=6&period=30`,
};

function fakeEnrol(world: World): Enrol {
  const change = (pending: string | null, set: Partial<EnrolState>): { cookie: string } => {
    const state = world.enrolments.get(pending ?? '');
    if (state === undefined) throw new SallyportError('pending-expired');
    const cookie = token();
    world.enrolments.delete(pending ?? '');
    world.enrolments.set(cookie, { ...state, ...set });
    return { cookie };
  };
  const begin = (state: Pick<EnrolState, 'password' | 'adding'>): { cookie: string } => {
    const cookie = token();
    world.enrolments.set(cookie, {
      accountName: NAME,
      organisationId: 'realm.staff',
      totp: null,
      confirmed: false,
      added: [],
      ...state,
    });
    return { cookie };
  };
  const fresh = (): void => {
    if (!world.factorIsFresh) throw new SallyportError('step-up-required');
  };
  return {
    peek: async (_caller, ticket) =>
      ticket === TICKET && !world.ticketUsed ? { accountName: NAME, organisationId: 'realm.staff' } : undefined,
    open: async (_caller, ticket) => {
      world.note('open');
      if (ticket !== TICKET || world.ticketUsed) throw new SallyportError('ticket-invalid');
      world.ticketUsed = true;
      return begin({ password: world.source === 'local' ? 'set' : 'none', adding: false });
    },
    add: async () => {
      world.note('add');
      fresh();
      return begin({ password: 'none', adding: true });
    },
    state: async (_caller, pending) => world.enrolments.get(pending ?? ''),
    password: async (_caller, pending, password) => {
      world.note('password');
      if (password.length < 8) throw new SallyportError('bad-body', 'too short');
      return change(pending, { password: 'done' });
    },
    totp: async (_caller, pending) => {
      world.note('totp');
      const state = world.enrolments.get(pending ?? '');
      if (state === undefined) throw new SallyportError('pending-expired');
      world.enrolments.set(pending ?? '', { ...state, totp: TOTP });
      return TOTP;
    },
    confirm: async (_caller, pending, code, label) => {
      world.note(`confirm ${label ?? ''}`);
      checkCode(code);
      return change(pending, { totp: null, confirmed: true, added: ['totp'] });
    },
    passkeyOptions: async (_caller, pending) => {
      world.note('enrol passkeyOptions');
      if (!world.enrolments.has(pending ?? '')) throw new SallyportError('pending-expired');
      return { challenge: 'Y2hhbGxlbmdl' };
    },
    passkey: async (_caller, pending, response, label) => {
      world.note(`enrol passkey ${label ?? ''}`);
      if (response !== PASSKEY) throw new SallyportError('passkey-refused');
      return change(pending, { confirmed: true, added: ['passkey'] });
    },
    chooseAgain: async (_caller, pending) => {
      const state = world.enrolments.get(pending ?? '');
      if (state === undefined) throw new SallyportError('pending-expired');
      world.enrolments.set(pending ?? '', { ...state, totp: null });
    },
    advise: async (_caller, _pending, password) => ({ score: password.includes(' ') ? 4 : 1 }),
    extend: async (_caller, pending) => {
      world.note('extend');
      if (!world.enrolments.has(pending ?? '')) throw new SallyportError('pending-expired');
    },
    recoveryLeft: async () => 9,
    needOwnPassword: fresh,
    changePassword: async (_caller, _session, { current, password }) => {
      fresh();
      world.note('changePassword');
      if (current !== 'current') throw new SallyportError('wrong-credentials');
      if (password.length < 8) throw new SallyportError('bad-body', 'too short');
      return 2;
    },
    adviseOwner: async (_caller, _session, password) => ({ score: password.includes(' ') ? 4 : 1 }),
    renameAuthenticator: async (_caller, _session, id, label) => {
      fresh();
      world.note(`rename ${id} ${label}`);
    },
    finish: async (_caller, pending, opens) => {
      world.note('finish');
      const state = world.enrolments.get(pending ?? '');
      if (state === undefined) throw new SallyportError('pending-expired');
      if (!state.confirmed) throw new SallyportError('conflict');
      world.enrolments.delete(pending ?? '');
      const { adding } = state;
      // The stand-in of the other side looks at nothing of these.
      const signedIn = adding ? undefined : await opens?.({} as AccountParts, {} as AccountRow, []);
      const recoveryCodes = adding ? [] : NEW_CODES;
      const who = { accountId: 'acc-1', accountName: 'ada', next: '/' };
      return { recoveryCodes, ...who, proofs: [], adding, signedIn: signedIn?.value };
    },
    own: async (_caller, session) => ({
      authenticators: world.authenticators.map((item) => ({
        ...item,
        kind: 'totp' as const,
        createdAt: Date.UTC(2026, 2, 3, 14, 5),
        lastUsedAt: Date.UTC(2026, 2, 4, 9, 30),
        synced: null,
        disabled: false,
      })),
      activity: [],
      recoveryLeft: 9,
      sessions: [...world.sessions.values()].map(({ id, appId, createdAt, lastSeenAt }) => ({
        id,
        appId,
        createdAt,
        lastSeenAt,
        userAgent: 'Firefox/153.0 (Windows NT 10.0)',
        source: '192.0.2.1',
        current: id === session.id,
      })),
    }),
    removeAuthenticator: async (_caller, _session, id) => {
      fresh();
      if (world.authenticators.length < 2) throw new SallyportError('conflict');
      world.note(`remove ${id}`);
    },
    newRecoveryCodes: async () => {
      fresh();
      return NEW_CODES;
    },
  };
}

export interface Stand {
  readonly world: World;
  readonly origin: string;
  readonly port: number;
  /** Headers of the requests that a guarded app would have had. */
  readonly beyond: IncomingHttpHeaders[];
  readonly failures: object[];
  close(): Promise<void>;
}

/** Our own pages on a real socket, in front of stand-ins for sign-in and enrolment and of a page in the app's place. */
export async function startStand(source: RealmSource = 'local', passkeys = false): Promise<Stand> {
  const world = new World(source);
  const app = appConfig(source);
  const beyond: IncomingHttpHeaders[] = [];
  const failures: object[] = [];
  const own = createOwn({
    login: fakeLogin(world),
    enrol: fakeEnrol(world),
    jwks: () => ({ body: '{"keys":[]}' }),
    looks: NO_LOOKS,
    clock: systemClock,
    touch: (session) => world.note(`touch ${session.id}`),
    log: { error: (fields) => failures.push(fields) },
  });
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    if (!path.startsWith('/.sallyport/')) {
      beyond.push(request.headers);
      if (path === '/elsewhere') {
        response.writeHead(302, { Location: `http://127.0.0.1:${request.socket.localPort}/` }).end();
        return;
      }
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(
        '<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><h1>The app</h1></html>',
      );
      return;
    }
    const cookies = readCookies(HeaderFields.of(request.rawHeaders));
    own(request, response, {
      app,
      apps: [app],
      headers: HeaderFields.of(request.rawHeaders),
      client: { address: '192.0.2.1', scheme: 'http', forwardedFor: '192.0.2.1', near: true },
      origin: `http://${request.headers.host ?? ''}`,
      path,
      query,
      session: world.sessions.get(cookies.session ?? '') ?? null,
      cookies,
      ended: null,
      navigation: isNavigation(request.method ?? '', HeaderFields.of(request.rawHeaders)),
      brand: SALLYPORT_BRAND,
      frame: {
        words: wordsOf(
          chooseLanguage(languagesOf(HeaderFields.of(request.rawHeaders)), readPrefs(cookies.prefs).language, 'en'),
        ),
        site: 'localhost',
        help: { text: 'The service desk is open from 8 to 18 o’clock.', contact: 'desk@example.org' },
        brand: SALLYPORT_BRAND,
        timeZone: 'UTC',
        passkeys,
        account: null,
        here: request.method === 'GET' ? (request.url ?? '/') : path,
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A cast: a TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    world,
    origin: `http://localhost:${port}`,
    port,
    beyond,
    failures,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
