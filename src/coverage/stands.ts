import { longDetail, longOf, numberOf, textOf } from './detail.ts';
import type { AccountStanding, Detail, Factor, OpenTicket, RecordedEntry, Recovery } from './types.ts';

/** What of an account goes on record in an entry `account.stands`, beside where it belongs. */
export interface Standing {
  readonly factors: readonly Omit<Factor, 'seq' | 'disabledSeq'>[];
  readonly recovery: {
    readonly id: string;
    readonly left: number;
    readonly disabledAt: number | null;
    readonly at: number;
  } | null;
  readonly ticket: Omit<OpenTicket, 'seq'> | null;
  readonly names: ReadonlyMap<string, string>;
}

/** The fields of the entry. What somebody has called a device is a field of its own, so that it can be hidden from whoever may see the rest. */
export function standsDetail({ factors, recovery, ticket, names }: Standing): Record<string, string> {
  return {
    ...longDetail('factors', JSON.stringify(factors.map(({ label: _, ...rest }) => rest))),
    ...(factors.length === 0 ? {} : longDetail('labels', JSON.stringify(labelsOf(factors)))),
    ...(recovery === null ? {} : longDetail('recovery', JSON.stringify(recovery))),
    ...(ticket === null ? {} : longDetail('ticket', JSON.stringify(ticket))),
    ...(names.size === 0 ? {} : longDetail('names', JSON.stringify(Object.fromEntries(names)))),
  };
}

const labelsOf = (factors: Standing['factors']) => Object.fromEntries(factors.map(({ id, label }) => [id, label]));

function objectOf(value: unknown): Detail | undefined {
  // Looked at by `textOf` and the like alone, which take a value of another kind for none.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Detail) : undefined;
}

function jsonOf(detail: Detail, name: string): unknown {
  const text = longOf(detail, name);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const flag = (of: Detail, name: string): boolean | null => {
  const value = of[name];
  return typeof value === 'boolean' ? value : null;
};

function factorOf(
  value: unknown,
  labels: Detail,
  { before, seq }: { readonly before: AccountStanding; readonly seq: number },
): Factor | undefined {
  const of = objectOf(value);
  const [id, kind] = of === undefined ? [null, null] : [textOf(of, 'id'), textOf(of, 'kind')];
  if (of === undefined || id === null || (kind !== 'totp' && kind !== 'passkey')) return undefined;
  const known = before.factors.get(id);
  const disabledAt = numberOf(of, 'disabledAt');
  return {
    id,
    kind,
    label: textOf(labels, id) ?? '',
    enrolledAt: numberOf(of, 'enrolledAt') ?? 0,
    // What was on record before is so by its own entry still.
    seq: known?.seq ?? seq,
    rp: textOf(of, 'rp'),
    userVerified: flag(of, 'userVerified'),
    deviceBound: flag(of, 'deviceBound'),
    backedUp: flag(of, 'backedUp'),
    disabledAt,
    disabledSeq: disabledAt === null ? null : (known?.disabledSeq ?? seq),
  };
}

/** undefined: the entry does not say it, or not whole. */
export function readFactors(
  detail: Detail,
  before: AccountStanding,
  entry: RecordedEntry,
): Map<string, Factor> | undefined {
  const all = jsonOf(detail, 'factors');
  if (!Array.isArray(all)) return undefined;
  const labels = objectOf(jsonOf(detail, 'labels')) ?? {};
  const factors = all.map((each) => factorOf(each, labels, { before, seq: entry.seq }));
  if (factors.includes(undefined)) return undefined;
  return new Map(factors.flatMap((each) => (each === undefined ? [] : [[each.id, each]])));
}

export function readRecovery(detail: Detail, before: AccountStanding, { at, seq }: RecordedEntry): Recovery | null {
  const of = objectOf(jsonOf(detail, 'recovery'));
  if (of === undefined) return null;
  const [id, left, disabledAt] = [textOf(of, 'id'), numberOf(of, 'left'), numberOf(of, 'disabledAt')];
  const known = before.recovery !== null && before.recovery.id === id ? before.recovery : null;
  return {
    id,
    left,
    at: numberOf(of, 'at') ?? at,
    seq: known !== null && known.left === left ? known.seq : seq,
    disabledAt,
    disabledSeq: disabledAt === null ? null : (known?.disabledSeq ?? seq),
  };
}

export function readTicket(detail: Detail, before: AccountStanding, { seq }: RecordedEntry): OpenTicket | null {
  const of = objectOf(jsonOf(detail, 'ticket'));
  const [id, until] = of === undefined ? [null, null] : [textOf(of, 'id'), numberOf(of, 'until')];
  if (of === undefined || id === null || until === null) return null;
  const known = before.ticket?.id === id ? before.ticket.seq : seq;
  return { id, until, resetPassword: flag(of, 'resetPassword') === true, seq: known };
}
