import type { ReceiverPlace } from '../config/record-types.ts';
import type { Config } from '../config/types.ts';
import type { LogStore } from '../store/log-types.ts';
import { HEADS_FILE, mailName, witnessName } from './receivers.ts';
import { parseState } from './state.ts';

/** Where something of the record goes, and how far it has come. */
export interface ReceiverView {
  readonly name: string;
  readonly kind: 'webhook' | 'syslog' | 'file' | 'mail' | 'witness';
  /** Whether it is sent entries; else heads alone. */
  readonly entries: boolean;
  /** Address or path, without a secret. */
  readonly to: string;
  /** Index of the next entry for it; of heads the size of the last. */
  readonly position: number;
  /** Sealed entries that it has not had; of heads 0. */
  readonly waiting: number;
  /** When it last took something, ms; null: never. */
  readonly sentAt: number | null;
  /** Since when it takes nothing, ms, and why; null: it does. */
  readonly trouble: { readonly since: number; readonly cause: string; readonly tries: number } | null;
}

function addressOf(place: ReceiverPlace): string {
  switch (place.kind) {
    case 'syslog':
      return `tls://${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
    case 'webhook':
      // A path or query may be a secret of the receiver.
      return new URL(place.url).origin;
    case 'file':
      return place.path;
    default:
      place satisfies never;
      throw new TypeError('no such place');
  }
}

type Named = Pick<ReceiverView, 'name' | 'kind' | 'entries' | 'to'>;

function namedIn({ receivers, checkpoints, witnesses }: Config['record']): Named[] {
  const { file, mail } = checkpoints;
  return [
    ...receivers.map(({ name, place }) => ({ name, kind: place.kind, entries: true, to: addressOf(place) })),
    ...(file === null ? [] : [{ name: HEADS_FILE, kind: 'file', entries: false, to: file } as const]),
    ...mail.map((to) => ({ name: mailName(to), kind: 'mail', entries: false, to }) as const),
    ...witnesses.map(({ url, key }) => ({ name: witnessName(key), kind: 'witness', entries: false, to: url }) as const),
  ];
}

/** Everybody who is sent something of the record, as the configuration has them. */
export async function receiverViews(log: LogStore, { record }: Pick<Config, 'record'>): Promise<ReceiverView[]> {
  const [{ size }, rows] = await Promise.all([log.state(), log.receivers()]);
  const known = new Map(rows.map((row) => [row.name, row]));
  return namedIn(record).map((named) => {
    const row = known.get(named.name);
    const { sentAt, trouble } = parseState(row?.state ?? '{}');
    const position = row?.position ?? 0;
    return { ...named, position, waiting: named.entries ? Math.max(0, size - position) : 0, sentAt, trouble };
  });
}
