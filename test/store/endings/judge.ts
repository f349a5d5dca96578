import { conflict, together } from './footprint.ts';
import type { Meeting, Result } from './meeting.ts';
import type { Course } from './pause.ts';
import type { Stage } from './stage.ts';
import type { Ending } from './table.ts';

/** What comes out when the one is done after the other. */
export interface Serial {
  readonly before: Result;
  readonly after: Result;
  /** The ending by itself, and the operation. */
  readonly alone: Result;
  readonly operation: Result;
}

/** All places, or those at which it may matter that the operation stands still; or of these, those in a transaction or not. */
export type Places = 'all' | 'that matter' | 'within transactions' | 'outside of transactions';

/**
 * It may matter where the last statement and the ending have a table in common that one of them changes, or a transaction
 * was over since; and at the last place, before what was made is taken into memory. At any other place the ending finds
 * what it found at the one before it.
 */
export function placesOf({ steps, spans }: Course, ended: Course, which: Places, opens: boolean): number[] {
  const places = steps.map((_step, i) => i + 1);
  if (which === 'all') return places;
  const all = together(ended.steps);
  const over = new Set(spans.map(([, last]) => last + 1));
  const met = (n: number) => conflict(steps[n - 1] ?? new Map(), all);
  const inside = (n: number) => spans.some(([first, last]) => first <= n && n <= last);
  const last = (n: number) => n === places.length;
  if (which === 'within transactions') return places.filter((n) => (last(n) && opens) || (inside(n) && met(n)));
  // Where nothing is asked after a transaction, its end is the last place.
  const matter = places.filter((n) => last(n) || (over.has(n) && !last(n + 1)) || met(n));
  return which === 'that matter' ? matter : matter.filter((n) => last(n) || !inside(n));
}

/** What differs, both ways. */
function differences(lines: readonly string[], from: readonly string[]): string {
  const gone = from.filter((line) => !lines.includes(line)).map((line) => `- ${line}`);
  const come = lines.filter((line) => !from.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...come].join('\n') || 'the same rows, not as many times';
}

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((line, i) => line === other[i]);

/** Challenges are used up by whoever answers them, and guesses count where they came from, whatever became of it. */
const lasting = ({ lines }: Result) => lines.filter((line) => !/^(told|challenges|throttles): /.test(line));

/** Sessions of a whole app end beside the locks of accounts: who of two ended one, or how many, is not told apart. */
const beside = (lines: readonly string[]) =>
  lines
    .filter((line) => !line.includes('["kind","session.revoke"]'))
    .map((line) => line.replaceAll(/\["end_reason","[a-z-]+"\]|"sessions(Ended)?":\d+/g, ''));

/** What must not be when the ending was done, in whichever order. */
function faultsOf(result: Result, ending: Ending, stage: Stage): string[] {
  if (result.refused.ending) return [];
  const left = ending.forGood(result.left, stage);
  const unsaid = !ending.sometimes && !result.kinds.has(ending.records);
  return [
    ...(left.length > 0 ? [`is left: ${JSON.stringify(left)}`] : []),
    ...(unsaid ? [`${ending.records} is not on record`] : []),
  ];
}

/** What is wrong with the two by turns. */
export function judgeSerial({ before, after }: Serial, ending: Ending, stage: Stage): string[] {
  const closed = before.refused.ending ? [] : ending.closed(before.left, stage);
  return [
    ...[before, after].flatMap((each) => faultsOf(each, ending, stage)),
    ...(closed.length > 0 ? [`one after the other: is left: ${JSON.stringify(closed)}`] : []),
  ];
}

function judgeCell(result: Result, { before, after, alone, operation }: Serial, ofApps: boolean): string[] {
  if (same(result.lines, before.lines) || same(result.lines, after.lines)) return [];
  // Refused whole, it was not there.
  if (result.refused.operation && !result.refused.ending && same(lasting(result), lasting(alone))) return [];
  // A person is told that something came between, and does it again; whoever administers is never told so.
  if (result.overtaken && !result.refused.operation && same(lasting(result), lasting(operation))) return [];
  if (ofApps && same(beside(result.lines), beside(before.lines))) return [];
  return [
    `neither before the ending:\n${differences(result.lines, before.lines)}\nnor after it:\n${differences(result.lines, after.lines)}`,
  ];
}

export interface Judged {
  readonly wrong: readonly string[];
  readonly cells: number;
}

export interface How {
  readonly stage: Stage;
  readonly ending: Ending;
  readonly serial: Serial;
  readonly places: readonly number[];
  /** The ending is of whole apps, beside the locks of accounts. */
  readonly ofApps: boolean;
  /** Enough is known after the first fault. */
  readonly first?: boolean;
}

/** Every place where the operation shall stand still; what came out wrong, and how many cells there were. */
export async function judge(
  meeting: Meeting,
  { stage, ending, serial, places, ofApps, first = false }: How,
): Promise<Judged> {
  const last = places.at(-1);
  const wrong: string[] = [];
  let cells = 0;
  let from = 0;
  for (const n of places) {
    // Before the next place that differs; the last is looked at in any case.
    if (n < from && n !== last) continue;
    const result = await meeting.cell(n);
    cells += 1;
    from = result.next;
    const faults = [...faultsOf(result, ending, stage), ...judgeCell(result, serial, ofApps)];
    wrong.push(...faults.map((fault) => `after statement ${n}: ${fault}`));
    if (first && wrong.length > 0) break;
  }
  return { wrong, cells };
}
