import { existsSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { CommandMisused, CommandRefused } from '../../terminal/exit.ts';
import type { Output } from '../../terminal/output.ts';
import { DirectClient, upstreamOrigin } from '../direct/client.ts';
import { tryPreset } from '../direct/trial.ts';
import { findPreset } from '../preset/load.ts';
import { authority, people, report, type TestOptions } from '../preset/test.ts';
import { guidePage, guideSteps } from './guide.ts';
import { propose } from './propose.ts';
import { type RecorderParts, startRecorder } from './proxy.ts';
import { Recording } from './recording.ts';
import { draftText, writeNew } from './write.ts';

export interface RecordOptions extends TestOptions {
  readonly port?: string;
  readonly out: string;
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

/** Records one sign-in of the operator, proposes a preset, writes it and proves it on the app. */
export async function recordPreset(output: Output, options: RecordOptions): Promise<void> {
  const origin = upstreamOrigin(options.upstream);
  const id = idOf(options.out);
  if (existsSync(options.out)) throw new CommandRefused(`${options.out} is there already: name another with --out.`);
  const ca = authority(options.ca);
  const { first, second } = await people(options);
  const recording = new Recording(first.account, first.password);
  await recorded(output, options, recording, { origin, ca });
  const client = new DirectClient({ origin, ca });
  try {
    const wish = { id, client, ca, recording, first, second, progress: (text: string) => output.note(text) };
    const draft = await propose(wish);
    writeNew(options.out, draftText(draft, origin));
    const file = isAbsolute(options.out) || options.out.includes('/') ? options.out : `./${options.out}`;
    output.note(`${options.out} was written. Now it is proven on the app:`);
    if (recording.wrong === undefined)
      output.note('Nobody signed in with a wrong password: how a failure looks is not in it.');
    const { preset, login } = findPreset(file, { origin });
    const lines = await tryPreset({ client, login, first, second });
    report(output, options.json === true, { preset: preset.id, file: options.out, upstream: origin }, lines);
    output.note(`Use it with: login: { preset: ${file} }`);
  } finally {
    await client.close();
  }
}
