/** A message to an account that waits to be sent by e-mail. */
export interface NoticeRow {
  readonly id: string;
  readonly accountId: string;
  /** Address, as it was when the thing happened: a change of address must not hide what came before it. */
  readonly recipient: string;
  readonly kind: string;
  /** JSON object of plain values; never a secret. */
  readonly detail: string;
  readonly createdAt: number;
  readonly tries: number;
  /** Not before this moment; moved on by each try, so that of two processes one sends. */
  readonly nextAt: number;
}

export interface NoticeStore {
  insert(row: NoticeRow): Promise<void>;
  /** Those due at `at`, oldest first. */
  due(at: number, limit: number): Promise<NoticeRow[]>;
  /** One conditional UPDATE: tries + 1 and nextAt moved, only where `tries` still is what the caller saw. */
  claim(id: string, tries: number, nextAt: number): Promise<boolean>;
  remove(id: string): Promise<boolean>;
}
