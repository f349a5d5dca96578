import { sha256 } from '../../../src/lib/bytes.ts';
import { setDirectoryAccount } from '../../../src/manage/directory.ts';
import { grantRole } from '../../../src/manage/roles.ts';
import {
  disableAccount,
  issueTicket,
  removeAccount,
  removeAuthenticator,
  revokeSessions,
  revokeTickets,
  setAccount,
} from '../../support/manage.ts';
import { PASSWORD } from '../../unit/login/world.ts';
import type { Row } from './databases.ts';
import type { Left } from './left.ts';
import type { Stage } from './stage.ts';
import { type Ending, NEW_PASSWORD } from './table.ts';

type Closes = (left: Left, stage: Stage) => readonly Row[];

/** What opens a session: those that are open, what was begun, what is held for it, and tickets. */
const everything: Closes = ({ sessions, pendings, holds, tickets }) => [...sessions, ...pendings, ...holds, ...tickets];
const nothing: Closes = () => [];
const factor: Closes = ({ authenticators }, { totpId }) => authenticators.filter((row) => row['id'] === totpId);
const guessedAway: Closes = ({ authenticators }) => authenticators.filter((row) => Number(row['failures']) >= 100);
const oldCodes: Closes = ({ codes }, { known }) => codes.filter((row) => known.has(row['hash']));
const oldPassword: Closes = ({ accounts }, { account }) =>
  accounts.filter((row) => row['password_hash'] === account.passwordHash);
const allButOther: Closes = ({ sessions }, { otherId }) => sessions.filter((row) => row['id'] !== otherId);
const oneSession: Closes = ({ sessions }, { mineId }) => sessions.filter((row) => row['id'] === mineId);
const otherSession: Closes = ({ sessions }, { otherId }) => sessions.filter((row) => row['id'] === otherId);
const oldTicket: Closes = ({ tickets }, { ticket }) => tickets.filter((row) => row['hash'] === sha256(ticket));

const all =
  (...parts: readonly Closes[]): Closes =>
  (left, stage) =>
    parts.flatMap((part) => part(left, stage));

/** `closed`: what is not there any more when it is done, and `forGood` when anything else is done after it. */
interface Ended extends Pick<Ending, 'records'> {
  readonly closed: Closes;
  readonly forGood?: Closes;
  readonly sometimes?: boolean;
}

const end = (
  is: string,
  { records, closed, forGood = nothing, sometimes = false }: Ended,
  run: Ending['run'],
  at: Ending['at'] = ['local', 'app'],
): Ending => ({ is, at, run, records, sometimes, closed, forGood });

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

