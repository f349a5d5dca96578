import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Gate, Refusal } from '../../../src/gate/gate.ts';
import { disableAccount, makeAdmin, removeAccount } from '../../../src/manage/accounts.ts';
import { setAppName } from '../../../src/manage/app-names.ts';
import { removeAuthenticator } from '../../../src/manage/authenticators.ts';
import { revokeSessions } from '../../../src/manage/sessions.ts';
import { issueTicket, revokeTickets } from '../../../src/manage/tickets.ts';
import { parseTarget } from '../../../src/read/target.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import type { Session } from '../../../src/sessions/session.ts';
import { PASSWORD, type World } from '../../unit/login/world.ts';
import { hold, type Stage } from './stage.ts';

/** Where something is done: services on a store, the stage as it stood, and the session whose request it is. */
export interface Place extends World {
  readonly stage: Stage;
  readonly session: Session;
}

/** Where the password is checked, at the app that it is done at. */
export type Source = 'local' | 'app';

export interface Operation {
  /** What it is in the interfaces of login/, enrol/ and manage/, and others by their file. */
  readonly is: string;
  readonly at: readonly Source[];
  run(place: Place): Promise<unknown>;
}

export interface Ending extends Operation {
  /** Who is signed in when it was first, and when it came after: `nobody`, or as the operation says. */
  readonly leaves: 'nobody' | 'nobody-before' | 'others';
}

const NEW_PASSWORD = 'seven grey geese above the marsh';

/** The gate as it is built for every app; nothing is signed here. */
async function firstAdmission({ store, clock, stage, session }: Place): Promise<void> {
  const { app, caller } = stage;
  const assertions = { for: () => 'signed' } as unknown as ConstructorParameters<typeof Gate>[0]['assertions']; // of all of it, the gate asks for this
  const request = new IncomingMessage(new Socket());
  const { source: address } = caller;
  const passed = await new Gate({ store, clock, assertions }).pass({
    request,
    app,
    rules: compileRules(app),
    method: 'GET',
    target: parseTarget('/a'),
    destination: null,
    host: app.hosts[0]?.name ?? '',
    client: { address, scheme: 'https', forwardedFor: address, near: true },
    session,
    upgrade: false,
    originAllowed: true,
  });
  if (passed instanceof Refusal) throw new Error(`refused: ${passed.why}`);
}

