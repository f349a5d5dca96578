import type { BoundLogin } from '../../config/login-types.ts';
import { readText } from '../../lib/files.ts';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';
import { type Column, count, json, list, type Output } from '../../terminal/output.ts';
import { DirectClient } from '../direct/client.ts';
import { Deadline } from '../direct/deadline.ts';
import { fine, type Line, note } from '../direct/line.ts';
import { ASSUMED_ORIGIN, appAt, originIn } from '../direct/place.ts';
import { tryPreset } from '../direct/trial.ts';
import { Redactor } from '../record/redact.ts';
import { findPreset, paramsOf } from './load.ts';
import { credentials } from './secrets.ts';

export interface TestOptions {
  readonly upstream: string;
  readonly origin?: string;
  readonly host?: string;
  readonly ca?: string;
  readonly account?: string;
  readonly passwordFile?: string;
  readonly param?: readonly string[];
  /** Seconds that the app may take over all that is asked of it. */
  readonly within?: string;
  readonly second?: string;
  readonly secondPasswordFile?: string;
  readonly json?: true;
}

const COLUMNS: readonly Column<Line>[] = [
  { name: 'what', of: ({ what }) => what },
  { name: 'expected', of: ({ expected }) => expected },
  { name: 'found', of: ({ found }) => found },
  { name: 'verdict', of: ({ verdict }) => verdict, shown: ({ verdict }) => (verdict === 'fail' ? 'FAIL' : verdict) },
];

/** Prints what was tried. Throws CommandRefused when anything must not be as it is. */
export function report(output: Output, asJson: boolean, about: Record<string, unknown>, lines: readonly Line[]): void {
  const failed = lines.filter(({ verdict }) => verdict === 'fail').length;
  if (asJson) json(output, { ...about, ok: failed === 0, lines });
  else list(output, false, { columns: COLUMNS, rows: lines, empty: 'Nothing was tried.' });
  if (failed > 0)
    throw new CommandRefused(
      `${count(failed, 'line')} above ${failed === 1 ? 'is' : 'are'} marked fail: mend the preset, then test it again.`,
    );
}

/** The PEM text of `--ca`. */
export function authority(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readText(file, { most: 1_048_576 });
  } catch {
    throw new CommandRefused(`${file} cannot be read: name the PEM file of the authority.`);
  }
}

/** The two accounts to try with; the second is optional. */
export async function people(options: Omit<TestOptions, 'upstream'>) {
  if (options.secondPasswordFile !== undefined && options.second === undefined)
    throw new CommandMisused('--second-password-file is of the account that --second names: give --second NAME too.');
  const first = await credentials({
    account: options.account,
    passwordFile: options.passwordFile,
    fromEnvironment: process.env['SALLYPORT_TEST_PASSWORD'],
    whose: 'a test account',
    option: '--password-file',
  });
  if (options.second === undefined) return { first, second: null };
  const second = await credentials({
    account: options.second,
    passwordFile: options.secondPasswordFile,
    fromEnvironment: process.env['SALLYPORT_TEST_SECOND_PASSWORD'],
    whose: 'a second account',
    option: '--second-password-file',
  });
  return { first, second };
}

function hostIn({ host }: Pick<TestOptions, 'host'>): 'preserve' | 'upstream' | undefined {
  if (host === undefined || host === 'preserve' || host === 'upstream') return host;
  throw new CommandMisused('--host must be preserve or upstream, as the host of an upstream in the configuration.');
}

/** What was found, whatever the app repeats of what was typed. */
export function withoutPasswords(
  lines: readonly Line[],
  { first, second }: Awaited<ReturnType<typeof people>>,
): readonly Line[] {
  const redactors = [first, ...(second === null ? [] : [second])].map(
    ({ account, password }) => new Redactor(account, password),
  );
  const clean = (text: string): string => redactors.reduce((left, redactor) => redactor.clean(left), text);
  return lines.map((line) => ({ ...line, found: clean(line.found) }));
}

/** Seconds that all of it may take, unless the operator says otherwise. */
const WITHIN = 900;

/** How long the app may take. Throws CommandMisused. */
export function deadlineOf({ within }: Pick<TestOptions, 'within'>): Deadline {
  if (within === undefined) return new Deadline(WITHIN);
  if (!/^\d{1,5}$/.test(within) || Number(within) < 1)
    throw new CommandMisused('--within must be a number of seconds, from 1 to 99999.');
  return new Deadline(Number(within));
}

/** Under which name the app was tried. */
function placeLine(origin: string, given: boolean): Line {
  const what = 'public origin';
  if (given) return fine(what, 'the one of the configuration', origin);
  const said = `${origin} was assumed: name yours with --origin, since apps compare it with what they know and with Origin`;
  return note(what, 'the one of the configuration', said);
}

/** An app that is tried, as it would be configured. */
export interface Tested {
  readonly preset: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly options: Omit<TestOptions, 'json' | 'param'>;
}

/** Where people will reach the app: as it is given, or assumed. */
export function publicOrigin({ origin }: Pick<TestOptions, 'origin'>): string {
  return origin === undefined ? ASSUMED_ORIGIN : originIn('--origin', origin);
}

/** Tries a login as the proxy sends, at the public origin that is given or assumed. */
export async function tryLogin(
  login: BoundLogin,
  options: Tested['options'],
  { first, second }: Awaited<ReturnType<typeof people>>,
  deadline = deadlineOf(options),
): Promise<readonly Line[]> {
  const upstream = originIn('--upstream', options.upstream);
  const origin = publicOrigin(options);
  const host = hostIn(options);
  const app = appAt({ upstream, origin, ...(host === undefined ? {} : { host }) }, login);
  const seenAs = app.upstream.host === 'preserve' ? origin : upstream;
  const client = new DirectClient({
    origin: upstream,
    ca: authority(options.ca),
    seenAs,
    deadline,
    configured: () => app,
  });
  try {
    const lines = withoutPasswords(await tryPreset({ client, login, first, second }), { first, second });
    return [placeLine(origin, options.origin !== undefined), ...lines];
  } finally {
    await client.close();
  }
}

/** Tries a preset in the same way. */
export async function tryBehind(
  { preset: name, params = {}, options }: Tested,
  who: Awaited<ReturnType<typeof people>>,
): Promise<{ readonly id: string; readonly origin: string; readonly lines: readonly Line[] }> {
  const origin = publicOrigin(options);
  const { preset, login } = findPreset(name, { params, origin });
  return { id: preset.id, origin, lines: await tryLogin(login, options, who) };
}

/** `sallyport preset test`. */
export async function testPreset(output: Output, nameOrFile: string, options: TestOptions): Promise<void> {
  const params = paramsOf(options.param ?? []);
  const upstream = originIn('--upstream', options.upstream);
  // What is wrong with the preset or an option is said before anybody is asked for a password.
  findPreset(nameOrFile, { params });
  if (options.origin !== undefined) originIn('--origin', options.origin);
  hostIn(options);
  authority(options.ca);
  deadlineOf(options);
  const { id, origin, lines } = await tryBehind({ preset: nameOrFile, params, options }, await people(options));
  report(output, options.json === true, { preset: id, upstream, origin }, lines);
}
