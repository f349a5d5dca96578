import type { AuditKind } from '../../audit/audit.ts';
import { VERSION } from '../../lib/version.ts';
import type { SaltedRow, SealedRow } from '../../store/log-types.ts';
import { detailOf } from '../detail.ts';
import { CLASS, type Mapping, OCSF, OTHER } from './table.ts';

type Fields = Record<string, unknown>;
type Entry = SaltedRow;

const SCHEMA = '1.3.0';
const PRODUCT = { name: 'Sallyport', vendor_name: 'Sallyport', version: VERSION };

/** OCSF `severity_id`: informational, medium, high. `status_id`: success, failure. */
const SEVERITY = { ok: 1, refused: 3, failed: 4 } as const;
const STATUS = { ok: 1, refused: 2, failed: 2 } as const;

/** Of a kind that this version does not know: an activity of the log. */
const UNKNOWN: Mapping = [CLASS.eventLog, OTHER];

export function mappingOf(kind: string): Mapping {
  return Object.hasOwn(OCSF, kind) ? OCSF[kind as AuditKind] : UNKNOWN; // it is a key of it
}

/** Whom an entry is about: an account by its id, else whoever acted, else nobody that is known. */
const userOf = ({ accountId, actor }: Entry) => ({ uid: accountId ?? actor });

/** OCSF network endpoint: an address, or what stands in its place where there is none. */
function endpointOf({ source }: Entry): Fields {
  if (source === null || source === '') return { name: 'sallyport' };
  return /^[0-9a-f.:]+$/i.test(source) ? { ip: source } : { name: source };
}

/** What a class demands beside what all have. Total over the classes. */
const DEMANDED: Readonly<Record<Mapping[0], (entry: Entry, mapping: Mapping) => Fields>> = {
  [CLASS.accountChange]: (entry) => ({ user: userOf(entry) }),
  [CLASS.authentication]: (entry) => ({
    user: userOf(entry),
    service: { name: entry.appId ?? 'sallyport' },
    is_remote: true,
    ...(entry.sessionId === null ? {} : { session: { uid: entry.sessionId } }),
  }),
  [CLASS.authorizeSession]: (entry) => ({
    user: userOf(entry),
    privileges: [`app:${entry.appId ?? 'sallyport'}`],
    ...(entry.sessionId === null ? {} : { session: { uid: entry.sessionId } }),
  }),
  [CLASS.entityManagement]: (entry, mapping) => ({
    entity: { type: mapping[2] ?? 'entity', name: entityOf(entry) },
  }),
  [CLASS.userAccess]: (entry) => ({ user: userOf(entry), privileges: [privilegeOf(entry)] }),
  [CLASS.groupManagement]: (entry) => ({ group: { name: entityOf(entry) }, user: userOf(entry) }),
  [CLASS.detectionFinding]: (entry) => ({
    finding_info: { uid: `${entry.kind}-${entry.seq}`, title: entry.kind },
  }),
  [CLASS.eventLog]: () => ({ log_name: 'record', log_provider: 'sallyport' }),
  [CLASS.applicationLifecycle]: () => ({ app: PRODUCT }),
  [CLASS.apiActivity]: (entry) => ({ api: { operation: entityOf(entry) } }),
};

/** The first of some words of the detail that say what an entry is about; else its kind. */
function entityOf({ kind, detail }: Entry): string {
  const value = Object(detailOf(detail)) as Readonly<Record<string, unknown>>; // plain values, by whatever names
  for (const name of ['name', 'organisation', 'operation', 'ticket', 'token', 'id', 'key', 'file', 'app', 'path'])
    if (typeof value[name] === 'string' && value[name] !== '') return value[name];
  return kind;
}

function privilegeOf({ kind, detail }: Entry): string {
  const { role } = Object(detailOf(detail)) as { role?: unknown }; // as above
  return typeof role === 'string' && role !== '' ? role : kind;
}

/**
 * An entry as an event of OCSF 1.3.0. What has no attribute of its own stands in `unmapped`, so that nothing is left out;
 * `metadata.uid` is what an entry is known by, and `metadata.sequence` its place in the log.
 */
export function ocsfOf(log: string, { idx, hash, sealedAt, entry }: SealedRow & { readonly entry: Entry }): Fields {
  const mapping = mappingOf(entry.kind);
  const [class_uid, activity_id] = mapping;
  return {
    class_uid,
    category_uid: Math.floor(class_uid / 1000),
    activity_id,
    ...(activity_id === OTHER ? { activity_name: entry.kind } : {}),
    type_uid: class_uid * 100 + activity_id,
    time: entry.at,
    severity_id: SEVERITY[entry.outcome],
    status_id: STATUS[entry.outcome],
    status: entry.outcome,
    message: `${entry.kind} ${entry.outcome}`,
    metadata: {
      version: SCHEMA,
      product: PRODUCT,
      uid: `${log}/${idx}`,
      sequence: idx,
      event_code: entry.kind,
      log_name: 'record',
      log_provider: 'sallyport',
      logged_time: sealedAt,
    },
    actor: { user: { uid: entry.actor } },
    src_endpoint: endpointOf(entry),
    ...DEMANDED[class_uid](entry, mapping),
    unmapped: { log, index: idx, seq: entry.seq, app: entry.appId, leaf: hash, detail: detailOf(entry.detail) },
  };
}
