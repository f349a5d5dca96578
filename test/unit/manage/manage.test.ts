import assert from 'node:assert/strict';
import test from 'node:test';
import { listAccounts, showAccount } from '../../../src/manage/accounts.ts';
import { tailAudit, tailFilter } from '../../../src/manage/audit.ts';
import { listAuthenticators } from '../../../src/manage/authenticators.ts';
import { listSessions } from '../../../src/manage/sessions.ts';
import { listTickets } from '../../../src/manage/tickets.ts';
import {
  addAccount,
  disableAccount,
  enableAccount,
  importAccounts,
  issueTicket,
  removeAccount,
  removeAuthenticator,
  revokeSessions,
} from '../../support/manage.ts';
import { begun, codeAt, enrolled, inWorld, outcome, PASSWORD, refusedAs, type World } from '../login/world.ts';

async function signIn(world: World, name: string, secret: string): Promise<string> {
  world.clock.at += 60_000;
  const caller = world.caller(world.portal);
  const { session } = await world.login.second(
    caller,
    await begun(world, caller, name),
    'totp',
    codeAt(secret, world.clock.at),
  );
  return session.id;
}

test(
  'an account is added once, whatever the spelling, and shown without its hash',
  inWorld(async (world) => {
    const { manage } = world;
    const added = await addAccount(manage, {
      name: 'CORP\\Alice',
      realm: 'staff',
      email: 'alice@example.org',
      groups: ['ops'],
    });
    assert.equal(added.name, 'alice');
    assert.equal(added.passwordSet, false);
    assert.ok(!('passwordHash' in added));
    await assert.rejects(addAccount(manage, { name: ' ALICE', realm: 'staff' }), refusedAs('conflict'));
    await addAccount(manage, { name: 'alice', realm: 'customers' });
    assert.deepEqual(
      (await listAccounts.ask(manage, {})).map((row) => row.realm),
      ['customers', 'staff'],
    );
    assert.equal((await showAccount.ask(manage, { account: added.id })).email, 'alice@example.org');
    await assert.rejects(showAccount.ask(manage, { account: 'alice' }), refusedAs('usage'), 'two realms have one');
    assert.equal((await showAccount.ask(manage, { account: 'alice@corp.example', realm: 'staff' })).id, added.id);
    await assert.rejects(showAccount.ask(manage, { account: 'nobody' }), refusedAs('not-found'));
  }),
);

test(
  'faulty accounts are refused with what is wrong',
  inWorld(async (world) => {
    const faulty = [
      { name: 'a b', realm: 'staff' },
      { name: 'x', realm: 'nowhere' },
      { name: 'x' },
      { name: 'x', realm: 'staff', email: 'no address' },
      { name: 'x', realm: 'staff', groups: ['a b'] },
    ];
    for (const wish of faulty)
      assert.equal(await outcome(addAccount(world.manage, wish)), 'usage', JSON.stringify(wish));
    assert.deepEqual(await listAccounts.ask(world.manage, {}), []);
    assert.deepEqual(await tailAudit(world.manage), []);
  }),
);

test(
  'disabling ends sessions, pending sign-ins and tickets at once; enabling gives back the authenticators',
  inWorld(async (world) => {
    const { manage, login, clock } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const caller = world.caller(world.portal);
    await signIn(world, 'alice', alice.secret);
    await issueTicket(manage, 'alice');
    const pending = await begun(world, caller, 'alice');
    const disabled = await disableAccount(manage, 'alice');
    assert.equal(disabled.sessionsEnded, 1);
    assert.equal(disabled.disabledAt, clock.at);
    assert.deepEqual(await listSessions.ask(manage, {}), []);
    assert.deepEqual(await listTickets.ask(manage, {}), []);
    // A right code opens nothing, and is as wrong as anybody's.
    clock.at += 60_000;
    const late = login.second(caller, pending, 'totp', codeAt(alice.secret, clock.at));
    await assert.rejects(late, refusedAs('wrong-credentials'));
    await assert.rejects(issueTicket(manage, 'alice'), refusedAs('conflict'));
    assert.equal((await enableAccount(manage, 'alice')).disabledAt, null);
    assert.ok(await signIn(world, 'alice', alice.secret));
  }),
);

