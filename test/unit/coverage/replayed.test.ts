import '../../store/endings/quick-passwords.ts';
import assert from 'node:assert/strict';
import test from 'node:test';
import type { AuditRow } from '../../../src/store/types.ts';
import type { Town } from './people.ts';

const { ENROLMENT } = await import('../../../src/enrol/operations.ts');
const { SIGNING_IN } = await import('../../../src/login/operations.ts');
const { ADMINISTRATION } = await import('../../../src/manage/operations.ts');
const { USES } = await import('../../../src/coverage/effects.ts');
const { Replay } = await import('../../../src/coverage/replay.ts');
const { keepStanding } = await import('../../../src/manage/standing.ts');
const { openWorld } = await import('../login/world.ts');
const { COMMANDS } = await import('./commands.ts');
const { chance, NAMES, stepByChance } = await import('./steps.ts');
const { inTables, onRecord } = await import('./live.ts');

/** Operations that change nothing of who can get in, each with its reason. A new one stands here, or among the commands. */
const SPARED: Readonly<Record<string, string>> = {
  'session.revoke': 'ends a session',
  'session.revoke-of-account': 'ends sessions',
  'session.revoke-of-app': 'ends sessions',
  'session.revoke-all': 'ends sessions',
  'session.revoke-of-organisation': 'ends sessions',
  'session.revoke-of-model': 'ends sessions',
  'account.unlock': 'that waits end lets nobody in who could not get in',
  'session.sign-out': 'ends sessions',
  'session.end-another': 'ends a session',
  'session.end-others': 'ends sessions',
  'session.stopped': 'tells of what was ended',
  'token.issue': 'of a program, which reaches no app',
  'token.revoke': 'of a program, which reaches no app',
  'directory.group-add': 'who is in a group stands at the accounts',
  'directory.group-set': 'who is in a group stands at the accounts',
  'directory.group-remove': 'who is in a group stands at the accounts',
  'key.rotate': 'of assertions',
  'key.renew': 'of assertions',
  'log.make-key': 'of the log',
  'evidence.exported': 'tells of a pack',
  'record.erase': 'hides texts of entries of an account that is gone; the entries stay',
  'proposal.make': 'nothing is done yet',
  'proposal.confirm': 'what it does goes by the act that was proposed',
  'proposal.withdraw': 'nothing is done',
  'notice.give-up': 'of mail',
  'organisation.set-logo': 'of what people see of it',
  'organisation.set-hosts': 'of what people see of it',
  'preset.test': 'tells of a trial',
  'roster.read': 'compares lists; accounts that it disables go by account.disable',
  'roster.fail': 'tells that a list was not read',
  'roster.erase': 'takes names out of lists that are kept',
  'roster.tidy': 'takes names out of lists whose time is over',
  'coverage.fall': 'tells what the record says already',
  'enrol.refuse-ticket': 'counts',
  'enrol.password': 'with every enrolment in a local realm',
  'enrol.refuse-password': 'counts',
  'enrol.make-secret': 'nothing is added before it is confirmed',
  'enrol.choose-again': 'nothing is added',
  'enrol.extend': 'nothing is added',
  'enrol.refuse-code': 'counts',
  'enrol.refuse-passkey': 'counts',
  'own.refuse-password': 'counts',
  'sign-in.begin': 'nothing but a sign-in that waits',
  'sign-in.hold': 'an answer of an app',
  'step-up.by-passkey': 'as sign-in.by-passkey',
  'sign-in.refuse': 'counts',
  'sign-in.refuse-passkey': 'counts',
  'sign-in.interrupt': 'counts',
  'sign-in.interrupt-passkey': 'counts',
};

test('every operation is done here, or spared for a reason', () => {
  const known = [...Object.keys(COMMANDS), ...Object.keys(SPARED)];
  const names = [...ADMINISTRATION, ...ENROLMENT, ...SIGNING_IN].map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  );
  assert.deepEqual(
    Object.keys(SPARED).filter((name) => !names.some((each) => each === name)),
    [],
  );
});

const done = new Set<string>();

/** One step by chance, and what it was. */
async function step(town: Town): Promise<string> {
  const { name, refused } = await stepByChance(town);
  if (!refused) done.add(name);
  return refused ? `${name} (refused)` : name;
}

async function entriesAfter(town: Town, after: number): Promise<AuditRow[]> {
  return town.world.store.audit.list({ after, limit: 10_000 });
}

for (const seed of [1, 2, 3, 4])
  test(`the record, replayed, is what the tables say, after each of many acts by chance (${seed})`, async () => {
    const world = await openWorld();
    const town: Town = { world, people: [], below: chance(seed) };
    const replay = new Replay();
    const trace: string[] = [];
    let seq = 0;
    try {
      for (let n = 0; n < 220; n += 1) {
        trace.push(await step(town));
        for (const row of await entriesAfter(town, seq)) {
          replay.feed(row);
          seq = row.seq;
        }
        const now = world.clock.at;
        const told = JSON.stringify(trace.slice(-5));
        assert.deepEqual(onRecord(replay, now), await inTables(world.store, now), told);
      }
      assert.deepEqual(replay.state().unknownKinds, []);
      assert.equal(replay.state().outOfOrder, 0);
    } finally {
      await world.close();
    }
  });

test('each act was done, by chance, at least once', () => {
  assert.deepEqual(
    NAMES.filter((name) => !done.has(name)),
    [],
  );
});

test('a store of an older version is on record whole once, in batches, and its past is not known', async () => {
  const world = await openWorld();
  const town: Town = { world, people: [], below: chance(7) };
  try {
    for (let n = 0; n < 160; n += 1) await step(town);
    world.clock.at += 60_000;
    const started = world.clock.at;
    const retention = { decisions: 2190 * 86_400_000 };
    await keepStanding(world, retention);
    const all = await entriesAfter(town, 0);
    const stood = all.filter(({ kind, at }) => kind === 'account.stands' && at >= started);
    assert.equal(stood.length, (await world.store.accounts.list()).length);
    await keepStanding(world, retention);
    assert.equal((await entriesAfter(town, 0)).length, all.length, 'there is nothing more to do');
    for (let n = 0; n < 40; n += 1) await step(town);
    const replay = new Replay();
    // Nothing of before is on record.
    for (const row of await entriesAfter(town, 0))
      if (row.at >= started || row.kind.startsWith('lock')) replay.feed(row);
    // When something was last used is looked for by itself, after everything else.
    for (const row of all) if (USES.has(row.kind) && row.at < started) replay.feed(row);
    const [now, { accounts }] = [world.clock.at, replay.state()];
    assert.deepEqual(onRecord(replay, now), await inTables(world.store, now));
    for (const { knownFrom } of accounts.values()) assert.ok(knownFrom !== null && knownFrom >= started);
  } finally {
    await world.close();
  }
});
