import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { SallyportError } from '../../../src/errors.ts';
import { Gate, Refusal } from '../../../src/gate/gate.ts';
import { moveAccount } from '../../../src/manage/organisations.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { parseTarget } from '../../../src/request/target.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import { enableAccount, issueTicket, removeAppName, setAccount, setAppName } from '../../support/manage.ts';
import { PASSWORD } from '../../unit/login/world.ts';
import { hold } from './stage.ts';
import { NEW_PASSWORD, type Operation, type Place } from './table.ts';

/** The gate as it is built for every app; nothing is signed here. */
async function firstAdmission({ store, clock, stage, session }: Place): Promise<void> {
  const { app, caller } = stage;
  const assertions = { for: () => 'signed' } as unknown as ConstructorParameters<typeof Gate>[0]['assertions']; // of all of it, the gate asks for this
  const request = new IncomingMessage(new Socket());
  const { source: address } = caller;
  const passed = await new Gate({ store, clock, assertions, ids: { next: () => 'id' } }).pass({
    request,
    headers: HeaderFields.none,
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
  if (!(passed instanceof Refusal)) return;
  if (passed.why === 'no session') throw new SallyportError('sign-in-required');
  throw new Error(`refused: ${passed.why}`);
}

const op = (is: string, run: Operation['run'], at: Operation['at'] = ['local', 'app']): Operation => ({ is, at, run });

/** What opens something, uses it, changes it, or takes it into memory. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'a sign-in is begun': op('login.begin', ({ login, stage: { caller, name } }) =>
    login.begin(caller, { account: name, password: PASSWORD, next: '/' }),
  ),
  'a sign-in by code': op('login.second', ({ login, stage: s }) => login.second(s.caller, s.waiting, 'totp', s.code)),
  'a sign-in by recovery code': op('login.second', ({ login, stage: s }) =>
    login.second(s.caller, s.waiting, 'recovery', s.recoveryCode),
  ),
  'a wrong code': op('login.second', ({ login, stage: s }) => login.second(s.caller, s.waiting, 'totp', s.wrong)),
  'a passkey is asked for, of whoever comes': op('login.passkeyOptions', ({ login, stage: s }) =>
    login.passkeyOptions(s.caller, { purpose: 'start', cookie: null }),
  ),
  'a passkey is asked for': op('login.passkeyOptions', ({ login, stage: s }) =>
    login.passkeyOptions(s.caller, { purpose: 'second', pending: s.waiting }),
  ),
  'a passkey is asked for, to confirm': op('login.passkeyOptions', ({ login, stage: s, session }) =>
    login.passkeyOptions(s.caller, { purpose: 'step-up', session }),
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
  'a held answer is given out': op('holds.take', ({ store, stage: s }) => store.holds.take(s.mineId), ['app']),
  'a jar is kept': op('jars.insert', ({ store, stage: s, clock }) =>
    store.jars.insert({
      id: s.otherId,
      appId: s.app.id,
      sessionId: s.otherId,
      version: 1,
      state: 'cookies',
      expiresAt: clock.now() + 60_000,
    }),
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
  'a passkey is asked for, to be added': op('enrol.passkeyOptions', ({ enrol, stage: s }) =>
    enrol.passkeyOptions(s.caller, s.enrolments.choice),
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
  'a password is changed': op(
    'enrol.changePassword',
    ({ enrol, stage: s, session }) =>
      enrol.changePassword(s.caller, session, { current: PASSWORD, password: NEW_PASSWORD }),
    ['local'],
  ),
  'a factor is renamed': op('enrol.renameAuthenticator', ({ enrol, stage: s, session }) =>
    enrol.renameAuthenticator(s.caller, session, s.totpId, 'my phone'),
  ),
  'an own factor is removed': op('enrol.removeAuthenticator', ({ enrol, stage: s, session }) =>
    enrol.removeAuthenticator(s.caller, session, s.totpId),
  ),
  'a session is looked up': op('sessions.byHash', async ({ looked, stage: s }) => looked.find(s.mine)),
  'a first request is admitted': op('gate.pass', firstAdmission),
  'an account is enabled': op('manage.enableAccount', ({ manage, stage: s }) => enableAccount(manage, s.id)),
  'a group is given': op('manage.setAccount', ({ manage, stage: s }) =>
    setAccount(manage, s.id, { addGroups: ['guests'] }),
  ),
  'a ticket is issued': op('manage.issueTicket', ({ manage, stage: s }) => issueTicket(manage, s.id)),
  'an account is moved': op('manage.moveAccount', ({ manage, stage: s }) =>
    moveAccount.perform(manage, { account: s.id, organisation: s.account.organisationId }),
  ),
  'an alias is set': op('manage.setAppName', ({ manage, stage: s }) => setAppName(manage, s.id, s.app.id, 'ada.l')),
  'an alias is taken away': op('manage.removeAppName', ({ manage, stage: s }) => removeAppName(manage, s.id, s.app.id)),
};
