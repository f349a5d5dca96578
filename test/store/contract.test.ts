import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { systemRandom as random } from '../../src/lib/random.ts';
import { OWNER } from '../../src/roles.ts';
import { openDatabase } from '../../src/store/open.ts';
import { createSeal } from '../../src/store/seal.ts';
import type { PendingRow, TicketRow } from '../../src/store/types.ts';
import { accountRow, passkeyRow, sessionRow, totpRow } from '../support/rows.ts';
import { eachStore } from '../support/stores.ts';

const ticket = (set: Partial<TicketRow> = {}): TicketRow => ({
  id: 'tic-1',
  hash: 'th-1',
  accountId: 'acc-1',
  issuedBy: 'cli:root',
  resetPassword: true,
  createdAt: 1000,
  expiresAt: 5000,
  usedAt: null,
  ...set,
});

const pending = (set: Partial<PendingRow> = {}): PendingRow => ({
  id: 'pen-1',
  hash: 'ph-1',
  purpose: 'sign-in',
  appId: 'portal',
  accountId: null,
  claimedName: 'ada',
  proofs: [],
  state: null,
  ticketId: null,
  next: '/',
  createdAt: 1000,
  expiresAt: 5000,
  ...set,
});

eachStore('an account comes back as it was stored, and is unique by realm and name', async ({ store }) => {
  const row = accountRow({
    groups: ['ops', 'Ärzte "x"'],
    email: 'ada@example.org',
    roles: [OWNER],
    passwordHash: '$argon2id$',
  });
  await store.accounts.insert(row);
  assert.deepEqual(await store.accounts.byId('acc-1'), row);
  assert.deepEqual(await store.accounts.byName('local', 'ada'), row);
  assert.equal(await store.accounts.byName('local', 'Ada'), undefined);
  assert.equal(await store.accounts.byId('nobody'), undefined);
  await assert.rejects(store.accounts.insert(accountRow({ id: 'acc-2' })), { code: 'conflict' });
  await store.accounts.insert(accountRow({ id: 'acc-3', realm: 'app' }));
});

eachStore('accounts are listed by realm and name, byte by byte', async ({ store }) => {
  for (const [id, realm, name] of [
    ['1', 'b', 'a'],
    ['2', 'a', 'é'],
    ['3', 'a', 'b'],
    ['4', 'a', 'Z'],
  ] as const) {
    await store.accounts.insert(accountRow({ id, realm, name }));
  }
  assert.deepEqual(
    (await store.accounts.list()).map((a) => a.id),
    ['4', '3', '2', '1'],
  );
  assert.deepEqual(
    (await store.accounts.list('b')).map((a) => a.id),
    ['1'],
  );
});

eachStore('an account is updated in part, and what is not there is not updated', async ({ store }) => {
  await store.accounts.insert(accountRow());
  assert.equal(await store.accounts.update('acc-1', { groups: ['a'], roles: [OWNER], disabledAt: 7 }), true);
  assert.deepEqual(await store.accounts.byId('acc-1'), accountRow({ groups: ['a'], roles: [OWNER], disabledAt: 7 }));
  assert.equal(await store.accounts.update('acc-1', { disabledAt: null }), true);
  assert.equal((await store.accounts.byId('acc-1'))?.disabledAt, null);
  assert.equal(await store.accounts.update('acc-1', {}), true);
  assert.equal(await store.accounts.update('nobody', {}), false);
  assert.equal(await store.accounts.update('nobody', { roles: [OWNER] }), false);
});

