import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SallyportError } from '../errors.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { FileUnread, readText } from '../lib/files.ts';
import { app } from '../sources/app.ts';
import { local } from '../sources/local.ts';
import { readAssets, readLogins } from './assets.ts';
import { checkForm, type Form } from './check.ts';
import { checkAcross } from './cross.ts';
import { checkAuthority, checkTls } from './files.ts';
import type { BoundLogin } from './login-types.ts';
import type { Logins } from './logins.ts';
import { appPasswords, mailPassword, withStorePassword } from './passwords.ts';
import { checkPlaces } from './places.ts';
import { recordFiles, recordSecrets } from './record-files.ts';
import { besides, deepFreeze, heardAt, NO_ASSETS, type Overrides, resolveConfig } from './resolve.ts';
import { rosterFiles } from './roster.ts';
import { byLine, type Finding, located, type Path, parseSource, pathText, type Source } from './source.ts';
import { remembering } from './texts.ts';
import type { Config, ConfigFault } from './types.ts';

/** `config` is there exactly when `faults` is empty. Findings do not stop the start, but `check` exits 1 on them. */
export interface Loaded {
  readonly config: Config | undefined;
  readonly faults: readonly ConfigFault[];
  readonly findings: readonly ConfigFault[];
  /** What is worth knowing and in order. */
  readonly notes?: readonly ConfigFault[];
  /** There was no text to check. */
  readonly unread?: boolean;
}

export interface LoadOptions extends Overrides {
  readonly clock?: Clock;
  /** In place of the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Also looks whether data, database and key can be written where they are to be: for whoever starts, or asks beforehand. */
  readonly places?: 'folders' | 'key-too';
}

/** Thousands of apps have room in it. */
const MAX_FILE = 1_048_576;

function failed(...faults: ConfigFault[]): Loaded {
  return { config: undefined, faults, findings: [] };
}

const EXAMPLE = fileURLToPath(new URL('../../config/example.yml', import.meta.url));
/** As it is found from where the command was given. */
const BEGIN = `${relative(process.cwd(), EXAMPLE).startsWith('..') ? EXAMPLE : relative(process.cwd(), EXAMPLE)} is one to begin with.`;

function textOf(file: string): string | ConfigFault {
  try {
    return readText(file, { most: MAX_FILE });
  } catch (error) {
    if (!(error instanceof FileUnread)) throw error;
    const remedy = error.reason === 'absent' ? ` ${BEGIN}` : '';
    return { path: '', line: 0, message: `${error.message}${remedy}` };
  }
}

/** The file after every check that looks at nothing but the text. */
interface Judged {
  readonly source: Source;
  readonly form: Form;
  readonly faults: readonly ConfigFault[];
  readonly findings: readonly ConfigFault[];
}

function judge(source: Source, now: number, overrides: Overrides): Judged {
  const form = checkForm(source.value);
  const { sound } = form;
  const across = sound === undefined ? undefined : checkAcross({ sound, raw: form.raw, overrides, now });
  return {
    source,
    form,
    faults: located(source, [...form.faults, ...form.restore(across?.faults ?? [])]),
    findings: located(source, form.restore(across?.findings ?? [])),
  };
}

/**
 * Checks the text of a configuration without looking at the files that it names. For the example and for editors;
 * a server starts from `loadConfigFile` only.
 */
export function checkConfigText(text: string, now: number): Pick<Loaded, 'faults' | 'findings'> {
  const { source, faults } = parseSource(text, BEGIN);
  if (source === undefined) return { faults, findings: [] };
  const judged = judge(source, now, {});
  return { faults: byLine(judged.faults), findings: byLine(judged.findings) };
}

/** Every certificate that is served, with its place in the file. */
function certificatesOf({ tls, console: own }: Config): [Path, NonNullable<Config['tls']>][] {
  const served: [Path, Config['tls']][] = [[['tls'], tls]];
  if (own !== null && own.tls?.cert !== tls?.cert) served.push([['console', 'tls'], own.tls]);
  return served.flatMap(([path, each]) => (each === null ? [] : [[path, each]]));
}

/** Checks the files that a configuration names. */
async function checkFiles(config: Config, now: number): Promise<{ faults: Finding[]; findings: Finding[] }> {
  const tls = await Promise.all(certificatesOf(config).map(([path, each]) => checkTls(each, path, now)));
  const authorities = await Promise.all(
    config.apps.map((app) =>
      app.upstream.ca === null ? [] : checkAuthority(app.upstream.ca, ['apps', app.id, 'upstream', 'ca']),
    ),
  );
  const mail = config.mail?.ca ? await checkAuthority(config.mail.ca, ['mail', 'ca']) : [];
  const kept = [...(await appPasswords(config)), ...(await rosterFiles(config))];
  const record = await recordFiles(config, now);
  return {
    faults: [...tls.flatMap(({ faults }) => faults), ...authorities.flat(), ...mail, ...kept, ...record.faults],
    findings: [...tls.flatMap(({ findings }) => findings), ...record.findings],
  };
}

/**
 * Loads a configuration file. Never throws for what is in it or whether it is there; every fault comes back at once,
 * in the order of lines. The result is frozen to the bottom.
 */
