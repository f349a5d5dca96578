import type { LoginStep } from '../../src/config/login-types.ts';
import { loadPreset } from '../../src/config/preset/load.ts';
import { filled } from '../../src/config/preset/params.ts';
import type { WrittenPreset, WrittenStep } from '../../src/config/preset/schema.ts';
import { serialiseJson } from '../../src/request/login/json.ts';
import type { Pair } from './sign-in-encodings.ts';
import type { SniffedFields } from './sniffing-app.ts';

/** One address of a step, as a preset's own definition has it. */
export interface SignInAddress {
  readonly step: string;
  readonly type: LoginStep['type'];
  readonly method: string;
  readonly target: string;
  readonly shared: boolean;
  /** What an app would look for: the fields of the step, or where it has none those of the other steps. */
  readonly fields: SniffedFields;
  /** Values that make the request this step, by leaf name. */
  readonly need: readonly Pair[];
  /** Names an account itself. */
  readonly named: boolean;
  /** The step exactly as it is sent, with that name and password, and with a text in each other field that it may have. */
  exact(name: string, password: string, other?: string): Buffer;
}

/** Tables of addresses ask for the same preset thousands of times, and its file takes some 10 ms to read. */
const read = new Map<string, WrittenPreset>();

/** A preset that must be without fault. */
export function presetOf(name: string): WrittenPreset {
  const known = read.get(name);
  if (known !== undefined) return known;
  const loaded = loadPreset(name);
  if (!('preset' in loaded)) throw new Error(`${name}: ${JSON.stringify(loaded.faults)}`);
  read.set(name, loaded.preset);
  return loaded.preset;
}

/** A value of the right form for each parameter that an operator must give. */
export function neededParams({ params }: WrittenPreset): Record<string, string> {
  const missing = Object.entries(params ?? {}).filter(([, standard]) => standard === null);
  return Object.fromEntries(missing.map(([name]) => [name, name.includes('find') ? 'user: ([^<]+)<' : `/${name}`]));
}

/** Field of a step as other encodings call it. */
const leaf = (field: string): string => field.slice(field.lastIndexOf('/') + 1).replace(/^@/, '');
/** A name that a selector selects. */
const spelt = (field: string): string => field.replace(/^\*/, 'ctl00');

const plainPath = (glob: string): string =>
  glob
    .replace(/\{([^,}]*)[^}]*\}/g, '$1')
    .replaceAll('**', 'x')
    .replaceAll('*', 'x');

const escaped = (text: string): string => text.replace(/[&<>"\r\n]/g, (letter) => `&#${letter.charCodeAt(0)};`);

function xmlOf(pairs: readonly Pair[]): string {
  const [root = ''] = pairs[0]?.[0].split('/') ?? [];
  const attributes = pairs
    .filter(([path]) => /^[^/]+\/@/.test(path))
    .map(([path, value]) => ` ${leaf(path)}="${escaped(value)}"`);
  const inner = pairs
    .filter(([path]) => !path.includes('@'))
    .map(([path, value]) => {
      const between = path.split('/').slice(1);
      return `${between.map((each) => `<${each}>`).join('')}${escaped(value)}${between
        .map((each) => `</${each}>`)
        .reverse()
        .join('')}`;
    });
  return `<${root}${attributes.join('')}>${inner.join('')}</${root}>`;
}

function written(type: WrittenStep['type'], pairs: readonly Pair[]): Buffer {
  if (type === 'json') return serialiseJson(new Map(pairs));
  if (type === 'xml') return Buffer.from(xmlOf(pairs));
  return Buffer.from(
    new URLSearchParams(pairs.map(([name, value]): [string, string] => [spelt(name), value])).toString(),
  );
}

/** Every address of every step of a preset, with its parameters at their defaults. */
export function signInAddresses(preset: WrittenPreset, origin: string): SignInAddress[] {
  const values = new Map([['self', origin]]);
  for (const [name, standard] of Object.entries({ ...preset.params, ...neededParams(preset) }))
    values.set(name, String(standard));
  const fill = (text: string): string => filled(text, values);
  const steps = preset.login;
  const first = (of: (step: WrittenStep) => string | undefined, step: WrittenStep, other: string): string =>
    fill(of(step) ?? steps.map(of).find((each) => each !== undefined) ?? other);
  return steps.flatMap((step) => {
    const query = Object.entries(step.on.query === undefined || typeof step.on.query === 'string' ? {} : step.on.query)
      .filter(([, allowed]) => Array.isArray(allowed))
      .map(([name, allowed]) => `${name}=${fill(String(allowed[0]))}`);
    const basic = step.type === 'basic';
    const account = basic ? 'username' : first((each) => each.account, step, 'username');
    const secrets = basic ? ['password'] : [first((each) => each.secret?.[0], step, 'password')];
    const need = Object.entries(step.need ?? {})
      .filter(([name]) => name !== step.account && !(step.secret ?? []).includes(name))
      .map(([name, allowed]): Pair => [fill(name), allowed === 'any' ? 'x' : fill(String([allowed].flat()[0]))]);
    const pass = step.pass === 'any-scalar' ? ['data'] : (step.pass ?? []).map(fill);
    const isFree = (field: string): boolean => !need.some(([each]) => each === field) && !(field in (step.check ?? {}));
    const own = (name: string, password: string, other?: string): Pair[] => [
      ...need,
      ...(other === undefined ? [] : pass.filter(isFree).map((field): Pair => [field, other])),
      ...(step.account === undefined ? [] : [[account, name] as const]),
      ...(step.secret === undefined ? [] : [[secrets[0] ?? '', password] as const]),
    ];
    return step.on.path.map((path) => ({
      step: step.id,
      type: step.type,
      method: step.on.method,
      target: `${plainPath(fill(path))}${query.length === 0 ? '' : `?${query.join('&')}`}`,
      shared: step.on.shared === true,
      fields: { account: spelt(leaf(account)), secrets: secrets.map((each) => spelt(leaf(each))) },
      need: need.map(([name, value]): Pair => [leaf(name), value]),
      named: step.account !== undefined,
      exact: (name: string, password: string, other?: string) => written(step.type, own(name, password, other)),
    }));
  });
}
