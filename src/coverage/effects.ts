import type { Effect } from './building.ts';
import * as account from './effects-account.ts';
import * as factor from './effects-factor.ts';
import * as rest from './effects-rest.ts';

/** The entry changes nobody's standing. */
const NOTHING = null;

/**
 * What each kind of entry does to who can get in, and how. Whoever adds a kind says here what it does: manage/coverage.ts holds
 * this table against all kinds, and does not compile while one is missing.
 */
export const EFFECTS = {
  'account.add': account.added,
  'account.stands': account.stands,
  'account.disable': account.disabled,
  'account.enable': account.enabled,
  'account.remove': account.removed,
  'account.set': account.changed,
  'account.move': account.moved,
  'account.password': account.passwordSet,
  'role.grant': account.granted,
  'role.revoke': account.revoked,
  'app-name.set': account.named,
  'app-name.remove': account.unnamed,
  'ticket.issue': factor.issued,
  'ticket.revoke': factor.ticketsEnded,
  'enrol.open': factor.opened,
  'enrol.password': account.passwordSet,
  'enrol.authenticator': factor.enrolled,
  'enrol.finish': factor.finished,
  'authenticator.rename': factor.renamed,
  'authenticator.remove': factor.factorRemoved,
  'authenticator.disabled': factor.factorDisabled,
  'recovery.replace': factor.codesReplaced,
  'recovery.use': factor.codeUsed,
  'organisation.add': rest.organisationAdded,
  'organisation.stands': rest.organisationStands,
  'organisation.set': rest.organisationSet,
  'organisation.restrict': rest.organisationRestricted,
  'organisation.remove': rest.organisationRemoved,
  'config.load': rest.configured,
  'lock-down.begin': rest.lockedDown,
  'lock-down.end': rest.lockDownEnded,
  'audit.dropped': rest.dropped,
  'canary.passed': rest.found,
  'canary.failed': rest.found,
  'origin.checked': rest.found,
  'origin.log-read': rest.found,
  'roster.read': rest.found,
  // They change nobody's standing and are too many to be read one by one: the last of each authenticator is looked for (`USES`).
  'sign-in.second': factor.used,
  'sign-in.step-up': factor.used,
  'sign-in.begin': NOTHING,
  'sign-out': NOTHING,
  'session.open': NOTHING,
  'session.admit': NOTHING,
  'session.revoke': NOTHING,
  'session.stopped': NOTHING,
  'app.sign-in': NOTHING,
  'app.sealed': NOTHING,
  'app.held': NOTHING,
  'app.released': NOTHING,
  'request.refused': NOTHING,
  // Each line has its own entry.
  'account.import': NOTHING,
  // Says that an account holds a role, which role.grant and account.add have said.
  'account.admin': NOTHING,
  // Who is in a group stands at the accounts.
  'directory.group-add': NOTHING,
  'directory.group-set': NOTHING,
  'directory.group-remove': NOTHING,
  // Programs reach the API of administrators, and no app.
  'token.issue': NOTHING,
  'token.revoke': NOTHING,
  // What is confirmed has an entry of its own.
  'proposal.make': NOTHING,
  'proposal.confirm': NOTHING,
  'proposal.withdraw': NOTHING,
  'manage.refused': NOTHING,
  'authenticator.signal': NOTHING,
  'key.create': NOTHING,
  'key.rotate': NOTHING,
  'config.refused': NOTHING,
  'server.start': NOTHING,
  'server.stop': NOTHING,
  'store.migrate': NOTHING,
  'clock.jump': NOTHING,
  'notice.failed': NOTHING,
  'preset.test': NOTHING,
  'coverage.fell': NOTHING,
  'receiver.trouble': NOTHING,
  'receiver.missed': NOTHING,
  'witness.conflict': NOTHING,
  'log.key': NOTHING,
  'evidence.export': NOTHING,
  // Of an account that is removed: how it stood before that cannot be told any more.
  'audit.erased': NOTHING,
  'roster.erased': NOTHING,
  'account.unlock': NOTHING,
} as const satisfies Readonly<Record<string, Effect | null>>;

const BY_KIND: ReadonlyMap<string, Effect | null> = new Map(Object.entries(EFFECTS));

/** What an entry of the kind does; null: nothing. undefined: a kind of a newer version, which this one does not know. */
export function effectOf(kind: string): Effect | null | undefined {
  return BY_KIND.get(kind);
}

/** The kinds that must be read to know how accounts stand. */
export const KINDS: readonly string[] = [...BY_KIND].flatMap(([kind, effect]) =>
  effect === null || effect === factor.used ? [] : [kind],
);

/** The kinds that say when something was used, and nothing else. In whatever order they are fed, the same follows. */
export const USES: ReadonlySet<string> = new Set(
  [...BY_KIND].flatMap(([kind, effect]) => (effect === factor.used ? [kind] : [])),
);

/** Those of them that count whatever their outcome. */
export const FINDINGS: ReadonlySet<string> = new Set(
  [...BY_KIND].flatMap(([kind, effect]) => (effect === rest.found ? [kind] : [])),
);
