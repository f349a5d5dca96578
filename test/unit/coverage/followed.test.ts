import assert from 'node:assert/strict';
import test from 'node:test';
import { Replay } from '../../../src/coverage/replay.ts';
import { Followed } from '../../../src/coverage/trend/followed.ts';
import type { RecordedEntry, RecordedState } from '../../../src/coverage/types.ts';
import { chance } from './steps.ts';

const [DAYS, ENTRIES] = [4, 14];

/** Few things, so that what is told of one comes in the wrong order often. */
function someEntry(draw: (n: number) => number, seq: number): RecordedEntry & { readonly day: number } {
  const pick = <T>(all: readonly T[]): T => all[draw(all.length)] as T;
  const accountId = pick(['a', 'b']);
  const organisation = pick(['realm.staff', 'home']);
  const add = { realm: 'staff', name: accountId, organisation, groups: '' };
  const [kind, detail] = pick<readonly [string, object]>([
    ['account.add', add],
    ['account.add', { ...add, organisation: 'realm.staff' }],
    ['account.stands', { ...add, factors: '[]', added: 1 }],
    ['account.disable', {}],
    ['account.enable', {}],
    ['ticket.issue', { ticket: 't', until: 99 }],
    ['enrol.authenticator', { authenticator: pick(['f', 'g']), kind: 'totp' }],
    ['authenticator.disabled', { authenticator: 'f' }],
    ['organisation.set', { organisation, name: pick(['One', 'Two']) }],
    ['organisation.restrict', { organisation, policy: pick(['{}', '{"require":"passkey"}']) }],
    ['organisation.remove', { organisation }],
    ['organisation.remove', { organisation: 'realm.staff' }],
    ['config.load', { digest: pick(['x', 'y']) }],
    ['lock-down.begin', { reason: pick(['drill', 'fire']) }],
    ['lock-down.end', {}],
    ['origin.log-read', { past: draw(2) }],
    ['roster.read', { unknown: draw(3) }],
    ['audit.dropped', { class: 'decisions', to: draw(9) }],
  ]);
  const outcome = pick(['ok', 'ok', 'failed'] as const);
  const day = draw(DAYS);
  return {
    ...{ day, seq, at: day * 1000 + draw(9), kind, outcome, accountId, appId: pick(['p', null]) },
    detail: JSON.stringify(detail),
  };
}

const told = ({ outOfOrder: _, ...state }: RecordedState) => state;

test('at the end of each day everything is as a replay of all until then has it, in whatever order the days come', async () => {
  let mended = 0;
  for (let seed = 1; seed <= 600; seed += 1) {
    const draw = chance(seed);
    const all = Array.from({ length: ENTRIES }, (_, n) => someEntry(draw, n + 1));
    const followed = new Followed();
    for (let day = 0; day < DAYS; day += 1) {
      for (const entry of all.filter((each) => each.day === day)) followed.feed(entry);
      const torn = followed.torn();
      mended += torn.length;
      await followed.mend(all.filter(({ seq }) => torn.includes(seq)));
      assert.deepEqual(followed.torn(), []);
      const replay = new Replay();
      for (const entry of all.filter((each) => each.day <= day)) replay.feed(entry);
      assert.deepEqual(told(followed.state()), told(replay.state()), `seed ${seed}, day ${day}`);
    }
  }
  assert.ok(mended > 1_000);
});

test('what comes in order is read once', () => {
  const draw = chance(1);
  const followed = new Followed();
  for (let seq = 1; seq <= 500; seq += 1) followed.feed(someEntry(draw, seq));
  assert.deepEqual(followed.torn(), []);
});
