import type { Effect } from './building.ts';
import { numberOf, policyIn, textOf } from './detail.ts';
import type { RecordedEntry } from './types.ts';

export const organisationAdded: Effect = (on, { seq }, detail) => {
  const [id, realm] = [textOf(detail, 'organisation'), textOf(detail, 'realm')];
  if (id === null || realm === null) return;
  const name = textOf(detail, 'name') ?? id;
  on.organisations.set(id, { id, realm, name, policy: '{}', seq, policySeq: seq });
};

/** How an organisation stood when the record began to hold all of it. */
export const organisationStands: Effect = (on, entry, detail) => {
  organisationAdded(on, entry, detail);
  const made = on.organisations.get(textOf(detail, 'organisation') ?? '');
  if (made !== undefined) on.organisations.set(made.id, { ...made, policy: policyIn(detail) });
};

export const organisationSet: Effect = (on, { seq }, detail) => {
  const known = on.organisations.get(textOf(detail, 'organisation') ?? '');
  if (known !== undefined)
    on.organisations.set(known.id, { ...known, name: textOf(detail, 'name') ?? known.name, seq });
};

export const organisationRestricted: Effect = (on, { seq }, detail) => {
  const id = textOf(detail, 'organisation');
  if (id === null) return;
  const known = on.organisations.get(id) ?? { id, realm: '', name: textOf(detail, 'name') ?? id, seq };
  on.organisations.set(id, { ...known, policy: policyIn(detail), policySeq: seq });
};

export const organisationRemoved: Effect = (on, _entry, detail) => {
  on.organisations.delete(textOf(detail, 'organisation') ?? '');
};

export const configured: Effect = (on, { seq, at }, detail) => {
  on.configuration = {
    seq,
    at,
    digest: textOf(detail, 'digest'),
    meaning: textOf(detail, 'meaning'),
    sallyport: textOf(detail, 'sallyport'),
    node: textOf(detail, 'node'),
    sbom: textOf(detail, 'sbom'),
  };
};

export const lockedDown: Effect = (on, { seq, at }, detail) => {
  const until = Date.parse(textOf(detail, 'until') ?? '');
  const ends = Number.isNaN(until) ? null : until;
  on.closed = { reason: textOf(detail, 'reason') ?? '', since: at, until: ends, seq };
};

export const lockDownEnded: Effect = (on) => {
  on.closed = null;
};

/** Whole days go (audit/tidy.ts), oldest first: what is from before the last entry that went may be gone. */
export const dropped: Effect = (on, _entry, detail) => {
  const to = numberOf(detail, 'to');
  if (textOf(detail, 'class') === 'decisions' && to !== null)
    on.droppedBefore = Math.max(on.droppedBefore ?? 0, to + 1);
};

/** The part of a kind that says what was looked at: `canary.passed` and `canary.failed` are two words on one thing. */
const subjectOf = (kind: string): string => kind.replace(/\.(passed|failed)$/, '');

/** Under which the last word of what was looked at stands. */
export const findingKey = ({ kind, appId }: Pick<RecordedEntry, 'kind' | 'appId'>): string =>
  `${subjectOf(kind)} ${appId ?? ''}`;

/** A list that could not be read, or a log of which only lines without sense were: nothing that was found before is undone by it. */
function saysNothing(kind: string, outcome: string, detail: Parameters<Effect>[2]): boolean {
  if (outcome === 'ok') return false;
  return kind === 'roster.read' || (kind === 'origin.log-read' && (numberOf(detail, 'past') ?? 0) === 0);
}

export const found: Effect = (on, { kind, outcome, appId, seq, at }, detail) => {
  const ok = outcome === 'ok' && !kind.endsWith('.failed');
  const key = findingKey({ kind, appId });
  const before = saysNothing(kind, outcome, detail) ? on.findings.get(key) : undefined;
  on.findings.set(key, { kind: subjectOf(kind), app: appId, ok, seq, at, detail: before?.detail ?? detail });
};
