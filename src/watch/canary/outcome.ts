import { type AuditEvent, record } from '../../audit/audit.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AuditStore } from '../../store/types.ts';
import { type CanaryReport, passed } from './types.ts';

/** Failures that an entry names. */
const NAMED = 5;

/** What a run showed, in a sentence. */
export function sentenceOf(report: CanaryReport): string {
  const { app, origin, asked, failed, unclear, unreachable, front, frontSays } = report;
  if (unreachable !== null) return `${app}: ${origin} could not be tried: ${unreachable}`;
  if (failed > 0)
    return `${app}: ${failed} of ${asked} requests without a session brought something back from ${origin}`;
  if (unclear > 0) return `${app}: of ${asked} requests ${unclear} had an answer that cannot be shown to be ours`;
  const nothing = `${app}: ${asked} requests without a session brought nothing back from ${origin}`;
  return front === 0 ? nothing : `${nothing}; ${front} of them were refused in front of us (${frontSays.join('; ')})`;
}

function eventOf(report: CanaryReport, actor: string): AuditEvent {
  const { app, origin, asked, held, silent, failed, unclear, unclearWhy, unreachable, failures, visitors } = report;
  const { front, frontSays } = report;
  const named = failures
    .slice(0, NAMED)
    .map(
      ({ class: of, visitor, request, answer }) =>
        `${of} as ${visitor}: ${request.slice(0, 60)}: ${answer.slice(0, 30)}`,
    );
  const good = passed(report);
  const detail = {
    ...{ origin, asked, held, silent, failed, unclear, visitors: visitors.join(', ') },
    ...(front === 0 ? {} : { front, frontSays: frontSays.join('; ') }),
    ...(unreachable === null ? {} : { unreachable }),
    ...(unclearWhy === null ? {} : { why: unclearWhy }),
    ...(named.length === 0 ? {} : { first: named.join('; ') }),
  };
  const kind = good ? 'canary.passed' : 'canary.failed';
  return { kind, outcome: good ? 'ok' : 'failed', actor, appId: app, detail };
}

/** Puts a run on record: one entry, whatever came of it. */
export function keepRun(audit: AuditStore, clock: Clock, report: CanaryReport, actor: string): Promise<void> {
  return record(audit, clock, eventOf(report, actor));
}
