import type { AppConfig } from '../../../src/config/types.ts';
import { createEnrol } from '../../../src/enrol/enrol.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { createLogin } from '../../../src/login/login.ts';
import type { Caller, Ceremony } from '../../../src/login/types.ts';
import type { AccountRow, WholeStore } from '../../../src/store/types.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { issueTicket, setAccount, setAppName } from '../../support/manage.ts';
import {
  answerOf,
  begun,
  codeAt,
  enrolled,
  PASSWORD,
  type World,
  withPasskey,
  wrongCode,
} from '../../unit/login/world.ts';
import { restoring, type Side } from './databases.ts';

/** What one cell may change and the next one finds as it was, parents first. */
export const TABLES: readonly string[] = [
  'organisations',
  'accounts',
  'authenticators',
  'credentials',
  'recovery_codes',
  'tickets',
  'pendings',
  'challenges',
  'sessions',
  'jars',
  'holds',
  'app_names',
  'directory_accounts',
  'throttles',
  'notices',
];

/** A passkey ceremony with the answer that the person's own key gives. */
export interface Answered {
  readonly ceremony: Ceremony;
  readonly answer: string;
}

/** One person with everything under way that there is, at one app. */
export interface Stage {
  readonly app: AppConfig;
  readonly caller: Caller;
  readonly name: string;
  readonly id: string;
  /** As it was when the cell begins. */
  readonly account: AccountRow;
  /** The moment at which it stands; the clock is set to it. */
  readonly at: number;
  /** Statements after which the database holds all of it, and nothing else. */
  readonly restoring: readonly string[];
  /** Every text in it: what is none of these came into being later. */
  readonly known: ReadonlySet<unknown>;
  readonly code: string;
  readonly wrong: string;
  readonly recoveryCode: string;
  readonly totpId: string;
  /** Cookies of two sessions: whose requests the operation and the ending are. */
  readonly mine: string;
  readonly other: string;
  readonly mineId: string;
  readonly otherId: string;
  /** Cookies of sign-ins that wait: for the operation, and for whoever guesses; one whose answer is held. */
  readonly waiting: string;
  readonly guessing: string;
  readonly held: string;
  readonly start: Answered;
  readonly second: Answered;
  /** The ceremony is of the session `mine`, which each cell finds anew. */
  readonly stepUp: string;
  /** Enrolments, by what comes next. */
  readonly enrolments: Readonly<Record<'choice' | 'secret' | 'ready' | 'readyToEnd' | 'reset' | 'resetToEnd', string>>;
  readonly enrolCode: string;
  readonly registration: { readonly cookie: string; readonly response: string };
  /** Secret of the open ticket. */
  readonly ticket: string;
}

/** The same services on another store. */
export function on(world: World, store: WholeStore): World {
  const { clock, seal, notices, lockDown } = world;
  const context = { store, clock, seal, random: systemRandom, notices, lockDown };
  const manage = { ...world.manage, ...context };
  return { ...world, store, manage, login: createLogin(context), enrol: createEnrol(context) };
}

async function enrolment(world: World, caller: Caller, id: string, resetPassword = false): Promise<string> {
  const { enrol, manage } = world;
  const ticket = await issueTicket(manage, id, { resetPassword });
  const { cookie } = await enrol.open(caller, ticket.secret);
  if (caller.app.realm.source !== 'local' || resetPassword) return cookie;
  return (await enrol.password(caller, cookie, PASSWORD)).cookie;
}

async function withSecret(world: World, caller: Caller, id: string) {
  const cookie = await enrolment(world, caller, id);
  const { secret } = await world.enrol.totp(caller, cookie);
  return { cookie, code: codeAt(secret, world.clock.at) };
}

async function ready(world: World, caller: Caller, id: string): Promise<string> {
  const { cookie, code } = await withSecret(world, caller, id);
  return (await world.enrol.confirm(caller, cookie, code, undefined)).cookie;
}

async function registration(world: World, caller: Caller, id: string) {
  const cookie = await enrolment(world, caller, id);
  const options = await world.enrol.passkeyOptions(caller, cookie);
  const response = JSON.stringify(new Authenticator().create({ options, origin: caller.app.origin }));
  return { cookie, response };
}

