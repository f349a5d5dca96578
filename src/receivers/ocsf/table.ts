import type { AuditKind } from '../../audit/audit.ts';

/** Classes of OCSF 1.3.0 that entries of ours are of, by their `class_uid`; the thousands are the category. */
export const CLASS = {
  accountChange: 3001,
  authentication: 3002,
  authorizeSession: 3003,
  entityManagement: 3004,
  userAccess: 3005,
  groupManagement: 3006,
  detectionFinding: 2004,
  eventLog: 1008,
  applicationLifecycle: 6002,
  apiActivity: 6003,
} as const;

export type OcsfClass = (typeof CLASS)[keyof typeof CLASS];

/** OCSF: activity 99 is one that the class has no number for; its name stands in `activity_name`. */
export const OTHER = 99;

/** What a kind of entry is: a class and one of its activities; with a type where the class is of entities. */
export type Mapping =
  | readonly [of: Exclude<OcsfClass, typeof CLASS.entityManagement>, activity: number]
  | readonly [of: typeof CLASS.entityManagement, activity: number, entity: string];

const {
  accountChange,
  authentication,
  authorizeSession,
  entityManagement,
  userAccess,
  groupManagement,
  detectionFinding,
  eventLog,
  applicationLifecycle,
  apiActivity,
} = CLASS;

/**
 * Every kind of entry as OCSF 1.3.0 sees it (schema.ocsf.io/1.3.0/classes/…). A new kind is a deliberate choice. Activities:
 * authentication 1 logon, 2 logoff, 99 a step of one; account change 1 create, 2 enable, 3 password change, 5 disable, 6 delete,
 * 10 and 11 factor enabled and disabled, 12 unlock; entities 1 create, 3 update, 4 delete; application 3 start, 4 stop, 99 other.
 */
export const OCSF: Readonly<Record<AuditKind, Mapping>> = {
  'sign-in.begin': [authentication, OTHER],
  'sign-in.second': [authentication, OTHER],
  'sign-in.step-up': [authentication, OTHER],
  'sign-out': [authentication, 2],
  'session.open': [authentication, 1],
  'session.admit': [authorizeSession, 1],
  'session.revoke': [authentication, 2],
  'session.stopped': [authentication, 2],
  'app.sign-in': [authentication, OTHER],
  'app.held': [authentication, OTHER],
  'app.released': [authentication, OTHER],
  'app.sealed': [authentication, OTHER],
  'request.refused': [apiActivity, OTHER],
  'proposal.make': [apiActivity, OTHER],
  'proposal.confirm': [apiActivity, OTHER],
  'proposal.withdraw': [apiActivity, OTHER],
  'manage.refused': [apiActivity, OTHER],
  'enrol.open': [accountChange, OTHER],
  'enrol.password': [accountChange, 3],
  'enrol.authenticator': [accountChange, 10],
  'enrol.finish': [accountChange, OTHER],
  'authenticator.rename': [accountChange, OTHER],
  'authenticator.remove': [accountChange, 11],
  'authenticator.signal': [accountChange, OTHER],
  'authenticator.disabled': [accountChange, 11],
  'recovery.replace': [accountChange, 10],
  'recovery.use': [accountChange, OTHER],
  'account.add': [accountChange, 1],
  'account.disable': [accountChange, 5],
  'account.enable': [accountChange, 2],
  'account.unlock': [accountChange, 12],
  'account.set': [accountChange, OTHER],
  'account.password': [accountChange, 3],
  'account.remove': [accountChange, 6],
  'account.import': [accountChange, OTHER],
  'account.move': [accountChange, OTHER],
  'account.stands': [accountChange, OTHER],
  'account.admin': [userAccess, OTHER],
  'role.grant': [userAccess, 1],
  'role.revoke': [userAccess, 2],
  'directory.group-add': [groupManagement, OTHER],
  'directory.group-set': [groupManagement, OTHER],
  'directory.group-remove': [groupManagement, OTHER],
  'ticket.issue': [entityManagement, 1, 'enrolment ticket'],
  'ticket.revoke': [entityManagement, 4, 'enrolment ticket'],
  'organisation.add': [entityManagement, 1, 'organisation'],
  'organisation.set': [entityManagement, 3, 'organisation'],
  'organisation.restrict': [entityManagement, 3, 'organisation'],
  'organisation.stands': [entityManagement, OTHER, 'organisation'],
  'organisation.remove': [entityManagement, 4, 'organisation'],
  'token.issue': [entityManagement, 1, 'API token'],
  'token.revoke': [entityManagement, 4, 'API token'],
  'app-name.set': [entityManagement, 3, 'account name at an app'],
  'app-name.remove': [entityManagement, 4, 'account name at an app'],
  'key.create': [entityManagement, 1, 'signing key'],
  'key.rotate': [entityManagement, 3, 'signing key'],
  'config.load': [entityManagement, 3, 'configuration'],
  'config.refused': [entityManagement, 3, 'configuration'],
  'preset.test': [entityManagement, 2, 'preset'],
  'roster.read': [entityManagement, 2, 'accounts of an app'],
  'lock-down.begin': [applicationLifecycle, OTHER],
  'lock-down.end': [applicationLifecycle, OTHER],
  'server.start': [applicationLifecycle, 3],
  'server.stop': [applicationLifecycle, 4],
  'store.migrate': [applicationLifecycle, OTHER],
  'notice.failed': [applicationLifecycle, OTHER],
  'clock.jump': [detectionFinding, 1],
  'coverage.fell': [detectionFinding, 1],
  'origin.checked': [detectionFinding, OTHER],
  'origin.log-read': [detectionFinding, OTHER],
  'canary.passed': [detectionFinding, OTHER],
  'canary.failed': [detectionFinding, 1],
  'witness.conflict': [detectionFinding, 1],
  'receiver.trouble': [eventLog, 3],
  'receiver.missed': [eventLog, 3],
  'audit.dropped': [eventLog, 2],
  'audit.erased': [eventLog, 2],
  'roster.erased': [entityManagement, 4, 'accounts of an app'],
  'evidence.export': [eventLog, 3],
  'log.key': [entityManagement, 1, 'key of the record'],
};
