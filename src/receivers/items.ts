import type { SealedRow } from '../store/log-types.ts';
import { detailOf } from './detail.ts';
import { ocsfOf } from './ocsf/event.ts';
import type { Item, Parcel } from './types.ts';

export type Format = 'json' | 'ocsf';

/** An entry that is there still. */
export type Sealed = SealedRow & { readonly entry: NonNullable<SealedRow['entry']> };

/** Our own form of an entry: what the record has, with its place in the log and the hash of its leaf. */
function jsonOf(log: string, { idx, hash, sealedAt, entry }: Sealed): object {
  const { seq, at, kind, outcome, actor, accountId, sessionId, appId, source, detail } = entry;
  return {
    type: 'record.entry',
    log,
    index: idx,
    seq,
    at: new Date(at).toISOString(),
    kind,
    outcome,
    actor,
    account: accountId,
    session: sessionId,
    app: appId,
    source,
    detail: detailOf(detail),
    leaf: hash,
    sealed: new Date(sealedAt).toISOString(),
  };
}

/** An entry as an item. */
export function itemOf(log: string, row: Sealed, format: Format): Item {
  const { seq, at, kind, outcome } = row.entry;
  const value = format === 'ocsf' ? ocsfOf(log, row) : jsonOf(log, row);
  return { index: row.idx, seq, at, outcome, kind, text: JSON.stringify(value) };
}

/** A head of the log, as it is sent. */
export interface Head {
  readonly log: string;
  readonly size: number;
  readonly at: number;
  readonly note: string;
  readonly cosignatures: readonly string[];
}

/** The last part of an origin, of which ids are made: what a log is named after. */
const short = (log: string) => log.slice(log.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9-]/g, '');

/** Entries as they are sent. */
export function entriesParcel(log: string, from: number, to: number, items: readonly Item[]): Parcel {
  return { id: `record_${short(log)}_${from}_${to}`, type: 'record.entries', log, from, to, items };
}

/** A head as it is sent. It is in no format but ours: the note is what tools read. */
export function headParcel({ log, size, at, note, cosignatures }: Head): Parcel {
  const value = { type: 'record.checkpoint', log, size, at: new Date(at).toISOString(), note, cosignatures };
  const text = JSON.stringify(value);
  const item: Item = { index: size, seq: null, at, outcome: 'ok', kind: 'checkpoint', text };
  return {
    id: `checkpoint_${short(log)}_${size}`,
    type: 'record.checkpoint',
    log,
    from: size,
    to: size,
    items: [item],
  };
}

/** What `receiver test` sends: nothing of the record. `at`: ms. */
export function testParcel(log: string, at: number): Parcel {
  const text = JSON.stringify({ type: 'record.test', log, at: new Date(at).toISOString() });
  const item: Item = { index: 0, seq: null, at, outcome: 'ok', kind: 'test', text };
  return { id: `test_${short(log)}_${at}`, type: 'record.test', log, from: 0, to: 0, items: [item] };
}
