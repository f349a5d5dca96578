import assert from 'node:assert/strict';
import test from 'node:test';
import { SallyportError } from '../../../src/errors.ts';
import { beginLockDown, endLockDown, showLockDown } from '../../../src/manage/lock-down.ts';
import { issueTicket } from '../../support/manage.ts';
import {
  answerOf,
  begun,
  codeAt,
  enrolled,
  inWorld,
  outcome,
  PASSWORD,
  refusedAs,
  type World,
  withPasskey,
  wrongCode,
} from './world.ts';

const REASON = 'A password list is going round';
const HOUR = 3_600_000;

/** Begins one and, unless a test is about a node that has not heard of it yet, lets the process know. */
async function close(world: World, { until = null, heard = true }: { until?: number | null; heard?: boolean } = {}) {
  await beginLockDown.perform(world.manage, { reason: REASON, until });
  if (heard) await world.lockDown.load();
}

async function open(world: World): Promise<void> {
  await endLockDown.perform(world.manage, {});
  await world.lockDown.load();
}

/** Whatever the role, and over however little: who holds one may come in to help. */
async function withRole({ store }: World, id: string): Promise<void> {
  const { organisationId: organisation } = (await store.accounts.byId(id)) ?? {};
  assert.ok(organisation);
  const roles = [{ role: 'help-desk', organisation }] as const;
  await store.underAccount(id, (tx) => tx.accounts.update(id, { roles }));
}

/** Everything that a refusal tells. */
async function told(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof SallyportError, String(error));
    return { code: error.code, status: error.status, message: error.publicMessage, retryAfter: error.retryAfter };
  }
}

const CLOSED = {
  code: 'locked-down',
  status: 503,
  message: 'Signing in is closed for now. Please try again later.',
  retryAfter: undefined,
};

/** Every count of guesses and sources that there is. */
async function counts(world: World): Promise<unknown> {
  const { store, wiki, portal } = world;
  const { targetKey } = await import('../../../src/accounts/throttle.ts');
  const keys = [wiki, portal].flatMap(({ realm }) =>
    ['alice', 'root', 'nobody'].flatMap((name) =>
      (['password', 'code'] as const).flatMap((guess) =>
        (['known', 'proven', 'elsewhere'] as const).map((from) => targetKey({ guess, realm: realm.id, name, from })),
      ),
    ),
  );
  const { networksOf } = await import('../../../src/lib/networks.ts');
  const sources = networksOf('192.0.2.1').map(({ key }) => `source:${key}`);
  return store.throttles.byKeys([...keys, ...sources]);
}

const live = async ({ store, clock }: World) => (await store.sessions.listLive(clock.at)).length;

const causes = async ({ store }: World, kind: string) =>
  (await store.audit.list({ kind, limit: 1000 })).map(({ detail }) => (JSON.parse(detail) as { cause?: string }).cause);

test(
  'a first step is answered alike for every name and password, and counts against nobody',
  inWorld(async (world) => {
    const { wiki, login } = world;
    await enrolled(world, wiki, 'alice');
    await close(world);
    const before = await counts(world);
    const typed = [
      ['alice', PASSWORD],
      ['alice', 'not her password'],
      ['nobody', PASSWORD],
      ['\u0000', PASSWORD],
      ['alice', undefined],
    ] as const;
    for (const [account, password] of typed)
      assert.deepEqual(await told(login.begin(world.caller(wiki), { account, password, next: '/' })), CLOSED, account);
    assert.deepEqual(await counts(world), before);
    const refused = (await causes(world, 'sign-in.begin')).filter((cause) => cause !== undefined);
    assert.deepEqual(refused, Array(typed.length).fill('locked-down'));
    await open(world);
    await begun(world, world.caller(wiki), 'alice');
  }),
);

