import { dirname, sep } from 'node:path';
import type { Ran } from './file.ts';

const SLOWEST = 10;
/** Of what a file printed: its last lines, and of log lines that tell of no trouble fewer still. */
const PRINTED_LINES = 40;
const CALM_LINES = 5;

/** How one file went, in one line. */
export function lineOf({ file, passed, skipped, failed, fault, seconds }: Ran): string {
  const mark = failed > 0 || fault !== undefined ? '✖' : '✔';
  const bad = failed > 0 ? `, ${failed} failed` : '';
  return `${mark} ${file}: ${passed} passed${bad}${skipped > 0 ? `, ${skipped} skipped` : ''} (${seconds.toFixed(1)} s)\n`;
}

/** All that failed in one file, in full; empty if nothing did. */
export function failuresOf({ file, fault, failures, printed }: Ran): string {
  if (fault === undefined && failures.length === 0) return '';
  const tests = failures.map(({ path, where, why, within }) =>
    within ? `✖ ${path}: a test within it failed\n` : `✖ ${path}\n  at ${where}\n${indented(why)}`,
  );
  const whole = fault === undefined ? [] : [`✖ ${file}: ${fault}\n`];
  const end = ending(printed);
  const output = end === '' ? [] : [`  ${file} printed at its end:\n${indented(end)}`];
  return [...whole, ...tests, ...output].map((text) => indented(text)).join('');
}

/** The end of it, without the hundreds of lines that a server writes while all is well. */
function ending(printed: string): string {
  const lines = printed.trim().split('\n');
  const calm = lines.filter((line) => line.startsWith('{"level":"info"'));
  const told = new Set(calm.slice(-CALM_LINES));
  return lines
    .filter((line) => !line.startsWith('{"level":"info"') || told.has(line))
    .slice(-PRINTED_LINES)
    .join('\n');
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');
}

export const hasFailed = ({ failed, fault }: Ran): boolean => failed > 0 || fault !== undefined;

/** Per area and in all, the slowest files, every failure again in full, and those of files that passed by themselves afterwards. */
export function summary(results: readonly Ran[], seconds: number, mended: readonly Ran[] = []): string {
  const areas = [...Map.groupBy(results, ({ file }) => areaOf(file))].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = [
    ['area', 'files', 'passed', 'failed', 'skipped', 'seconds', 'processor'],
    ...areas.map(([area, of]) => [area, ...numbersOf(of)]),
    ['all', ...numbersOf(results)],
  ];
  const bad = results.filter(hasFailed);
  const left = results.flatMap(({ file, leftOut }) => leftOut.map((each) => `  ${file}: ${each}\n`)).sort();
  return [
    `\n${table(rows)}`,
    `\nSlowest files\n${most(results, 'seconds')}`,
    `\nMost processor time\n${most(results, 'processor')}`,
    ...(left.length === 0 ? [] : [`\nSkipped\n${left.join('')}`]),
    ...(mended.length === 0
      ? []
      : [
          `\nFailed beside others, passed by themselves\n${mended.map((ran) => lineOf(ran) + failuresOf(ran)).join('\n')}`,
        ]),
    ...(bad.length === 0 ? [] : [`\nFailures\n${bad.map((ran) => lineOf(ran) + failuresOf(ran)).join('\n')}`]),
    // Once more and last: who sees the end alone sees what it was.
    ...(bad.length === 0 ? [] : [`\nFailed\n${bad.map(namesOf).join('')}`]),
    `\n${bad.length === 0 ? 'All passed' : `${bad.length} of ${results.length} files failed`}, in ${seconds.toFixed(0)} s.\n`,
  ].join('');
}

function most(results: readonly Ran[], key: 'seconds' | 'processor'): string {
  const first = [...results].sort((a, b) => b[key] - a[key]).slice(0, SLOWEST);
  return first.map((ran) => `${ran[key].toFixed(1).padStart(7)} s  ${ran.file}\n`).join('');
}

function namesOf({ file, fault, failures }: Ran): string {
  const names = failures.filter(({ within }) => !within).map(({ path }) => `    ${path}\n`);
  return `  ${file}${fault === undefined ? '' : `: ${fault}`}\n${names.join('')}`;
}

/** The folder below test/; a folder of its own for files elsewhere. */
function areaOf(file: string): string {
  return dirname(file).split(sep).slice(0, 2).join('/');
}

function numbersOf(of: readonly Ran[]): string[] {
  const sum = (key: 'passed' | 'failed' | 'skipped' | 'seconds' | 'processor') =>
    of.reduce((total, ran) => total + ran[key], 0);
  const times = [sum('seconds'), sum('processor')].map((seconds) => seconds.toFixed(0));
  return [of.length, sum('passed'), sum('failed'), sum('skipped'), ...times].map(String);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => `${row.map(cell).join('  ')}\n`).join('');
}