test(
  'removing an account removes all of it but the record',
  inWorld(async (world) => {
    const { manage } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    await signIn(world, 'alice', alice.secret);
    await removeAccount(manage, 'alice');
    assert.deepEqual(await listAccounts.ask(manage, {}), []);
    assert.deepEqual(await listSessions.ask(manage, {}), []);
    const [last] = (await tailAudit(manage, await tailFilter(manage, { account: alice.id }))).slice(-1);
    assert.deepEqual(
      [last?.kind, last?.actor, JSON.parse(last?.detail ?? '{}').name],
      ['account.remove', 'cli:test', 'alice'],
    );
    await assert.rejects(removeAccount(manage, 'alice'), refusedAs('not-found'));
  }),
);

test(
  'authenticators are listed without secrets; removing the last one leaves no way in',
  inWorld(async (world) => {
    const { manage } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    await signIn(world, 'alice', alice.secret);
    const rows = await listAuthenticators.ask(manage, { account: 'alice' });
    assert.deepEqual(rows.map((row) => row.kind).sort(), ['recovery', 'totp']);
    assert.doesNotMatch(JSON.stringify(rows), /secret|lastStep/);
    for (const row of rows) await removeAuthenticator(manage, row.id);
    assert.deepEqual(await listSessions.ask(manage, {}), []);
    await assert.rejects(signIn(world, 'alice', alice.secret), refusedAs('wrong-credentials'));
    await assert.rejects(removeAuthenticator(manage, 'nothing'), refusedAs('not-found'));
  }),
);

test(
  'a ticket has 160 bits, is stored as a hash, replaces older ones and lives within bounds',
  inWorld(async (world) => {
    const { manage, store, clock } = world;
    await addAccount(manage, { name: 'bob', realm: 'staff' });
    const first = await issueTicket(manage, 'bob');
    assert.match(first.secret, /^[A-Za-z0-9_-]{27}$/);
    assert.equal(first.expiresAt, clock.at + 86_400_000);
    assert.deepEqual(first.links, [
      { appId: 'wiki', url: `https://wiki.example.org/.sallyport/enrol/${first.secret}` },
    ]);
    const second = await issueTicket(manage, 'bob', { ttlMs: 7 * 86_400_000, resetPassword: true });
    assert.equal(second.replaced, 1);
    assert.deepEqual(
      (await listTickets.ask(manage, {})).map((ticket) => ticket.id),
      [second.id],
    );
    for (const ttlMs of [0, -1, 299_999, 7 * 86_400_000 + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.equal(await outcome(issueTicket(manage, 'bob', { ttlMs })), 'usage', String(ttlMs));
    }
    const kept = JSON.stringify([await store.audit.list({ limit: 100 }), await store.tickets.listOpen(clock.at)]);
    for (const { secret } of [first, second]) assert.ok(!kept.includes(secret));
    await addAccount(manage, { name: 'eve', realm: 'customers' });
    await assert.rejects(issueTicket(manage, 'eve', { resetPassword: true }), refusedAs('usage'));
  }),
);

test(
  'sessions are listed and revoked by id, account, app and all, each on record',
  inWorld(async (world) => {
    const { manage } = world;
    const alice = await enrolled(world, world.portal, 'alice');
    const bob = await enrolled(world, world.portal, 'bob');
    const ids = [
      await signIn(world, 'alice', alice.secret),
      await signIn(world, 'alice', alice.secret),
      await signIn(world, 'bob', bob.secret),
    ];
    assert.deepEqual(
      (await listSessions.ask(manage, {})).map((row) => [row.id, row.account, row.amr.join(), row.ways.join()]),
      [
        [ids[0], 'alice', 'otp', 'totp'],
        [ids[1], 'alice', 'otp', 'totp'],
        [ids[2], 'bob', 'otp', 'totp'],
      ],
    );
    assert.equal((await listSessions.ask(manage, { account: 'bob' })).length, 1);
    assert.equal((await listSessions.ask(manage, { appId: 'wiki' })).length, 0);
    assert.deepEqual(await revokeSessions(manage, { by: 'id', id: ids[0] ?? '' }), [ids[0]]);
    await assert.rejects(revokeSessions(manage, { by: 'id', id: ids[0] ?? '' }), refusedAs('not-found'));
    assert.deepEqual(await revokeSessions(manage, { by: 'app', appId: 'wiki' }), []);
    assert.deepEqual(await revokeSessions(manage, { by: 'account', account: 'ALICE' }), [ids[1]]);
    assert.deepEqual(await revokeSessions(manage, { by: 'all' }), [ids[2]]);
    assert.deepEqual(await listSessions.ask(manage, {}), []);
    const record = await tailAudit(manage, { kind: 'session.revoke' });
    assert.deepEqual(
      record.map((row) => JSON.parse(row.detail).by).filter((by) => by !== undefined),
      ['id', 'app', 'account', 'all'],
    );
  }),
);

test(
  'a CSV file is imported as a whole',
  inWorld(async (world) => {
    const { manage } = world;
    const text =
      '\ufeffAccount,Realm,Groups,Email\r\nAlice,staff,ops;dev,alice@example.org\r\n\r\n"bob",customers,"",\r\ncarol,staff\r\n';
    const { added, faults } = await importAccounts(manage, text);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      added.map((row) => `${row.realm}/${row.name}`),
      ['staff/alice', 'customers/bob', 'staff/carol'],
    );
    assert.deepEqual((await showAccount.ask(manage, { account: 'alice' })).groups, ['ops', 'dev']);
    assert.deepEqual(
      (await tailAudit(manage)).map((row) => row.kind),
      ['account.add', 'account.add', 'account.add', 'account.import'],
    );
  }),
);