eachStore('a removed account takes everything of its own with it, and nothing of others', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.accounts.insert(accountRow({ id: 'acc-2', name: 'bob' }));
  for (const [n, accountId] of [
    ['1', 'acc-1'],
    ['2', 'acc-2'],
  ] as const) {
    await store.authenticators.insert(totpRow({ id: `auth-${n}`, accountId }));
    await store.authenticators.replaceRecovery(totpRow({ id: `rec-${n}`, kind: 'recovery', secret: null, accountId }), [
      'c',
    ]);
    await store.tickets.insert(ticket({ id: `tic-${n}`, hash: `th-${n}`, accountId }));
    await store.pendings.insert(pending({ id: `pen-${n}`, hash: `ph-${n}`, accountId }));
    await store.sessions.insert(sessionRow({ id: `ses-${n}`, hash: `hash-${n}`, accountId }));
  }
  assert.equal(await store.accounts.remove('acc-1'), true);
  assert.equal(await store.accounts.remove('acc-1'), false);
  for (const [n, there] of [
    ['1', false],
    ['2', true],
  ] as const) {
    assert.equal((await store.authenticators.byId(`auth-${n}`)) !== undefined, there);
    assert.equal(await store.authenticators.recoveryLeft(`acc-${n}`), there ? 1 : 0);
    assert.equal((await store.tickets.byHash(`th-${n}`)) !== undefined, there);
    assert.equal((await store.pendings.byHash(`ph-${n}`)) !== undefined, there);
    assert.equal((await store.sessions.byHash(`hash-${n}`)) !== undefined, there);
  }
});

eachStore('a time step is accepted once, only forwards, and never by a disabled authenticator', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.authenticators.insert(totpRow());
  assert.equal(await store.authenticators.addFailure('auth-1', 100, 5), 1);
  assert.equal(await store.authenticators.acceptStep('auth-1', 10, 50), true);
  assert.deepEqual(await store.authenticators.byId('auth-1'), totpRow({ lastStep: 10, lastUsedAt: 50 }));
  assert.equal(await store.authenticators.acceptStep('auth-1', 10, 51), false);
  assert.equal(await store.authenticators.acceptStep('auth-1', 9, 51), false);
  assert.equal(await store.authenticators.acceptStep('nobody', 11, 51), false);
  assert.equal(await store.authenticators.addFailure('auth-1', 2, 60), 1);
  assert.equal(await store.authenticators.addFailure('auth-1', 2, 61), 2);
  assert.equal(await store.authenticators.addFailure('auth-1', 2, 62), 3);
  assert.equal((await store.authenticators.byId('auth-1'))?.disabledAt, 61);
  assert.equal(await store.authenticators.acceptStep('auth-1', 99, 70), false);
  await store.authenticators.clearFailures('auth-1', 71);
  assert.equal((await store.authenticators.byId('auth-1'))?.disabledAt, 61);
  await assert.rejects(store.authenticators.addFailure('nobody', 2, 62), { code: 'conflict' });
});

eachStore('authenticators are counted, ordered, renamed by their owner and removed', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.accounts.insert(accountRow({ id: 'acc-2', name: 'bob' }));
  await store.authenticators.insert(totpRow({ id: 'b', createdAt: 2 }));
  await store.authenticators.insert(totpRow({ id: 'a', createdAt: 3 }));
  // A passkey counts as any other.
  await store.authenticators.insert(passkeyRow({ id: 'c', accountId: 'acc-2' }));
  assert.deepEqual(
    (await store.authenticators.ofAccount('acc-1')).map((x) => x.id),
    ['b', 'a'],
  );
  assert.deepEqual(
    await store.authenticators.counts(),
    new Map([
      ['acc-1', 2],
      ['acc-2', 1],
    ]),
  );
  assert.equal(await store.authenticators.rename('b', 'acc-2', 'stolen'), false);
  assert.equal(await store.authenticators.rename('b', 'acc-1', 'tablet'), true);
  assert.equal((await store.authenticators.byId('b'))?.label, 'tablet');
  await store.authenticators.addFailure('b', 100, 1);
  await store.authenticators.clearFailures('b', 44);
  assert.deepEqual(
    await store.authenticators.byId('b'),
    totpRow({ id: 'b', createdAt: 2, label: 'tablet', lastUsedAt: 44 }),
  );
  assert.equal(await store.authenticators.remove('b'), true);
  assert.equal(await store.authenticators.remove('b'), false);
});

