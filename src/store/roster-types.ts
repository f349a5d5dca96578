/** A list of an app's accounts as it was read (docs/decisions/0066). */
export interface RosterRow {
  /** By which entries name it. */
  readonly digest: string;
  /** null: of a list from before lists were kept by app. */
  readonly appId: string | null;
  /** When the app last had just these names, ms. */
  readonly readAt: number;
  /** As `rosters/kept.ts` writes it; null: all of its names were erased. */
  readonly text: string | null;
  /** `seq` of the entry that says why names went last; null: none went. */
  readonly erasedBy: number | null;
}

/** Which list, as it was read, is to have which text, and what is said of it. */
export interface RosterErasure {
  readonly list: Pick<RosterRow, 'digest' | 'appId' | 'readAt' | 'erasedBy'>;
  /** null: no name is left. */
  readonly text: string | null;
  readonly at: number;
  readonly actor: string;
  /** `retention`: its time was over. `request`: somebody asked. */
  readonly rule: 'retention' | 'request';
  /** The time that it was kept for, or the reason that was given. */
  readonly under: string;
  /** Names that go, and that are left. */
  readonly erased: number;
  readonly left: number;
}

/** Lists of apps' accounts: kept as they were read, until the record says that names of them go. */
export interface RosterStore {
  put(row: Omit<RosterRow, 'erasedBy' | 'text'> & { readonly text: string }): Promise<void>;
  /** The same names were read again; false where names of it went meanwhile, or it was read later already. */
  again(digest: string, at: number): Promise<boolean>;
  byDigest(digest: string): Promise<RosterRow | undefined>;
  /** The list of the app that was read last. */
  newest(appId: string): Promise<RosterRow | undefined>;
  /** Lists with names, by digest, of those after `after`; without their texts. */
  kept(query: { readonly after: string; readonly limit: number }): Promise<Omit<RosterRow, 'text'>[]>;
  /** Lists with names that were last read before the moment, the oldest first; without their texts. */
  due(before: number, limit: number): Promise<Omit<RosterRow, 'text'>[]>;
  /**
   * Appends an entry `roster.erased`, and puts the other text in the place of the list's, as one. Throws `conflict` where the list is
   * not as it was read.
   */
  erase(asked: RosterErasure): Promise<void>;
}
