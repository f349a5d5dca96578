import type { AppConfig } from '../../../src/config/types.ts';
import { createEnrol } from '../../../src/enrol/enrol.ts';
import type { Proof } from '../../../src/evidence.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import type { Caller } from '../../../src/login/types.ts';
import type { Session } from '../../../src/sessions/session.ts';
import { Faults } from '../../support/faults.ts';
import { addAccount, issueTicket } from '../../support/manage.ts';
import { begun, codeAt, openWorld, PASSWORD, type World } from '../login/world.ts';

/** The world of a sign-in, in which the store of enrolments can be made to fail. */
export interface Room extends World {
  readonly faults: Faults;
  /** Kinds of the messages that wait for an account, queued at or after `since`, in alphabetical order. */
  told(accountId: string, since?: number): Promise<string[]>;
  /** Details of the record's rows of one kind. */
  noted(accountId: string, kind: string): Promise<Record<string, unknown>[]>;
}

function furnished(world: World): Room {
  const { clock, seal, notices } = world;
  const faults = new Faults();
  return {
    ...world,
    faults,
    enrol: createEnrol({ store: faults.wrap(world.store), clock, seal, random: systemRandom, notices }),
    told: async (accountId, since = 0) => {
      const rows = (await world.store.notices.due(clock.at, 1000)).filter((row) => row.createdAt >= since);
      // What administrators tell of is tested with what they do.
      const own = rows.filter((row) => row.accountId === accountId && row.kind !== 'ticket-issued');
      return own.map((row) => row.kind).sort();
    },
    noted: async (accountId, kind) => {
      const rows = await world.store.audit.list({ accountId, kind, limit: 1000 });
      return rows.map(({ detail, outcome }) => ({ outcome, ...(JSON.parse(detail) as Record<string, unknown>) }));
    },
  };
}

/** Runs a test in such a world and closes it. */
export function inRoom(run: (room: Room) => Promise<void>): () => Promise<void> {
  return async () => {
    const world = await openWorld();
    try {
      await run(furnished(world));
    } finally {
      await world.close();
    }
  };
}

/** An account with an address and an open enrolment; in the local realm its password is set. */
export async function atTheChoice(room: Room, app: AppConfig, name: string) {
  const { enrol, manage } = room;
  const account = await addAccount(manage, { name, realm: app.realm.id, email: `${name}@example.org` });
  const caller = room.caller(app);
  const ticket = await issueTicket(manage, account.id);
  let { cookie } = await enrol.open(caller, ticket.secret);
  if (app.realm.source === 'local') ({ cookie } = await enrol.password(caller, cookie, PASSWORD));
  return { id: account.id, caller, cookie };
}

/** Enrolled with an authenticator app and, a minute later (`at`), signed in. */
export async function signedIn(room: Room, app: AppConfig, name: string) {
  const { enrol, login, clock } = room;
  const { id, caller, cookie } = await atTheChoice(room, app, name);
  const { secret } = await enrol.totp(caller, cookie);
  const confirmed = await enrol.confirm(caller, cookie, codeAt(secret, clock.at), undefined);
  const { recoveryCodes } = await enrol.finish(caller, confirmed.cookie);
  clock.at += 60_000;
  const pending = await begun(room, caller, name);
  const { session } = await login.second(caller, pending, 'totp', codeAt(secret, clock.at));
  return { id, caller, secret, recoveryCodes, session, at: clock.at };
}

/** A session from what an enrolment has proven, if it suffices. */
export function opened(room: World, caller: Caller, accountId: string, proofs: readonly Proof[]) {
  return room.store.underAccount(accountId, async (tx, account) =>
    account === undefined ? undefined : (await room.login.afterEnrolment(caller, tx, account, proofs))?.value,
  );
}

/** Adds an authenticator app inside a session. */
export async function addApp(room: Room, app: AppConfig, session: Session, label: string): Promise<void> {
  const caller = room.caller(app);
  const opened = await room.enrol.add(caller, session);
  const { secret } = await room.enrol.totp(caller, opened.cookie);
  const { cookie } = await room.enrol.confirm(caller, opened.cookie, codeAt(secret, room.clock.at), label);
  await room.enrol.finish(caller, cookie);
}
