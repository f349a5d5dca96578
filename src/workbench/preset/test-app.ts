import { trustOf } from '../../proxy/connect.ts';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';
import type { Output } from '../../terminal/output.ts';
import { DirectClient } from '../direct/client.ts';
import type { Line } from '../direct/line.ts';
import { tryPreset } from '../direct/trial.ts';
import type { Installed, Where } from './installed.ts';
import { deadlineOf, people, report, type TestOptions, withoutPasswords } from './test.ts';

export interface AppTestOptions extends Where, Partial<TestOptions> {
  readonly app: string;
  readonly product?: string;
}

/** Options whose values the configuration has. */
const CONFIGURED = ['upstream', 'origin', 'host', 'ca'] as const;

function refuseDoubt(name: string | undefined, options: AppTestOptions): void {
  const said = CONFIGURED.find((each) => options[each] !== undefined);
  const doubled = name !== undefined ? 'a preset' : (options.param ?? []).length > 0 ? '--param' : said && `--${said}`;
  if (doubled !== undefined)
    throw new CommandMisused(`With --app the configuration says it all: leave out ${doubled}, or leave out --app.`);
  if ((options.product ?? '').length > 200)
    throw new CommandMisused('--product is a name and a version, of at most 200 characters.');
}

/** `sallyport preset test --app ID`: the preset of an app as it is configured, on its product, and on record. */
export async function testApp(
  output: Output,
  name: string | undefined,
  options: AppTestOptions,
  installed: Installed,
): Promise<void> {
  refuseDoubt(name, options);
  const app = await installed.app(options, options.app);
  const { login, upstream, origin } = app;
  if (login.kind !== 'bound')
    throw new CommandRefused(`${app.id} has no preset: its own login is not bound, so there is nothing to try.`);
  const { first, second } = await people(options);
  const deadline = deadlineOf(options);
  const seenAs = upstream.host === 'preserve' ? origin : upstream.origin;
  const client = new DirectClient({
    origin: upstream.origin,
    ca: trustOf(app).ca,
    seenAs,
    deadline,
    configured: () => app,
  });
  let lines: readonly Line[];
  try {
    lines = withoutPasswords(await tryPreset({ client, login, first, second }), { first, second });
  } finally {
    await client.close();
  }
  const failed = lines.filter(({ verdict }) => verdict === 'fail').length;
  await installed.keep(options, { app, product: options.product ?? null, failed });
  report(
    output,
    options.json === true,
    { app: app.id, preset: login.preset, upstream: upstream.origin, origin },
    lines,
  );
}
