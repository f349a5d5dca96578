import type { QueryRule } from '../../config/login-types.ts';
import type { AppConfig, ExemptionConfig } from '../../config/types.ts';
import { readablePath } from '../../presets/readable.ts';
import { METHODS } from '../../request/head.ts';
import { baseOf } from '../../rules/tree.ts';

/** A request line that the gate is asked about, besides the argument: if code and argument differ, it is here. */
export interface Witness {
  readonly method: string;
  readonly target: string;
  /** Depth as sent (RFC 4918 §10.2); null: none. */
  readonly depth: '0' | null;
}

const get = (target: string): Witness => ({ method: 'GET', target, depth: null });

/** Paths that nobody has written, and such as are often let through for no reason. */
const ORDINARY = [
  '/',
  '/index.html',
  '/favicon.ico',
  '/robots.txt',
  '/.well-known/x',
  '/static/x.css',
  '/no-such/page-here',
];

function flipped(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

/** What is nearly the path of an exemption. Some of these are refused as they stand, which opens nothing either. */
function near(path: string): readonly string[] {
  const last = path.at(-1) ?? '';
  const escaped = `${path.slice(0, -1)}%${last.charCodeAt(0).toString(16).padStart(2, '0')}`;
  const behind = ['/', '/x', 'x', '.json', ';x', ';x=/', '%20', '%00', ':x', '~1', '/..', '/.', '//', '?', '?x=1'];
  return [
    flipped(path),
    path.slice(0, -1),
    escaped,
    `/x${path}`,
    `/${path}`,
    ...behind.map((each) => `${path}${each}`),
  ];
}

function ofExemption({ method, path }: ExemptionConfig): readonly Witness[] {
  const all = [...METHODS].flatMap((each) => [
    { method: each, target: path, depth: null },
    { method: each, target: path, depth: '0' } as const,
  ]);
  const targets = [...near(path), `${path}?_method=DELETE`, `${path}?%5Fmethod=PUT`];
  return [...all, ...targets.map((target) => ({ method, target, depth: null }))];
}

/** A path that such a glob matches. */
function within(glob: string): string {
  const chosen = glob.replace(/\{([^{}]*)\}/g, (_, inner: string) => inner.split(',', 1)[0] ?? '');
  return chosen
    .replace(/\/\*\*\//g, '/')
    .replace(/\/\*\*$/, '/x')
    .replace(/\*+/g, 'x');
}

function queryFor(rule: QueryRule): string {
  if (rule === 'any') return '';
  const given = new URLSearchParams();
  for (const [name, allowed] of rule) if (allowed !== 'any') given.set(name, allowed[0] ?? '');
  return given.size === 0 ? '' : `?${given.toString()}`;
}

interface OfLogin {
  /** For each part of the surface and each address of a step. */
  readonly itself: readonly Witness[];
  /** Beside those: other methods, other spellings. */
  readonly around: readonly Witness[];
}

function ofLogin({ login }: AppConfig): OfLogin {
  if (login.kind !== 'bound') return { itself: [], around: [] };
  const line = (method: string, path: string, query: QueryRule): Witness => {
    return { method, target: `${within(readablePath(path))}${queryFor(query)}`, depth: null };
  };
  const surfaces = login.anon.map(({ path, query }) => line('GET', path.source, query));
  const steps = login.steps.flatMap(({ on }) => on.paths.map(({ source }) => line(on.method, source, on.query)));
  const itself = [...surfaces, ...steps];
  const around = itself.flatMap(({ target, method }) => {
    const [path = ''] = target.split('?', 1);
    const others = [...METHODS].map((each) => ({ method: each, target, depth: null }));
    return [...others, ...near(path).map((each) => ({ method, target: each, depth: null }))];
  });
  return { itself, around };
}

/**
 * Every request line that is asked of one app: for each of its classes, and beside each of its openings. `known`: logins that were
 * asked about already; what is beside their addresses reads alike at every app that has them.
 */
export function witnessesOf(app: AppConfig, known: Set<string>): readonly Witness[] {
  const rules = app.rules.flatMap((rule) => {
    const { base, prefix } = baseOf(rule);
    return prefix ? [get(`${base}/no-such-page`)] : [get(base)];
  });
  const { itself, around } = ofLogin(app);
  const login = app.login.kind === 'bound' ? `${app.login.order} ${app.login.digest}` : '';
  const beside = known.has(login) ? [] : around;
  known.add(login);
  return [...ORDINARY.map(get), ...rules, ...app.exemptions.flatMap(ofExemption), ...itself, ...beside];
}
