import { existsSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';
import type { Output } from '../../terminal/output.ts';
import { DirectClient } from '../direct/client.ts';
import { originIn } from '../direct/place.ts';
import type { Credentials } from '../direct/posting.ts';
import { paramsOf } from '../preset/load.ts';
import { authority, deadlineOf, people, publicOrigin, report, type TestOptions } from '../preset/test.ts';
import { findChromium } from './chromium/find.ts';
import { guidePage, guideSteps } from './guide.ts';
import { type Proven, proven } from './proof.ts';
import { type RecorderParts, startRecorder } from './proxy.ts';
import { Recording } from './recording.ts';
import type { Way } from './robot.ts';
import { summary } from './summary.ts';
import { type Outcome, recordAlone } from './unattended.ts';
import { checkedText, writeNew } from './write.ts';

export interface RecordOptions extends TestOptions {
  readonly port?: string;
  /** Left out: recorded.yml. */
  readonly out?: string;
  /** Nobody at a browser: it is all done from here. */
  readonly unattended?: true;
  /** With that: where to begin, and what else is typed into the form, as NAME=VALUE. */
  readonly start?: string;
  readonly fill?: readonly string[];
  readonly look?: readonly string[];
  /** The program of a Chromium; left out: one that PATH has. */
  readonly browser?: string;
}

function portOf({ port }: RecordOptions): number {
  if (port === undefined) return 0;
  const number = Number(port);
  if (!/^\d{1,5}$/.test(port) || number < 1 || number > 65_535)
    throw new CommandMisused('--port must be a number from 1 to 65535.');
  return number;
}

/** Id of a preset in a file of that name. */
function idOf(file: string): string {
  const id = basename(file)
    .replace(/\.ya?ml$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (id === '' || !/\.ya?ml$/i.test(file)) throw new CommandMisused('--out must be a file such as portal.yml.');
  return id;
}

/** Settles when the operator finishes in the browser or by Enter; rejects on Ctrl-C. */
function finished(recording: Recording, output: Output): { readonly done: Promise<void>; finish(): void } {
  const { stdin } = process;
  let finish = () => {};
  const done = new Promise<void>((resolve, reject) => {
    const enter = () => {
      if (recording.right === undefined) output.note('Nobody has signed in through the recorder yet.');
      else finish();
    };
    const stop = () => {
      end();
      reject(new CommandRefused('Stopped; nothing was written.'));
    };
    const end = () => {
      stdin.off('data', enter);
      stdin.pause();
      process.off('SIGINT', stop);
    };
    finish = () => {
      end();
      resolve();
    };
    if (stdin.isTTY === true) stdin.on('data', enter).resume();
    process.on('SIGINT', stop);
  });
  return { done, finish: () => finish() };
}

/** What somebody did at a browser of their own. */
async function attended(
  output: Output,
  options: RecordOptions,
  first: Credentials,
  upstream: RecorderParts['upstream'],
): Promise<Recording> {
  const recording = new Recording(first.account, first.password);
  const { done, finish } = finished(recording, output);
  const recorder = await startRecorder({
    upstream,
    port: portOf(options),
    recorded: (exchange) => recording.add(exchange),
    guide: guidePage(recording, () => finish()),
  });
  try {
    output.note(`Open ${recorder.origin}/.record/ in a browser; it shows what to do:`);
    for (const [i, { text }] of guideSteps(recording).entries()) output.note(`  ${i + 1}. ${text}`);
    output.note('Then press Finish there, or Enter here. Ctrl-C ends it and writes nothing.');
    await done;
    return recording;
  } finally {
    await recorder.close();
  }
}

/** Where `--unattended` begins, what it fills in, and where it looks. Throws CommandMisused. */
function wayOf(options: RecordOptions, output: Output): Way | null {
  const { unattended, start = '/', fill = [], look = [], browser } = options;
  if (unattended !== true) {
    if (options.start !== undefined || fill.length + look.length > 0 || browser !== undefined)
      throw new CommandMisused(
        '--start, --fill, --look and --browser are for --unattended: in a browser you go and type yourself.',
      );
    return null;
  }
  for (const [option, target] of [['--start', start], ...look.map((each) => ['--look', each])])
    if (!/^\/(?!\/)[\x21-\x7e]*$/.test(target ?? ''))
      throw new CommandMisused(`${option} must be an address within the app, such as /admin/.`);
  const typed = new Map(Object.entries(paramsOf(fill, '--fill')));
  return { start, fill: typed, look, progress: (text) => output.note(text) };
}

const OUT = 'recorded.yml';

/**
 * Records a sign-in, proposes a preset, proves it on the app and writes it. The path of the file, as a configuration names it. Throws
 * CommandRefused: before the file is there, or, where the app did not bear it out in all points, after.
 */
export async function recordPreset(output: Output, { out = OUT, ...options }: RecordOptions): Promise<string> {
  const origin = originIn('--upstream', options.upstream);
  const id = idOf(out);
  if (existsSync(out)) throw new CommandRefused(`${out} is there already: name another with --out.`);
  const upstream = { origin, ca: authority(options.ca) };
  const way = wayOf(options, output);
  const chromium = way === null ? null : findChromium(options.browser);
  const who = await people(options);
  deadlineOf(options);
  const going = way === null ? { seen: await attended(output, options, who.first, upstream) } : { way };
  // What a person takes at a browser is theirs.
  const deadline = deadlineOf(options);
  const client = new DirectClient({ ...upstream, deadline });
  try {
    const judge = (recording: Recording): Promise<Outcome<Proven>> =>
      proven({ id, client, recording, ...who, progress: (text) => output.note(text) }, options, deadline);
    const { draft, lines } =
      'seen' in going
        ? (await judge(going.seen)).value
        : await recordAlone(output, { way: going.way, first: who.first, upstream, chromium, deadline }, judge);
    const passwords = [who.first, who.second].flatMap((each) => each?.password ?? []);
    writeNew(out, checkedText(draft, origin, passwords));
    const file = isAbsolute(out) || out.includes('/') ? out : `./${out}`;
    output.note(`${out} was written, and proven on the app:`);
    const about = { preset: draft.id, file: out, upstream: origin, origin: publicOrigin(options) };
    report(output, options.json === true, about, lines);
    for (const line of summary(draft, file)) output.note(line);
    return file;
  } finally {
    await client.close();
  }
}
