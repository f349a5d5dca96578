import { dirname, sep } from 'node:path';
import type { Ran } from './file.ts';

const SLOWEST = 10;

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
  const output = printed.trim() === '' ? [] : [`  ${file} printed at its end:\n${indented(printed.trim())}`];
  return [...whole, ...tests, ...output].map((text) => indented(text)).join('');
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');
}

/** Per area and in all, the slowest files, and every failure again in full. */
export function summary(results: readonly Ran[], seconds: number): string {
  const areas = [...Map.groupBy(results, ({ file }) => areaOf(file))].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = [
    ['area', 'files', 'passed', 'failed', 'skipped', 'seconds'],
    ...areas.map(([area, of]) => [area, ...numbersOf(of)]),
    ['all', ...numbersOf(results)],
  ];
  const slowest = [...results].sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  const bad = results.filter(({ failed, fault }) => failed > 0 || fault !== undefined);
  const left = results.flatMap(({ file, leftOut }) => leftOut.map((each) => `  ${file}: ${each}\n`)).sort();
  return [
    `\n${table(rows)}`,
    `\nSlowest files\n${slowest.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}\n`).join('')}`,
    ...(left.length === 0 ? [] : [`\nSkipped\n${left.join('')}`]),
    ...(bad.length === 0 ? [] : [`\nFailures\n${bad.map((ran) => lineOf(ran) + failuresOf(ran)).join('\n')}`]),
    `\n${bad.length === 0 ? 'All passed' : `${bad.length} of ${results.length} files failed`}, in ${seconds.toFixed(0)} s.\n`,
  ].join('');
}

/** The folder below test/; a folder of its own for files elsewhere. */
function areaOf(file: string): string {
  return dirname(file).split(sep).slice(0, 2).join('/');
}

function numbersOf(of: readonly Ran[]): string[] {
  const sum = (key: 'passed' | 'failed' | 'skipped' | 'seconds') => of.reduce((total, ran) => total + ran[key], 0);
  return [of.length, sum('passed'), sum('failed'), sum('skipped'), sum('seconds').toFixed(0)].map(String);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => `${row.map(cell).join('  ')}\n`).join('');
}
