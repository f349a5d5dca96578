import assert from 'node:assert/strict';
import test from 'node:test';
import type { AuditEvent } from '../../../src/audit/audit.ts';
import { recordRefused } from '../../../src/audit/ration.ts';
import { Refusals } from '../../../src/audit/refusals.ts';
import type { NewAuditRow } from '../../../src/store/types.ts';

const HOUR = 3_600_000;

/** A record in memory; the clock stands where the test puts it. */
function world() {
  const rows: NewAuditRow[] = [];
  const state = { now: 1000 * HOUR };
  const clock = { now: () => state.now, monotonic: () => state.now };
  const audit = { append: async (row: NewAuditRow) => void rows.push(row) };
  // A cast: nothing else of the store is used.
  const store = { audit } as unknown as ConstructorParameters<typeof Refusals>[0];
  const refusals = new Refusals(store, clock, (error) => assert.fail(String(error)));
  const guess = (event: Partial<AuditEvent>) =>
    recordRefused(
      { store, audit: store.audit, clock },
      {
        kind: 'sign-in.second',
        outcome: 'refused',
        actor: 'anonymous',
        appId: 'app',
        source: '192.0.2.1',
        detail: { cause: 'wrong-code' },
        ...event,
      },
    );
  const detail = (row: NewAuditRow | undefined) => JSON.parse(row?.detail ?? '{}') as Record<string, unknown>;
  const total = () => rows.reduce((sum, row) => sum + Number(detail(row)['count'] ?? 1), 0);
  return { rows, state, refusals, guess, detail, total, store, clock };
}

const address = (n: number) => `${20 + Math.floor(n / 65_536)}.${Math.floor(n / 256) % 256}.${n % 256}.1`;
const ordinary = { why: 'no session', sessionId: null, method: 'GET', path: '/x' } as const;

for (const [what, sources] of Object.entries({ one: 1, many: 20_000 })) {
  test(`a flood of refused requests of ${what}: a bounded number of rows an hour, and none uncounted`, async () => {
    const { rows, state, refusals, total } = world();
    for (let part = 0; part < 6; part += 1) {
      for (let n = 0; n < 20_000; n += 1)
        refusals.note({
          ...ordinary,
          code: 'sign-in-required',
          appId: 'app',
          source: address(n % sources),
          accountId: null,
        });
      state.now += 600_000;
      await refusals.flush();
    }
    await refusals.stop();
    assert.ok(rows.length <= 3_100, String(rows.length));
    assert.equal(total(), 120_000);
  });

  test(`a flood of guesses of ${what}: a bounded number of rows an hour, and none uncounted`, async () => {
    const { rows, state, refusals, guess, total } = world();
    const kinds = ['sign-in.begin', 'sign-in.second', 'enrol.open', 'app.sign-in'] as const;
    for (let part = 0; part < 6; part += 1) {
      for (let n = 0; n < 20_000; n += 1)
        await guess({ kind: kinds[n % 4] ?? 'enrol.open', source: address(n % sources) });
      state.now += 599_000;
      await refusals.flush();
    }
    await refusals.stop();
    assert.ok(rows.length <= 1_000 + 6 * 65, String(rows.length));
    assert.equal(total(), 120_000);
  });
}

test('a flood about nobody takes no room from an account, nor one account from another', async () => {
  const { rows, refusals, guess, detail } = world();
  for (let n = 0; n < 5_000; n += 1) await guess({ source: address(n) });
  for (let n = 0; n < 200; n += 1) await guess({ accountId: 'alice', source: address(n) });
  await guess({ accountId: 'bob' });
  assert.equal(rows.filter((row) => row.accountId === 'alice').length, 60);
  assert.equal(rows.filter((row) => row.accountId === 'bob').length, 1);
  await refusals.stop();
  assert.equal(detail(rows.at(-1))['cause'], 'many');
});

test('the rest of one kind is told with cause, network, count, first and last; the next hour begins anew', async () => {
  const { rows, state, refusals, guess, detail } = world();
  for (let n = 0; n < 63; n += 1) {
    state.now += 1;
    await guess({ accountId: 'alice', source: '2001:db8:1:2::9' });
  }
  await refusals.flush();
  const { source, accountId, actor } = rows.at(-1) ?? {};
  assert.deepEqual(
    { source, accountId, actor },
    { source: '2001:db8:1:2::/64', accountId: 'alice', actor: 'anonymous' },
  );
  assert.deepEqual(detail(rows.at(-1)), {
    cause: 'wrong-code',
    count: 3,
    first: new Date(1000 * HOUR + 61).toISOString(),
    last: new Date(1000 * HOUR + 63).toISOString(),
  });
  state.now += HOUR;
  await guess({ accountId: 'alice' });
  assert.equal(rows.length, 62);
  await refusals.stop();
});

test('refusals of people who are signed in are told apart in a flood of others', async () => {
  const { rows, refusals } = world();
  const note = { ...ordinary, code: 'forbidden', appId: 'app' } as const;
  for (let n = 0; n < 5_000; n += 1) refusals.note({ ...note, source: address(n), accountId: null });
  refusals.note({ ...note, source: '192.0.2.9', accountId: 'alice' });
  assert.equal(rows.filter((row) => row.accountId === 'alice').length, 1);
  await refusals.stop();
});

test('whoever stops it waits for what is being written', async () => {
  const { store, clock } = world();
  const written: string[] = [];
  const audit = {
    append: async (row: NewAuditRow) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      written.push(row.kind);
    },
  };
  const refusals = new Refusals({ ...store, audit } as typeof store, clock, (error) => assert.fail(String(error)));
  refusals.note({ ...ordinary, code: 'sign-in-required', appId: 'app', source: '192.0.2.1', accountId: null });
  await refusals.stop();
  assert.deepEqual(written, ['request.refused']);
});