test(
  'with any fault nothing is imported and every fault is told with its line',
  inWorld(async (world) => {
    const { manage } = world;
    await addAccount(manage, { name: 'old', realm: 'staff' });
    const text =
      'account,realm,email,groups\ngood,staff\nOLD,staff\nbad name,staff\nx,nowhere\ny\n"multi\nline",staff\nGOOD,staff\nz,staff,no-address\nz,staff,,a b!\n,staff\na,staff,,,too,many\n';
    const { added, faults } = await importAccounts(manage, text);
    assert.deepEqual(added, []);
    assert.deepEqual(
      faults.map(({ line, column }) => [line, column]),
      [
        [4, 'account'],
        [5, 'realm'],
        [6, 'realm'],
        [7, 'account'],
        [9, 'account'],
        [10, 'email'],
        [11, 'groups'],
        [12, 'account'],
        [13, null],
      ],
    );
    assert.deepEqual(
      (await listAccounts.ask(manage, {})).map((row) => row.name),
      ['old'],
    );
    const [broken] = (await importAccounts(manage, 'account,realm\nb"c,staff\n')).faults;
    assert.deepEqual([broken?.line, /quotation mark/.test(broken?.message ?? '')], [2, true]);
    assert.equal((await importAccounts(manage, 'account,colour\na,red\n')).faults[0]?.line, 1);
    assert.equal((await importAccounts(manage, '')).faults.length, 1);
  }),
);

test(
  'the record ends with the newest rows, in order, and can be followed',
  inWorld(async (world) => {
    const { manage } = world;
    for (const name of ['a', 'b', 'c', 'd']) await addAccount(manage, { name, realm: 'staff' });
    const names = async (query: Parameters<typeof tailAudit>[1]) =>
      (await tailAudit(manage, query)).map((row) => JSON.parse(row.detail).name);
    assert.deepEqual(await names({ limit: 2 }), ['c', 'd']);
    assert.deepEqual(await names(await tailFilter(manage, { account: 'b', realm: 'staff' })), ['b']);
    const [, second] = await tailAudit(manage);
    assert.deepEqual(await names({ after: second?.seq }), ['c', 'd']);
  }),
);

test(
  'no secret stands in the record of a whole life of an account',
  inWorld(async (world) => {
    const alice = await enrolled(world, world.wiki, 'alice');
    const caller = world.caller(world.wiki);
    const code = codeAt(alice.secret, world.clock.at);
    const signedIn = await world.login.second(caller, await begun(world, caller, 'alice'), 'totp', code);
    await outcome(
      world.login.begin(caller, { account: 'my secret typed here', password: 'oops my password', next: '/' }),
    );
    const text = JSON.stringify(await world.store.audit.list({ limit: 1000 }));
    for (const secret of [
      alice.secret,
      code,
      signedIn.cookie,
      signedIn.browser,
      PASSWORD,
      'oops',
      'typed here',
      ...alice.recoveryCodes,
    ]) {
      assert.ok(!text.includes(secret));
    }
  }),
);
