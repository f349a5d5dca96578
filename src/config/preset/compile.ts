import { sha256 } from '../../lib/bytes.ts';
import type {
  BoundLogin,
  Guard,
  NameRules,
  NameSource,
  Rewrite,
  Vault,
  WebSocketRule,
  Whoami,
} from '../login-types.ts';
import { knownOf, type Path } from '../source.ts';
import { Compiler, type PresetFinding } from './compile-parts.ts';
import { doors, steps, surfaces } from './compile-steps.ts';
import type { Values } from './params.ts';
import type { WrittenDoor, WrittenPreset, WrittenSurface, WrittenWhoami } from './schema.ts';
import { checkWhole, whoamiFaults } from './whole.ts';

/** What an operator says beside the name of a preset. */
export interface Choice {
  readonly order: BoundLogin['order'];
  readonly recheckMs: number;
  readonly fill: boolean | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly doors: readonly WrittenDoor[];
  readonly anon: readonly WrittenSurface[];
  readonly whoami: WrittenWhoami | undefined;
  /** Who holds the app's one account; undefined: nothing is said. */
  readonly heldBy?: { readonly accounts: readonly string[]; readonly groups: readonly string[] } | undefined;
  /** File of the password of that account, where it is kept here. */
  readonly passwordFile?: string | undefined;
}

export interface Compiled {
  readonly login: BoundLogin;
  /** Paths begin in the preset file. */
  readonly faults: readonly PresetFinding[];
  /** Paths begin in the operator's own block. */
  readonly choiceFaults: readonly PresetFinding[];
}

const BLANK_VALUE = '';
/** Bodies in which a password that is kept here can stand. */
const KEEPS: readonly string[] = ['form', 'json'];

/** Defaults of the preset with what the operator says over them. */
function valuesOf(preset: WrittenPreset, choice: Choice, origin: string): { values: Values; missing: PresetFinding[] } {
  const missing: PresetFinding[] = [];
  const values = new Map([['self', origin]]);
  for (const [name, standard] of Object.entries(preset.params ?? {})) {
    const given = choice.params[name] ?? standard;
    if (given === null) missing.push({ path: ['params', name], message: `The preset needs this parameter.` });
    values.set(name, given ?? BLANK_VALUE);
  }
  for (const name of Object.keys(choice.params)) {
    if (Object.hasOwn(preset.params ?? {}, name)) continue;
    const known = knownOf(name, Object.keys(preset.params ?? {}));
    missing.push({ path: ['params', name], message: `The preset has no such parameter. ${known}` });
  }
  return { values, missing };
}

function nameSource(c: Compiler, path: Path, written: WrittenWhoami): NameSource {
  const { find, header, location, json, cookie, decode } = written;
  if (location !== undefined) return { in: 'location', find: c.pattern([...path, 'location'], location) };
  if (json !== undefined) return { in: 'json', pointer: c.text([...path, 'json'], json) };
  if (cookie !== undefined)
    return { in: 'cookie', name: c.name([...path, 'cookie'], cookie), decode: decode ?? 'none' };
  const pattern = c.pattern([...path, 'find'], find ?? '');
  return header === undefined
    ? { in: 'body', find: pattern }
    : { in: 'header', name: header.toLowerCase(), find: pattern, decode: decode ?? 'none' };
}

function whoami(c: Compiler, path: Path, written: WrittenWhoami | undefined): Whoami | null {
  if (written === undefined) return null;
  const { get, post, from, accept } = written;
  const key = get === undefined ? 'post' : 'get';
  const ask =
    from === undefined
      ? {
          method: post === undefined ? ('GET' as const) : ('POST' as const),
          target: c.later([...path, key], get ?? post ?? '/'),
          accept: accept ?? null,
        }
      : null;
  const asked: Whoami = {
    ask,
    name: nameSource(c, path, written),
    anonymous: c.predicates([...path, 'anonymous'], written.anonymous),
    renews: written.renews === true,
  };
  for (const fault of whoamiFaults(written, asked)) c.faults.push({ ...fault, path: [...path, ...fault.path] });
  return asked;
}

function names(c: Compiler, written: WrittenPreset['account']): NameRules {
  return {
    fold: written?.fold ?? [],
    strip: (written?.strip ?? []).map((each, i) => c.pattern(['account', 'strip', i], each)),
    accept: written?.accept === undefined ? null : c.pattern(['account', 'accept'], written.accept),
  };
}

function oneAccount(c: Compiler, written: WrittenPreset['account'], choice: Choice): BoundLogin['one'] {
  if (written?.one === undefined) return null;
  const { accounts, groups } = choice.heldBy ?? { accounts: [], groups: [] };
  const name = c.text(['account', 'one'], written.one);
  return { name, accounts, groups, passwordFile: choice.passwordFile ?? null };
}

/** What an operator says of one account at an app that has more. */
function* choiceFaults(preset: WrittenPreset, { heldBy, passwordFile }: Choice): Generator<PresetFinding> {
  const one = preset.account?.one !== undefined;
  if (heldBy !== undefined && !one)
    yield { path: ['held_by'], message: 'The preset has an account for each person, who holds it alone. Remove this.' };
  const kept = preset.login.some(({ type, secret }) => KEEPS.includes(type) && secret !== undefined);
  if (passwordFile === undefined || (one && kept)) return;
  const message = one
    ? 'No step of the preset is a form or JSON with a password, where it could stand. Remove this.'
    : 'The preset has an account for each person, who types the own password. Remove this.';
  yield { path: ['password_file'], message };
}

