import type { EvidenceWish } from '../../../manage/evidence.ts';
import type { Pieces } from '../../pour.ts';
import type { Answer } from '../../reply.ts';

const DAY = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** A pack as a file, named by its first and last day. */
export function packAnswer({ from, to }: EvidenceWish, pieces: Pieces): Answer {
  const last = Math.max(from, to - (to % DAY === 0 ? DAY : 0));
  const headers = {
    'Content-Type': 'application/zip',
    'Content-Disposition': `attachment; filename="evidence-${dayOf(from)}-${dayOf(last)}.zip"`,
  };
  return { status: 200, headers, cookies: [], body: '', pieces };
}
