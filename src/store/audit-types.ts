import type { AuditRow, NewAuditRow } from './row-types.ts';

/** Entries of the record that are over their time. */
export interface AuditDue {
  /** Of the class of entries, for the entry that tells of it. */
  readonly name: string;
  readonly what: readonly Pick<AuditRow, 'kind' | 'outcome'>[];
  /** Entries from before this moment. */
  readonly before: number;
  readonly at: number;
  /** So many at most, the oldest. */
  readonly limit: number;
}

/** Entries about an account that are to be erased. */
export interface AuditErasure {
  readonly accountId: string;
  /** For the entry that tells of it. */
  readonly reason: string;
  readonly actor: string;
  readonly at: number;
  /** So many at most. */
  readonly limit: number;
}

export interface AuditStore {
  /** One, or several in their order. */
  append(rows: NewAuditRow | readonly NewAuditRow[]): Promise<void>;
  /** Newest `limit` rows in growing seq; `after` pages forward. */
  list(query: { after?: number; limit: number; kind?: string; accountId?: string }): Promise<AuditRow[]>;
  /** When each account last had an entry of the kind, by account id. Reads all of the kind. */
  latestOf(kind: string): Promise<Map<string, number>>;
  /**
   * Takes the oldest entries that are due and sealed away, and appends an entry `audit.dropped` that names them, as one; returns how
   * many. 0, and no entry, when none is due, or while another node does it.
   */
  drop(due: AuditDue): Promise<number>;
  /** Takes sealed entries about one account away, the oldest, and appends an entry `audit.erased` that names them, as one; returns how many. */
  erase(asked: AuditErasure): Promise<number>;
  /** The latest moment in the record, wherever it stands; undefined while there is none. Reads all of it. */
  latest(): Promise<number | undefined>;
}
