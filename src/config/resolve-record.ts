import type { EntryClass, ReceiverConfig, ReceiverPlace, RecordConfig } from './record-types.ts';
import type { Written } from './schema.ts';

type WrittenRecord = Written['record'];
type WrittenReceiver = WrittenRecord['receivers'][string];
type PathOf = (file: string) => string;

const CLASSES = {
  refusals: 'refusals',
  sign_ins: 'signIns',
  running: 'running',
  decisions: 'decisions',
} as const satisfies Record<string, EntryClass>;

const orNull = (file: string | undefined, path: PathOf) => (file === undefined ? null : path(file));

function placeOf({ to, ...more }: WrittenReceiver, path: PathOf): ReceiverPlace {
  if (to.kind === 'file') return to;
  const { client } = more;
  const shown = client === undefined ? null : { cert: path(client.cert), key: path(client.key) };
  const files = { ca: orNull(more.ca, path), client: shown };
  return to.kind === 'syslog'
    ? { ...to, ...files }
    : { ...to, ...files, secretFile: orNull(more.secret_file, path), secret: null };
}

function receiverOf(name: string, written: WrittenReceiver, path: PathOf): ReceiverConfig {
  const what = [...new Set(written.what)].map((word) => CLASSES[word]);
  const { format, checkpoints } = written;
  return { name, place: placeOf(written, path), format, what, checkpoints };
}

/** `record` of a file without faults. */
export function resolveRecord(written: WrittenRecord, path: PathOf): RecordConfig {
  const { receivers, checkpoints, witnesses, witness_for } = written;
  return {
    receivers: Object.entries(receivers).map(([name, each]) => receiverOf(name, each, path)),
    checkpoints: {
      everyMs: checkpoints.every,
      file: orNull(checkpoints.file, path),
      mail: [...new Set(checkpoints.mail)],
    },
    witnesses: witnesses.map(({ url, key, ca }) => ({ url, key, ca: orNull(ca, path) })),
    witnessFor: witness_for.map(({ key, origin }) => ({ key, origin: origin ?? key.slice(0, key.indexOf('+')) })),
  };
}
