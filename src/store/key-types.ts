export interface KeyRow {
  /** RFC 7638 thumbprint. */
  readonly id: string;
  readonly publicJwk: string;
  /** Sealed to signing_keys:private_jwk:<id>. */
  readonly privateJwk: string;
  readonly createdAt: number;
  /** Signs from here on; published before. */
  readonly activeAt: number;
  /** No longer published from here on; null while it is the newest. */
  readonly retiredAt: number | null;
}

export interface KeyStore {
  /** Inserts and announces. */
  insert(row: KeyRow): Promise<void>;
  /** All rows, oldest first. */
  list(): Promise<KeyRow[]>;
  /** Sets when a key ends, or brings that moment forward; it is never put off. Announces what changed. */
  retire(id: string, at: number): Promise<void>;
  purge(retiredBefore: number): Promise<number>;
}
