import type { RecordedEntry } from '../../../src/coverage/types.ts';

type Said = Partial<Omit<RecordedEntry, 'detail'>> & { readonly detail?: Record<string, unknown> };

/** Entries numbered from 1, a minute apart, each `[kind, what else it says]`. */
export function entries(...all: readonly (readonly [string, Said?])[]): RecordedEntry[] {
  return all.map(([kind, { detail = {}, ...said } = {}], index) => ({
    seq: index + 1,
    at: (index + 1) * 60_000,
    kind,
    outcome: 'ok',
    accountId: 'a1',
    appId: null,
    ...said,
    detail: JSON.stringify(detail),
  }));
}

export const ADDED = { realm: 'staff', name: 'alice', organisation: 'realm.staff', groups: 'ops', admin: false };
