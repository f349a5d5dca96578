import type { Kysely } from 'kysely';
import type { AppConfig } from '../../../src/config/types.ts';
import { createEnrol } from '../../../src/enrol/enrol.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { createLogin } from '../../../src/login/login.ts';
import type { Caller, Ceremony } from '../../../src/login/types.ts';
import { issueTicket } from '../../../src/manage/tickets.ts';
import type { Schema } from '../../../src/store/schema.ts';
import type { AccountRow, WholeStore } from '../../../src/store/types.ts';
import { Authenticator } from '../../support/authenticator.ts';
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

/** What one cell may change and the next one finds as it was, parents first. */
export const TABLES = [
  'accounts',
  'authenticators',
  'credentials',
  'recoveryCodes',
  'tickets',
  'pendings',
  'challenges',
  'sessions',
  'holds',
] as const satisfies readonly (keyof Schema)[];

export type Rows = ReadonlyMap<(typeof TABLES)[number], readonly Record<string, unknown>[]>;

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
  /** Rows of all of it; a cell begins with them. */
  readonly rows: Rows;
  readonly code: string;
  readonly wrong: string;
  readonly recoveryCode: string;
  readonly totpId: string;
  /** Cookies of two sessions: whose requests the operation and the ending are. */
  readonly mine: string;
  readonly other: string;
  readonly mineId: string;
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
  const { clock, seal, notices } = world;
  const context = { store, clock, seal, random: systemRandom, notices };
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

async function rowsOf(db: Kysely<Schema>): Promise<Rows> {
  const rows = new Map<(typeof TABLES)[number], Record<string, unknown>[]>();
  for (const table of TABLES) rows.set(table, await db.selectFrom(table).selectAll().execute());
  return rows;
}

/** Brings everything under way, on an empty store; one more failure disables each authenticator. */
export async function furnish(world: World, db: Kysely<Schema>, app: AppConfig): Promise<Stage> {
  const { clock, login, manage, store } = world;
  const name = 'ada';
  const caller = world.caller(app);
  const local = app.realm.source === 'local';
  const person = await enrolled(world, app, name);
  const { id, secret } = person;
  const device = await withPasskey(world, app, name, person);
  const signIn = async () => {
    const signedIn = await login.second(caller, await begun(world, caller, name), 'totp', codeAt(secret, clock.at));
    clock.at += 60_000;
    return signedIn;
  };
  const [other, mine] = [await signIn(), await signIn()];
  const account = await store.accounts.byId(id);
  if (account === undefined) throw new Error('no such account');
  const totpId = (await store.authenticators.ofAccount(id)).find((row) => row.kind === 'totp')?.id ?? '';
  const enrolments = {
    choice: await enrolment(world, caller, id),
    ready: await ready(world, caller, id),
    readyToEnd: await ready(world, caller, id),
    reset: local ? await enrolment(world, caller, id, true) : '',
    resetToEnd: local ? await enrolment(world, caller, id, true) : '',
  };
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
  await db.updateTable('authenticators').set({ failures: 99 }).execute();
  return {
    app,
    caller,
    name,
    id,
    account,
    rows: await rowsOf(db),
    code: codeAt(secret, clock.at),
    wrong: wrongCode(secret, clock.at),
    recoveryCode: person.recoveryCodes[0] ?? '',
    totpId,
    mine: mine.cookie,
    other: other.cookie,
    mineId: mine.session.id,
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
