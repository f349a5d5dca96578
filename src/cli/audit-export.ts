import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { exportLines, type Head, isWithin, leavesOf, type Span } from '../audit/export.ts';
import { csvText } from '../lib/csv-text.ts';
import { ocsfOf } from '../receivers/ocsf/event.ts';
import type { SaltedRow, SealedRow } from '../store/log-types.ts';
import type { Store } from '../store/types.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { count, type Output } from '../terminal/output.ts';
import { sealRecord } from './audit-log.ts';
import { located, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly from?: string;
  readonly to?: string;
  readonly format: string;
  readonly output?: string;
}

interface Exporting {
  readonly log: Store['log'];
  readonly head: Head;
  readonly span: Span;
}

type Lines = (what: Exporting) => AsyncGenerator<string>;

/** The entries that are still there, each with its leaf, as a format has them. */
function each(first: string, line: (row: SealedRow, entry: SaltedRow) => string): Lines {
  return async function* ({ log, head, span }) {
    if (first !== '') yield first;
    for await (const row of leavesOf(log, head.size))
      if (row.entry !== null && isWithin(span, row)) yield line(row, row.entry);
  };
}

const COLUMNS = [
  'index',
  'seq',
  'at',
  'kind',
  'outcome',
  'actor',
  'account',
  'session',
  'app',
  'source',
  'detail',
  'leaf',
];

const csvLine = (cells: readonly (string | number | null)[]) =>
  csvText([cells.map((value) => String(value ?? ''))]).trimEnd();

const FORMATS: Readonly<Record<string, Lines>> = {
  ndjson: ({ log, head, span }) => exportLines(log, head, span),
  csv: each(csvLine(COLUMNS), ({ idx, hash }, entry) => {
    const { seq, at, kind, outcome, actor, accountId, sessionId, appId, source, detail } = entry;
    const moment = new Date(at).toISOString();
    return csvLine([idx, seq, moment, kind, outcome, actor, accountId, sessionId, appId, source, detail, hash]);
  }),
  // What an event says of its log is the name of its key.
  ocsf: ({ log, head, span }) =>
    each('', (row, entry) => JSON.stringify(ocsfOf(head.key.name, { ...row, entry })))({ log, head, span }),
};

const DAY = 86_400_000;

/** A day, or a moment in UTC, in ms. */
function momentOf(option: string, text: string): { readonly at: number; readonly isDay: boolean } {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = isDay || /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(at) || new Date(at).toISOString().slice(0, 10) !== text.slice(0, 10))
    throw new CommandMisused(`${option} is a day, such as 2026-08-02, or a moment, such as 2026-08-02T09:30Z.`);
  return { at, isDay };
}

function spanOf({ from, to }: Options): Span {
  const first = from === undefined ? Number.NEGATIVE_INFINITY : momentOf('--from', from).at;
  const last = to === undefined ? null : momentOf('--to', to);
  const before = last === null ? Number.POSITIVE_INFINITY : last.at + (last.isDay ? DAY : 0);
  if (before <= first) throw new CommandMisused('--to is before --from.');
  return { from: first, before };
}

/** Waits where whoever reads is slower. */
async function print(output: Output, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) {
    output.line(line);
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  }
}

async function write(to: Writable, lines: AsyncIterable<string>): Promise<number> {
  let written = 0;
  for await (const line of lines) {
    written += 1;
    if (!to.write(`${line}\n`)) await once(to, 'drain');
  }
  return written;
}

/** A new file that only its owner can read. */
async function writeFile(file: string, lines: AsyncIterable<string>): Promise<number> {
  const stream = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    await once(stream, 'open');
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new CommandRefused(
      exists ? `${file} is there already, and is not overwritten: name another.` : `${file} cannot be written.`,
    );
  }
  const done = finished(stream);
  const written = await Promise.race([write(stream, lines), done.then(() => 0)]);
  stream.end();
  await done;
  return written;
}

async function exported(options: Options, output: Output): Promise<void> {
  const lines = Object.hasOwn(FORMATS, options.format) ? FORMATS[options.format] : undefined;
  if (lines === undefined) throw new CommandMisused(`--format is one of ${Object.keys(FORMATS).join(', ')}.`);
  const span = spanOf(options);
  await withStore(options, async (opened) => {
    const key = await sealRecord(opened);
    const { log } = opened.store;
    const { size, note } = await log.state();
    if (note === null) throw new CommandRefused('Nothing is on record yet.');
    await log.keepCheckpoint({ size, at: opened.clock.now(), note });
    const all = lines({ log, head: { key, size, note }, span });
    if (options.output === undefined) await print(output, all);
    else output.note(`${count(await writeFile(options.output, all), 'line')} written to ${options.output}.`);
  });
}

export function exportCommand(audit: Command, output: Output): void {
  located(audit.command('export').description('the sealed record, or some of it, for another program'))
    .option('--from <day>', 'entries of this day (UTC) and later, or from a moment such as 2026-08-02T09:30Z')
    .option('--to <day>', 'entries up to the end of this day, or before a moment')
    .option(
      '--format <format>',
      'ndjson (which "audit verify --export" verifies without the store), csv or ocsf',
      'ndjson',
    )
    .option('--output <file>', 'a new file instead of the terminal')
    .action((options: Options) => exported(options, output));
}
