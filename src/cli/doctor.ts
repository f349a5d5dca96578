import { Command } from 'commander';
import type { AppConfig, Config } from '../config/types.ts';
import { asSallyportError } from '../errors.ts';
import { systemClock } from '../lib/clock.ts';
import { bindingOf } from '../manage/bindings.ts';
import type { Trial } from '../manage/trials.ts';
import { triedHere } from '../manage/untried.ts';
import { headerOf } from '../presets/answer.ts';
import { trustOf } from '../proxy/connect.ts';
import { CommandRefused } from '../terminal/exit.ts';
import { type Column, count, json, list, type Output } from '../terminal/output.ts';
import { DirectClient } from '../workbench/direct/client.ts';
import { emptyJar } from '../workbench/direct/cookies.ts';
import { tryDoor } from '../workbench/direct/doors.ts';
import { entryLines } from '../workbench/direct/entry.ts';
import { fine, judged, type Line, note, wrong } from '../workbench/direct/line.ts';
import { triedText } from './bindings.ts';
import { configOf, located, type Where, withStore } from './context.ts';
import { asksForTrials, trialsOf } from './trials.ts';

type Options = Where & { json?: true };

interface Finding extends Line {
  /** null: of the installation as a whole. */
  readonly app: string | null;
}

const COLUMNS: readonly Column<Finding>[] = [
  { name: 'app', of: ({ app }) => app },
  { name: 'what', of: ({ what }) => what },
  { name: 'expected', of: ({ expected }) => expected },
  { name: 'found', of: ({ found }) => found },
  { name: 'verdict', of: ({ verdict }) => verdict, shown: ({ verdict }) => (verdict === 'fail' ? 'FAIL' : verdict) },
];

/** One-time codes are good for half a minute; a clock that is further off refuses people. */
const CLOCK_MS = 30_000;
/** An exception that ends within this time is told beforehand. */
const SOON_MS = 30 * 24 * 3_600_000;

/** Store and keys: what everything refuses without. */
async function installation(options: Options): Promise<Line[]> {
  const store = 'database and master key';
  const expected = 'can be opened, and belong together';
  try {
    const keys = await withStore(options, async (opened) => {
      await opened.store.ping();
      return opened.store.keys.list();
    });
    const now = systemClock.now();
    const signing = keys.filter((key) => key.activeAt <= now && (key.retiredAt === null || key.retiredAt > now));
    const state = keys.length === 0 ? 'none yet: it is made at the first start' : count(signing.length, 'key');
    const key = signing.length > 0 || keys.length === 0 ? fine : wrong;
    return [fine(store, expected, 'opened'), key('signing key', 'one that signs now', state)];
  } catch (error) {
    return [wrong(store, expected, error instanceof CommandRefused ? error.message : asSallyportError(error).message)];
  }
}

function clockLine(date: string | undefined): Line[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const off = Math.round((systemClock.now() - theirs) / 1000);
  const found = Math.abs(off) < 2 ? 'the same' : `ours is ${Math.abs(off)} s ${off > 0 ? 'ahead' : 'behind'}`;
  const good = Math.abs(off) * 1000 <= CLOCK_MS;
  return [judged(good, 'clock, against the app’s', 'at most 30 s apart', found)];
}

function exceptionLine(app: AppConfig, trial: Trial | undefined): Line[] {
  const { login } = app;
  if (login.kind === 'none')
    return [note('own login', 'none: the app trusts the assertion', 'let the app verify it (docs/verify)')];
  if (login.kind === 'bound') {
    const { bound, preset, ...row } = bindingOf(app, systemClock.now(), triedHere(app, trial));
    return [note('own login', 'bound', `${bound}; preset ${preset}, tried: ${triedText(row)}`)];
  }
  const left = login.expiresAt - systemClock.now();
  const what = 'own login';
  const expected = 'bound to the account that passed';
  const by = `unbound until ${login.expires}, by ${login.owner}: ${login.reason}`;
  if (left <= 0) return [wrong(what, expected, `EXPIRED: ${by}; nothing is forwarded any more`)];
  return [note(what, expected, left < SOON_MS ? `${by}; that ends soon` : by)];
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function networkLine({ upstream }: AppConfig, status: number): Line {
  const { hostname, host } = new URL(upstream.origin);
  const rule = LOOPBACK.test(hostname)
    ? `listens on this machine; no other may reach ${host}`
    : `network rule: only Sallyport’s hosts may reach ${host}`;
  return note('asked without us', rule, `${status} to this host, as to anybody who reaches it`);
}

async function doorLines(client: DirectClient, app: AppConfig): Promise<Line[]> {
  if (app.login.kind !== 'bound') return [];
  const lines: Line[] = [];
  for (const door of app.login.doors) {
    const { door: text, state, found, denied } = await tryDoor(client, app.login, door);
    const exposed = state === 'open' ? 'open to whoever reaches the app directly' : state;
    const line = denied ? note : wrong;
    lines.push(line(`door ${text}`, 'refused by us', `${exposed} (${found})${denied ? '' : '; we let it pass'}`));
  }
  return lines;
}

/** All that can be seen of one app from here, past ourselves. */
async function examine(app: AppConfig, trial: Trial | undefined): Promise<Line[]> {
  const { login, upstream } = app;
  const seenAs = upstream.host === 'preserve' ? app.origin : upstream.origin;
  const reach = 'upstream';
  const exception = exceptionLine(app, trial);
  let client: DirectClient;
  try {
    client = new DirectClient({ origin: upstream.origin, ca: trustOf(app).ca, seenAs, configured: () => app });
  } catch (error) {
    return [...exception, wrong(reach, 'answers', asSallyportError(error).message)];
  }
  try {
    const answer = await client.ask({ target: login.kind === 'bound' ? login.entry : '/' }, emptyJar());
    const lines = [
      fine(reach, 'answers', `${answer.status} from ${upstream.origin}`),
      ...clockLine(headerOf(answer, 'date')),
      ...exception,
      networkLine(app, answer.status),
    ];
    if (login.kind === 'bound') lines.push(...(await entryLines({ client, login })));
    return [...lines, ...(await doorLines(client, app))];
  } catch (error) {
    if (error instanceof CommandRefused) return [...exception, wrong(reach, 'answers', error.message)];
    throw error;
  } finally {
    await client.close();
  }
}

async function doctor(options: Options, output: Output): Promise<void> {
  const config: Config = await configOf(options);
  const findings: Finding[] = (await installation(options)).map((line) => ({ app: null, ...line }));
  const trials = asksForTrials(config.apps) ? await trialsOf(config) : new Map<string, Trial>();
  for (const app of config.apps)
    findings.push(...(await examine(app, trials.get(app.id))).map((line): Finding => ({ app: app.id, ...line })));
  const failed = findings.filter(({ verdict }) => verdict === 'fail').length;
  if (options.json === true) json(output, { ok: failed === 0, findings });
  else list(output, false, { columns: COLUMNS, rows: findings, empty: 'There is nothing to look at.' });
  if (failed > 0)
    throw new CommandRefused(
      `${count(failed, 'finding')} above ${failed === 1 ? 'is' : 'are'} marked fail: mend what ${failed === 1 ? 'it names' : 'they name'}, then run doctor again.`,
    );
}

export function doctorCommand(output: Output): Command {
  return located(
    new Command('doctor').description(
      'look at the installation and, past ourselves, at every app: what does not answer, leads past us or has run out; exit 1 when something is wanting',
    ),
  )
    .option('--json', 'JSON instead of a table')
    .action((options: Options) => doctor(options, output));
}
