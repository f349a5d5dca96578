import type { AuditKind } from '../../../../audit/audit.ts';
import type { Words } from '../../../words/shape.ts';

/** What a kind of entry is about, in words. A kind that has none does not compile. */
export function kindText({ consoleKinds }: Words, kind: string): string {
  const all: Readonly<Record<AuditKind, string>> = consoleKinds;
  return Object.hasOwn(all, kind) ? all[kind as AuditKind] : kind; // one of ours, since it is there
}
