import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Logger } from 'pino';
import { configFromArguments, loadConfigFile } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import { systemClock } from '../lib/clock.ts';
import { systemRandom } from '../lib/random.ts';
import type { Store } from '../store/types.ts';
import { describeFault } from './context.ts';
import { CommandMisused, CommandRefused } from './exit.ts';
import { greet, type Invitation, inviteFirst } from './first.ts';
import { writeInstallation } from './installation.ts';
import { createLog } from './log.ts';
import type { Output } from './output.ts';
import { type Portal, startPortal } from './portal.ts';

/** The running product, as far as the command needs it (src/app.ts builds it). */
export interface Running {
  readonly store: Store;
  listen(): Promise<number>;
  reload(next: Config): Promise<void>;
  refuseReload(why: string): Promise<void>;
  close(): Promise<void>;
}

export type CreateApp = (parts: { config: Config; log: Logger; access: Logger }) => Promise<Running>;

interface ServeOptions {
  readonly config?: string;
  readonly upstream?: string;
  readonly login?: string;
  readonly port?: string;
  readonly data?: string;
}

type Mode = 'demonstration' | 'upstream' | 'file';

function portOf(options: ServeOptions): number | undefined {
  if (options.port === undefined) return undefined;
  const port = Number(options.port);
  if (!/^\d{1,5}$/.test(options.port) || port < 1 || port > 65_535)
    throw new CommandMisused('--port must be a number from 1 to 65535.');
  return port;
}

function modeOf(options: ServeOptions): Mode {
  if (options.login !== undefined)
    throw new CommandRefused(
      'This version does not bind the login of the app itself: leave --login out. The second factor is asked for in front of the app either way.',
    );
  if (options.config !== undefined && options.upstream !== undefined)
    throw new CommandMisused(
      'Give either --config or --upstream, not both: a configuration file names its upstreams itself.',
    );
  if (options.config !== undefined) return 'file';
  return options.upstream === undefined ? 'demonstration' : 'upstream';
}

/** The configuration of a file, every fault told. Findings (such as an expired exemption) are told and do not stop the start. */
async function fromFile(file: string, options: ServeOptions, output: Output): Promise<Config> {
  const port = portOf(options);
  const loaded = await loadConfigFile(file, {
    ...(port === undefined ? {} : { port }),
    ...(options.data === undefined ? {} : { dataDir: options.data }),
  });
  for (const finding of loaded.findings) output.note(`${file}: ${describeFault(finding)}`);
  if (loaded.config === undefined)
    throw new CommandRefused(
      `${file} has faults; nothing was started:\n${loaded.faults.map((fault) => `  ${describeFault(fault)}`).join('\n')}`,
    );
  return loaded.config;
}

async function configure(mode: Mode, options: ServeOptions, output: Output, portal: Portal | null): Promise<Config> {
  if (mode === 'file') return fromFile(options.config ?? '', options, output);
  const upstream = portal === null ? (options.upstream ?? '') : `http://127.0.0.1:${portal.port}`;
  return configFromArguments({ data: options.data ?? 'var', upstream, port: portOf(options) });
}

/** Waits for the signal to stop; reloads on SIGHUP meanwhile. A second signal ends the process at once. */
function untilStopped(app: Running, options: ServeOptions, log: Logger, output: Output): Promise<void> {
  const reload = async () => {
    if (options.config === undefined) return output.note('There is no configuration file to read anew.');
    try {
      await app.reload(await fromFile(options.config, options, output));
      log.info({ file: options.config }, 'the configuration was read anew and is in force');
      output.note(`${options.config} was read anew and is in force.`);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown';
      await app.refuseReload(why);
      log.error({ why }, 'the new configuration was refused; the old one stays in force');
      output.note(`${why}\nThe configuration was not changed; the old one stays in force.`);
    }
  };
  process.on('SIGHUP', () => void reload());
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}

async function serve(options: ServeOptions, output: Output, createApp: CreateApp): Promise<void> {
  const mode = modeOf(options);
  const port = portOf(options) ?? 8080;
  const portal = mode === 'demonstration' ? await startPortal(`http://localhost:${port}`) : null;
  const stop: (() => void)[] = portal === null ? [] : [() => portal.stop()];
  try {
    const config = await configure(mode, options, output, portal);
    // People at a terminal read what we print; a deployment's supervisor reads the log.
    const { log, access, flush } = createLog(
      config.log.level,
      mode === 'file' ? null : join(config.dataDir, 'sallyport.log'),
    );
    stop.push(flush);
    const app = await createApp({ config, log, access });
    try {
      const invitations: Invitation[] = await inviteFirst(config, mode === 'demonstration', {
        store: app.store,
        clock: systemClock,
        random: systemRandom,
        actor: 'system',
      });
      await app.listen();
      if (mode !== 'file')
        writeInstallation(config.dataDir, {
          upstream: config.apps[0]?.upstream.origin ?? '',
          port: config.listen.port,
        });
      greet(output, config, mode, invitations);
      await untilStopped(app, options, log, output);
      output.note('Stopping: requests that are being answered may finish …');
    } finally {
      await app.close();
    }
  } finally {
    for (const each of stop.reverse()) each();
  }
}

export function serveCommand(output: Output, createApp: CreateApp): Command {
  return new Command('serve')
    .description('guard: the demonstration without options, one app with --upstream, a deployment with --config')
    .option('--config <file>', 'configuration file of a deployment')
    .option('--upstream <url>', 'one app to guard, at http://localhost:PORT')
    .addOption(new Option('--login <preset>', 'preset of the login of the app').hideHelp())
    .option('--port <n>', 'port to listen on (default 8080, or what the file says)')
    .option('--data <folder>', 'folder for database and keys (default var, or what the file says)')
    .action((options: ServeOptions) => serve(options, output, createApp));
}
