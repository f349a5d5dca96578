import type { RecordedEntry } from '../../coverage/types.ts';
import { joined, type Meant, readMeant } from './in-force.ts';
import type { Range } from './spans.ts';

export interface Material {
  readonly range: Range;
  /** By growing `seq`. */
  readonly entries: readonly RecordedEntry[];
  /** From `seq` to the place in the record. */
  readonly indexes: ReadonlyMap<number, number>;
  /** Texts by their digest. */
  readonly documents: ReadonlyMap<string, string>;
}

/** A configuration that came in force. */
export interface Loaded {
  readonly at: number;
  readonly seq: number;
  readonly index: number;
  /** null: neither its meaning nor a slice of it is shown. */
  readonly meant: Meant | null;
  readonly software: Software;
}

/** The versions that ran it, and the digest of their bill of materials; null: not on record. */
export interface Software {
  readonly sallyport: string | null;
  readonly node: string | null;
  readonly sbom: string | null;
}

const MOST_SLICES = 64;

/** Every configuration of the record, up to the end of the range. */
export function loadsOf({ entries, indexes, documents, range }: Material): Loaded[] {
  const read = new Map<string, Meant | undefined>();
  const meant = (digest: string | null): Meant | undefined => {
    const text = digest === null ? undefined : documents.get(digest);
    if (digest === null || text === undefined) return undefined;
    if (!read.has(digest)) read.set(digest, readMeant(text));
    return read.get(digest);
  };
  return entries
    .filter(({ kind, outcome, at }) => kind === 'config.load' && outcome === 'ok' && at < range.to)
    .map(({ at, seq, detail }) => {
      const said = JSON.parse(detail) as Readonly<Record<string, unknown>>; // written by recorded.ts
      const text = (name: string) => (typeof said[name] === 'string' ? said[name] : null);
      const slices = Array.from({ length: MOST_SLICES }, (_, i) => meant(text(`slice.${i + 1}`)) ?? []).flat();
      const software = { sallyport: text('sallyport'), node: text('node'), sbom: text('sbom') };
      return {
        ...{ at, seq, index: indexes.get(seq) ?? 0, meant: meant(text('meaning')) ?? joined(slices) ?? null },
        software,
      };
    });
}