eachStore('a recovery code works once, and old ones not at all after replacement', async ({ store }) => {
  const rec = (id: string) => totpRow({ id, kind: 'recovery', secret: null, label: 'codes' });
  await store.accounts.insert(accountRow());
  await store.authenticators.replaceRecovery(rec('r1'), ['c1', 'c2', 'c3']);
  assert.equal(await store.authenticators.recoveryLeft('acc-1'), 3);
  assert.equal(await store.authenticators.useRecoveryCode('r1', 'c1', 5), true);
  assert.equal(await store.authenticators.useRecoveryCode('r1', 'c1', 6), false);
  assert.equal(await store.authenticators.useRecoveryCode('r1', 'nope', 6), false);
  assert.equal(await store.authenticators.recoveryLeft('acc-1'), 2);
  await store.authenticators.replaceRecovery(rec('r2'), ['d1']);
  assert.equal(await store.authenticators.useRecoveryCode('r1', 'c2', 6), false);
  assert.equal(await store.authenticators.recoveryLeft('acc-1'), 1);
  assert.deepEqual(
    (await store.authenticators.ofAccount('acc-1')).map((x) => x.id),
    ['r2'],
  );
  await store.authenticators.addFailure('r2', 1, 9);
  assert.equal(await store.authenticators.useRecoveryCode('r2', 'd1', 10), false);
});

eachStore('a ticket is used once, in time, and not after it was revoked', async ({ store }) => {
  await store.accounts.insert(accountRow());
  for (const n of [1, 2, 3]) await store.tickets.insert(ticket({ id: `t${n}`, hash: `h${n}`, createdAt: n }));
  assert.deepEqual(
    (await store.tickets.listOpen(4999)).map((x) => x.id),
    ['t1', 't2', 't3'],
  );
  assert.deepEqual(await store.tickets.listOpen(5000), []);
  assert.equal(await store.tickets.consume('h1', 5000), undefined);
  assert.deepEqual(
    await store.tickets.consume('h1', 4999),
    ticket({ id: 't1', hash: 'h1', createdAt: 1, usedAt: 4999 }),
  );
  assert.equal(await store.tickets.consume('h1', 4999), undefined);
  assert.equal((await store.tickets.byHash('h1'))?.usedAt, 4999);
  assert.equal(await store.tickets.revokeOfAccount('acc-1', 4000), 2);
  assert.equal(await store.tickets.consume('h2', 4500), undefined);
  assert.deepEqual(await store.tickets.listOpen(4000), []);
});

eachStore('a pending sign-in changes only under its current secret and ends once', async ({ store }) => {
  await store.pendings.insert(pending());
  assert.deepEqual(await store.pendings.byHash('ph-1'), pending());
  const proofs = [{ kind: 'password', at: 1200 }] as const;
  assert.equal(await store.pendings.update('pen-1', 'other', { hash: 'x' }), false);
  assert.equal(await store.pendings.update('pen-1', 'ph-1', { hash: 'ph-2', proofs, state: 'sealed' }), true);
  assert.equal(await store.pendings.update('pen-1', 'ph-1', { hash: 'ph-3' }), false);
  assert.equal(await store.pendings.update('pen-1', 'ph-2', {}), true);
  assert.deepEqual(await store.pendings.byHash('ph-2'), pending({ hash: 'ph-2', proofs, state: 'sealed' }));
  assert.equal(await store.pendings.byHash('ph-1'), undefined);
  assert.equal(await store.pendings.remove('pen-1'), true);
  assert.equal(await store.pendings.remove('pen-1'), false);
  await store.accounts.insert(accountRow());
  await store.pendings.insert(pending({ accountId: 'acc-1' }));
  await store.pendings.removeOfAccount('acc-1');
  assert.equal(await store.pendings.byHash('ph-1'), undefined);
  await store.pendings.insert(pending());
  assert.equal(await store.pendings.purge(5000), 0);
  assert.equal(await store.pendings.purge(5001), 1);
});