const op = (is: string, run: Operation['run'], at: Operation['at'] = ['local']): Operation => ({ is, at, run });

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'a sign-in is begun': op(
    'login.begin',
    ({ login, stage: { caller, name } }) => login.begin(caller, { account: name, password: PASSWORD, next: '/' }),
    ['local', 'app'],
  ),
  'a sign-in by code': op('login.second', ({ login, stage: s }) => login.second(s.caller, s.waiting, 'totp', s.code)),
  'a sign-in by recovery code': op('login.second', ({ login, stage: s }) =>
    login.second(s.caller, s.waiting, 'recovery', s.recoveryCode),
  ),
  'a sign-in by passkey alone': op('login.passkey', ({ login, stage: s }) =>
    login.passkey(s.caller, s.start.ceremony, s.start.answer, '/'),
  ),
  'a sign-in by passkey': op('login.passkey', ({ login, stage: s }) =>
    login.passkey(s.caller, s.second.ceremony, s.second.answer, '/'),
  ),
  'a confirmation by passkey': op('login.passkey', ({ login, stage: s, session }) =>
    login.passkey(s.caller, { purpose: 'step-up', session }, s.stepUp, '/'),
  ),
  'a confirmation by code': op('login.stepUp', ({ login, stage: s, session }) =>
    login.stepUp(s.caller, session, 'totp', s.code),
  ),
  'an answer is held': op(
    'login.hold',
    (place) => hold(place, place.stage.caller, place.stage.account, place.stage.held),
    ['app'],
  ),
  'a held answer is released': op(
    'login.second',
    ({ login, stage: s }) => login.second(s.caller, s.held, 'totp', s.code),
    ['app'],
  ),
  'a ticket is opened': op('enrol.open', ({ enrol, stage: s }) => enrol.open(s.caller, s.ticket)),
  'a password is set': op(
    'enrol.password',
    ({ enrol, stage: s }) => enrol.password(s.caller, s.enrolments.reset, NEW_PASSWORD),
    ['local'],
  ),
  'a secret is made': op('enrol.totp', ({ enrol, stage: s }) => enrol.totp(s.caller, s.enrolments.choice)),
  'a secret is forgotten': op('enrol.chooseAgain', ({ enrol, stage: s }) =>
    enrol.chooseAgain(s.caller, s.enrolments.secret),
  ),
  'more time is asked for': op('enrol.extend', ({ enrol, stage: s }) => enrol.extend(s.caller, s.enrolments.choice)),
  'a code app is added': op('enrol.confirm', ({ enrol, stage: s }) =>
    enrol.confirm(s.caller, s.enrolments.secret, s.enrolCode, undefined),
  ),
  'a passkey is added': op('enrol.passkey', ({ enrol, stage: s }) =>
    enrol.passkey(s.caller, s.registration.cookie, s.registration.response, undefined),
  ),
  'an enrolment is finished': op('enrol.finish', ({ enrol, login, stage: s }) =>
    enrol.finish(s.caller, s.enrolments.ready, (tx, account, proofs) =>
      login.afterEnrolment(s.caller, tx, account, proofs),
    ),
  ),
  'a factor is to be added': op('enrol.add', ({ enrol, stage: s, session }) => enrol.add(s.caller, session)),
  'recovery codes are renewed': op('enrol.newRecoveryCodes', ({ enrol, stage: s, session }) =>
    enrol.newRecoveryCodes(s.caller, session),
  ),
  'a factor is renamed': op('enrol.renameAuthenticator', ({ enrol, stage: s, session }) =>
    enrol.renameAuthenticator(s.caller, session, s.totpId, 'my phone'),
  ),
  'an own factor is removed': op('enrol.removeAuthenticator', ({ enrol, stage: s, session }) =>
    enrol.removeAuthenticator(s.caller, session, s.totpId),
  ),
  'a first request is admitted': op('gate.pass', firstAdmission),
  'a ticket is issued': op('manage.issueTicket', ({ manage, stage: s }) => issueTicket(manage, s.id)),
  'an administrator is made': op('manage.makeAdmin', ({ manage, stage: s }) => makeAdmin(manage, s.id)),
  'an alias is set': op('manage.setAppName', ({ manage, stage: s }) => setAppName(manage, s.id, s.app.id, 'ada.l')),
};

const end = (
  leaves: Ending['leaves'],
  is: string,
  run: Ending['run'],
  at: Ending['at'] = ['local', 'app'],
): Ending => ({
  leaves,
  is,
  at,
  run,
});

