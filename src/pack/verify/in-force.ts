import { parseJson } from './lines.ts';

/** What a configuration meant, as far as statements speak of it (coverage/in-force.ts writes it). */
export interface AppMeant {
  readonly id: string;
  readonly realm: string;
  readonly bound: string;
  readonly exemptions: readonly Exemption[];
}

export interface Exemption {
  readonly method: string;
  readonly path: string;
  readonly reason: string;
  readonly owner: string;
  readonly expiresAt: number;
}

const FORMAT = 'sallyport meaning v1';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textIn = (of: Fields, name: string): string => (typeof of[name] === 'string' ? of[name] : '');

const exemptionOf = (of: Fields): Exemption => ({
  method: textIn(of, 'method'),
  path: textIn(of, 'path'),
  reason: textIn(of, 'reason'),
  owner: textIn(of, 'owner'),
  expiresAt: typeof of['expiresAt'] === 'number' ? of['expiresAt'] : 0,
});

/** The apps of a configuration, by id; undefined where the text is none, or of a version that is not known. */
export function readMeant(text: string): readonly AppMeant[] | undefined {
  const value = parseJson(text);
  if (!isObject(value) || value['format'] !== FORMAT) return undefined;
  const apps = listOf(value['apps']).map((app) => ({
    id: textIn(app, 'id'),
    realm: textIn(app, 'realm'),
    bound: textIn(app, 'bound'),
    exemptions: listOf(app['exemptions']).map(exemptionOf),
  }));
  return apps.sort((a, b) => (a.id < b.id ? -1 : 1));
}
