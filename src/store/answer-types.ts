/** What was answered to a request of a program that may be sent a second time. */
export interface AnswerRow {
  /** SHA-256 of who asked and the key of the request. */
  readonly id: string;
  /** SHA-256 of what was asked. */
  readonly fingerprint: string;
  /** Sealed: it may hold a secret. */
  readonly answer: string;
  readonly createdAt: number;
}

export interface AnswerStore {
  /** Throws SallyportError `conflict` when there is one of that id: whatever is done in the same transaction is undone. */
  insert(row: AnswerRow): Promise<void>;
  byId(id: string): Promise<AnswerRow | undefined>;
  /** Deletes one that has expired, so that its key is free again. */
  removeBefore(id: string, before: number): Promise<void>;
  /** Deletes those made before the moment. */
  purge(before: number): Promise<number>;
  /** Keeps the newest `most`. */
  trim(most: number): Promise<number>;
}
