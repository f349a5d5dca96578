import assert from 'node:assert/strict';
import test from 'node:test';
import { ClockGuard } from '../../../src/lib/clock-guard.ts';

function clocks() {
  const at = { wall: 1_800_000_000_000, mono: 0 };
  const jumps: number[] = [];
  const guard = new ClockGuard({ now: () => at.wall, monotonic: () => at.mono }, (offset) => jumps.push(offset));
  const pass = (ms: number) => {
    at.wall += ms;
    at.mono += ms;
  };
  return { at, jumps, guard, pass };
}

for (const [name, jump] of [
  ['forward', 86_400_000],
  ['back', -86_400_000],
] as const) {
  test(`a wall clock that jumps a day ${name} is not believed until it is back`, () => {
    const { at, jumps, guard, pass } = clocks();
    pass(1000);
    assert.equal(guard.trusted(), true);
    at.wall += jump;
    assert.equal(guard.trusted(), false);
    pass(60_000);
    assert.equal(guard.trusted(), false);
    at.wall -= jump;
    assert.equal(guard.trusted(), true);
    assert.deepEqual(jumps, [jump, 0]);
  });
}

test('a clock that runs evenly for ten minutes after a jump is believed again, and slewing never disturbs', () => {
  const { at, guard, pass } = clocks();
  at.wall += 3_600_000;
  assert.equal(guard.trusted(), false);
  pass(599_000);
  assert.equal(guard.trusted(), false);
  pass(1000);
  assert.equal(guard.trusted(), true);
  for (let i = 0; i < 100; i++) {
    pass(1000);
    at.wall += 1;
    assert.equal(guard.trusted(), true);
  }
});
