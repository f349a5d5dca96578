import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { AuditStore, NewAuditRow } from '../store/types.ts';
import { isDetailKey, MAX_FIELDS } from '../tlog/entry.ts';

/** Everything that is put on record. A closed union: a new kind is a deliberate act. */
export type AuditKind =
  | 'sign-in.begin'
  | 'sign-in.second'
  | 'sign-in.step-up'
  | 'sign-out'
  | 'enrol.open'
  | 'enrol.password'
  | 'enrol.authenticator'
  | 'enrol.finish'
  | 'ticket.issue'
  | 'ticket.revoke'
  | 'account.add'
  | 'account.disable'
  | 'account.enable'
  | 'account.unlock'
  | 'account.admin'
  | 'account.set'
  | 'account.password'
  | 'account.remove'
  | 'account.import'
  | 'account.move'
  | 'account.stands'
  | 'directory.group-add'
  | 'directory.group-set'
  | 'directory.group-remove'
  | 'organisation.add'
  | 'organisation.set'
  | 'organisation.restrict'
  | 'organisation.remove'
  | 'organisation.stands'
  | 'role.grant'
  | 'role.revoke'
  | 'token.issue'
  | 'token.revoke'
  | 'proposal.make'
  | 'proposal.confirm'
  | 'proposal.withdraw'
  | 'manage.refused'
  | 'authenticator.rename'
  | 'authenticator.remove'
  | 'authenticator.signal'
  | 'authenticator.disabled'
  | 'recovery.replace'
  | 'recovery.use'
  | 'coverage.fell'
  | 'session.open'
  | 'session.admit'
  | 'session.revoke'
  | 'session.stopped'
  | 'lock-down.begin'
  | 'lock-down.end'
  | 'app.sign-in'
  | 'app.sealed'
  | 'app.held'
  | 'app.released'
  | 'app-name.set'
  | 'app-name.remove'
  | 'request.refused'
  | 'key.create'
  | 'key.rotate'
  | 'config.load'
  | 'config.refused'
  | 'server.start'
  | 'server.stop'
  | 'store.migrate'
  | 'clock.jump'
  | 'notice.failed'
  | 'preset.test'
  | 'origin.checked'
  | 'origin.log-read'
  | 'canary.passed'
  | 'canary.failed'
  | 'receiver.trouble'
  | 'receiver.missed'
  | 'witness.conflict'
  | 'audit.dropped'
  | 'audit.erased'
  | 'evidence.export'
  | 'log.key'
  | 'roster.read'
  | 'roster.erased';

export interface AuditEvent {
  readonly kind: AuditKind;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** account id, `cli:<user>` or `system`. */
  readonly actor: string;
  readonly accountId?: string | null;
  readonly sessionId?: string | null;
  readonly appId?: string | null;
  readonly source?: string | null;
  /** Plain values, never a secret: names, causes, counts. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

const MAX_TEXT = 500;
/** The columns of an entry are fields of its leaf too. */
const MAX_KEYS = MAX_FIELDS - 16;

/** Control characters become their escape, so that a record is one line wherever it is shown; long text is cut. */
function plain(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return cut.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Throws `internal` for what a leaf could not commit to field by field: keys are names that are ours, and few. */
function plainDetail(given: NonNullable<AuditEvent['detail']>): Record<string, string | number | boolean> {
  const entries = Object.entries(given);
  if (entries.length > MAX_KEYS || !entries.every(([name]) => isDetailKey(name)))
    throw new SallyportError('internal', 'an entry of the record has a field that cannot have that name, or too many');
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? plain(value) : value]));
}

function rowOf(clock: Clock, event: AuditEvent): NewAuditRow {
  const detail = plainDetail(event.detail ?? {});
  return {
    at: clock.now(),
    kind: event.kind,
    outcome: event.outcome,
    actor: plain(event.actor),
    accountId: event.accountId ?? null,
    sessionId: event.sessionId ?? null,
    appId: event.appId ?? null,
    source: event.source ?? null,
    detail: JSON.stringify(detail),
  };
}

/**
 * Writes one event to the record. Takes the store's part, so that it can take part in the caller's transaction.
 * Rejects when it cannot be written; the caller then refuses (what is not on record did not happen).
 */
export async function record(audit: AuditStore, clock: Clock, event: AuditEvent): Promise<void> {
  await audit.append(rowOf(clock, event));
}

/** Writes events in their order; within a transaction, so that it is all of them or none. Rejects as `record` does. */
export async function recordAll(audit: AuditStore, clock: Clock, events: readonly AuditEvent[]): Promise<void> {
  await audit.append(events.map((event) => rowOf(clock, event)));
}
