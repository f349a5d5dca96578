import type { TrueSummary } from '../truth/summary.ts';
import type { TrueAccount, TrueApp, TrueCell, TrueDay } from '../truth/truth.ts';

/** What the report says of an account, in the words of the truth. */
export interface ReportedAccount extends Omit<TrueAccount, 'cells'> {
  readonly cells: ReadonlyMap<string, { readonly [K in keyof TrueCell]: unknown }>;
}

/** What the report says of a day. */
export interface ReportedDay {
  readonly accounts: ReadonlyMap<string, ReportedAccount>;
  readonly organisations: readonly string[];
  readonly apps: readonly (Omit<TrueApp, 'id'> & { readonly id: string })[];
  /** Of the text of the configuration in force, and since when. */
  readonly digest: string | null;
  readonly since: number | null;
  readonly closed: boolean;
  readonly summary: TrueSummary;
}

/** What is held against the report. */
export interface Expected {
  readonly day: TrueDay;
  readonly summary: TrueSummary;
  /** Of the text of the configuration in force. */
  readonly digest: string;
  /** Accounts that are there no more by now: when they were last used is not kept. */
  readonly left: ReadonlySet<string>;
}

/** What stands otherwise in the two, and how much was looked at. */
export interface Compared {
  readonly cells: number;
  /** How many, and the first of them in words. */
  readonly count: number;
  readonly differences: readonly string[];
}

/** Named of one day; beyond that they are counted. */
const MOST = 50;

/** The same for what is the same, whatever the order of members. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Map) return Object.fromEntries([...each].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

class Findings {
  readonly named: string[] = [];
  count = 0;

  look(what: string, truth: unknown, report: unknown): void {
    const [right, said] = [textOf(truth), textOf(report)];
    if (right === said) return;
    this.count += 1;
    if (this.named.length < MOST) this.named.push(`${what}: planned ${right}, reported ${said}`);
  }
}

const named = <T extends { readonly name: string }>(of: readonly T[]): T[] =>
  [...of].sort((a, b) => (a.name < b.name ? -1 : 1));

function lookAtAccount(findings: Findings, truth: TrueAccount, report: ReportedAccount | undefined): number {
  const { who, cells } = truth;
  if (report === undefined) {
    findings.look(who, 'is there', 'is not there');
    return cells.size;
  }
  for (const key of ['organisation', 'joinedAt', 'disabledAt', 'goneAt', 'signedInAt', 'codes'] as const)
    findings.look(`${who} ${key}`, truth[key], report[key]);
  findings.look(`${who} devices`, named(truth.devices), named(report.devices));
  for (const [app, cell] of cells) findings.look(`${who} at ${app}`, cell, report.cells.get(app));
  findings.look(`${who} apps`, [...cells.keys()].sort(), [...report.cells.keys()].sort());
  return cells.size;
}

/** Holds every cell of a day against the truth. */
export function compare({ day, summary, digest, left }: Expected, report: ReportedDay): Compared {
  const findings = new Findings();
  let cells = 0;
  for (const account of day.accounts.values()) {
    const known = left.has(account.who) ? { ...account, signedInAt: null } : account;
    cells += lookAtAccount(findings, known, report.accounts.get(account.who));
  }
  for (const who of report.accounts.keys()) if (!day.accounts.has(who)) findings.look(who, 'is not there', 'is there');
  findings.look('organisations', day.organisations, [...report.organisations].sort());
  findings.look('apps', day.apps, report.apps);
  findings.look('configuration', digest, report.digest);
  findings.look('configuration since', day.since, report.since);
  findings.look('signing in closed', day.closed, report.closed);
  // The names are those of the type.
  for (const [name, said] of Object.entries(report.summary))
    findings.look(`summary, ${name}`, summary[name as keyof TrueSummary], said);
  return { cells, count: findings.count, differences: findings.named };
}
