import type { AuditKind } from '../audit/audit.ts';
import type { AuditRow, AuthenticatorRow, OpenParts } from '../store/types.ts';
import type { OwnActivity } from './types.ts';

const SHOWN = 15;
/** Wrong codes of a stranger must not push out of sight what was changed. */
const REFUSED_SHOWN = 5;

/** What concerns an owner, and nothing of how the house is run. */
const KINDS = [
  'sign-in.second',
  'sign-in.step-up',
  'sign-out',
  'enrol.open',
  'enrol.password',
  'enrol.authenticator',
  'enrol.finish',
  'account.password',
  'authenticator.rename',
  'authenticator.remove',
  'authenticator.signal',
  'authenticator.disabled',
  'recovery.replace',
  'session.revoke',
  'ticket.issue',
  'account.disable',
  'account.enable',
  'account.set',
] as const satisfies readonly AuditKind[];

type ShownRow = AuditRow & { readonly kind: (typeof KINDS)[number] };

/** A password that was only entered in an enrolment is the one that was there before. */
function isNews({ kind, detail }: AuditRow): boolean {
  // Written by audit/audit.ts alone: an object of plain values.
  return kind !== 'enrol.password' || (JSON.parse(detail) as Record<string, unknown>)['set'] !== false;
}

/** Newest of each kind by itself, so that a flood of one cannot hide another; then the newest of all. */
async function rowsOf(store: Pick<OpenParts, 'audit'>, accountId: string): Promise<ShownRow[]> {
  const lists = await Promise.all(
    KINDS.map(async (kind) => {
      const rows = await store.audit.list({ accountId, kind, limit: SHOWN });
      return rows.filter(isNews).map((row) => ({ ...row, kind }));
    }),
  );
  const newest = lists.flat().sort((a, b) => b.seq - a.seq);
  const refused = newest.filter((row) => row.outcome !== 'ok').slice(0, REFUSED_SHOWN);
  return newest.filter((row) => row.outcome === 'ok' || refused.includes(row)).slice(0, SHOWN);
}

/** Who did it. Somebody who did not prove who he is was turned away by Sallyport; he is not the owner. */
function byWhom({ actor, accountId }: AuditRow): OwnActivity['by'] {
  if (actor === accountId) return 'owner';
  return actor === 'system' || actor === 'anonymous' ? 'system' : 'administrator';
}

/** The name as it was then, or the present one of an authenticator that the account still has. */
function labelOf({ detail }: AuditRow, owned: ReadonlyMap<string, string>): string | null {
  // Written by audit/audit.ts alone: an object of plain values.
  const { label, authenticator } = JSON.parse(detail) as Record<string, unknown>;
  if (typeof label === 'string') return label;
  return typeof authenticator === 'string' ? (owned.get(authenticator) ?? null) : null;
}

/** What happened to an account, for its owner's eyes, newest first. `owned`: its authenticators. */
export async function activityOf(
  store: Pick<OpenParts, 'audit'>,
  accountId: string,
  owned: readonly AuthenticatorRow[],
): Promise<OwnActivity[]> {
  const labels = new Map(owned.map((row) => [row.id, row.label]));
  const rows = await rowsOf(store, accountId);
  return rows.map((row) => ({
    at: row.at,
    kind: row.kind,
    outcome: row.outcome,
    source: row.source,
    by: byWhom(row),
    label: labelOf(row, labels),
  }));
}
