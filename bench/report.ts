import type { Bound, Times } from './bound.ts';
import type { Half } from './half.ts';
import type { Memory } from './memory.ts';
import type { Scaling } from './scaling.ts';
import { type Measured, NAMES } from './throughput.ts';
import type { Upgrades } from './upgrades.ts';

/** Columns aligned by two blanks; the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
const ms = (value: number): string => `${value.toFixed(2)} ms`;
const size = (bytes: number): string => (bytes < 1000 ? `${bytes} B` : `${bytes / 1024} kB`);

/** Processor time of one request, µs. */
export function costOf(measured: readonly Measured[], name: string, bytes: number): number | undefined {
  return measured.find((each) => each.name === name && each.bytes === bytes)?.micros;
}

export function throughputTable(measured: readonly Measured[]): string {
  const blocks = [...new Set(measured.map((each) => each.bytes))].map((bytes) => {
    const ours = costOf(measured, NAMES.sallyport, bytes) ?? Number.NaN;
    const rows = measured
      .filter((each) => each.bytes === bytes)
      .sort((a, b) => a.micros - b.micros)
      .map((each) => [
        each.name,
        micros(each),
        (each.micros / ours).toFixed(2),
        whole(each.perSecond),
        ms(each.p50),
        ms(each.p99),
        `${whole(each.generator * 100)} %`,
      ]);
    return table([
      [`${size(bytes)} bodies`, 'CPU/request', 'Sallyport is ×', 'req/s', 'p50', 'p99', 'generator'],
      ...rows,
    ]);
  });
  return blocks.join('\n\n');
}

export function memoryTable(memory: Memory): string {
  const gb = `${(memory.bytes / 1e9).toFixed(1)} GB`;
  return table([
    ['resident memory', 'MB', 'speed'],
    ['idle, just started', whole(memory.idleMb), ''],
    ['idle, without garbage', whole(memory.heldMb), ''],
    ['after many requests', whole(memory.warmMb), ''],
    [`${gb} upload, peak over idle`, whole(memory.upload.mb), `${whole(memory.upload.mbPerSecond)} MB/s`],
    [`${gb} download, peak over idle`, whole(memory.download.mb), `${whole(memory.download.mbPerSecond)} MB/s`],
    [`${whole(memory.sessions)} live sessions, without garbage`, whole(memory.sessionsMb), ''],
  ]);
}

const micros = (measured: Measured): string => `${measured.micros.toFixed(1)} µs`;

export function scalingTable(scaling: Scaling): string {
  const { oneSession, manySessions, fewRules, manyRules } = scaling;
  const ratio = (a: Measured, b: Measured): string => (b.micros / a.micros).toFixed(2);
  return table([
    ['cost of a request', 'CPU', '×'],
    ['1 session', micros(oneSession), '1.00'],
    [`${whole(scaling.sessions)} sessions, 1,000 ask in turn`, micros(manySessions), ratio(oneSession, manySessions)],
    ['1 app, 1 rule', micros(fewRules), '1.00'],
    [`${whole(scaling.rules)} apps, ${whole(scaling.rules)} rules`, micros(manyRules), ratio(fewRules, manyRules)],
  ]);
}

export function halfTable({ perSecond, ours, bare, added }: Half): string {
  const row = (what: string, times: Half['ours']): string[] => [what, ms(times.p50), ms(times.p99)];
  return table([
    [`half load, ${whole(perSecond)} requests begun in a second`, 'p50', 'p99'],
    row(NAMES.undici, bare),
    row(NAMES.sallyport, ours),
    ['added, of neighbouring rounds', '', ms(added)],
  ]);
}

export function upgradesTable({ direct, through, ratio, idle, idleKb }: Upgrades): string {
  return table([
    ['upgraded connections', '', '×'],
    ['messages/s, straight to the app', whole(direct), '1.00'],
    ['messages/s, through Sallyport', whole(through), ratio.toFixed(2)],
    [`memory of each of ${whole(idle)} that say nothing`, `${whole(idleKb)} kB`, ''],
  ]);
}

/** Time of a sign-in through Sallyport beyond what the app itself took in the middle, ms. */
export function overhead(through: Times, ...own: readonly Times[]): Times {
  const app = own.reduce((sum, { p50 }) => sum + p50, 0);
  return { p50: through.p50 - app, p99: through.p99 - app };
}

export function boundTable({ pairs, signIns }: Bound): string {
  const { direct, question, through, asking } = signIns;
  const row = (what: string, { p50, p99 }: Times): string[] => [what, ms(p50), ms(p99)];
  const requests = table([
    ['an app whose login is bound', 'CPU without', 'CPU with jar', 'req/s without', 'req/s with jar', 'req/s ×'],
    ...pairs.map(({ what, without, with: jar, ratio }) => [
      what,
      micros(without),
      micros(jar),
      whole(without.perSecond),
      whole(jar.perSecond),
      ratio.toFixed(2),
    ]),
  ]);
  const times = table([
    ['a sign-in at the app, one at a time', 'p50', 'p99'],
    row('straight to the app', direct),
    row('the question who is signed in, straight to the app', question),
    row('through Sallyport, the app is not asked', through),
    row('through Sallyport, the app is asked', asking),
    row('overhead, not asked', overhead(through, direct)),
    row('overhead, asked, without the time of the question', overhead(asking, direct, question)),
  ]);
  return `${requests}\n\n${times}`;
}

export interface Results {
  readonly bound: Bound;
  readonly throughput: readonly Measured[];
  readonly half: Half;
  readonly memory: Memory;
  readonly scaling: Scaling;
  readonly upgrades: Upgrades;
}