for (const at of ['wiki', 'portal'] as const)
  test(
    `a second step that was begun before is answered alike for right and wrong codes (${at}), and uses nothing up`,
    inWorld(async (world) => {
      const app = world[at];
      const { login, clock } = world;
      const alice = await enrolled(world, app, 'alice');
      const caller = world.caller(app);
      const pending = await begun(world, caller, 'alice');
      const nobodys = at === 'portal' ? await begun(world, caller, 'nobody') : pending;
      await close(world, { until: clock.at + HOUR });
      const before = await counts(world);
      const [right, wrong] = [codeAt(alice.secret, clock.at), wrongCode(alice.secret, clock.at)];
      const closed = { ...CLOSED, retryAfter: 3600 };
      for (const [cookie, step, code] of [
        [pending, 'totp', right],
        [pending, 'totp', wrong],
        [pending, 'totp', 'no code'],
        [pending, 'recovery', alice.recoveryCodes[0] ?? ''],
        [nobodys, 'totp', right],
      ] as const)
        assert.deepEqual(await told(login.second(caller, cookie, step, code)), closed, `${step} ${code}`);
      assert.deepEqual(await counts(world), before);
      assert.equal(await live(world), 0);
      await open(world);
      const { session } = await login.second(caller, pending, 'totp', right);
      assert.equal(session.accountId, alice.id);
    }),
  );

test(
  'an administrator signs in; one who mistypes is told what everybody is, and is counted',
  inWorld(async (world) => {
    const { wiki, login, clock } = world;
    const root = await enrolled(world, wiki, 'root');
    await withRole(world, root.id);
    await close(world);
    const caller = world.caller(wiki);
    const wrong = () => login.begin(caller, { account: 'root', password: 'not it', next: '/' });
    for (let n = 0; n < 8; n += 1) assert.deepEqual(await told(wrong()), CLOSED);
    const failures = (await counts(world)) as { failures: number }[];
    assert.ok(failures.some((row) => row.failures >= 5));
    const early = () => login.begin(caller, { account: 'root', password: PASSWORD, next: '/' });
    assert.deepEqual(await told(early()), CLOSED, 'who must wait is not told so');
    clock.at += HOUR;
    const pending = await begun(world, caller, 'root');
    const code = wrongCode(root.secret, clock.at);
    assert.deepEqual(await told(login.second(caller, pending, 'totp', code)), CLOSED);
    assert.deepEqual((await causes(world, 'sign-in.second')).at(-1), 'wrong-code');
    const { session } = await login.second(caller, pending, 'totp', codeAt(root.secret, clock.at));
    assert.equal(session.accountId, root.id);
  }),
);

test(
  'where a node has not heard of it, the transaction that would open the session has',
  inWorld(async (world) => {
    const { wiki, login, clock } = world;
    const alice = await enrolled(world, wiki, 'alice');
    const device = await withPasskey(world, wiki, 'alice', alice);
    const caller = world.caller(wiki);
    const pending = await begun(world, caller, 'alice');
    const started = await login.passkeyOptions(caller, { purpose: 'start', cookie: null });
    const before = await counts(world);
    await close(world, { heard: false });
    assert.equal(login.closed(), null);
    const code = codeAt(alice.secret, clock.at);
    assert.deepEqual(await told(login.second(caller, pending, 'totp', code)), CLOSED);
    const answer = answerOf(wiki, device, started.options);
    const ceremony = { purpose: 'start', cookie: started.cookie } as const;
    assert.deepEqual(await told(login.passkey(caller, ceremony, answer, '/')), CLOSED);
    assert.equal(await live(world), 0);
    assert.deepEqual(await counts(world), before);
    await open(world);
    await login.second(caller, pending, 'totp', code);
    assert.equal(await live(world), 1);
  }),
);

