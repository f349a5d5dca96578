import { CELL_CLASSES, type CellClass } from '../../coverage/cells.ts';
import type { AppSpan, ExemptionSpan, FindingSpan } from './app-spans.ts';
import type { AccountCells } from './cells.ts';
import type { AccountSpan, Range, Standing } from './spans.ts';

const DAY = 86_400_000;
/** One day, UTC. Accounts are counted as they stood at its end; the rest counts when it was so at any moment of the day. */
export interface Day {
  /** `2026-11-30`. */
  readonly day: string;
  readonly accounts: number;
  readonly enrolled: number;
  readonly waiting: number;
  readonly none: number;
  readonly disabled: number;
  readonly unknown: number;
  readonly exemptions: number;
  readonly unbound: number;
  /** Apps that were found to answer others than Sallyport. */
  readonly open: number;
  /** Accounts of their realms that were neither disabled nor removed: for those a password alone was enough, past Sallyport. */
  readonly past: number;
}

export interface Answers {
  readonly days: readonly Day[];
  /** Days on which a password alone was enough for somebody, or on which it was not known. */
  readonly wantingDays: number;
  readonly exemptions: number;
  readonly openFindings: number;
  readonly failedFindings: number;
  /** Cells (an account at an app) at the end of the range, by how the account stood there. */
  readonly cells: Readonly<Record<CellClass, number>>;
}

interface Spans {
  readonly accounts: readonly AccountSpan[];
  readonly apps: readonly AppSpan[];
  readonly exemptions: readonly ExemptionSpan[];
  readonly findings: readonly FindingSpan[];
  readonly cells: readonly AccountCells[];
}

/** Days of a range, each reckoned by differences: a span costs the same however long it is. */
class Days {
  readonly first: number;
  readonly count: number;
  readonly #range: Range;

  constructor(range: Range) {
    this.first = Math.floor(range.from / DAY);
    this.count = Math.floor((range.to - 1) / DAY) - this.first + 1;
    this.#range = range;
  }

  /** Days that the span touches. */
  touched({ from, until }: { readonly from: number; readonly until: number }): [number, number] {
    return [Math.floor(from / DAY) - this.first, Math.floor((until - 1) / DAY) - this.first];
  }

  /** Days at whose end it is so; empty where the second is less than the first. */
  atEnd({ from, until }: { readonly from: number; readonly until: number }): [number, number] {
    const last = until === this.#range.to ? this.count - 1 : Math.floor(until / DAY) - 1 - this.first;
    return [Math.floor(from / DAY) - this.first, last];
  }

  /** How many there are on each day. */
  sums(stretches: readonly (readonly [number, number])[]): number[] {
    const change = new Array<number>(this.count + 1).fill(0);
    for (const [first, last] of stretches) {
      if (last < first) continue;
      change[first] = (change[first] ?? 0) + 1;
      change[last + 1] = (change[last + 1] ?? 0) - 1;
    }
    let sum = 0;
    return change.slice(0, this.count).map((each) => {
      sum += each;
      return sum;
    });
  }
}

/** What was found that lets somebody in past Sallyport. */
const isOpen = ({ finding, ok }: FindingSpan) => !ok && (finding === 'origin.checked' || finding === 'origin.log-read');

const isUnbound = ({ bound }: AppSpan) => bound.startsWith('unbound');

/** For each day the accounts of those realms of which an app stood open on it. */
function pastOn(days: Days, { accounts, apps, findings }: Spans): number[] {
  const past = new Array<number>(days.count).fill(0);
  const open = findings.filter(isOpen);
  const realms = new Set(apps.filter(({ app }) => open.some((each) => each.app === app)).map(({ realm }) => realm));
  for (const realm of realms) {
    const own = new Set(apps.filter((each) => each.realm === realm).map(({ app }) => app));
    const isOpenOn = days.sums(
      open.filter(({ app }) => app !== null && own.has(app)).map((span) => days.touched(span)),
    );
    const present = accounts.filter(
      (span) => span.realm === realm && span.standing !== 'disabled' && span.standing !== 'removed',
    );
    for (const [i, count] of days.sums(present.map((span) => days.atEnd(span))).entries())
      if ((isOpenOn[i] ?? 0) > 0) past[i] = (past[i] ?? 0) + count;
  }
  return past;
}

function cellCounts(accounts: readonly AccountCells[]): Record<CellClass, number> {
  // The keys are those of the union.
  const counts = Object.fromEntries(CELL_CLASSES.map((each) => [each, 0])) as Record<CellClass, number>;
  for (const { cells } of accounts) for (const { class: how, apps } of cells) counts[how] += apps.length;
  return counts;
}

/** What people are told, from the statements. */
export function answersOf(range: Range, spans: Spans): Answers {
  const days = new Days(range);
  const stood = (...words: Standing[]) =>
    days.sums(spans.accounts.filter(({ standing }) => words.includes(standing)).map((span) => days.atEnd(span)));
  const touched = (all: readonly { readonly from: number; readonly until: number }[]) =>
    days.sums(all.map((span) => days.touched(span)));
  const columns = {
    accounts: stood('enrolled', 'waiting', 'none', 'disabled', 'unknown'),
    enrolled: stood('enrolled'),
    waiting: stood('waiting'),
    none: stood('none'),
    disabled: stood('disabled'),
    unknown: stood('unknown'),
    exemptions: touched(spans.exemptions),
    unbound: touched(spans.apps.filter(isUnbound)),
    open: touched(spans.findings.filter(isOpen)),
    past: pastOn(days, spans),
  };
  const all = Array.from({ length: days.count }, (_, i) => {
    const at = (of: readonly number[]) => of[i] ?? 0;
    const { accounts, enrolled, waiting, none, disabled, unknown, exemptions, unbound, open, past } = columns;
    return {
      day: new Date((days.first + i) * DAY).toISOString().slice(0, 10),
      ...{ accounts: at(accounts), enrolled: at(enrolled), waiting: at(waiting), none: at(none) },
      ...{ disabled: at(disabled), unknown: at(unknown), exemptions: at(exemptions), unbound: at(unbound) },
      ...{ open: at(open), past: at(past) },
    };
  });
  return {
    days: all,
    wantingDays: all.filter(({ open, past }) => open > 0 || past > 0).length,
    exemptions: spans.exemptions.length,
    openFindings: spans.findings.filter(isOpen).length,
    failedFindings: spans.findings.filter(({ ok }) => !ok).length,
    cells: cellCounts(spans.cells),
  };
}
