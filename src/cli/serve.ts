import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { type Arguments, configFromArguments, loadConfigFile } from '../config/load.ts';
import { isPresetName } from '../config/preset/load.ts';
import type { Config } from '../config/types.ts';
import { systemClock } from '../lib/clock.ts';
import { giveBack } from '../lib/heap.ts';
import { systemRandom } from '../lib/random.ts';
import { MACHINE } from '../manage/authority.ts';
import type { ManageContext } from '../manage/context.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';
import { CommandMisused, CommandRefused, sentence } from '../terminal/exit.ts';
import type { Output } from '../terminal/output.ts';
import { describeFault } from '../terminal/started.ts';
import { type ConsoleWish, portNumber, withConsole } from './console-port.ts';
import { greet, inviteFirst, type Mode } from './first.ts';
import { readInstallation, writeInstallation } from './installation.ts';
import { createLog } from './log.ts';
import { startPortal } from './portal.ts';
import { checkRecord, type RecordingWish, recordFirst, withRecord } from './serve-recorded.ts';
import { checkPurpose, takeServing } from './serving.ts';
import { listenForReload, listenForStop, type Signals } from './signals.ts';

/** The running product, as far as the command needs it (src/app.ts builds it). */
export interface Running {
  readonly store: Store;
  readonly seal: Seal;
  listen(): Promise<number>;
  reload(next: Config): Promise<void>;
  refuseReload(why: string): Promise<void>;
  close(): Promise<void>;
}

export type CreateApp = (parts: { config: Config; log: Logger; access: Logger }) => Promise<Running>;

interface ServeOptions extends ConsoleWish, RecordingWish {
  readonly config?: string;
  readonly upstream?: string;
  readonly login?: string;
  readonly port?: string;
  readonly data?: string;
  /** false: `--no-sample`. */
  readonly sample: boolean;
}

function portOf(options: ServeOptions): number | undefined {
  if (options.port === undefined) return undefined;
  return portNumber('--port', options.port);
}

function modeOf(options: ServeOptions): Mode {
  checkRecord(options);
  if (options.login !== undefined && options.upstream === undefined)
    throw new CommandMisused(
      '--login says how the app of --upstream signs people in: a configuration file has it at the app.',
    );
  if (options.config !== undefined && options.upstream !== undefined)
    throw new CommandMisused(
      'Give either --config or --upstream, not both: a configuration file names its upstreams itself.',
    );
  if (options.config !== undefined && (options.console === false || options.consolePort !== undefined))
    throw new CommandMisused('A configuration file says itself whether there is a console, and where: "console".');
  if (options.config !== undefined) return 'file';
  return options.upstream === undefined ? 'demonstration' : 'upstream';
}

/** Of the apps, where nobody says another. */
const PORT = 8080;

/** What is said before the faults of a file; a reload goes on to say what stays in force. */
type Moment = 'start' | 'reload';
const BEFORE: Readonly<Record<Moment, string>> = {
  start: 'has faults, so nothing was started. Mend these, then start again',
  reload: 'has faults; none of it is in force',
};

/** The configuration of a file, every fault told. Findings (such as an expired exemption) are told and do not stop the start. */
async function fromFile(file: string, options: ServeOptions, output: Output, moment: Moment): Promise<Config> {
  const port = portOf(options);
  const loaded = await loadConfigFile(file, {
    places: 'folders',
    ...(port === undefined ? {} : { port }),
    ...(options.data === undefined ? {} : { dataDir: options.data }),
  });
  for (const finding of loaded.findings) output.note(`${file}: ${describeFault(finding)}`);
  if (loaded.config !== undefined) return loaded.config;
  const faults = loaded.faults.map((fault) => `  ${describeFault(fault)}`);
  throw new CommandRefused(`${file} ${BEFORE[moment]}:\n${faults.join('\n')}`);
}