function vault(c: Compiler, written: WrittenPreset['session']['vault']): Vault[] {
  return (written ?? []).map((each, i) => ({
    json: each.json === undefined ? null : c.text(['session', 'vault', i, 'json'], each.json),
    xml: each.xml === undefined ? null : c.text(['session', 'vault', i, 'xml'], each.xml),
    send: {
      header: each.send?.header ?? null,
      query: each.send?.query ?? null,
      path: each.send?.path === undefined ? null : c.text(['session', 'vault', i, 'send', 'path'], each.send.path),
    },
  }));
}

function guard(c: Compiler, written: WrittenPreset['guard']): Guard {
  return {
    fields: c.texts(['guard', 'fields'], written?.fields),
    sets: (written?.sets ?? []).map((each, i) => c.texts(['guard', 'sets', i], each)),
    query: c.texts(['guard', 'query'], written?.query),
    headers: (written?.headers ?? []).map((each) => each.toLowerCase()),
    queryEquals: new Map(
      Object.entries(written?.query_equals ?? {}).map(([name, value]) => [
        name,
        c.later(['guard', 'query_equals', name], value),
      ]),
    ),
  };
}

function webSockets(c: Compiler, written: WrittenPreset['ws']): WebSocketRule[] {
  return (written ?? []).map((each, i) => ({
    path: c.path(['ws', i, 'path'], each.path),
    origin: each.origin ?? 'keep',
    token: each.token?.replace(/^query\./, '') ?? null,
  }));
}

function rewrite(c: Compiler, written: WrittenPreset['rewrite']): Rewrite {
  const body = c.texts(['rewrite', 'body'], written?.body).filter((origin) => origin !== '');
  for (const [i, origin] of body.entries())
    if (!/^https?:\/\/[^/?#\s]+$/.test(origin))
      c.faults.push({ path: ['rewrite', 'body', i], message: 'Expected an origin such as http://app.internal:8080.' });
  return {
    host: written?.host ?? null,
    origin: written?.origin ?? false,
    location: written?.location ?? true,
    body,
  };
}

function logout(c: Compiler, written: WrittenPreset['logout'] = []): BoundLogin['logout'] {
  return written.map((each, i) => ({
    path: c.path(['logout', i, 'path'], each.path),
    query: c.query(['logout', i, 'query'], each.query),
  }));
}

/** What decides how the app is signed in to: whoever tried it has tried this. */
function digestOf(preset: WrittenPreset, { params, doors: more, anon, whoami: asked }: Choice): string {
  return sha256(JSON.stringify([preset, params, more, anon, asked ?? null]));
}

/** A preset with an operator's choices, for an app with that public origin. Every fault at once. */
export function compilePreset(preset: WrittenPreset, choice: Choice, origin: string): Compiled {
  const { values, missing } = valuesOf(preset, choice, origin);
  const nocase = preset.paths === 'nocase';
  const c = new Compiler(values, nocase);
  const own = new Compiler(values, nocase);
  const asked =
    choice.whoami === undefined ? whoami(c, ['whoami'], preset.whoami) : whoami(own, ['whoami'], choice.whoami);
  const anon = [...surfaces(c, ['anon'], preset.anon), ...surfaces(own, ['anon'], choice.anon)];
  const login: BoundLogin = {
    kind: 'bound',
    preset: preset.id,
    tested: preset.tested,
    digest: digestOf(preset, choice),
    order: choice.order,
    entry: c.text(['entry'], preset.entry),
    nocase,
    longestLine: preset.longest_line ?? null,
    anon,
    steps: steps(c, preset.login),
    whoami: asked,
    recheckMs: choice.recheckMs,
    names: names(c, preset.account),
    one: oneAccount(c, preset.account, choice),
    sessionCookies: c.names(['session', 'cookies'], preset.session.cookies),
    rolling: preset.session.rolling ?? false,
    noSessionIds: c.texts(['session', 'no_ids'], preset.session.no_ids),
    browserCookies: c.names(['browser_cookies'], preset.browser_cookies),
    clientCookies: c.names(['client_cookies'], preset.client_cookies),
    vault: vault(c, preset.session.vault),
    logout: logout(c, preset.logout),
    lost: c.predicates(['lost'], preset.lost),
    guard: guard(c, preset.guard),
    doors: [...doors(c, ['doors'], preset.doors), ...doors(own, ['doors'], choice.doors)],
    routed: new Map(Object.entries(preset.routed ?? {}).map(([name, to]) => [name, c.text(['routed', name], to)])),
    webSockets: webSockets(c, preset.ws),
    authorization: preset.authorization ?? [],
    rewrite: rewrite(c, preset.rewrite),
    fill: choice.fill ?? preset.fill ?? true,
    limits: preset.limits ?? [],
  };
  const faults = [...checkWhole(preset, login, choice.whoami !== undefined), ...c.faults];
  // With a value missing, what else does not fit is its consequence.
  return {
    login,
    faults: missing.length > 0 ? [] : faults,
    choiceFaults: [...missing, ...own.faults, ...choiceFaults(preset, choice)],
  };
}