eachStore('a session comes with its account, rotates under its current secret and ends once', async ({ store }) => {
  await store.accounts.insert(accountRow({ groups: ['ops'], roles: [OWNER] }));
  await store.sessions.insert(sessionRow());
  const account = {
    id: 'acc-1',
    realm: 'local',
    name: 'ada',
    groups: ['ops'],
    roles: [OWNER],
    organisationId: 'realm.local',
    policy: '{}',
    disabledAt: null,
  };
  assert.deepEqual(await store.sessions.byHash('hash-1'), { ...sessionRow(), account });
  assert.deepEqual(await store.sessions.byId('ses-1'), { ...sessionRow(), account });
  const set = { hash: 'hash-2', proofs: [{ kind: 'totp', at: 1100 }] as const, lastSeenAt: 1100 };
  assert.equal(await store.sessions.rotate('ses-1', 'wrong', set), false);
  assert.equal(await store.sessions.rotate('ses-1', 'hash-1', set), true);
  assert.equal(await store.sessions.rotate('ses-1', 'hash-1', set), false);
  assert.equal(await store.sessions.byHash('hash-1'), undefined);
  assert.equal(await store.sessions.markAdmitted('ses-1', 1200), true);
  assert.equal(await store.sessions.markAdmitted('ses-1', 1300), false);
  assert.deepEqual(await store.sessions.end({ by: 'id', id: 'ses-1' }, 'sign-out', 1400), ['ses-1']);
  assert.deepEqual(await store.sessions.end({ by: 'id', id: 'ses-1' }, 'again', 1500), []);
  const ended = await store.sessions.byHash('hash-2');
  assert.deepEqual(ended, { ...sessionRow(), ...set, admittedAt: 1200, endedAt: 1400, endReason: 'sign-out', account });
  assert.equal(await store.sessions.rotate('ses-1', 'hash-2', { ...set, hash: 'hash-3' }), false);
  assert.equal(await store.sessions.markAdmitted('ses-1', 1500), false);
});

eachStore('two sessions never share a secret', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.sessions.insert(sessionRow());
  await assert.rejects(store.sessions.insert(sessionRow({ id: 'ses-2' })), { code: 'store-unavailable' });
  await assert.rejects(store.sessions.insert(sessionRow({ id: 'ses-3', hash: 'h', accountId: 'nobody' })), {
    code: 'store-unavailable',
  });
});

eachStore('activity is written forwards only, to live sessions only, for many at once', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.sessions.insert(sessionRow());
  await store.sessions.insert(sessionRow({ id: 'ses-2', hash: 'hash-2' }));
  await store.sessions.end({ by: 'id', id: 'ses-2' }, 'x', 1);
  const seen = new Map(Array.from({ length: 1200 }, (_, i): [string, number] => [`none-${i}`, 5]));
  await store.sessions.touch(seen.set('ses-1', 2000).set('ses-2', 2000));
  await store.sessions.touch(new Map([['ses-1', 1500]]));
  await store.sessions.touch(new Map());
  assert.equal((await store.sessions.byId('ses-1'))?.lastSeenAt, 2000);
  assert.equal((await store.sessions.byId('ses-2'))?.lastSeenAt, 1000);
});

eachStore('sessions end by account, but for one, by app, and all', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.accounts.insert(accountRow({ id: 'acc-2', name: 'bob' }));
  const add = (id: string, accountId: string, appId: string) =>
    store.sessions.insert(sessionRow({ id, hash: id, accountId, appId }));
  await add('s1', 'acc-1', 'a');
  await add('s2', 'acc-1', 'b');
  await add('s3', 'acc-2', 'a');
  await add('s4', 'acc-2', 'b');
  assert.deepEqual(
    (await store.sessions.listLive(2000, { accountId: 'acc-1' })).map((s) => s.id),
    ['s1', 's2'],
  );
  assert.deepEqual(
    (await store.sessions.listLive(2000, { appId: 'a' })).map((s) => s.id),
    ['s1', 's3'],
  );
  assert.deepEqual(await store.sessions.end({ by: 'account', accountId: 'acc-1', except: 's2' }, 'x', 1), ['s1']);
  assert.deepEqual(await store.sessions.end({ by: 'app', appId: 'a' }, 'x', 1), ['s3']);
  assert.deepEqual((await store.sessions.end({ by: 'all' }, 'x', 1)).sort(), ['s2', 's4']);
  assert.deepEqual(await store.sessions.listLive(2000), []);
});

