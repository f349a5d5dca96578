import { KINDS } from '../../coverage/effects.ts';
import type { SaltedRow } from '../../store/log-types.ts';
import type { Members } from './members.ts';

/** What a pack is made for. Moments in ms; `to` is the first after the range. */
export interface Wish {
  readonly from: number;
  readonly to: number;
  readonly organisation: { readonly id: string; readonly name: string; readonly realm: string } | null;
  readonly redact: boolean;
}

/** Whether a field of an entry is shown. */
export type Shows = (field: string) => boolean;

/** Kinds that change nobody's standing and say all the same what was decided, or how the record was kept. */
const BESIDES = [
  'account.admin',
  'directory.group-add',
  'directory.group-set',
  'directory.group-remove',
  'token.issue',
  'token.revoke',
  'key.create',
  'key.rotate',
  'config.refused',
  'store.migrate',
  'clock.jump',
  'evidence.export',
  'log.key',
  'audit.erased',
  'roster.erased',
  'account.unlock',
];
const DECISIONS: ReadonlySet<string> = new Set([...KINDS, ...BESIDES]);

/** Of no account: what every organisation may know of the installation. */
const EVERYBODYS: ReadonlySet<string> = new Set([
  'config.load',
  'canary.passed',
  'canary.failed',
  'origin.checked',
  'lock-down.begin',
  'lock-down.end',
  'audit.dropped',
  'key.create',
  'key.rotate',
  'store.migrate',
  'clock.jump',
]);

/** What must be shown of any entry (verify/entries.ts). */
const OPEN: ReadonlySet<string> = new Set(['seq', 'at', 'kind', 'outcome', 'account', 'app']);

/** Details that name nobody: random ids, moments, numbers, words of ours, digests, versions. */
const NAMELESS: ReadonlySet<string> = new Set([
  ...['realm', 'disabled', 'admin', 'import', 'password', 'added', 'factors', 'recovery', 'ticket'],
  ...[
    'until',
    'ttl',
    'resetPassword',
    'replaced',
    'authenticator',
    'kind',
    'rp',
    'userVerified',
    'deviceBound',
    'backedUp',
  ],
  ...['adding', 'codes', 'left', 'set', 'tickets', 'sessions', 'sessionsEnded', 'role'],
  ...[
    'digest',
    'meaning',
    'sallyport',
    'node',
    'sbom',
    'slice',
    'strict',
    'class',
    'from',
    'to',
    'first',
    'last',
    'count',
    'what',
  ],
  ...['cases', 'passed', 'failed', 'kid', 'now', 'offset_ms', 'rule', 'erased'],
]);

/** Details whose value is the id of an organisation. */
const PLACES: ReadonlySet<string> = new Set(['organisation', 'from', 'to', 'for']);

/** Details that people have written, or that name them. */
const NAMING: ReadonlySet<string> = new Set(['name', 'label', 'groups', 'names', 'labels']);

/** A detail that was too long for one field goes on in `NAME.2` and so on (coverage/detail.ts). */
const detailOf = (field: string): string | null =>
  field.startsWith('detail.') ? field.slice('detail.'.length).replace(/\.[0-9]+$/, '') : null;

const redacted: Shows = (field) => {
  const detail = detailOf(field);
  return OPEN.has(field) || (detail !== null && (NAMELESS.has(detail) || PLACES.has(detail)));
};

/** What an organisation is shown of an entry about one of its own accounts. */
function ownEntry(row: SaltedRow, organisation: string, members: Members): Shows {
  // Written as an object by `record`.
  const values = JSON.parse(row.detail) as Readonly<Record<string, unknown>>;
  const byOwn = row.actor === 'system' || row.actor.startsWith('cli:') || members.isOwn(row.actor);
  const isPlaced = row.kind === 'account.move';
  return (field) => {
    if (OPEN.has(field)) return true;
    if (field === 'actor') return byOwn;
    if (field === 'source') return members.isOwn(row.actor);
    const detail = detailOf(field);
    if (detail === null) return false;
    if (PLACES.has(detail) && (isPlaced || !NAMELESS.has(detail)))
      return values[detail] === organisation || values[detail] === 'everything';
    return NAMELESS.has(detail) || (NAMING.has(detail) && detail !== 'groups');
  };
}

const general: Shows = (field) => {
  const detail = detailOf(field);
  return OPEN.has(field) || (detail !== null && NAMELESS.has(detail) && detail !== 'realm');
};

/** Of the organisation itself, by an entry about it: all that is stricter for its people. */
const ofItself: Shows = (field) => {
  const detail = detailOf(field);
  return general(field) || ['organisation', 'realm', 'name', 'policy'].includes(detail ?? '');
};

/** Of a configuration: what it meant for the realm of the organisation, whose slices stand in the order of the realms. */
function configured({ detail }: SaltedRow, realm: string): Shows {
  // Written as an object by `record`.
  const { realms } = JSON.parse(detail) as { readonly realms?: unknown };
  const at = typeof realms === 'string' ? realms.split(' ').indexOf(realm) : -1;
  return (field) => general(field) && (detailOf(field) !== 'slice' || field === `detail.slice.${at + 1}`);
}

/** What else than the wish says what is shown. */
export interface Sight {
  /** Of one organisation: whose accounts it is about. */
  readonly members: Members | null;
  /** Ids of the apps of its realm. */
  readonly apps: ReadonlySet<string>;
}

/** Says of each entry what is shown of it; null: nothing, it is a leaf like others. `uses`: numbers of sign-ins that are shown (uses.ts). */
export function shownBy(
  { to, organisation, redact }: Wish,
  { members, apps }: Sight,
  uses: { has(seq: number): boolean },
): (row: SaltedRow) => Shows | null {
  const isOpen = organisation === null && !redact;
  const all: Shows = () => true;
  const own = (row: SaltedRow): Shows | null => {
    if (organisation === null || members === null) return all;
    const { accountId, appId, kind, seq } = row;
    if (appId !== null && !apps.has(appId)) return null;
    if (accountId !== null) return members.has(accountId, seq) ? ownEntry(row, organisation.id, members) : null;
    if (kind.startsWith('organisation.'))
      return (JSON.parse(row.detail) as { organisation?: unknown }).organisation === organisation.id ? ofItself : null;
    if (kind === 'config.load') return configured(row, organisation.realm);
    return EVERYBODYS.has(kind) ? general : null;
  };
  return (row) => {
    if (!(DECISIONS.has(row.kind) || uses.has(row.seq))) return null;
    // What accounts for names that a list has no more may have come later.
    if (row.at >= to && !(isOpen && row.kind === 'roster.erased')) return null;
    const shows = own(row);
    if (shows === null || !redact) return shows;
    return (field) => redacted(field) && shows(field);
  };
}
