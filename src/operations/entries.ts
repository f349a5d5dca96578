import type { AuditKind } from '../audit/audit.ts';
import type { Entry } from './types.ts';

/** The entry of an operation among those of what it did besides, in the order in which they go on record. */
export function among<K extends AuditKind>(
  before: readonly Entry<K>[],
  entry: Entry<K>,
  after: readonly Entry<K>[],
): readonly [Entry<K>, ...Entry<K>[]] {
  const [first = entry, ...rest] = [...before, entry, ...after];
  return [first, ...rest];
}