export async function loadConfigFile(file: string, options: LoadOptions = {}): Promise<Loaded> {
  const now = (options.clock ?? systemClock).now();
  const env = options.env ?? process.env;
  const text = textOf(file);
  if (typeof text !== 'string') return { ...failed(text), unread: true };
  const { source, faults } = parseSource(text, BEGIN);
  if (source === undefined) return failed(...faults);
  const judged = judge(source, now, options);
  const { sound } = judged.form;
  if (sound === undefined || judged.faults.length > 0) {
    return { config: undefined, faults: byLine(judged.faults), findings: byLine(judged.findings) };
  }
  const assets = await readAssets(heardAt(sound, options), file, now);
  if (!assets.whole) {
    const known = byLine([...judged.findings, ...located(source, assets.findings)]);
    return { config: undefined, faults: byLine(located(source, assets.faults)), findings: known };
  }
  const config = resolveConfig(sound, file, options, assets.assets);
  const passwordFile = sound.store_password_file && besides(file, sound.store_password_file);
  const [files, store, mail, record] = await Promise.all([
    checkFiles(config, now),
    withStorePassword(config, passwordFile, env),
    mailPassword(config, env),
    recordSecrets(config, env),
  ]);
  const places = options.places !== undefined ? checkPlaces(config, options.places) : { faults: [], notes: [] };
  const wrong = [store, mail].filter((part) => 'message' in part);
  const found = [...assets.faults, ...files.faults, ...places.faults, ...wrong, ...record.faults];
  const findings = byLine([...judged.findings, ...located(source, [...assets.findings, ...files.findings])]);
  if ('message' in store || 'message' in mail || found.length > 0)
    return { config: undefined, faults: byLine(located(source, found)), findings };
  const notes = byLine(located(source, places.notes));
  const whole = remembering(deepFreeze({ ...config, store, mail: mail.mail, record: record.record }), source.value);
  return { config: whole, faults: [], findings, notes };
}

/** The password of the PostgreSQL user, which `loadConfigFile` put into the URL; undefined when there is none. */
export function storePassword({ store }: Config): string | undefined {
  const encoded = store.kind === 'postgres' ? new URL(store.url).password : '';
  return encoded === '' ? undefined : decodeURIComponent(encoded);
}

export interface Arguments {
  /** Origin of the app. Without one (commands that need the store alone) a port where nothing answers. */
  readonly upstream?: string | undefined;
  /** Port on 127.0.0.1; 8080 by default, 0 for any that is free. */
  readonly port?: number | undefined;
  /** Folder of database and keys, relative to the working folder; `var` by default. */
  readonly data?: string | undefined;
  /** Preset of the app's own login; its passwords are then the app's. */
  readonly login?: string | undefined;
  /** Identity headers for the app. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Port of the console on 127.0.0.1; without one there is none. */
  readonly consolePort?: number | undefined;
}

const OPTIONS: Readonly<Record<string, string>> = {
  listen: '--port',
  'console.listen': '--console-port',
  'apps.portal.upstream': '--upstream',
  'apps.portal.login': '--login',
  'apps.portal.login.preset': '--login',
  data: '--data',
};
/** The account that the first start makes. */
const FIRST = 'admin';
/** The discard port (RFC 863): a mistake ends in a 502, not in somebody's app. */
const NOWHERE = 'http://127.0.0.1:9';

/** Where no file says who holds the one account of an app, the first account does: whoever typed the command has its link. */
function heldByFirst(logins: Logins): Logins {
  const held = (login: BoundLogin): BoundLogin =>
    login.one === null ? login : { ...login, one: { ...login.one, accounts: [FIRST] } };
  return new Map([...logins].map(([id, login]) => [id, held(login)]));
}

/**
 * The configuration of the demonstration and of `--upstream`: one app on this machine's own names, with accounts and
 * passwords of Sallyport. Goes through the same checks as a file. Throws `usage` with every fault in one message.
 */
export function configFromArguments({
  upstream = NOWHERE,
  port = 8080,
  data = 'var',
  login,
  headers = {},
  consolePort,
}: Arguments): Config {
  const file = {
    listen: port === 0 ? undefined : `127.0.0.1:${port}`,
    data,
    realms: { local: { source: (login === undefined ? local : app).name } },
    apps: {
      portal: {
        hosts: ['localhost', '127.0.0.1', '[::1]'],
        origin: `http://localhost:${port}`,
        upstream,
        realm: 'local',
        ...(login === undefined ? {} : { login }),
        headers,
      },
    },
    ...(consolePort === undefined ? {} : { console: { listen: `127.0.0.1:${consolePort}` } }),
  };
  // A port that is none is a fault of `listen` already, and no origin could be made of it.
  const heard = Number.isInteger(port) && port >= 0 && port <= 65_535 ? { port } : {};
  const judged = judge({ value: file, lineOf: () => 0 }, 0, heard);
  const { sound } = judged.form;
  const misused = (faults: readonly { path: string; message: string }[]) =>
    new SallyportError('usage', faults.map((f) => `${OPTIONS[f.path] ?? f.path}: ${f.message}`).join(' '));
  if (sound === undefined || judged.faults.length > 0) throw misused(judged.faults);
  const read = readLogins(heardAt(sound, heard), join(process.cwd(), 'arguments'));
  if (read.faults.length > 0)
    throw misused(read.faults.map(({ path, message }) => ({ path: pathText(path), message })));
  const assets = { ...NO_ASSETS, logins: heldByFirst(read.logins) };
  const config = { ...resolveConfig(sound, join(process.cwd(), 'arguments'), { port }, assets), file: null };
  return remembering(deepFreeze(config), file);
}
