import assert from 'node:assert/strict';
import test from 'node:test';
import { addOrganisation, moveAccount, restrictOrganisation } from '../../../src/manage/organisations.ts';
import { issueTicket } from '../../support/manage.ts';
import {
  answerOf,
  begun,
  codeAt,
  enrolled,
  inWorld,
  PASSWORD,
  type Person,
  refusedAs,
  type World,
  withPasskey,
} from './world.ts';

const HOME = '198.51.100.7';
const refused = refusedAs('wrong-network');

/** The person's organisation lets its people in from 192.0.2.0/24 alone, which is where callers of the world are. */
async function confined(world: World, { id: account }: Person): Promise<string> {
  const { id: organisation } = await addOrganisation.perform(world.manage, { name: 'Oak Surgery', realm: 'staff' });
  await moveAccount.perform(world.manage, { account, organisation });
  await restrictOrganisation.perform(world.manage, { organisation, policy: { networks: ['192.0.2.0/24'] } });
  return organisation;
}

const live = async ({ store, clock }: World) => (await store.sessions.listLive(clock.at)).length;

async function causes({ store }: World, kind: string): Promise<unknown[]> {
  const rows = await store.audit.list({ kind, limit: 100 });
  return rows
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ detail }) => (JSON.parse(detail) as { cause?: string }).cause);
}

test(
  'a code from another network opens nothing, is on record, and is not used up',
  inWorld(async (world) => {
    const { wiki, login, clock } = world;
    const alice = await enrolled(world, wiki, 'alice');
    const bob = await enrolled(world, wiki, 'bob');
    await confined(world, alice);
    const away = world.caller(wiki, { source: HOME });
    const pending = await begun(world, away, 'alice');
    const code = codeAt(alice.secret, clock.at);
    await assert.rejects(login.second(away, pending, 'totp', code), refused);
    await assert.rejects(login.second(away, pending, 'recovery', alice.recoveryCodes[0] ?? ''), refused);
    assert.equal(await live(world), 0);
    assert.deepEqual(await causes(world, 'sign-in.second'), ['wrong-network', 'wrong-network']);
    const { session } = await login.second(world.caller(wiki), pending, 'totp', code);
    assert.equal(session.accountId, alice.id);
    const other = await begun(world, away, 'bob');
    const free = await login.second(away, other, 'totp', codeAt(bob.secret, clock.at));
    assert.equal(free.session.accountId, bob.id, 'another organisation is not concerned');
  }),
);

test(
  'nothing is told of networks before all is proven',
  inWorld(async (world) => {
    const { wiki, login } = world;
    const alice = await enrolled(world, wiki, 'alice');
    await confined(world, alice);
    const away = world.caller(wiki, { source: HOME });
    const form = { account: 'alice', password: 'not her password', next: '/' };
    await assert.rejects(login.begin(away, form), refusedAs('wrong-credentials'));
    const pending = await begun(world, away, 'alice');
    await assert.rejects(login.second(away, pending, 'totp', '000000'), refusedAs('wrong-credentials'));
  }),
);

test(
  'a passkey from another network opens nothing, and is on record',
  inWorld(async (world) => {
    const { wiki, login } = world;
    const alice = await enrolled(world, wiki, 'alice');
    const device = await withPasskey(world, wiki, 'alice', alice);
    await confined(world, alice);
    const away = world.caller(wiki, { source: HOME });
    const { options, cookie } = await login.passkeyOptions(away, { purpose: 'start', cookie: null });
    const ceremony = { purpose: 'start', cookie } as const;
    await assert.rejects(login.passkey(away, ceremony, answerOf(wiki, device, options), '/'), refused);
    assert.equal(await live(world), 0);
    assert.deepEqual(await causes(world, 'sign-in.second'), ['wrong-network']);
  }),
);

test(
  'a session that was carried to another network confirms nothing there',
  inWorld(async (world) => {
    const { wiki, login, clock } = world;
    const alice = await enrolled(world, wiki, 'alice');
    await confined(world, alice);
    const here = world.caller(wiki);
    const pending = await begun(world, here, 'alice');
    const { session } = await login.second(here, pending, 'totp', codeAt(alice.secret, clock.at));
    clock.at += 60_000;
    const away = world.caller(wiki, { source: HOME });
    const code = codeAt(alice.secret, clock.at);
    await assert.rejects(login.stepUp(away, session, 'totp', code), refused);
    assert.deepEqual(await causes(world, 'sign-in.step-up'), ['wrong-network']);
    await login.stepUp(here, session, 'totp', code);
  }),
);

test(
  'an enrolment by ticket from another network is kept, and opens no session',
  inWorld(async (world) => {
    const { wiki, enrol, login, manage, clock } = world;
    const alice = await enrolled(world, wiki, 'alice');
    await confined(world, alice);
    const enrols = async (caller: ReturnType<World['caller']>) => {
      const ticket = await issueTicket(manage, alice.id);
      let { cookie } = await enrol.open(caller, ticket.secret);
      ({ cookie } = await enrol.password(caller, cookie, PASSWORD));
      const { secret } = await enrol.totp(caller, cookie);
      ({ cookie } = await enrol.confirm(caller, cookie, codeAt(secret, clock.at), undefined));
      const finished = await enrol.finish(caller, cookie, (tx, account, proofs) =>
        login.afterEnrolment(caller, tx, account, proofs),
      );
      clock.at += 60_000;
      return finished;
    };
    const away = await enrols(world.caller(wiki, { source: HOME }));
    assert.equal(away.signedIn, undefined);
    assert.equal(await live(world), 0);
    const here = await enrols(world.caller(wiki));
    assert.equal(here.signedIn?.session.accountId, alice.id);
  }),
);
