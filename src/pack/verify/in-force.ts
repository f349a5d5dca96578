import type { AppInForce, InForce } from '../../coverage/in-force.ts';
import { parseJson } from './lines.ts';

/** An app as it was meant; of a slice (coverage/slice.ts) without what its reader may not see. */
export interface AppMeant extends AppInForce {
  /** Neither paths nor groups are shown. */
  readonly slice: boolean;
  /** Groups or names that are not shown decide who may use it. */
  readonly bars: boolean;
}

/** What a configuration meant (coverage/in-force.ts writes it). Apps by id. */
export interface Meant {
  readonly realms: InForce['realms'];
  readonly apps: readonly AppMeant[];
}

const [WHOLE, SLICE] = ['sallyport meaning v1', 'sallyport slice v1'];

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
const textIn = (of: Fields, name: string): string => (typeof of[name] === 'string' ? of[name] : '');
const numberIn = (of: Fields, name: string): number | null => (typeof of[name] === 'number' ? of[name] : null);

const exceptionOf = (of: Fields) => ({
  reason: textIn(of, 'reason'),
  owner: textIn(of, 'owner'),
  expires: textIn(of, 'expires'),
  expiresAt: numberIn(of, 'expiresAt') ?? 0,
});

const pathOf = (of: Fields) => ({ method: textIn(of, 'method'), path: textIn(of, 'path') });

function appOf(app: Fields, slice: boolean): AppMeant {
  const { holders, unbound, order } = app;
  return {
    ...{ id: textIn(app, 'id'), hosts: [], realm: textIn(app, 'realm'), bound: textIn(app, 'bound'), preset: null },
    rp: typeof app['rp'] === 'string' ? app['rp'] : null,
    order: order === 'factor-first' || order === 'login-first' ? order : null,
    unbound: isObject(unbound) ? exceptionOf(unbound) : null,
    holders: isObject(holders) ? { accounts: textsOf(holders['accounts']), groups: textsOf(holders['groups']) } : null,
    rules: listOf(app['rules']).map((of) => ({
      path: textIn(of, 'path'),
      require: of['require'] === 'passkey' ? 'passkey' : 'mfa',
      maxAgeMs: numberIn(of, 'maxAgeMs'),
      groups: textsOf(of['groups']),
    })),
    exemptions: listOf(app['exemptions']).map((of) => ({ ...pathOf(of), ...exceptionOf(of) })),
    surfaces: listOf(app['surfaces']).map((of) => ({ ...pathOf(of), kind: '' })),
    doors: textsOf(app['doors']),
    slice,
    bars: app['bars'] === true,
  };
}

/** undefined: the text is none, or of a version that is not known. */
export function readMeant(text: string): Meant | undefined {
  const value = parseJson(text);
  if (!isObject(value) || (value['format'] !== WHOLE && value['format'] !== SLICE)) return undefined;
  const apps = listOf(value['apps']).map((app) => appOf(app, value['format'] === SLICE));
  return {
    realms: listOf(value['realms']).map((of) => ({ id: textIn(of, 'id'), source: textIn(of, 'source') })),
    apps: apps.sort(byId),
  };
}

export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** Slices together; undefined where there is none. */
export function joined(slices: readonly Meant[]): Meant | undefined {
  if (slices.length === 0) return undefined;
  const apps = slices.flatMap((each) => each.apps);
  return { realms: slices.flatMap(({ realms }) => realms), apps: apps.sort(byId) };
}
