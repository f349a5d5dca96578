import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';
import type { Output } from '../../terminal/output.ts';
import { DirectClient } from '../direct/client.ts';
import type { Line } from '../direct/line.ts';
import { originIn } from '../direct/place.ts';
import type { Credentials } from '../direct/posting.ts';
import { paramsOf } from '../preset/load.ts';
import { authority, people, report, type TestOptions, tryBehind } from '../preset/test.ts';
import { guidePage, guideSteps } from './guide.ts';
import { propose } from './propose.ts';
import { type RecorderParts, startRecorder } from './proxy.ts';
import { type RecordedExchange, Recording } from './recording.ts';
import { Robot, type Way } from './robot.ts';
import { draftText, writeNew } from './write.ts';

export interface RecordOptions extends TestOptions {
  readonly port?: string;
  readonly out: string;
  /** No browser: forms are filled in from here. */
  readonly unattended?: true;
  /** With that: where to begin, and what else is typed into the form, as NAME=VALUE. */
  readonly start?: string;
  readonly fill?: readonly string[];
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

async function recorded(
  output: Output,
  options: RecordOptions,
  recording: Recording,
  upstream: RecorderParts['upstream'],
): Promise<void> {
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
  } finally {
    await recorder.close();
  }
}

/** Where `--unattended` begins, and what it fills in. Throws CommandMisused. */
function wayOf(options: RecordOptions, output: Output): Way | null {
  const { unattended, start = '/', fill = [] } = options;
  if (unattended !== true) {
    if (options.start !== undefined || fill.length > 0)
      throw new CommandMisused('--start and --fill are for --unattended: in a browser you go and type yourself.');
    return null;
  }
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(start))
    throw new CommandMisused('--start must be an address within the app, such as /admin/.');
  return { start, fill: new Map(Object.entries(paramsOf(fill, '--fill'))), progress: (text) => output.note(text) };
}

/** What somebody at a browser would do, done from here. */
async function unattended(
  way: Way,
  first: Credentials,
  recording: Recording,
  upstream: RecorderParts['upstream'],
): Promise<void> {
  const recorded = (exchange: RecordedExchange): void => recording.add(exchange);
  const guide: RecorderParts['guide'] = (_, response) => void response.writeHead(404).end();
  const recorder = await startRecorder({ upstream, port: 0, recorded, guide });
  const client = new DirectClient({ origin: recorder.origin });
  try {
    await new Robot(client, first, way).run(randomBytes(12).toString('base64url'));
  } finally {
    await client.close();
    await recorder.close();
  }
}

const HELD_OFF_MS = 65_000;

const fails = (lines: readonly Line[]): boolean => lines.some(({ verdict }) => verdict === 'fail');

/** Many apps hold off for a minute who has typed wrong passwords, as was done here several times. */
async function later<T>(output: Output, work: () => Promise<T>): Promise<T> {
  output.note('Not all of it held. The app may hold off after wrong passwords: it is proven once more in a minute …');
  await sleep(HELD_OFF_MS);
  return work();
}

/** Records one sign-in of the operator, proposes a preset, writes it and proves it on the app. */
export async function recordPreset(output: Output, options: RecordOptions): Promise<void> {
  const origin = originIn('--upstream', options.upstream);
  const id = idOf(options.out);
  if (existsSync(options.out)) throw new CommandRefused(`${options.out} is there already: name another with --out.`);
  const ca = authority(options.ca);
  const way = wayOf(options, output);
  const { first, second } = await people(options);
  const recording = new Recording(first.account, first.password);
  if (way === null) await recorded(output, options, recording, { origin, ca });
  else await unattended(way, first, recording, { origin, ca });
  const client = new DirectClient({ origin, ca });
  try {
    const wish = { id, client, ca, recording, first, second, progress: (text: string) => output.note(text) };
    const draft = await propose(wish);
    writeNew(options.out, draftText(draft, origin));
    const file = isAbsolute(options.out) || options.out.includes('/') ? options.out : `./${options.out}`;
    output.note(`${options.out} was written. Now it is proven on the app:`);
    if (recording.wrong === undefined)
      output.note('Nobody signed in with a wrong password: how a failure looks is not in it.');
    // Where there is one account, another name is nobody's.
    const other = 'one' in draft.account ? null : second;
    const prove = () => tryBehind({ preset: file, options }, { first, second: other });
    const once = await prove();
    const { id: preset, origin: at, lines } = way !== null && fails(once.lines) ? await later(output, prove) : once;
    report(output, options.json === true, { preset, file: options.out, upstream: origin, origin: at }, lines);
    output.note(`Use it with: login: { preset: ${file} }`);
  } finally {
    await client.close();
  }
}
