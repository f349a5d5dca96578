import type { Command } from 'commander';
import type { Finding } from '../audit/findings.ts';
import { type Verified, verifyRecord } from '../audit/verify.ts';
import { MAX_EXPORT_LINE, type VerifiedExport, verifyExport } from '../audit/verify-export.ts';
import { LineTooLong, linesOf } from '../lib/lines.ts';
import { streamOf } from '../lib/streamed.ts';
import { FileUnread } from '../lib/whole.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { count, json, type Output, when } from '../terminal/output.ts';
import { keptOptions, keyOption, trySealing } from './audit-log.ts';
import { located, type Opened, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly checkpoint?: string;
  readonly written?: string;
  readonly key?: string;
  readonly export?: string;
  readonly json?: true;
}

/** Leaves between two words about it. */
const EVERY = 100_000;

interface Outcome {
  readonly verified: Verified | VerifiedExport;
  /** What is true of it, where nothing is wrong. */
  readonly good: string;
  readonly also: readonly string[];
}

function progress(output: Output): (done: number, of: number) => void {
  return (done, of) => {
    if (done % EVERY === 0) output.note(`${done} of ${of} entries`);
  };
}

async function ofStore(options: Options, output: Output, opened: Opened): Promise<Outcome> {
  const kept = keptOptions(options);
  const pinned = keyOption(options.key);
  const { key: own, why } = await trySealing(opened);
  const key = pinned ?? own;
  if (key === null)
    throw new CommandRefused(
      `The record has no key that can be read (${why}): give the one that you have kept with --key.`,
    );
  const ordered = opened.config.store.kind === 'sqlite';
  const verified = await verifyRecord({ store: opened.store, key, kept, ordered, progress: progress(output) });
  const { size, dropped, erased, heads, unsealed } = verified;
  const gone = [
    ...(dropped > 0 ? [`${dropped} dropped since their time was over`] : []),
    ...(erased > 0 ? [`${erased} erased`] : []),
  ];
  const also: string[] = [];
  if (why !== null) also.push(`Nothing more can be sealed: ${why}`);
  if (unsealed.count > 0)
    also.push(
      `${count(unsealed.count, 'entry', 'entries')} on record not sealed yet, the oldest of ${when(unsealed.oldest)?.toISOString()}.`,
    );
  const good = `The record is as it was sealed: ${count(size, 'entry', 'entries')}${gone.length > 0 ? `, of them ${gone.join(' and ')}` : ''}; ${count(heads, 'head')} of it agree.`;
  return { verified, good, also };
}

async function ofExport(file: string, options: Options): Promise<Outcome> {
  const key = keyOption(options.key);
  if (key === null)
    throw new CommandMisused('--export needs --key: what is in a file proves nothing without the key of its log.');
  const kept = keptOptions(options);
  try {
    const pieces = streamOf(file).setEncoding('utf8');
    const verified = await verifyExport({ lines: linesOf(pieces, MAX_EXPORT_LINE), key, kept });
    const good = `The export is as its log was sealed: ${count(verified.entries, 'entry', 'entries')} shown, of ${verified.size}; ${count(verified.heads, 'head')} of it agree.`;
    return { verified, good, also: [] };
  } catch (error) {
    if (error instanceof FileUnread) throw new CommandRefused(error.message);
    if (error instanceof LineTooLong) throw new CommandRefused(`${file} is no export of the record: ${error.message}`);
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      throw new CommandRefused(`${file} cannot be read (${error.code}).`);
    throw error;
  }
}

/** One line for each finding, the first of the log first. */
function told({ findings, found }: Outcome['verified']): string {
  const lines = findings.map(({ says }: Finding) => `  ${says}`);
  if (found > findings.length) lines.push(`  and ${found - findings.length} more.`);
  return `The record is not as it was sealed: ${count(found, 'finding')}.\n${lines.join('\n')}`;
}

async function verify(options: Options, output: Output): Promise<void> {
  const { export: file } = options;
  const outcome =
    file === undefined
      ? await withStore(options, (opened) => ofStore(options, output, opened))
      : await ofExport(file, options);
  const { verified, good, also } = outcome;
  const isGood = verified.found === 0;
  if (options.json === true) json(output, { good: isGood, ...verified, also });
  for (const line of also) output.note(line);
  if (!isGood) throw new CommandRefused(told(verified));
  if (options.json !== true) output.line(`${good}\n${verified.root ?? ''}`);
}

export function verifyCommand(audit: Command, output: Output): void {
  located(
    audit.command('verify').description('whether the record is as it was sealed; names the first entry that is not'),
  )
    .option(
      '--checkpoint <file>',
      'heads that you have kept: an older backup, a fork and a past written anew are found by them',
    )
    .option('--written <size:root>', 'a head that somebody has written down')
    .option(
      '--key <key>',
      'verifier key of the log, as "audit checkpoint" prints it (default: the one that the store has)',
    )
    .option('--export <file>', 'verify an export instead, without the store; needs --key')
    .option('--json', 'JSON instead of text')
    .action((options: Options) => verify(options, output));
}
