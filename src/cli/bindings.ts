import type { BindingRow } from '../manage/bindings.ts';
import type { Column } from '../terminal/output.ts';

/** Whether the preset of an app was tried: where it stands, or with which versions; null: it has none. */
export function triedText({ tested, tried }: Pick<BindingRow, 'tested' | 'tried'>): string | null {
  if (tested === null) return null;
  return tried ?? (tested.length === 0 ? 'not tried' : tested.join(', '));
}

export const BINDING_COLUMNS: readonly Column<BindingRow>[] = [
  { name: 'app', of: (row) => row.app },
  { name: 'own login', of: (row) => row.bound },
  { name: 'preset', of: (row) => row.preset },
  {
    name: 'tested',
    of: (row) => row.tested,
    shown: (row) => triedText(row),
  },
  { name: 'order', of: (row) => row.order },
  { name: 'owner', of: (row) => row.unbound?.owner },
  { name: 'reason', of: (row) => row.unbound?.reason },
  {
    name: 'expires',
    of: (row) => row.unbound?.expires,
    shown: ({ unbound }) => (unbound === null ? null : `${unbound.expires}${unbound.expired ? ' EXPIRED' : ''}`),
  },
];