test(
  'a passkey opens nothing but for administrators, and no answer is judged',
  inWorld(async (world) => {
    const { wiki, login, clock } = world;
    const alice = await enrolled(world, wiki, 'alice');
    const device = await withPasskey(world, wiki, 'alice', alice);
    const root = await enrolled(world, wiki, 'root');
    await withRole(world, root.id);
    const rootDevice = await withPasskey(world, wiki, 'root', root);
    const caller = world.caller(wiki);
    await close(world);
    const before = await counts(world);
    const attempt = async (whose: typeof device, wrong: boolean) => {
      const started = await login.passkeyOptions(caller, { purpose: 'start', cookie: null });
      const answer = answerOf(wiki, whose, started.options);
      const sent = wrong ? answer.replace(/"signature":"..../, '"signature":"AAAA') : answer;
      return login.passkey(caller, { purpose: 'start', cookie: started.cookie }, sent, '/');
    };
    assert.deepEqual(await told(attempt(device, false)), CLOSED);
    assert.deepEqual(await told(attempt(device, true)), CLOSED);
    assert.deepEqual(await counts(world), before);
    clock.at += 60_000;
    assert.equal((await attempt(rootDevice, false)).session.accountId, root.id);
  }),
);

test(
  'an enrolment ends without a session, which an administrator’s does not',
  inWorld(async (world) => {
    const { wiki, enrol, login, manage, clock } = world;
    const caller = world.caller(wiki);
    const finish = async (name: string, admin: boolean) => {
      const { addAccount } = await import('../../support/manage.ts');
      const { id } = await addAccount(manage, { name, realm: 'staff' });
      if (admin) await withRole(world, id);
      let { cookie } = await enrol.open(caller, (await issueTicket(manage, id)).secret);
      ({ cookie } = await enrol.password(caller, cookie, PASSWORD));
      const { secret } = await enrol.totp(caller, cookie);
      ({ cookie } = await enrol.confirm(caller, cookie, codeAt(secret, clock.at), undefined));
      return enrol.finish(caller, cookie, (tx, account, proofs) => login.afterEnrolment(caller, tx, account, proofs));
    };
    await close(world);
    const { signedIn, recoveryCodes } = await finish('alice', false);
    assert.equal(signedIn, undefined);
    assert.ok(recoveryCodes.length > 0);
    assert.notEqual((await finish('root', true)).signedIn, undefined);
    await open(world);
    assert.notEqual((await finish('carol', false)).signedIn, undefined);
  }),
);

test(
  'whoever is signed in goes on: confirms, and signs out',
  inWorld(async (world) => {
    const { wiki, login, clock } = world;
    const alice = await enrolled(world, wiki, 'alice');
    const caller = world.caller(wiki);
    const first = await login.second(
      caller,
      await begun(world, caller, 'alice'),
      'totp',
      codeAt(alice.secret, clock.at),
    );
    await close(world);
    clock.at += 60_000;
    const again = await login.stepUp(caller, first.session, 'totp', codeAt(alice.secret, clock.at));
    assert.equal(again.session.id, first.session.id);
    const wrong = login.stepUp(caller, again.session, 'totp', wrongCode(alice.secret, clock.at));
    await assert.rejects(wrong, refusedAs('wrong-credentials'));
    await login.signOut(caller, again.session);
    assert.equal(await live(world), 0);
  }),
);

test(
  'it ends by itself, by the clock, and a new one takes the place of one that stands',
  inWorld(async (world) => {
    const { wiki, login, clock, manage } = world;
    await enrolled(world, wiki, 'alice');
    await close(world, { until: clock.at + HOUR });
    const first = await showLockDown.ask(manage, {});
    assert.deepEqual(first, { reason: REASON, begunAt: clock.at, begunBy: 'cli:test', until: clock.at + HOUR });
    clock.at += HOUR - 1;
    assert.equal(await outcome(begun(world, world.caller(wiki), 'alice')), 'locked-down');
    clock.at += 1;
    assert.deepEqual([login.closed(), await showLockDown.ask(manage, {})], [null, null]);
    assert.equal(await outcome(begun(world, world.caller(wiki), 'alice')), 'ok');
    assert.equal(await endLockDown.perform(manage, {}), null, 'there is nothing to end any more');
    await close(world, { until: clock.at + HOUR });
    await close(world);
    assert.equal((await showLockDown.ask(manage, {}))?.until, null);
    await open(world);
    const kinds = (await world.store.audit.list({ limit: 1000 })).map(({ kind }) => kind);
    assert.deepEqual(
      kinds.filter((kind) => kind.startsWith('lock-down')),
      ['lock-down.begin', 'lock-down.begin', 'lock-down.begin', 'lock-down.end'],
    );
  }),
);

test(
  'a reason and an end that cannot be meant are refused, and nothing is closed',
  inWorld(async (world) => {
    const { manage, clock } = world;
    const minute = 60_000;
    for (const [reason, until] of [
      ['', null],
      ['   ', null],
      ['x'.repeat(201), null],
      ['two\nlines', null],
      ['turned \u202e round', null],
      ['\ud800', null],
      [REASON, clock.at],
      [REASON, clock.at + minute - 1],
      [REASON, clock.at + 30 * 24 * 60 * minute + 1],
      [REASON, Number.NaN],
      [REASON, Number.POSITIVE_INFINITY],
    ] as const)
      assert.equal(await outcome(beginLockDown.perform(manage, { reason, until })), 'usage', `${reason} ${until}`);
    assert.equal(await showLockDown.ask(manage, {}), null);
    const longest = { reason: 'é'.repeat(200), until: clock.at + 30 * 24 * 60 * minute };
    assert.deepEqual((await beginLockDown.perform(manage, longest)).reason, longest.reason);
  }),
);
