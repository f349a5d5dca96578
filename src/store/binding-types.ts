/** The app's cookies for one owner (jar/), sealed. */
export interface JarRow {
  /** Id of the session, or SHA-256 of the visitor cookie. */
  readonly id: string;
  readonly appId: string;
  /** null: a visitor's. */
  readonly sessionId: string | null;
  readonly version: number;
  /** Sealed to jars:state:<id>. */
  readonly state: string;
  readonly expiresAt: number;
}

/** An answer of the app to a login step, kept until the second factor is passed. */
export interface HoldRow {
  readonly id: string;
  readonly appId: string;
  readonly accountId: string;
  /** Id of the pending sign-in that it waits for; after it, id of the session that it belongs to. */
  readonly holder: string;
  /** Target of the login step: where the answer is given out. */
  readonly target: string;
  /** Sealed to holds:answer:<id>: the app's answer to the login step. */
  readonly answer: string;
  /** Sealed to holds:jar:<id>: the jar that goes with it. */
  readonly jar: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What an account is called at one app, where that differs from its name in the realm. */
export interface AppNameRow {
  readonly accountId: string;
  readonly appId: string;
  /** As the app has it, letter by letter; unique within the app. */
  readonly name: string;
}

/** A jar's next version, which is one more than the one that it was changed from. */
export type JarChange = Pick<JarRow, 'id' | 'version' | 'state' | 'expiresAt'>;

export interface JarStore {
  byId(id: string): Promise<JarRow | undefined>;
  /** False when there is one already, or its session has ended (or never was). Announces (`jar`). */
  insert(row: JarRow): Promise<boolean>;
  /**
   * One conditional UPDATE of several jars, each only where its version still is the one before. Answers the ids of those that were
   * changed, and announces them (`jar`). Each jar at most once.
   */
  update(changes: readonly JarChange[]): Promise<ReadonlySet<string>>;
  /** Takes it away, whatever its version, or only that one; announces it. */
  remove(id: string, version?: number): Promise<boolean>;
  purge(before: number): Promise<number>;
}

export interface HoldStore {
  /** One for each holder. */
  insert(row: HoldRow): Promise<void>;
  /** The sign-in is complete: the hold belongs to the session now. False for none, or one that has expired at `at`. */
  adopt(pendingId: string, sessionId: string, at: number): Promise<boolean>;
  byHolder(holder: string): Promise<HoldRow | undefined>;
  /** Takes it away in one statement: of two requests, on any node, one gets it. Expired ones are taken too; the caller judges. */
  take(holder: string): Promise<HoldRow | undefined>;
  /** A new login step ends the older one of its visitor. */
  removeOfHolder(holder: string): Promise<void>;
  purge(before: number): Promise<number>;
}

export interface AppNameStore {
  ofAccount(accountId: string): Promise<AppNameRow[]>;
  /** Of all accounts at an app, by account. */
  ofApp(appId: string): Promise<AppNameRow[]>;
  byName(appId: string, name: string): Promise<AppNameRow | undefined>;
  /** Sets or replaces. Throws SallyportError `conflict` when another account has that name at the app. */
  put(row: AppNameRow): Promise<void>;
  remove(accountId: string, appId: string): Promise<boolean>;
}
