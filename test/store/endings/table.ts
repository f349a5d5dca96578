import type { AuditKind } from '../../../src/audit/audit.ts';
import type { SessionMap } from '../../../src/sessions/map.ts';
import type { Session } from '../../../src/sessions/session.ts';
import type { World } from '../../unit/login/world.ts';
import type { Row } from './databases.ts';
import type { Left } from './left.ts';
import type { Stage } from './stage.ts';

/** Where something is done: services on a store, the stage as it stood, and the session whose request it is. */
export interface Place extends World {
  readonly stage: Stage;
  readonly session: Session;
  /** A node that has the sessions of the stage not yet in memory. */
  readonly looked: SessionMap;
}

/** Where the password is checked, at the app that it is done at. */
export type Source = 'local' | 'app';

export interface Operation {
  /** What it is in the interfaces of login/, enrol/ and manage/, and others by their file or part of the store. */
  readonly is: string;
  readonly at: readonly Source[];
  run(place: Place): Promise<unknown>;
}

export interface Ending extends Operation {
  /** What it puts on record when it is done; with `sometimes` only where it ends something. */
  readonly records: AuditKind;
  readonly sometimes: boolean;
  /** What must not be there when it is done and nothing comes after it. */
  closed(left: Left, stage: Stage): readonly Row[];
  /** What must not be there whatever comes after it. */
  forGood(left: Left, stage: Stage): readonly Row[];
}

export const NEW_PASSWORD = 'seven grey geese above the marsh';

/** Of login/, enrol/ and manage/, and not in the tables, each with its reason. A name that is in neither fails the test. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'login.waiting': 'reads',
  'login.offers': 'reads',
  'login.knows': 'reads',
  'login.passkeyDomains': 'reads',
  'login.afterEnrolment': 'a part of enrol.finish, in its transaction',
  'enrol.peek': 'reads',
  'enrol.state': 'reads',
  'enrol.advise': 'reads',
  'enrol.adviseOwner': 'reads',
  'enrol.needOwnPassword': 'asks nobody',
  'enrol.own': 'reads',
  'enrol.recoveryLeft': 'reads',
  'manage.fieldFault': 'asks nobody',
  'manage.newAccountRow': 'asks nobody',
  'manage.addAccount': 'an account that was not there has nothing to end',
  'manage.importAccounts': 'an account that was not there has nothing to end',
  'manage.view': 'asks nobody',
  'manage.viewOf': 'reads',
  'manage.viewAfter': 'reads',
  'manage.administration': 'asks nobody',
  'manage.findAccount': 'reads',
  'manage.giveUpNotice': 'a message that nobody will receive, told of what was done',
  'manage.stillThere': 'asks nobody',
  'manage.toOwner': 'asks nobody',
  'manage.listAccounts': 'reads',
  'manage.showAccount': 'reads',
  'manage.appNamesOf': 'reads',
  'manage.listAuthenticators': 'reads',
  'manage.listSessions': 'reads',
  'manage.listTickets': 'reads',
  'manage.tailAudit': 'reads',
  'manage.tailFilter': 'reads',
  'manage.needAccount': 'reads',
  'manage.holderAtApp': 'reads',
  'manage.lockedOutOf': 'reads',
  'manage.needAppName': 'asks nobody',
  'manage.readOnce': 'asks nobody',
  'manage.nameFault': 'asks nobody',
  'manage.needApp': 'asks nobody',
  'manage.needName': 'asks nobody',
  'manage.needRealm': 'asks nobody',
  'manage.needSome': 'reads',
  'manage.noSuch': 'asks nobody',
  'manage.CsvFault': 'asks nobody',
  'manage.decodeCsv': 'asks nobody',
  'manage.parseCsv': 'asks nobody',
  'manage.KeyDuty': 'keys are no account’s',
  'manage.rotateKey': 'keys are no account’s',
  'manage.renewKey': 'keys are no account’s',
};

const READS = 'reads, for a list or a page';
const HOUSE = 'takes away what has expired, which opened nothing any more';
const NOBODYS = 'no account’s';
const JAR = 'cookies of a jar that is there; nothing is there without its session';

/** Methods of the store that nothing in the tables asks, each with its reason. A method that is in neither fails the test. */
export const STORE_LEFT_OUT: Readonly<Record<string, string>> = {
  'accounts.insert': 'an account that was not there has nothing to end',
  'accounts.list': READS,
  'appNames.byName': READS,
  'appNames.ofAccount': READS,
  'audit.drop': HOUSE,
  'audit.latest': NOBODYS,
  'audit.latestOf': READS,
  'authenticators.counts': READS,
  'authenticators.standings': READS,
  'challenges.purge': HOUSE,
  'holds.byHolder': 'reads; what it reads is kept by jars.insert',
  'holds.purge': HOUSE,
  'jars.byId': 'reads',
  'jars.purge': HOUSE,
  'jars.remove': JAR,
  'jars.update': JAR,
  'keys.insert': NOBODYS,
  'keys.list': NOBODYS,
  'keys.purge': NOBODYS,
  'keys.retire': NOBODYS,
  'meta.get': NOBODYS,
  'meta.putIfAbsent': NOBODYS,
  'notices.claim': 'a message that waits, told of what was done',
  'notices.due': 'reads',
  'notices.remove': 'a message that was sent',
  'pendings.purge': HOUSE,
  'sessions.byHash': 'asked by the map of a node: a session is looked up',
  'sessions.purge': HOUSE,
  'sessions.touch': 'moves when a session was seen last, and leaves one that has ended alone',
  'throttles.clear': NOBODYS,
  'throttles.purge': HOUSE,
  'throttles.trim': HOUSE,
  'tickets.listOpen': READS,
};