/** What ends something, or takes it away. */
export const ENDINGS: Readonly<Record<string, Ending>> = {
  'account disable': end(
    'manage.disableAccount',
    { records: 'account.disable', closed: everything, forGood: ({ sessions }) => sessions },
    ({ manage, stage }) => disableAccount(manage, stage.id),
  ),
  'a directory makes the account inactive': end(
    'manage.setDirectoryAccount',
    { records: 'account.disable', closed: everything, forGood: ({ sessions }) => sessions },
    ({ manage, stage }) =>
      setDirectoryAccount.perform(manage, { account: stage.id, externalId: null, person: {}, active: false }),
  ),
  'account remove': end(
    'manage.removeAccount',
    { records: 'account.remove', closed: everything, forGood: everything },
    ({ manage, stage }) => removeAccount(manage, stage.id),
  ),
  'account set --remove-group': end(
    'manage.setAccount',
    {
      records: 'account.set',
      closed: ({ accounts }) => accounts.filter((row) => String(row['groups']).includes('staff')),
      forGood: ({ accounts }) => accounts.filter((row) => String(row['groups']).includes('staff')),
    },
    ({ manage, stage }) => setAccount(manage, stage.id, { removeGroups: ['staff'] }),
  ),
  'role grant': end(
    'manage.grantRole',
    {
      records: 'role.grant',
      closed: ({ pendings, tickets }) => [...pendings.filter((row) => row['purpose'] === 'enrol'), ...tickets],
    },
    ({ manage, stage }) => grantRole.perform(manage, { account: stage.id, role: 'auditor' }),
  ),
  'session revoke': end(
    'manage.revokeSession',
    { records: 'session.revoke', closed: oneSession, forGood: oneSession },
    ({ manage, stage }) => revokeSessions(manage, { by: 'id', id: stage.mineId }),
  ),
  'session revoke --account': end(
    'manage.revokeAccountSessions',
    {
      records: 'session.revoke',
      closed: ({ sessions, pendings, holds }) => [...sessions, ...pendings, ...holds],
      forGood: all(oneSession, otherSession),
    },
    ({ manage, stage }) => revokeSessions(manage, { by: 'account', account: stage.id }),
  ),
  'session revoke --app': end(
    'manage.revokeAppSessions',
    { records: 'session.revoke', closed: ({ sessions }) => sessions, forGood: all(oneSession, otherSession) },
    ({ manage, stage }) => revokeSessions(manage, { by: 'app', appId: stage.app.id }),
  ),
  'session revoke --all': end(
    'manage.revokeAllSessions',
    { records: 'session.revoke', closed: ({ sessions }) => sessions, forGood: all(oneSession, otherSession) },
    ({ manage }) => revokeSessions(manage, { by: 'all' }),
  ),
  'signing out': end(
    'login.signOut',
    { records: 'sign-out', closed: otherSession, forGood: otherSession },
    ({ login, stage, session }) => login.signOut(stage.caller, session),
  ),
  'signing out everywhere': end(
    'login.signOutEverywhere',
    { records: 'sign-out', closed: ({ sessions }) => sessions, forGood: all(oneSession, otherSession) },
    ({ login, stage, session }) => login.signOutEverywhere(stage.caller, session),
  ),
  'signing out all others': end(
    'login.endOthers',
    { records: 'session.revoke', closed: allButOther, forGood: oneSession },
    ({ login, stage, session }) => login.endOthers(stage.caller, session, 'all'),
  ),
  'ticket issue': end(
    'manage.issueTicket',
    { records: 'ticket.issue', closed: oldTicket, forGood: oldTicket },
    ({ manage, stage }) => issueTicket(manage, stage.id),
  ),
  'ticket revoke': end(
    'manage.revokeTickets',
    { records: 'ticket.revoke', closed: ({ tickets }) => tickets, forGood: oldTicket },
    ({ manage, stage }) => revokeTickets(manage, stage.id),
  ),
  'authenticator remove': end(
    'manage.removeAuthenticator',
    {
      records: 'authenticator.remove',
      closed: all(factor, ({ sessions, pendings, holds }) => [...sessions, ...pendings, ...holds]),
      forGood: all(factor, oneSession, otherSession),
    },
    ({ manage, stage }) => removeAuthenticator(manage, stage.totpId),
  ),
  'removing a factor of one’s own': end(
    'enrol.removeAuthenticator',
    { records: 'authenticator.remove', closed: all(factor, oneSession), forGood: all(factor, oneSession) },
    ({ enrol, stage, session }) => enrol.removeAuthenticator(stage.caller, session, stage.totpId),
  ),
  'renewing recovery codes': end(
    'enrol.newRecoveryCodes',
    { records: 'recovery.replace', closed: oldCodes, forGood: oldCodes },
    ({ enrol, stage, session }) => enrol.newRecoveryCodes(stage.caller, session),
  ),
  'password reset': end(
    'enrol.password',
    {
      records: 'enrol.password',
      closed: all(oldPassword, ({ pendings }) => pendings.filter((row) => row['purpose'] === 'sign-in')),
      forGood: oldPassword,
    },
    ({ enrol, stage }) => enrol.password(stage.caller, stage.enrolments.resetToEnd, `${NEW_PASSWORD} again`),
    ['local'],
  ),
  'changing the password': end(
    'enrol.changePassword',
    {
      records: 'account.password',
      closed: all(oldPassword, allButOther, ({ pendings, holds }) => [...pendings, ...holds]),
      forGood: all(oldPassword, oneSession),
    },
    ({ enrol, stage, session }) =>
      enrol.changePassword(stage.caller, session, { current: PASSWORD, password: `${NEW_PASSWORD} again` }),
    ['local'],
  ),
  'finish by ticket': end(
    'enrol.finish',
    {
      records: 'enrol.finish',
      closed: all(everything, oldCodes),
      forGood: all(oneSession, otherSession, oldTicket, oldCodes),
    },
    ({ enrol, stage }) => enrol.finish(stage.caller, stage.enrolments.readyToEnd),
  ),
  'the 100th wrong code': end(
    'login.second',
    { records: 'authenticator.disabled', closed: guessedAway, sometimes: true },
    ({ login, stage }) => refused(login.second(stage.caller, stage.guessing, 'totp', stage.wrong)),
  ),
  'the 100th wrong recovery code': end(
    'login.second',
    { records: 'authenticator.disabled', closed: guessedAway, sometimes: true },
    ({ login, stage }) => refused(login.second(stage.caller, stage.guessing, 'recovery', 'AAAA-AAAA-AAAA-AAAA')),
  ),
};
