import type { Memory } from './memory.ts';
import type { Scaling } from './scaling.ts';
import { type Measured, NAMES } from './throughput.ts';

/** Columns aligned by two blanks; the first to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const ms = (value: number): string => `${value.toFixed(2)} ms`;
const size = (bytes: number): string => (bytes < 1000 ? `${bytes} B` : `${bytes / 1024} kB`);

function rateOf(measured: readonly Measured[], name: string, bytes: number): number | undefined {
  return measured.find((each) => each.name === name && each.bytes === bytes)?.perSecond;
}

export function throughputTable(measured: readonly Measured[]): string {
  const blocks = [...new Set(measured.map((each) => each.bytes))].map((bytes) => {
    const ours = rateOf(measured, NAMES.sallyport, bytes) ?? Number.NaN;
    const rows = measured
      .filter((each) => each.bytes === bytes)
      .sort((a, b) => b.perSecond - a.perSecond)
      .map((each) => [
        each.name,
        whole(each.perSecond),
        (ours / each.perSecond).toFixed(2),
        ms(each.p50),
        ms(each.p99),
        `${whole(each.generator * 100)} %`,
      ]);
    return table([[`${size(bytes)} bodies`, 'req/s', 'Sallyport is ×', 'p50', 'p99', 'generator'], ...rows]);
  });
  return blocks.join('\n\n');
}

export function memoryTable(memory: Memory): string {
  const gb = `${(memory.bytes / 1e9).toFixed(1)} GB`;
  return table([
    ['resident memory', 'MB', 'speed'],
    ['idle', whole(memory.idleMb), ''],
    ['after many requests of one session', whole(memory.warmMb), ''],
    [`${gb} upload, peak over idle`, whole(memory.upload.mb), `${whole(memory.upload.mbPerSecond)} MB/s`],
    [`${gb} download, peak over idle`, whole(memory.download.mb), `${whole(memory.download.mbPerSecond)} MB/s`],
    [`${whole(memory.sessions)} live sessions, over that`, whole(memory.sessionsMb), ''],
  ]);
}

const micros = (measured: Measured): string => `${(1e6 / measured.perSecond).toFixed(1)} µs`;

export function scalingTable(scaling: Scaling): string {
  const { oneSession, manySessions, fewRules, manyRules } = scaling;
  const ratio = (a: Measured, b: Measured): string => (a.perSecond / b.perSecond).toFixed(2);
  return table([
    ['cost of a request', 'time', '×'],
    ['1 session', micros(oneSession), '1.00'],
    [`${whole(scaling.sessions)} sessions, 1,000 ask in turn`, micros(manySessions), ratio(oneSession, manySessions)],
    ['1 app, 1 rule', micros(fewRules), '1.00'],
    [`${whole(scaling.rules)} apps, ${whole(scaling.rules)} rules`, micros(manyRules), ratio(fewRules, manyRules)],
  ]);
}

export interface Results {
  readonly throughput: readonly Measured[];
  readonly memory: Memory;
  readonly scaling: Scaling;
}

/** What was aimed at, and whether this run got there. A run on a busy machine may miss an aim; it never fails by it. */
export function aims({ throughput, memory, scaling }: Results): string {
  const ours = rateOf(throughput, NAMES.sallyport, 100) ?? Number.NaN;
  const times = (name: string): number | undefined => {
    const theirs = rateOf(throughput, name, 100);
    return theirs === undefined ? undefined : ours / theirs;
  };
  const row = (what: string, value: number | undefined, limit: number, least: boolean, unit: string): string[] => {
    if (value === undefined) return [what, 'not measured: nginx is not installed', ''];
    const met = least ? value >= limit : value <= limit;
    const shown = unit === 'MB' ? `${whole(value)} MB` : `${value.toFixed(2)} ×`;
    return [what, `${shown} (${least ? 'at least' : 'at most'} ${limit})`, met ? 'met' : 'MISSED'];
  };
  // Fewer sessions are not scaled up: what V8 keeps for the requests themselves would be multiplied too.
  const sessionsRow =
    memory.sessions >= 100_000
      ? row('memory for 100,000 sessions', memory.sessionsMb, 100, false, 'MB')
      : ['memory for 100,000 sessions', 'not measured in a quick run', ''];
  return table([
    ['aim', 'this run', ''],
    row(`requests, 100 B, against ${NAMES.hpm}`, times(NAMES.hpm), 2.5, true, '×'),
    row(`requests, 100 B, against ${NAMES.nginxAuth}`, times(NAMES.nginxAuth), 1, true, '×'),
    row('memory idle', memory.idleMb, 80, false, 'MB'),
    sessionsRow,
    row('memory for a large upload', memory.upload.mb, 40, false, 'MB'),
    row('memory for a large download', memory.download.mb, 40, false, 'MB'),
    row('cost with many sessions', scaling.oneSession.perSecond / scaling.manySessions.perSecond, 1.15, false, '×'),
    row('cost with many apps and rules', scaling.fewRules.perSecond / scaling.manyRules.perSecond, 1.15, false, '×'),
  ]);
}
