import type { Retention } from '../config/types.ts';
import type { AuditKind } from './audit.ts';

export type Outcome = 'ok' | 'refused' | 'failed';

export type RetentionClass = keyof Retention;

/** Of what, and of what was refused where that is something else. A new kind is a deliberate choice. */
export const RETENTION: Readonly<
  Record<AuditKind, RetentionClass | readonly [done: RetentionClass, refused: RetentionClass]>
> = {
  'sign-in.begin': ['signIns', 'refusals'],
  'sign-in.second': ['signIns', 'refusals'],
  'sign-in.step-up': ['signIns', 'refusals'],
  'sign-out': 'signIns',
  'session.open': 'signIns',
  'session.admit': 'signIns',
  'app.sign-in': ['signIns', 'refusals'],
  'app.held': 'signIns',
  'app.released': 'signIns',
  'request.refused': 'refusals',
  'enrol.open': ['decisions', 'refusals'],
  'enrol.password': 'decisions',
  'enrol.authenticator': 'decisions',
  'enrol.finish': 'decisions',
  'ticket.issue': 'decisions',
  'ticket.revoke': 'decisions',
  'account.add': 'decisions',
  'account.disable': 'decisions',
  'account.enable': 'decisions',
  'account.unlock': 'decisions',
  'account.admin': 'decisions',
  'account.set': 'decisions',
  'account.password': 'decisions',
  'account.remove': 'decisions',
  'account.import': 'decisions',
  'account.move': 'decisions',
  'account.stands': 'decisions',
  'directory.group-add': 'decisions',
  'directory.group-set': 'decisions',
  'directory.group-remove': 'decisions',
  'organisation.add': 'decisions',
  'organisation.set': 'decisions',
  'organisation.restrict': 'decisions',
  'organisation.remove': 'decisions',
  'organisation.stands': 'decisions',
  'role.grant': 'decisions',
  'role.revoke': 'decisions',
  'token.issue': 'decisions',
  'token.revoke': 'decisions',
  'proposal.make': 'decisions',
  'proposal.confirm': 'decisions',
  'proposal.withdraw': 'decisions',
  'manage.refused': 'refusals',
  'authenticator.rename': 'decisions',
  'authenticator.remove': 'decisions',
  'authenticator.signal': 'decisions',
  'authenticator.disabled': 'decisions',
  'recovery.replace': 'decisions',
  'recovery.use': 'decisions',
  'coverage.fell': 'decisions',
  'session.revoke': 'decisions',
  'session.stopped': 'decisions',
  'lock-down.begin': 'decisions',
  'lock-down.end': 'decisions',
  'app.sealed': 'decisions',
  'app-name.set': 'decisions',
  'app-name.remove': 'decisions',
  'key.create': 'decisions',
  'key.rotate': 'decisions',
  'config.load': 'decisions',
  'config.refused': 'decisions',
  'preset.test': 'decisions',
  'origin.checked': 'decisions',
  'origin.log-read': 'decisions',
  'canary.passed': 'decisions',
  'canary.failed': 'decisions',
  'roster.read': 'decisions',
  'roster.erased': 'decisions',
  'store.migrate': 'decisions',
  'receiver.missed': 'decisions',
  'witness.conflict': 'decisions',
  'audit.dropped': 'decisions',
  'audit.erased': 'decisions',
  'evidence.export': 'decisions',
  'log.key': 'decisions',
  'server.start': 'running',
  'server.stop': 'running',
  'clock.jump': 'running',
  'notice.failed': 'running',
  'receiver.trouble': 'running',
};

const OUTCOMES: readonly Outcome[] = ['ok', 'refused', 'failed'];

/** To which class an entry belongs. */
export function retentionOf(kind: AuditKind, outcome: Outcome): RetentionClass {
  const of = RETENTION[kind];
  if (typeof of === 'string') return of;
  return outcome === 'ok' ? of[0] : of[1];
}

/** Everything that belongs to a class. */
export function membersOf(name: RetentionClass): { readonly kind: AuditKind; readonly outcome: Outcome }[] {
  // The keys are those of the type: nothing else can stand in a literal of it.
  const kinds = Object.keys(RETENTION) as AuditKind[];
  return kinds.flatMap((kind) =>
    OUTCOMES.filter((outcome) => retentionOf(kind, outcome) === name).map((outcome) => ({ kind, outcome })),
  );
}
