import type { BindingRow } from '../manage/bindings.ts';
import type { Column } from '../terminal/output.ts';
import { testedText } from '../workbench/preset/words.ts';

export const BINDING_COLUMNS: readonly Column<BindingRow>[] = [
  { name: 'app', of: (row) => row.app },
  { name: 'own login', of: (row) => row.bound },
  { name: 'preset', of: (row) => row.preset },
  {
    name: 'tested',
    of: (row) => row.tested,
    shown: ({ tested, tried }) => tried ?? (tested === null ? null : testedText(tested)),
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