/** One sign-in that waits with an answer of the app held for it, where the app checks the password. */
export async function hold(
  world: World,
  caller: Caller,
  account: AccountRow,
  replaces: string | null = null,
): Promise<string> {
  const cookie = await world.login.hold(caller, {
    account,
    target: '/login',
    step: 'login',
    replaces,
    answer: 'an answer',
    jar: 'a jar',
  });
  return cookie ?? '';
}

/** A session; where the app checks the password, with its answer and its cookies for it. */
async function signedIn(world: World, stage: Pick<Stage, 'caller' | 'name' | 'account'>, secret: string) {
  const { login, clock } = world;
  const { caller, name, account } = stage;
  const local = caller.app.realm.source === 'local';
  const pending = local ? await begun(world, caller, name) : await hold(world, caller, account);
  const made = await login.second(caller, pending, 'totp', codeAt(secret, clock.at));
  clock.at += 60_000;
  return made;
}

/** Whatever an account has besides. */
async function belongings({ manage, store, clock }: World, app: AppConfig, id: string, sessionId: string) {
  await setAccount(manage, id, { groups: ['crew', 'staff'] });
  await setAppName(manage, id, app.id, 'ada.old');
  const jar = { id: sessionId, appId: app.id, sessionId, version: 1, state: 'cookies', expiresAt: clock.at + 60_000 };
  await store.jars.insert(jar);
}

async function enrolmentsOf(world: World, caller: Caller, id: string) {
  const local = caller.app.realm.source === 'local';
  return {
    choice: await enrolment(world, caller, id),
    ready: await ready(world, caller, id),
    readyToEnd: await ready(world, caller, id),
    reset: local ? await enrolment(world, caller, id, true) : '',
    resetToEnd: local ? await enrolment(world, caller, id, true) : '',
  };
}

/** Brings everything under way, on an empty store; one more failure disables each authenticator. */
export async function furnish(world: World, side: Side, app: AppConfig): Promise<Stage> {
  const { clock, login, manage, store } = world;
  const name = 'ada';
  const caller = world.caller(app);
  const local = app.realm.source === 'local';
  const { id, secret, recoveryCodes } = await enrolled(world, app, name);
  const device = await withPasskey(world, app, name, { id, secret, recoveryCodes });
  const account = await store.accounts.byId(id);
  if (account === undefined) throw new Error('no such account');
  const other = await signedIn(world, { caller, name, account }, secret);
  const mine = await signedIn(world, { caller, name, account }, secret);
  await belongings(world, app, id, mine.session.id);
  const totpId = (await store.authenticators.ofAccount(id)).find((row) => row.kind === 'totp')?.id ?? '';
  const enrolments = await enrolmentsOf(world, caller, id);
  const unconfirmed = await withSecret(world, caller, id);
  const registered = await registration(world, caller, id);
  const ticket = await issueTicket(manage, id);
  const waiting = await begun(world, caller, name);
  const answered = async (ceremony: Ceremony): Promise<Answered> => {
    const { options, cookie } = await login.passkeyOptions(caller, ceremony);
    const answer = answerOf(app, device, options);
    return { ceremony: ceremony.purpose === 'start' ? { purpose: 'start', cookie } : ceremony, answer };
  };
  const start = await answered({ purpose: 'start', cookie: null });
  const second = await answered({ purpose: 'second', pending: waiting });
  const stepUp = await answered({ purpose: 'step-up', session: mine.session });
  const guessing = local ? await begun(world, caller, name) : await hold(world, caller, account);
  const held = local ? '' : await hold(world, caller, account);
  await side.run('update authenticators set failures = 99');
  const rows = await side.rows(TABLES, 0);
  rows.delete('audit');
  return {
    app,
    caller,
    name,
    id,
    account,
    at: clock.at,
    restoring: restoring(rows, [...TABLES].reverse()),
    known: new Set([...rows.values()].flat().flatMap((row) => Object.values(row))),
    code: codeAt(secret, clock.at),
    wrong: wrongCode(secret, clock.at),
    recoveryCode: recoveryCodes[0] ?? '',
    totpId,
    mine: mine.cookie,
    other: other.cookie,
    mineId: mine.session.id,
    otherId: other.session.id,
    waiting,
    guessing,
    held,
    start,
    second,
    stepUp: stepUp.answer,
    enrolments: { ...enrolments, secret: unconfirmed.cookie },
    enrolCode: unconfirmed.code,
    registration: registered,
    ticket: ticket.secret,
  };
}