eachStore('live means within both limits; purging takes only what is over', async ({ store }) => {
  await store.accounts.insert(accountRow());
  await store.sessions.insert(sessionRow());
  assert.equal((await store.sessions.listLive(10_999)).length, 1);
  assert.equal((await store.sessions.listLive(11_000)).length, 0);
  await store.sessions.touch(new Map([['ses-1', 99_999]]));
  assert.equal((await store.sessions.listLive(99_999)).length, 1);
  assert.equal((await store.sessions.listLive(100_000)).length, 0);
  assert.equal(await store.sessions.purge(100_000), 0);
  assert.equal(await store.sessions.purge(100_001), 1);
});

eachStore('signing keys are listed oldest first, retired once and purged', async ({ store }) => {
  const key = (id: string, createdAt: number) => ({
    id,
    publicJwk: '{}',
    privateJwk: 's',
    createdAt,
    activeAt: 9,
    retiredAt: null,
  });
  await store.keys.insert(key('a', 2));
  await store.keys.insert(key('b', 1));
  assert.deepEqual(await store.keys.list(), [key('b', 1), key('a', 2)]);
  await store.keys.retire('b', 50);
  await store.keys.retire('b', 60);
  assert.equal((await store.keys.list())[0]?.retiredAt, 50, 'no end is put off');
  await store.keys.retire('b', 45);
  assert.equal((await store.keys.list())[0]?.retiredAt, 45, 'a key that leaks while it retires is withdrawn');
  assert.equal(await store.keys.purge(45), 0);
  assert.equal(await store.keys.purge(46), 1);
  assert.deepEqual(
    (await store.keys.list()).map((k) => k.id),
    ['a'],
  );
});

eachStore('a throttle counts, holds off by count, and never moves backwards', async ({ store }) => {
  const delays = [0, 100, 1000];
  assert.equal(await store.throttles.byKey('k'), undefined);
  assert.deepEqual(await store.throttles.fail('k', 10, delays), { key: 'k', failures: 1, nextAt: 10, updatedAt: 10 });
  assert.equal((await store.throttles.fail('k', 20, delays)).nextAt, 120);
  assert.equal((await store.throttles.fail('k', 30, delays)).nextAt, 1030);
  assert.equal((await store.throttles.fail('k', 40, delays)).nextAt, 1040);
  const back = await store.throttles.fail('k', 5, delays);
  assert.deepEqual(back, { key: 'k', failures: 5, nextAt: 1040, updatedAt: 5 });
  assert.deepEqual(await store.throttles.byKey('k'), back);
  assert.equal((await store.throttles.fail('one', 7, [30])).nextAt, 37);
  assert.equal((await store.throttles.fail('one', 8, [30])).nextAt, 38);
  await assert.rejects(store.throttles.fail('none', 7, []), { code: 'internal' });
  await store.throttles.clear('k');
  assert.equal(await store.throttles.byKey('k'), undefined);
  assert.equal(await store.throttles.purge(9), 1);
});

eachStore('the record is listed newest page first, pages forward, and filters', async ({ store }) => {
  for (let i = 1; i <= 5; i += 1) {
    await store.audit.append({
      at: i,
      kind: i % 2 === 0 ? 'even' : 'odd',
      outcome: 'ok',
      actor: 'system',
      accountId: i === 5 ? 'acc-1' : null,
      sessionId: null,
      appId: null,
      source: null,
      detail: '{}',
    });
  }
  const at = async (query: Parameters<typeof store.audit.list>[0]) =>
    (await store.audit.list(query)).map((row) => row.at);
  assert.deepEqual(await at({ limit: 2 }), [4, 5]);
  const [first] = await store.audit.list({ limit: 5 });
  assert.deepEqual(await at({ limit: 2, after: first?.seq ?? -1 }), [2, 3]);
  assert.deepEqual(await at({ limit: 9, kind: 'odd' }), [1, 3, 5]);
  assert.deepEqual(await at({ limit: 9, accountId: 'acc-1' }), [5]);
});

