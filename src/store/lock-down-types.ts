/** A lock-down: no new session but those of administrators. There is one or none. */
export interface LockDownRow {
  /** In the operator's words, for everybody who would sign in. */
  readonly reason: string;
  readonly begunAt: number;
  /** Who began it: an account id or `cli:<user>`. */
  readonly begunBy: string;
  /** It is over from this moment on; null: until it is ended. */
  readonly until: number | null;
}

export interface LockDownStore {
  /** As it stands; one whose end has passed is over, and the caller judges. */
  current(): Promise<LockDownRow | undefined>;
  /** The same for whoever is opening a session: none begins or ends before the transaction does. */
  forOpening(): Promise<LockDownRow | undefined>;
  /** In place of one that stands. Announces it. */
  begin(row: LockDownRow): Promise<void>;
  /** Takes it away, and announces that; the one that stood, or undefined. */
  end(): Promise<LockDownRow | undefined>;
}
