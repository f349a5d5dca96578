import assert from 'node:assert/strict';
import test from 'node:test';
import { proposed } from '../../../src/web/console/pages/evidence/wish.ts';

const at = (text: string) => Date.parse(`${text}T12:00:00Z`);

test('the range that is proposed is last month, and never of days before the record begins', () => {
  const now = at('2026-11-30');
  assert.deepEqual(proposed(now, at('2025-01-01')), { from: '2026-10-01', to: '2026-10-31' });
  assert.deepEqual(proposed(now, at('2026-10-01')), { from: '2026-10-01', to: '2026-10-31' });
  assert.deepEqual(proposed(now, at('2026-10-31')), { from: '2026-10-31', to: '2026-10-31' });
  assert.deepEqual(proposed(now, at('2026-11-01')), { from: '2026-11-01', to: '2026-11-30' });
  assert.deepEqual(proposed(now, now), { from: '2026-11-30', to: '2026-11-30' });
  assert.deepEqual(proposed(now, undefined), { from: '2026-11-30', to: '2026-11-30' }, 'nothing is on record');
  assert.deepEqual(proposed(now, at('2026-12-24')), { from: '2026-11-30', to: '2026-11-30' }, 'a clock was put back');
  assert.deepEqual(proposed(at('2026-01-15'), at('2025-12-10')), { from: '2025-12-10', to: '2025-12-31' });
});
