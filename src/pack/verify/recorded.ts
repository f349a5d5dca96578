import type { RecordedEntry } from '../../coverage/types.ts';
import type { ShownEntry } from './entries.ts';

const DETAIL = 'detail.';

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** An entry as rules read it: what is hidden of it is not there. */
export function recordedOf({ values }: Pick<ShownEntry, 'values'>): RecordedEntry {
  const detail: Record<string, unknown> = Object.create(null);
  for (const [name, value] of values) if (name.startsWith(DETAIL)) detail[name.slice(DETAIL.length)] = value;
  const outcome = text(values.get('outcome'));
  return {
    seq: Number(values.get('seq')),
    at: Number(values.get('at')),
    kind: text(values.get('kind')) ?? '',
    outcome: outcome === 'ok' || outcome === 'refused' ? outcome : 'failed',
    accountId: text(values.get('account')),
    appId: text(values.get('app')),
    detail: JSON.stringify(detail),
  };
}
