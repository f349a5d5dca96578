import type { AuditKind } from '../audit/audit.ts';
import type { Effect } from '../coverage/building.ts';
import { EFFECTS } from '../coverage/effects.ts';

/**
 * What each kind of entry does to who can get in. This does not compile while a kind has no line in coverage/effects.ts: coverage
 * knows nothing of the room that has the kinds, and here both are known.
 */
export const EVERY_KIND: Readonly<Record<AuditKind, Effect | null>> = EFFECTS;