eachStore('a value of the database is put once', async ({ store }) => {
  assert.equal(await store.meta.get('x'), undefined);
  assert.equal(await store.meta.putIfAbsent('x', 'one'), true);
  assert.equal(await store.meta.putIfAbsent('x', 'two'), false);
  assert.equal(await store.meta.get('x'), 'one');
});

eachStore('a transaction is all or nothing and passes on what the work threw', async ({ store }) => {
  const mine = new Error('mine');
  await assert.rejects(
    store.transaction(async (tx) => {
      await tx.accounts.insert(accountRow());
      assert.notEqual(await tx.accounts.byId('acc-1'), undefined);
      throw mine;
    }),
    (error) => error === mine,
  );
  assert.equal(await store.accounts.byId('acc-1'), undefined);
  const answer = await store.underAccount('acc-1', async (tx) => {
    await tx.accounts.insert(accountRow());
    await assert.rejects(tx.accounts.insert(accountRow({ id: 'acc-2' })), { code: 'conflict' });
    await tx.authenticators.replaceRecovery(totpRow({ kind: 'recovery', secret: null }), ['c']);
    return 42;
  });
  assert.equal(answer, 42);
  assert.equal(await store.authenticators.recoveryLeft('acc-1'), 1);
});

eachStore(
  'a call on the store within its own transaction is refused instead of waiting for ever',
  async ({ store }) => {
    await assert.rejects(
      store.transaction(async () => store.accounts.list()),
      { code: 'internal' },
    );
    assert.deepEqual(await store.accounts.list(), []);
  },
);

eachStore('a closed store refuses, whatever is asked', async ({ store }) => {
  await store.ping();
  await store.close();
  await assert.rejects(store.ping(), { code: 'store-unavailable' });
  await assert.rejects(store.accounts.byId('x'), { code: 'store-unavailable' });
  await assert.rejects(store.challenges.take('x', { purpose: 'start', holder: 'x', appId: 'x' }), {
    code: 'store-unavailable',
  });
  await assert.rejects(store.authenticators.acceptAssertion('x', { signCount: 1, backedUp: false }, 1), {
    code: 'store-unavailable',
  });
  await assert.rejects(store.notices.due(1, 1), { code: 'store-unavailable' });
  await assert.rejects(
    store.transaction(async (tx) => tx.accounts.list()),
    { code: 'store-unavailable' },
  );
});

eachStore('the record cannot be changed or taken away', async ({ store, config }) => {
  const entry = { at: 1, kind: 'x', outcome: 'ok', actor: 'system', accountId: null, sessionId: null } as const;
  await store.audit.append({ ...entry, appId: null, source: null, detail: '{}' });
  const database = await openDatabase(config, { clock });
  try {
    await assert.rejects(database.db.updateTable('audit').set({ actor: 'me' }).execute(), /append-only/);
    await assert.rejects(database.db.deleteFrom('audit').execute(), /append-only/);
    if (config.kind === 'postgres') await assert.rejects(sql`truncate audit`.execute(database.db), /append-only/);
  } finally {
    await database.close();
  }
  assert.deepEqual(
    (await store.audit.list({ limit: 9 })).map((row) => row.actor),
    ['system'],
  );
});

eachStore('a secret swapped into another row is detected', async ({ store }) => {
  const seal = createSeal(new Uint8Array(32).fill(7), random);
  const place = (row: string) => ({ table: 'authenticators', column: 'secret', row });
  const mine = seal.seal('MINE', place('auth-1'));
  await store.accounts.insert(accountRow());
  await store.authenticators.insert(totpRow({ id: 'auth-1', secret: mine }));
  // Somebody who can write to the database, but has no key, puts their own secret into another's row.
  await store.authenticators.insert(totpRow({ id: 'auth-2', secret: mine }));
  const secretOf = async (id: string) => (await store.authenticators.byId(id))?.secret ?? '';
  assert.equal(seal.open(await secretOf('auth-1'), place('auth-1')), 'MINE');
  const swapped = await secretOf('auth-2');
  assert.throws(() => seal.open(swapped, place('auth-2')), { code: 'sealed-value-invalid' });
});