/** Reads the file anew: all of it is in force afterwards, or nothing has changed. Never rejects. */
async function reload(app: Running, options: ServeOptions, log: Logger, output: Output): Promise<void> {
  const file = options.config;
  if (file === undefined) return output.note('There is no configuration file to read anew.');
  try {
    await app.reload(await fromFile(file, options, output, 'reload'));
    log.info({ file }, 'the configuration was read anew and is in force');
    output.note(`${file} was read anew and is in force.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    log.error({ why }, 'the new configuration was refused; the old one stays in force');
    output.note(`${sentence(why)}\nThe configuration was not changed; the old one stays in force.`);
    await app.refuseReload(why);
  }
}

interface Start {
  readonly mode: Mode;
  readonly config: Config;
  readonly options: ServeOptions;
  readonly signals: Pick<Signals, 'onReload'>;
  readonly output: Output;
}

/** A preset of ours by its name, a file by a path that holds in every folder. */
function loginOf({ login }: ServeOptions): string | undefined {
  return login === undefined || isPresetName(login) ? login : resolve(login);
}

/** After the greeting, milliseconds: who waited for the start is answered first. */
const SETTLED = 1_000;

interface Sampling {
  readonly app: Running;
  readonly config: Config;
  readonly parts: Omit<ManageContext, 'config'>;
  readonly log: Logger;
  readonly over: () => boolean;
}

/** The people of the demonstration come in while it runs. Never rejects. */
async function sampled({ app: { seal }, config, parts, log, over }: Sampling): Promise<void> {
  const [app] = config.apps;
  if (app === undefined) return;
  try {
    const { addSample } = await import('./sample.ts');
    await addSample({ ctx: { ...parts, config }, seal, app, over });
  } catch (error) {
    log.error({ err: error }, 'the people of the demonstration could not all be added');
  }
}

async function run(start: Start, createApp: CreateApp): Promise<void> {
  // Before anything in the folder is touched, the log and the form of the database included.
  const serving = takeServing(start.config, systemClock.now());
  try {
    checkPurpose(start.config.dataDir, start.mode);
    await runAlone(start, createApp, serving.check);
  } finally {
    serving.release();
  }
}

/** What acts of this machine are done with. */
function partsOf({ store }: Running): Omit<ManageContext, 'config'> {
  return {
    store,
    clock: systemClock,
    random: systemRandom,
    actor: 'system',
    authority: MACHINE,
    reach: 'all',
  };
}

/** Listens, then tells whoever started it how people get in. `over`: whether it has been told to stop. */
async function begin(start: Start, app: Running, log: Logger, over: () => boolean): Promise<void> {
  const { mode, config, options, signals, output } = start;
  const parts = partsOf(app);
  // Not before the port is ours: new links end the old ones, which another start may just have shown.
  await app.listen();
  const invitations = await inviteFirst(config, mode === 'demonstration', parts);
  if (mode !== 'file')
    writeInstallation(config.dataDir, {
      purpose: mode,
      upstream: config.apps[0]?.upstream.origin ?? '',
      port: config.listen.port,
      login: loginOf(options),
      consolePort: config.console?.listen.port,
    });
  signals.onReload(() => reload(app, options, log, output));
  const sample = mode === 'demonstration' && options.sample;
  greet(output, { mode, config, where: options, invitations, sample });
  if (sample) void sampled({ app, config, parts, log, over });
  setTimeout(giveBack, SETTLED).unref();
}

async function runAlone(start: Start, createApp: CreateApp, locked: () => void): Promise<void> {
  const { mode, config, output } = start;
  // People at a terminal read what we print; a deployment's supervisor reads the log.
  const { log, access, flush } = createLog(
    config.log.level,
    mode === 'file' ? null : join(config.dataDir, 'sallyport.log'),
  );
  try {
    const app = await createApp({ config, log, access });
    try {
      locked();
      const { stopped } = listenForStop();
      let ended = false;
      void stopped.then(() => {
        ended = true;
      });
      // Told to stop, nothing more is waited for.
      await Promise.race([begin(start, app, log, () => ended).then(() => stopped), stopped]);
      output.note('Stopping: requests that are being answered may finish …');
    } finally {
      await app.close();
    }
  } finally {
    await flush();
  }
}

/** Where people reach the one app that no configuration file names. */
const originAt = (port = PORT): string => `http://localhost:${port}`;

/** What was asked for, with the login that has been recorded first where that was asked for, too. */
async function withLogin(asked: ServeOptions, port: number | undefined, output: Output): Promise<ServeOptions> {
  const { record, upstream, data } = asked;
  if (record !== true || upstream === undefined) return asked;
  const flags = [
    ...(asked.port === undefined ? [] : ['--port', asked.port]),
    ...(asked.consolePort === undefined ? [] : ['--console-port', asked.consolePort]),
    ...(asked.console === false ? ['--no-console'] : []),
  ];
  return { ...asked, login: await recordFirst(output, asked, { upstream, origin: originAt(port), data, flags }) };
}

async function serve(asked: ServeOptions, output: Output, createApp: CreateApp): Promise<void> {
  const mode = modeOf(asked);
  const port = portOf(asked);
  const options = await withLogin(asked, port, output);
  const signals = listenForReload();
  const start = (config: Config) => run({ mode, config, options, signals, output }, createApp);
  if (options.config !== undefined) return start(await fromFile(options.config, options, output, 'start'));
  const { data, upstream, login } = options;
  const places = { apps: port ?? PORT, last: readInstallation(data ?? 'var')?.consolePort };
  const begin = (more: Pick<Arguments, 'upstream' | 'login'>) =>
    withConsole(options, places, (consolePort) => start(configFromArguments({ data, port, ...more, consolePort })));
  if (upstream !== undefined) return begin({ upstream, login });
  const portal = await startPortal(originAt(port), () =>
    output.note('The sample portal has ended: stop with Ctrl-C and start again.'),
  );
  try {
    await begin({ upstream: `http://127.0.0.1:${portal.port}` });
  } finally {
    portal.stop();
  }
}

export function serveCommand(output: Output, createApp: CreateApp): Command {
  const command = new Command('serve')
    .description('guard: the demonstration without options, one app with --upstream, a deployment with --config')
    .option('--config <file>', 'configuration file of a deployment')
    .option('--upstream <url>', 'one app to guard, at http://localhost:PORT')
    .option('--login <preset>', 'how that app signs people in: a preset or a file (with --upstream)')
    .option('--port <n>', 'port to listen on (default 8080, or what the file says)')
    .option('--no-sample', 'the demonstration without its sample organisations and their people')
    .option('--data <folder>', 'folder for database and keys (default var, or what the file says)')
    .option('--console-port <n>', 'port of the console (default 9443 or the next that is free; without --config)')
    .option('--no-console', 'start without the console (without --config)');
  return withRecord(command).action((options: ServeOptions) => serve(options, output, createApp));
}