export const ENDINGS: Readonly<Record<string, Ending>> = {
  'account disable': end('nobody', 'manage.disableAccount', ({ manage, stage }) => disableAccount(manage, stage.id)),
  'account remove': end('nobody', 'manage.removeAccount', ({ manage, stage }) => removeAccount(manage, stage.id)),
  'session revoke': end('others', 'manage.revokeSessions', ({ manage, stage }) =>
    revokeSessions(manage, { by: 'id', id: stage.mineId }),
  ),
  'session revoke --account': end('nobody-before', 'manage.revokeSessions', ({ manage, stage }) =>
    revokeSessions(manage, { by: 'account', account: stage.id }),
  ),
  'session revoke --app': end('nobody-before', 'manage.revokeSessions', ({ manage, stage }) =>
    revokeSessions(manage, { by: 'app', appId: stage.app.id }),
  ),
  'session revoke --all': end('nobody-before', 'manage.revokeSessions', ({ manage }) =>
    revokeSessions(manage, { by: 'all' }),
  ),
  'signing out': end('others', 'login.signOut', ({ login, stage, session }) => login.signOut(stage.caller, session)),
  'signing out everywhere': end('nobody-before', 'login.signOutEverywhere', ({ login, stage, session }) =>
    login.signOutEverywhere(stage.caller, session),
  ),
  'signing out all others': end('others', 'login.endOthers', ({ login, stage, session }) =>
    login.endOthers(stage.caller, session, 'all'),
  ),
  'ticket issue': end('others', 'manage.issueTicket', ({ manage, stage }) => issueTicket(manage, stage.id)),
  'ticket revoke': end('others', 'manage.revokeTickets', ({ manage, stage }) => revokeTickets(manage, stage.id)),
  'authenticator remove': end('nobody-before', 'manage.removeAuthenticator', ({ manage, stage }) =>
    removeAuthenticator(manage, stage.totpId),
  ),
  'removing a factor of one’s own': end('others', 'enrol.removeAuthenticator', ({ enrol, stage, session }) =>
    enrol.removeAuthenticator(stage.caller, session, stage.totpId),
  ),
  'renewing recovery codes': end('others', 'enrol.newRecoveryCodes', ({ enrol, stage, session }) =>
    enrol.newRecoveryCodes(stage.caller, session),
  ),
  'password reset': end(
    'others',
    'enrol.password',
    ({ enrol, stage }) => enrol.password(stage.caller, stage.enrolments.resetToEnd, `${NEW_PASSWORD} again`),
    ['local'],
  ),
  'finish by ticket': end('nobody-before', 'enrol.finish', ({ enrol, stage }) =>
    enrol.finish(stage.caller, stage.enrolments.readyToEnd),
  ),
  'the 100th wrong code': end('others', 'login.second', ({ login, stage }) =>
    refused(login.second(stage.caller, stage.guessing, 'totp', stage.wrong)),
  ),
  'the 100th wrong recovery code': end('others', 'login.second', ({ login, stage }) =>
    refused(login.second(stage.caller, stage.guessing, 'recovery', 'AAAA-AAAA-AAAA-AAAA')),
  ),
};

/** It was a guess, and wrong. */
async function refused(guess: Promise<unknown>): Promise<void> {
  const right = await guess.then(
    () => true,
    (error: { code?: unknown }) => {
      if (error.code !== 'wrong-credentials' && error.code !== 'pending-expired') throw error;
      return false;
    },
  );
  if (right) throw new Error('a wrong code was right');
}

const SECOND = ['a sign-in by code', 'a sign-in by recovery code', 'a sign-in by passkey', 'a held answer is released'];
const CODES = [...SECOND, 'a confirmation by code', 'recovery codes are renewed', 'an enrolment is finished'];

/**
 * Endings that end one kind of thing, and the operations that use or bring it; what they have to do with no other, they
 * cannot race.
 */
const OF_ONE_KIND: Readonly<Record<string, readonly string[]>> = {
  'ticket issue': ['a ticket is opened', 'a ticket is issued', 'an enrolment is finished'],
  'ticket revoke': ['a ticket is opened', 'a ticket is issued', 'an enrolment is finished'],
  'renewing recovery codes': CODES,
  'the 100th wrong code': CODES,
  'the 100th wrong recovery code': CODES,
  'password reset': ['a sign-in is begun', 'a password is set', 'an enrolment is finished', 'a sign-in by code'],
};

/** What opens no access and keeps none: met by those that end all that is an account's. */
const MILD: ReadonlySet<string> = new Set([
  'a secret is made',
  'a secret is forgotten',
  'more time is asked for',
  'a factor is renamed',
  'an administrator is made',
  'an alias is set',
]);
const OF_ALL: ReadonlySet<string> = new Set([
  'account disable',
  'account remove',
  'session revoke --account',
  'authenticator remove',
  'finish by ticket',
]);

/** Whether the two may meet in one cell at an app of that kind. */
export function meet(source: Source, what: string, how: string): boolean {
  const [operation, ending] = [OPERATIONS[what], ENDINGS[how]];
  if (!operation?.at.includes(source) || !ending?.at.includes(source)) return false;
  const only = OF_ONE_KIND[how];
  if (only !== undefined) return only.includes(what);
  // A password is hashed slowly: all but the password itself is seen where the app checks it, and in the other steps.
  if (what === 'a password is set' || (what === 'a sign-in is begun' && source === 'local'))
    return how === 'account disable' || how === 'finish by ticket';
  return !MILD.has(what) || OF_ALL.has(how);
}
