import type { BoundLogin, Door, Guard, LoginStep, Predicate, QueryRule } from '../../../src/config/login-types.ts';
import { compilePattern, type Pattern } from '../../../src/lib/pattern.ts';
import { readHeadOf } from '../../../src/presets/reading.ts';
import type { WholeAnswer } from '../../../src/presets/types.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { parseTarget } from '../../../src/request/target.ts';

export const re = (source: string): Pattern => compilePattern(source);
export const exactly = (text: string): Pattern => re(`^${text.replace(/[.+*?()[\]{}|\\^$]/g, '\\$&')}$`);
export const rule = (query: Record<string, readonly string[] | 'any'>): QueryRule => new Map(Object.entries(query));

export function predicate(over: Partial<Predicate>): Predicate {
  return {
    status: null,
    location: null,
    cookie: null,
    nocookie: null,
    headers: new Map(),
    body: null,
    json: new Map(),
    xml: new Map(),
    probe: null,
    ...over,
  };
}

export function step(method: string, path: string, over: Partial<LoginStep> & { query?: QueryRule } = {}): LoginStep {
  const { query = new Map(), ...rest } = over;
  return {
    id: 'password',
    on: { method, paths: [exactly(path)], query, shared: false },
    type: 'form',
    script: false,
    need: new Map(),
    account: null,
    realm: null,
    secret: [],
    pass: [],
    check: new Map(),
    headers: new Map(),
    fail: [],
    ok: [],
    next: null,
    ...rest,
  };
}

export function guard(over: Partial<Guard>): Guard {
  return { fields: [], sets: [], query: [], headers: [], queryEquals: new Map(), ...over };
}

/** Path as a regular expression, on the folded path. */
export function door(path: string, over: Partial<Door> = {}): Door {
  return { method: null, path: re(`^${path}$`), query: 'any', header: null, type: null, text: path, ...over };
}

export function login(over: Partial<BoundLogin>): BoundLogin {
  return {
    kind: 'bound',
    preset: 'test',
    tested: [],
    digest: '',
    order: 'factor-first',
    entry: '/',
    nocase: false,
    longestLine: null,
    anon: [],
    steps: [],
    whoami: null,
    recheckMs: 0,
    names: { fold: [], strip: [], accept: null },
    one: null,
    sessionCookies: [],
    rolling: false,
    noSessionIds: [],
    browserCookies: [],
    clientCookies: [],
    vault: [],
    logout: [],
    lost: [],
    guard: guard({}),
    doors: [],
    routed: new Map(),
    webSockets: [],
    authorization: [],
    rewrite: { host: null, origin: false, location: true, body: [] },
    fill: true,
    limits: [],
    ...over,
  };
}

/** Headers as `Name: value`. */
export function answer(status: number, headers: readonly string[] = [], body = ''): WholeAnswer {
  const pairs = headers.flatMap((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  return { status, reason: '', headers: HeaderFields.of(pairs), body: Buffer.from(body) };
}

/** `METHOD target` as it is read; the ids of the steps for a step. Odd paths are let through to the reading. */
export function read(of: BoundLogin, request: string, headers: readonly string[] = []): string {
  const [method = '', target = ''] = request.split(' ');
  const reading = readHeadOf(
    of,
    method,
    parseTarget(target, { encodedSlash: true, emptySegments: true }),
    HeaderFields.of(headers),
  );
  return reading.kind === 'step' ? `step ${reading.steps.map((each) => each.id).join(' ')}` : reading.kind;
}

export const NOW = Date.parse('2026-11-24T04:00:00Z');
export const PAST = 'Thu, 01-Jan-1970 00:00:01 GMT';
