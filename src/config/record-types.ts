/** A sort of entry, as `retention` has it. */
export type EntryClass = 'refusals' | 'signIns' | 'running' | 'decisions';

/** How a server at the other end is known, and we to it. */
export interface TlsFiles {
  /** PEM file of its authority; null: those that Node trusts. */
  readonly ca: string | null;
  /** Certificate and key of our own, PEM files; null: none is shown. */
  readonly client: { readonly cert: string; readonly key: string } | null;
}

/** Where a receiver is. */
export type ReceiverPlace =
  | ({ readonly kind: 'syslog'; readonly host: string; readonly port: number } & TlsFiles)
  | ({
      readonly kind: 'webhook';
      readonly url: string;
      /** File that holds the secret; read for each message, so that it can be replaced. */
      readonly secretFile: string | null;
      /** From the environment; null: in the file. Never printed. */
      readonly secret: string | null;
    } & TlsFiles)
  | { readonly kind: 'file'; readonly path: string };

/** Where entries of the record are sent live. */
export interface ReceiverConfig {
  readonly name: string;
  readonly place: ReceiverPlace;
  readonly format: 'json' | 'ocsf';
  /** The sorts of entries that it is sent; never empty. */
  readonly what: readonly EntryClass[];
  /** Whether it is sent heads of the record too. */
  readonly checkpoints: boolean;
}

/** Who cosigns heads of our record (C2SP tlog-witness). */
export interface WitnessConfig {
  /** Submission prefix, without a slash at its end. */
  readonly url: string;
  /** Verifier key of the witness (C2SP signed-note), of type 0x04. */
  readonly key: string;
  readonly ca: string | null;
}

/** A log whose heads we cosign. */
export interface WitnessedLog {
  readonly origin: string;
  /** Verifier key of the log, of type 0x01. */
  readonly key: string;
}

/** Where the record goes outside of the database. */
export interface RecordConfig {
  readonly receivers: readonly ReceiverConfig[];
  readonly checkpoints: {
    readonly everyMs: number;
    /** Appended to; null: none. */
    readonly file: string | null;
    /** Addresses that each head is mailed to. */
    readonly mail: readonly string[];
  };
  readonly witnesses: readonly WitnessConfig[];
  readonly witnessFor: readonly WitnessedLog[];
}
