import type { Clock } from '../lib/clock.ts';
import type { AuditStore } from '../store/types.ts';

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
  | 'account.admin'
  | 'account.set'
  | 'account.password'
  | 'account.remove'
  | 'account.import'
  | 'authenticator.rename'
  | 'authenticator.remove'
  | 'authenticator.signal'
  | 'authenticator.disabled'
  | 'recovery.replace'
  | 'session.open'
  | 'session.admit'
  | 'session.revoke'
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
  | 'audit.dropped';

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

/** Control characters become their escape, so that a record is one line wherever it is shown; long text is cut. */
function plain(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return cut.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Writes one event to the record. Takes the store's part, so that it can take part in the caller's transaction.
 * Rejects when it cannot be written; the caller then refuses (what is not on record did not happen).
 */
export async function record(audit: AuditStore, clock: Clock, event: AuditEvent): Promise<void> {
  const detail: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(event.detail ?? {}))
    detail[name] = typeof value === 'string' ? plain(value) : value;
  await audit.append({
    at: clock.now(),
    kind: event.kind,
    outcome: event.outcome,
    actor: plain(event.actor),
    accountId: event.accountId ?? null,
    sessionId: event.sessionId ?? null,
    appId: event.appId ?? null,
    source: event.source ?? null,
    detail: JSON.stringify(detail),
  });
}
