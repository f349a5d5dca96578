import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { FileUnread, readText, readWhole } from '../lib/files.ts';
import { planEvidence } from '../manage/evidence.ts';
import { exportEvidence } from '../pack/export.ts';
import type { Check } from '../pack/verify/checks.ts';
import { sentenceOf, type Verdict, verify, WORDS } from '../pack/verify/verify.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { fields, json, type Output, table, when } from '../terminal/output.ts';
import { located, managing, type Where, withStore } from './context.ts';

const DAY = 86_400_000;

interface ExportOptions extends Where {
  readonly from: string;
  readonly to: string;
  readonly organisation?: string;
  readonly realm?: string;
  readonly redact?: true;
  readonly checkpoint?: string;
  readonly output: string;
  readonly json?: true;
}

/** `2026-08-02` or a whole moment (`2026-08-02T09:30:00Z`), ms. A day that ends a range is within it. */
function momentOf(option: string, typed: string, isEnd: boolean): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(typed);
  const ms = isDay || /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(typed) ? Date.parse(typed) : Number.NaN;
  // The platform takes the 31st of a month that has 30 days for the day after.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(typed.slice(0, 10)))
    throw new CommandMisused(
      `${option} ${JSON.stringify(typed)} is no day: write 2026-08-02, or 2026-08-02T09:30:00Z.`,
    );
  return isDay && isEnd ? ms + DAY : ms;
}

/** Heads are some hundred bytes each. */
const MAX_HEADS = 4_194_304;
/** What a pack may be (pack/write). */
const MAX_PACK = 1_073_741_824;

function wholeOf<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FileUnread) throw new CommandMisused(error.message);
    throw error;
  }
}

const textOf = (file: string): string => wholeOf(() => readText(file, { most: MAX_HEADS }));

/** Tells how far it has come, each tenth once. */
function progress(output: Output): (done: number, of: number) => void {
  let told = 0;
  return (done, of) => {
    const tenth = Math.floor((10 * done) / Math.max(1, of));
    if (tenth <= told) return;
    told = tenth;
    output.note(`${tenth * 10} % of ${of} entries.`);
  };
}

async function runExport(output: Output, options: ExportOptions): Promise<void> {
  if (options.realm !== undefined && options.organisation === undefined)
    throw new CommandMisused('--realm says which organisation is meant: give --organisation NAME beside it.');
  const from = momentOf('--from', options.from, false);
  const to = momentOf('--to', options.to, true);
  const { organisation, realm, output: file } = options;
  const checkpoint = options.checkpoint === undefined ? undefined : textOf(options.checkpoint);
  const told = await withStore(
    options,
    async (opened) => {
      const ctx = { ...managing(opened), seal: opened.seal };
      const where = {
        ...(organisation === undefined ? {} : { organisation }),
        ...(realm === undefined ? {} : { realm }),
      };
      const plan = await planEvidence.ask(ctx, { from, to, redact: options.redact === true, ...where });
      let digest = '';
      const onDigest = (made: string) => {
        digest = made;
      };
      const pack = exportEvidence(ctx, plan, { checkpoint, onProgress: progress(output), onDigest });
      // Under its own name only when it is whole.
      const unfinished = `${file}.unfinished`;
      try {
        await pipeline(Readable.from(pack), createWriteStream(unfinished, { mode: 0o600 }));
        await rename(unfinished, file);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      return { file, from: when(from), to: when(to), organisation: plan.organisation?.name ?? null, manifest: digest };
    },
    'organisation list',
  );
  if (options.json === true) return json(output, told);
  output.line(fields(Object.entries(told)));
}

interface VerifyOptions {
  readonly key?: string;
  readonly checkpoint?: string;
  readonly json?: true;
}

const place = ({ where }: Check): string => {
  if (where === null) return '';
  const { file, line, index, what } = where;
  return [file, line === undefined ? '' : `line ${line}`, index === undefined ? '' : `entry ${index}`, what ?? '']
    .filter((part) => part !== '')
    .join(', ');
};

function tell(output: Output, answer: Verdict): void {
  const { checks, head, witnesses, manifest } = answer;
  const rows = checks.map((check) => {
    const word = check.ok === null ? 'left' : check.ok ? 'yes' : 'NO';
    return [check.check, word, check.says, place(check)];
  });
  output.line(table(['check', 'holds', 'what', 'where'], rows));
  output.line();
  if (manifest !== null)
    output.line(
      fields([
        ['from', when(manifest.from)],
        ['to', when(manifest.to)],
        ['organisation', manifest.organisation?.name ?? 'all'],
        ['sealed', manifest.size],
        ['key', manifest.key],
        ['head', head],
        ['witnesses', witnesses.join(', ')],
      ]),
    );
  output.line();
  output.line(sentenceOf(answer));
}

/** Throws where the pack cannot be relied on: with a key of the reader's own everything must hold, without one nothing is proven. */
async function runVerify(output: Output, file: string, options: VerifyOptions): Promise<void> {
  const pack = wholeOf(() => readWhole(file, { most: MAX_PACK }));
  const checkpoint = options.checkpoint === undefined ? null : textOf(options.checkpoint);
  const verdict = await verify({ pack, key: options.key ?? null, checkpoint });
  if (options.json === true) json(output, verdict);
  else tell(output, verdict);
  if (verdict.verdict === 'failed') throw new CommandRefused(WORDS.failed);
}

export function evidenceCommands(output: Output): Command {
  const evidence = new Command('evidence').description(
    'proof of who could get in, and how, that a stranger can verify',
  );
  located(
    evidence
      .command('export')
      .description('one ZIP: report, tables, the entries they follow from, proofs and verifiers'),
  )
    .requiredOption('--from <day>', 'first day, UTC (2026-08-02, or a moment such as 2026-08-02T09:30:00Z)')
    .requiredOption('--to <day>', 'last day; a moment is the first one after the range')
    .option('--organisation <name>', 'of one organisation, by id or name: nothing of any other is in it')
    .option('--realm <id>', 'realm of the organisation, where there are several')
    .option('--redact', 'hides names, addresses and sources; accounts are told apart by their ids')
    .option('--checkpoint <file>', 'an older head that its reader holds: the pack proves what became of it')
    .option('--output <file>', 'where to write it', 'evidence.zip')
    .option('--json', 'JSON instead of text')
    .action((options: ExportOptions) => runExport(output, options));
  evidence
    .command('verify')
    .description('every check of a pack, explained; needs no installation; exit 1 when one does not hold')
    .argument('<file>', 'the pack')
    .option(
      '--key <key>',
      'the key of the log as you were given it, NAME+ID+KEY; without it only that the pack fits together',
    )
    .option('--checkpoint <file>', 'an older head that you hold')
    .option('--json', 'JSON instead of a table')
    .action((file: string, options: VerifyOptions) => runVerify(output, file, options));
  return evidence;
}
